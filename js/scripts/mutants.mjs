// Builds, then tries mutated genuine messages of APIv3 through the package: `npm run mutants [-- --count 1000000 --seed 1]`.
import { parseArgs } from 'node:util';
import { build } from './build.mjs';
import { script, Told } from './tools.mjs';

/** As many are tried with one seed. The seed of a failure repeats it. */
const ROUND = 25_000;

/** Of five mutants one is an answer: its request is signed, which takes longer than all else. */
const ANSWERS = 5;

script(async () => {
  const options = {
    count: { type: /** @type {const} */ ('string'), default: '1000000' },
    seed: { type: /** @type {const} */ ('string'), default: '1' },
  };
  const { count, seed } = parseArgs({ options }).values;
  if (![count, seed].every((number) => /^\d{1,9}$/.test(number))) {
    throw new Told(`--count ${count} --seed ${seed}: pass whole numbers`);
  }
  await build();
  const { mutateAnswers, mutateNotices } = await import('../../tests/node/v3-mutations.mjs');
  const from = Date.now();
  const sum = { mutants: 0, genuine: 0, accepted: 0 };
  /** @type {Record<string, number>} */
  const refused = {};
  for (let round = 0; sum.mutants < Number(count); round += 1) {
    const mutate = round % ANSWERS === ANSWERS - 1 ? mutateAnswers : mutateNotices;
    const counts = await mutate(Math.min(ROUND, Number(count) - sum.mutants), Number(seed) + round);
    for (const name of /** @type {const} */ (['mutants', 'genuine', 'accepted'])) sum[name] += counts[name];
    for (const [code, times] of Object.entries(counts.refused)) refused[code] = (refused[code] ?? 0) + times;
    console.log(`  ${sum.mutants} mutants, ${Math.round((Date.now() - from) / 1000)} s`);
  }
  console.log(
    `\n${sum.mutants} mutants, 0 forgeries accepted; all ${sum.genuine} genuine messages between them accepted.`,
  );
  console.log(`${sum.accepted} mutants mean what WeChat signed. Refused: ${JSON.stringify(refused)}`);
});
