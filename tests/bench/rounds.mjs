// Measurement in one process: contestants take turns in rounds, so that a busy machine slows all of them.

/** About how long one contestant runs before the next has its turn. */
const SLICE_NS = 6e6;
/** The warm-up of a contestant, in which the engine compiles JavaScript and wasm. */
const WARM_NS = 200_000_000n;

export const median = (numbers) => {
  const sorted = [...numbers].sort((one, other) => one - other);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
};

/**
 * Runs each of `lanes` in turns.
 * @param {Record<string, () => unknown>} lanes
 * @param {{ rounds: number, sliceNs?: number }} options
 * @returns {Promise<Record<string, number[]>>} nanoseconds a call, for each round
 */
export async function inTurns(lanes, { rounds, sliceNs = SLICE_NS }) {
  const all = [];
  for (const [name, run] of Object.entries(lanes)) {
    const lane = { name, run, isAsync: typeof run()?.then === 'function', times: 1, samples: [] };
    const warm = process.hrtime.bigint() + WARM_NS;
    do lane.times = Math.max(1, Math.min(100_000, Math.round(sliceNs / (await time(lane)))));
    while (process.hrtime.bigint() < warm);
    all.push(lane);
  }
  for (let round = 0; round < rounds; round += 1) {
    for (let turn = 0; turn < all.length; turn += 1) {
      const lane = all[(turn + round) % all.length];
      lane.samples.push(await time(lane));
    }
  }
  return Object.fromEntries(all.map(({ name, samples }) => [name, samples]));
}

/** How many times faster than a base, as the median of the rounds' own ratios. */
export const ratio = (base, samples) => median(samples.map((sample, round) => base[round] / sample));

async function time({ run, isAsync, times }) {
  // An unused result might not be computed.
  let seen = 0;
  const start = process.hrtime.bigint();
  if (isAsync) for (let at = 0; at < times; at += 1) seen += (await run()) ? 1 : 0;
  else for (let at = 0; at < times; at += 1) seen += run() ? 1 : 0;
  const took = Number(process.hrtime.bigint() - start) / times;
  if (seen === 0) throw new Error('a contestant gives nothing');
  return took;
}

/**
 * The fastest round of each lane: of two figures that are subtracted, neither may be disturbed.
 * @param {number} rounds
 * @param {Record<string, () => unknown>} lanes
 */
export async function fastest(rounds, lanes) {
  const samples = await inTurns(lanes, { rounds: Math.ceil(rounds), sliceNs: SLICE_NS / 3 });
  return Object.fromEntries(Object.entries(samples).map(([name, own]) => [name, Math.min(...own)]));
}
