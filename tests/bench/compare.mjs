// Our speed beside work by hand and other packages: `npm run bench [-- --short]`. README.md describes the method.
import { parseArgs } from 'node:util';
import { coldImports } from './cold-import.mjs';
import { showImports, showInstalled, showOrders, showRatios } from './compare-tables.mjs';
import { contestants } from './contestants.mjs';
import { operations } from './operations.mjs';
import { orderServer } from './order-server.mjs';
import { inTurns, median, ratio } from './rounds.mjs';
import { bars, fallen, KEPT } from './verdict.mjs';

const { values } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    rows: { type: 'string' },
    only: { type: 'string' },
  },
});
const rounds = Number(values.rounds ?? (values.short ? 15 : 41));
const rows = Number(values.rows ?? (values.short ? 20_000 : 100_000));
const wanted = values.only?.split(',') ?? [...bars.map(({ id }) => id), 'i'];

const all = await contestants();
const [us, hand] = ['paysign', 'by-hand'];
const notes = new Set();

/** @type {Record<string, Record<string, { ns: number, ratio: number }>>} by operation and contestant */
const figures = {};
for (const operation of operations({ rows }).filter(({ id }) => wanted.includes(id))) {
  figures[operation.id] = await twice(operation.id, () => measure(operation), ratioOf);
}
const imports = wanted.includes('h') ? await twice('h', importing, ratioOfImport) : undefined;
const orders = wanted.includes('j') ? await twice('j', ordering, ratioOfOrder) : undefined;

console.log(
  `\nnode ${process.version}, ${rounds} rounds in turns, medians; ratio: the time by hand / this one's time\n`,
);
if (Object.keys(figures).length > 0) showRatios(all, figures, rows);
if (imports) showImports(all, imports);
if (orders) showOrders(all, orders, ratioOfOrder(orders));
if (wanted.includes('i')) showInstalled(all);
for (const note of notes) console.log(`- ${note}`);

const ratios = Object.fromEntries(Object.entries(figures).map(([id, by]) => [id, ratioOf(by)]));
if (imports) ratios.h = ratioOfImport(imports);
if (orders) ratios.j = ratioOfOrder(orders);
const fell = fallen(ratios);
for (const sentence of fell) console.log(`✗ ${sentence}`);
if (fell.length > 0) process.exitCode = 1;
else console.log(`✓ nothing is under ${KEPT} of its bar`);

/** Measures again where a ratio falls. A machine may be busy for longer than some rounds; slower code is slow each time. */
async function twice(id, run, judge) {
  const first = await run();
  if (fallen({ [id]: judge(first) }).length === 0) return first;
  const second = await run();
  return judge(second) > judge(first) ? second : first;
}

function ratioOf(by) {
  return by[us]?.ratio;
}

function ratioOfImport(milliseconds) {
  return milliseconds.tenpay / milliseconds[us];
}

/** The time of the faster peer / ours. */
function ratioOfOrder({ [us]: ours, ...peers }) {
  return Math.min(...Object.values(peers)) / ours;
}

/** Every contestant whose results are right, in turns. */
async function measure({ id, needs, instead, slow, run, check }) {
  const lanes = {};
  for (const { file, name, methods } of all) {
    if (methods[needs] === undefined && methods[instead] === undefined) continue;
    if (methods[needs] === undefined) notes.add(`${id}: ${name} gives arrays instead of objects`);
    try {
      await check(methods);
      lanes[file] = run(methods);
    } catch (error) {
      notes.add(`${id}: ${name} has no figure: ${error.message.split('\n')[0]}`);
    }
  }
  const turns = slow ? Math.ceil(rounds / 6) : rounds;
  console.log(`… ${id}: ${Object.keys(lanes).length} contestants, ${turns} rounds`);
  const samples = await inTurns(lanes, { rounds: turns });
  return Object.fromEntries(
    Object.entries(samples).map(([file, own]) => [file, { ns: median(own), ratio: ratio(samples[hand], own) }]),
  );
}

function importing() {
  const turns = values.short ? 7 : 15;
  console.log(`… h: ${turns} rounds of new processes`);
  const lines = Object.fromEntries(all.filter(({ load }) => load).map(({ file, load }) => [file, load]));
  return coldImports({ ...lines, loadAndSign: all.find(({ file }) => file === us).loadAndSign }, turns);
}

async function ordering() {
  const turns = values.short ? 7 : 15;
  console.log(`… j: ${turns} rounds of new processes`);
  const lines = Object.fromEntries(all.filter(({ firstOrder }) => firstOrder).map((one) => [one.file, one.firstOrder]));
  const server = await orderServer();
  try {
    return coldImports(lines, turns, { ORDER_URL: server.url });
  } finally {
    await server.stop();
  }
}
