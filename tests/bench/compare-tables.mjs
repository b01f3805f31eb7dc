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

/** The milliseconds of new processes, and the ratio that is judged. */
export function showProcesses(id, all, milliseconds, times) {
  const titles = Object.fromEntries(all.map(({ file, name }) => [file, name]));
  const { what, goal, bar } = bars.find((one) => one.id === id);
  row(`${id} ${what.split(',')[0]}`, ...Object.keys(milliseconds).map((file) => titles[file] ?? FIRST_SIGNATURE));
  row('---', ...Array(Object.keys(milliseconds).length).fill('---:'));
  row('ms, an empty process subtracted', ...Object.values(milliseconds).map((ms) => ms.toFixed(1)));
  // Milliseconds differ from machine to machine.
  console.log(`\ngoal: ≤ ${goal} ms; bar, ${what.split(', ')[1]}: ${bar}; it is ${times.toFixed(1)}\n`);
}

const FIRST_SIGNATURE = 'paysign and its first signature';

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
    `\ngoal: 1 package, ≤ 3.00 MiB, wasm ≤ 150 kB, ≤ 60 kB gzip; the wasm is ${kilo(wasm)}, ${kilo(gzip)} gzip\n`,
  );
}

const mebi = (bytes) => (bytes / 2 ** 20).toFixed(2);
const kilo = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;

function row(...cells) {
  console.log(`| ${cells.join(' | ')} |`);
}
