// The figures of a run: orders and refunds, faults, and how each uncertain call was resolved.

import { CALL_FAULTS, NOTICE_FAULTS } from 'paysign/testing';

/** The figures of one run, by name. */
export function figures({ seed, minutes, database, gateway, diary }, found, seconds) {
  const count = (sql, ...values) => database.get(`SELECT COUNT(*) AS n FROM ${sql}`, ...values).n;
  const notices = gateway.notices();
  const forged = notices.filter((notice) => notice.forged !== undefined);
  const faults = diary.counted('fault');
  const exchanges = diary.counted('exchange');
  const ends = database.all(
    "SELECT call || ', ' || ended AS how, COUNT(*) AS n FROM calls WHERE ended NOT IN ('answered', 'not-sent', 'rejected') GROUP BY how ORDER BY how",
  );
  const sum = (numbers) => Object.values(numbers).reduce((total, number) => total + number, 0);
  return {
    seed,
    outcome: {
      orders: count('orders'),
      paid: count("orders WHERE state = 'paid'"),
      closed: count("orders WHERE state = 'closed'"),
      'orders refunded': database.get('SELECT COUNT(DISTINCT out_trade_no) AS n FROM refunds').n,
      refunds: count("refunds WHERE state = 'done'"),
      exchanges: sum(exchanges),
      'without an answer': exchanges.unknown ?? 0,
      'not sent': exchanges['not-sent'] ?? 0,
      'deaths of the shop': sum(diary.counted('death')),
      'notices delivered': sum(notices.map(({ attempts }) => attempts.length)),
      'forged notices': forged.length,
      'forged and accepted': forged.filter(({ accepted }) => accepted).length,
      'uncertain calls': ends.reduce((total, { n }) => total + n, 0),
      unresolved: count('calls WHERE ended IS NULL'),
      disagreements: found.length,
      minutes,
      seconds,
    },
    faults: Object.fromEntries([...CALL_FAULTS, ...NOTICE_FAULTS].map((name) => [name, faults[name] ?? 0])),
    resolved: Object.fromEntries(ends.map(({ how, n }) => [how, n])),
  };
}

/** Tables in Markdown, a column for each seed. */
export function tables(all) {
  const table = (title, part) => {
    const names = [...new Set(all.flatMap((one) => Object.keys(one[part])))];
    const row = (cells) => `| ${cells.join(' | ')} |`;
    return [
      row([title, ...all.map(({ seed }) => `seed ${seed}`)]),
      row(['---', ...all.map(() => '---:')]),
      ...names.map((name) => row([name, ...all.map((one) => one[part][name] ?? 0)])),
    ].join('\n');
  };
  return [
    table('what became of them', 'outcome'),
    table('faults met', 'faults'),
    table('uncertain calls, and what resolved them', 'resolved'),
  ].join('\n\n');
}
