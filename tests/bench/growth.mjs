// The growth of cost with the work, as tables and as pictures beside this file: `npm run bench -- growth`.
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { openNotify, parseXml, sign, verify } from 'paysign';
import * as byHand from './by-hand.mjs';
import { billGrowth } from './growth-bills.mjs';
import { messages, SIGN_TYPES } from './messages.mjs';
import { plot } from './plot.mjs';
import { fastest } from './rounds.mjs';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '21' },
    rows: { type: 'string', default: '10000000' },
    only: { type: 'string', default: 'fields,bytes,bills' },
  },
});
const rounds = Number(values.rounds);
const wanted = values.only.split(',');
const { key } = messages;

/** The limits of src/v2/xml.rs. Anybody can send a notice, so its limit is lower than that of an answer. */
const NOTICE = { fields: 256, bytes: 64 * 1024 };
const ANSWER = { fields: 1024, bytes: 256 * 1024 };

if (wanted.includes('fields')) {
  const sizes = [8, 16, 64, 256, 512];
  const lines = await measured(sizes, (fields) => messageOf(fields, 64 * fields), 'fields');
  show('fields', sizes, lines);
  picture('fields', {
    title: 'Time of a message against the number of its fields',
    x: 'fields (64 bytes of XML for each)',
    ticks: sizes,
    formatX: String,
    lines,
  });
}
if (wanted.includes('bytes')) {
  const sizes = Array.from({ length: 11 }, (_, power) => 1024 * 2 ** power);
  const lines = await measured(sizes, (bytes) => messageOf(16, bytes), 'bytes');
  show('bytes', sizes, lines);
  picture('bytes', {
    title: 'Time of a message of 16 fields against its size',
    x: 'size as XML',
    ticks: sizes.filter((_, place) => place % 2 === 0),
    formatX: (bytes) => (bytes < 2 ** 20 ? `${bytes / 1024} KiB` : '1 MiB'),
    lines,
  });
}
if (wanted.includes('bills')) bills();

/** The genuine notice of a failed payment, which is the shortest kind, with this many fields and bytes of XML. */
function messageOf(count, bytes) {
  const { appid, mch_id } = messages.order;
  const ids = { appid, mch_id, nonce_str: 'n', out_trade_no: '1', result_code: 'FAIL', return_code: 'SUCCESS' };
  const names = Array.from({ length: count - Object.keys(ids).length - 1 }, (_, place) => `z_${place}`);
  const write = (fields) =>
    `<xml>${Object.entries(fields)
      .map(([name, value]) => `<${name}>${value}</${name}>`)
      .join('')}</xml>`;
  const rest =
    bytes - write({ ...ids, sign: '0'.repeat(32), ...Object.fromEntries(names.map((name) => [name, ''])) }).length;
  const each = Math.floor(rest / names.length);
  if (each < 1) throw new Error(`${count} fields do not fit ${bytes} bytes`);
  const filled = names.map((name, place) => [name, 'x'.repeat(each + (place === 0 ? rest % names.length : 0))]);
  const params = { ...ids, ...Object.fromEntries(filled) };
  const signed = { ...params, sign: byHand.sign(params, key, 'MD5') };
  return { params, signed, body: Buffer.from(write(signed)) };
}

/** One line for each thing that is done with a message, as far as its limit goes; in nanoseconds. */
async function measured(sizes, make, unit) {
  const lines = [
    ...SIGN_TYPES.map((signType) => ({ name: `sign, ${signType}`, run: ({ params }) => sign(params, key, signType) })),
    { name: 'open a notice', limit: NOTICE, run: ({ body }) => openNotify(body, { key }) },
    { name: 'read and verify an answer', limit: ANSWER, run: ({ body }) => verify(parseXml(body), key) },
  ].map((line) => ({ ...line, points: [] }));
  for (const size of sizes) {
    console.log(`… ${size} ${unit}`);
    const message = make(size);
    const lanes = lines.filter(({ limit }) => limit === undefined || size <= limit[unit]);
    if (!verify(message.signed, key)) throw new Error('the message is not genuine');
    const took = await fastest(rounds, Object.fromEntries(lanes.map(({ name, run }) => [name, () => run(message)])));
    for (const { name, points } of lanes) points.push([size, took[name]]);
  }
  return lines;
}

/** A row for each size, and below them the power of the size that time grows with: 1 is linear. */
function show(unit, sizes, lines) {
  console.log(`\n| ${[unit, ...lines.map(({ name }) => `${name}, µs`)].join(' | ')} |`);
  console.log(`|---:|${lines.map(() => '---:|').join('')}`);
  for (const size of sizes) {
    const cells = lines.map(({ points }) => points.find(([x]) => x === size)?.[1]);
    console.log(`| ${[size, ...cells.map((ns) => (ns === undefined ? '–' : (ns / 1000).toFixed(2)))].join(' | ')} |`);
  }
  const exponents = lines.map(({ points }) => exponent(points.slice(-3)).toFixed(2));
  console.log(`| exponent of the last three | ${exponents.join(' | ')} |\n`);
}

/** The slope between the first and the last point on logarithmic axes. */
function exponent(points) {
  const [[firstX, firstY], [lastX, lastY]] = [points[0], points.at(-1)];
  return Math.log(lastY / firstY) / Math.log(lastX / firstX);
}

function bills() {
  const sizes = [1e3, 1e4, 1e5, 1e6, 1e7].filter((rows) => rows <= Number(values.rows));
  const measured = sizes.map((rows) => {
    console.log(`… a bill of ${rows.toLocaleString('en')} rows`);
    return billGrowth(rows);
  });
  const lines = [{ name: 'read as a stream', points: measured.map(({ ns }, place) => [sizes[place], ns]) }];
  const memory = [
    {
      name: 'resident memory at its highest',
      points: measured.map(({ megabytes }, place) => [sizes[place], megabytes]),
    },
  ];
  console.log('\n| rows | seconds | ns a row | most resident memory, MB |\n|---:|---:|---:|---:|');
  for (const [place, { ns, megabytes }] of measured.entries()) {
    const rows = sizes[place];
    console.log(
      `| ${[rows.toLocaleString('en'), (ns / 1e9).toFixed(3), (ns / rows).toFixed(0), megabytes.toFixed(0)].join(' | ')} |`,
    );
  }
  const shared = { x: 'rows', ticks: sizes, formatX: (rows) => rows.toLocaleString('en') };
  picture('bill-time', { ...shared, title: 'Time of reading a bill as a stream, row by row', lines });
  picture('bill-memory', {
    ...shared,
    title: 'Memory of the process that reads a bill as a stream',
    lines: memory,
    y: 'resident memory at its highest',
    formatY: (megabytes) => `${megabytes} MB`,
    guide: undefined,
    rangeY: [10, 1000],
  });
}

/** Times come as nanoseconds. */
function picture(name, { y = 'time', formatY = duration, ...rest }) {
  const file = new URL(`growth-${name}.svg`, import.meta.url);
  writeFileSync(file, plot({ y, formatY, guide: 'linear', ...rest }));
  console.log(`wrote tests/bench/growth-${name}.svg`);
}

function duration(ns) {
  if (ns < 1e3) return `${ns} ns`;
  if (ns < 1e6) return `${ns / 1e3} µs`;
  return ns < 1e9 ? `${ns / 1e6} ms` : `${ns / 1e9} s`;
}
