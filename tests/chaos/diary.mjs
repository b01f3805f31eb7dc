// The counts of a run: faults of each order, answers to the client, notices, and deaths of the shop's processes.

/** Makes an empty diary. */
export function createDiary() {
  const counts = new Map();
  const faults = new Map();
  const broken = [];
  const add = (...name) => counts.set(name.join(': '), (counts.get(name.join(': ')) ?? 0) + 1);
  return {
    /** Unexpected errors. */
    broken,
    /** The faults among the gateway's events. */
    event({ type, path, kind, about }) {
      if (type !== 'fault') return;
      add('fault', kind);
      // The address of a notice is another one in each run.
      const where = `${path.startsWith('http') ? 'notice' : path} ${about.slice(1).join(' ')}`;
      faults.set(where, [...(faults.get(where) ?? []), kind]);
    },
    exchange({ outcome }) {
      add('exchange', outcome);
    },
    rejected({ code }) {
      add('notice', code);
    },
    death(point) {
      add('death', point);
    },
    broke(error) {
      broken.push({ number: error?.field ?? '', error });
    },
    /** The counts whose names begin with a word, as an object. */
    counted(word) {
      const own = [...counts].filter(([name]) => name.startsWith(`${word}: `));
      return Object.fromEntries(own.map(([name, count]) => [name.slice(word.length + 2), count]).sort());
    },
    /** The faults of each order, in sequence: for each call or notice about it, their kinds. */
    faults: () => [...faults].sort(([one], [other]) => (one < other ? -1 : 1)),
  };
}
