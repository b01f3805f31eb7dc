// The tables of the comparison, as Markdown.
import { installed, ours } from './installed.mjs';
import { bars } from './verdict.mjs';

/** Ratios of every contestant, beside goal and bar. */
export function showRatios(all, figures, rows) {
  row('operation', 'goal', 'bar', ...all.map(({ name }) => name), 'ours, µs', 'by hand, µs');
  row('---', ...Array(all.length + 4).fill('---:'));
  for (const { id, what, goal, bar } of bars.filter(({ id }) => id in figures)) {
    const by = figures[id];
    const title = id === 'g' ? `bill of ${rows.toLocaleString('en')} rows` : what;
    const ratios = all.map(({ file }) => by[file]?.ratio.toFixed(2) ?? '–');
    const times = ['paysign', 'by-hand'].map((file) => ((by[file]?.ns ?? Number.NaN) / 1000).toFixed(2));
    row(`${id} ${title}`, goal.toFixed(1), bar.toFixed(2), ...ratios, ...times);
  }
  console.log('');
}

export function showImports(all, milliseconds) {
  const columns = all.filter(({ load }) => load);
  const { goal, bar } = bars.find(({ id }) => id === 'h');
  row('h cold import', ...columns.map(({ name }) => name), 'paysign and its first signature');
  row('---', ...Array(columns.length + 1).fill('---:'));
  const shown = [...columns.map(({ file }) => file), 'loadAndSign'].map((name) => milliseconds[name].toFixed(1));
  row('ms, an empty process subtracted', ...shown);
  const times = (milliseconds.tenpay / milliseconds.paysign).toFixed(1);
  console.log(
    `\ngoal: ≤ ${goal} ms; bar: ${bar} times as fast as tenpay, since milliseconds differ from machine to machine; it is ${times}\n`,
  );
}

export function showOrders(all, milliseconds, times) {
  const columns = all.filter(({ file }) => file in milliseconds);
  const { goal, bar } = bars.find(({ id }) => id === 'j');
  row('j cold first order', ...columns.map(({ name }) => name));
  row('---', ...Array(columns.length).fill('---:'));
  row('ms, an empty process subtracted', ...columns.map(({ file }) => milliseconds[file].toFixed(1)));
  console.log(`\ngoal: ≤ ${goal} ms; bar: ${bar} times as fast as the faster peer; it is ${times.toFixed(1)}\n`);
}

export function showInstalled(all) {
  row('i installed', 'packages', 'MiB');
  row('---', '---:', '---:');
  const { packages, bytes, wasm, gzip } = ours();
  row('paysign', packages, mebi(bytes));
  for (const { file, name } of all.filter(({ file }) => file !== 'paysign' && !file.startsWith('by-hand'))) {
    const other = installed(file);
    row(name.split(' ')[0], other.packages, mebi(other.bytes));
  }
  console.log(
    `\ngoal: 1 package, ≤ 1.00 MiB, wasm ≤ 150 kB, ≤ 60 kB gzip; the wasm is ${kilo(wasm)}, ${kilo(gzip)} gzip\n`,
  );
}

const mebi = (bytes) => (bytes / 2 ** 20).toFixed(2);
const kilo = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;

function row(...cells) {
  console.log(`| ${cells.join(' | ')} |`);
}
