// The time of each phase of each operation, in nanoseconds, beside the floor: `npm run bench -- phases`. See README.md.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { floors, perByte } from './phases-floor.mjs';
import { kinds } from './phases-kinds.mjs';
import { billPhases, noticePhases, paymentPhases, refundPhases, signPhases, xmlPhases } from './phases-parts.mjs';
import { bars } from './verdict.mjs';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '41' },
    rows: { type: 'string', default: '100000' },
    one: { type: 'string' },
  },
});
const rounds = Number(values.rounds);
const rows = Number(values.rows);

const parts = {
  a: () => signPhases('MD5', rounds),
  b: () => signPhases('HMAC-SHA256', rounds),
  c: () => paymentPhases(rounds),
  d1: () => noticePhases('MD5', rounds),
  d2: () => noticePhases('HMAC-SHA256', rounds),
  e: () => xmlPhases(rounds),
  f: () => refundPhases(rounds),
  g: () => billPhases(rows, Math.ceil(rounds / 6)),
};

/** The figures of one operation, in its own process: code that has seen many kinds of messages is slower. */
if (values.one) {
  const measured = { ...(await parts[values.one]()), floor: await floors[values.one](rounds, rows) };
  console.log(JSON.stringify(measured));
  process.exit();
}
const table = {};
for (const id of Object.keys(parts)) {
  console.log(`… ${title(id)}`);
  const options = ['--one', id, '--rounds', values.rounds, '--rows', values.rows];
  const said = execFileSync(process.execPath, [fileURLToPath(import.meta.url), ...options], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  table[id] = JSON.parse(said);
}

/** Every figure is for one call, but that of the bill for one row. */
const cell = (id, ns) => (ns === undefined ? '–' : (id === 'g' ? ns / rows : ns).toFixed(0));
const row = (...cells) => console.log(`| ${cells.join(' | ')} |`);
const INTO = ['gather', 'copy', 'border'];
const PHASES = ['in', 'xml', 'sort', 'hash', 'compare', 'out', 'rest', 'whole'];
for (const phases of Object.values(table)) phases.in = INTO.reduce((sum, phase) => sum + (phases[phase] ?? 0), 0);

console.log(`\nnode ${process.version}, the fastest of ${rounds} rounds, nanoseconds a call (g: a row)\n`);
row('operation', 'in', 'XML, CSV', 'sort', 'hash or decrypt', 'compare', 'out', 'rest', 'whole');
row('---', ...PHASES.map(() => '---:'));
for (const [id, phases] of Object.entries(table)) row(title(id), ...PHASES.map((phase) => cell(id, phases[phase])));
console.log('');
row('in, taken apart', ...INTO);
row('---', ...INTO.map(() => '---:'));
for (const [id, phases] of Object.entries(table)) row(title(id), ...INTO.map((phase) => cell(id, phases[phase])));
console.log('');
row('floor', 'bytes in', 'OpenSSL', 'result out', 'floor', 'whole', 'whole / floor');
row('---', ...Array(6).fill('---:'));
for (const [id, { whole, floor }] of Object.entries(table)) {
  const sum = floor.in + (floor.hash ?? 0) + floor.out;
  row(title(id), ...[floor.in, floor.hash, floor.out, sum, whole].map((ns) => cell(id, ns)), (whole / sum).toFixed(2));
}

const rates = await perByte(rounds);
console.log(
  `\nOpenSSL, without the call: ${Object.entries(rates)
    .map(([name, ns]) => `${name} ${ns.toFixed(2)}`)
    .join(', ')} ns a byte`,
);
const { known, unknown, notice } = await kinds(rounds);
console.log(
  `\nanother kind of message than the last: an order of a kind that is remembered ${known.toFixed(0)} ns more,`,
);
console.log(
  `of one that is not ${unknown.toFixed(0)} ns more; notices of two kinds in turns ${notice.toFixed(0)} ns more each`,
);

function title(id) {
  return `${id} ${bars.find((bar) => bar.id === id).what}`;
}
