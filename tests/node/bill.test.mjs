// Bills on the built package: whole and streamed, gzip and plain, cut off, bombed, by the million.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import { createGzip, gzipSync } from 'node:zlib';
import { fen, parseBill, parseComments, readBill, WxPayError } from 'paysign';

const vectors = JSON.parse(readFileSync(new URL('../vectors/bills.json', import.meta.url), 'utf8'));
const bytes = (text) => new TextEncoder().encode(text);
const plain = (row) => Object.fromEntries(Object.entries(row));
const sorted = (row) => Object.entries(row).sort(([one], [other]) => (one < other ? -1 : 1));
const differences = (list) => list.map(({ counted, ...rest }) => ({ ...rest, counted: counted ?? null }));

async function* pieces(data, size) {
  for (let at = 0; at < data.length; at += size) yield data.subarray(at, at + size);
}
const web = (data, size) => ReadableStream.from(pieces(data, size));

async function collect(stream, options) {
  const bill = readBill(stream, options);
  const rows = [];
  for await (const row of bill) rows.push(row);
  const { columns, summary, differences, uncompared } = bill;
  return { columns, rows, summary, differences, uncompared };
}

async function thrown(run) {
  try {
    await run();
  } catch (error) {
    assert.ok(error instanceof WxPayError, error.stack);
    return error;
  }
  throw new Error('nothing was thrown');
}

/** A bill read in another way: one regular expression for the cells, and no byte positions. */
function independently(text) {
  const lines = text
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .filter((line) => line !== '');
  const cells = (line) => line.match(/(?<=^`|,`)(?:(?!,`)[\s\S])*/g);
  const names = (line) => line.replaceAll('(', '（').replaceAll(')', '）').split(',');
  const [header, ...rest] = lines;
  const fit = (head, line) => names(head).map((name, index) => [name, cells(line)[index]]);
  const end = rest.findIndex((line) => !line.startsWith('`'));
  return { rows: rest.slice(0, end).map((line) => fit(header, line)), summary: fit(rest[end], rest[end + 1]) };
}

const HEAD = '交易时间,微信订单号,商户订单号,用户标识,付款银行,应结订单金额,商品名称,手续费,订单金额';
const FOOT = '总交易单数,应结订单总金额,手续费总金额,订单总金额';
const line = (index) =>
  `\`2024-08-05 10:${String(index % 60).padStart(2, '0')}:46,\`42000002632024080${String(index).padStart(11, '0')},\`T${index * 7},\`oUpF${
    (index * 2654435761) % 4294967296
  },\`${index % 3 ? 'OTHERS' : 'CMB_DEBIT'},\`${index % 10}.10,\`${index % 5 ? `茶, 第${index % 97}号` : 'tea'},\`0.00600,\`${index % 10}.10`;
function made(count) {
  const cents = Array.from({ length: count }, (_, index) => (index % 10) * 100 + 10).reduce((sum, one) => sum + one, 0);
  const total = `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;
  const fees = `${Math.floor((count * 6) / 1000)}.${String((count * 6) % 1000).padStart(3, '0')}`;
  return [
    HEAD,
    ...Array.from({ length: count }, (_, index) => line(index)),
    FOOT,
    `\`${count},\`${total},\`${fees},\`${total}`,
    '',
  ].join('\r\n');
}

test('the vectors are there', () => {
  const { accepted, refused, comments, refused_comments, fen: amounts, no_fen } = vectors;
  const counts = [accepted, refused, comments, refused_comments, amounts, no_fen].map(({ length }) => length);
  assert.ok(
    [20, 25, 4, 6, 10, 15].every((least, index) => counts[index] >= least),
    `${counts}`,
  );
});

test('every kind of bill is read as the vectors say, as text, as bytes and streamed', async () => {
  for (const { name, text, ...expected } of vectors.accepted) {
    const data = bytes(text);
    const forms = [parseBill(text), parseBill(data), parseBill(Buffer.from(data))];
    for (const size of [1, 7, 64, 1 << 20])
      forms.push(await collect(web(data, size)), await collect(Readable.from(pieces(data, size))));
    forms.push(await collect(web(gzipSync(data), 5)), await collect(Readable.from(pieces(gzipSync(data), 1000))));
    for (const found of forms) {
      assert.deepEqual(found.columns, expected.columns, name);
      assert.deepEqual(found.rows.map(sorted), expected.rows.map(sorted), name);
      assert.deepEqual(sorted(found.summary), sorted(expected.summary), name);
      assert.deepEqual(differences(found.differences), expected.differences, name);
      assert.deepEqual(found.uncompared, expected.uncompared, name);
    }
  }
});

test('a reader written in another way finds the same rows and summary', () => {
  for (const text of [...vectors.accepted.map((one) => one.text), made(3000)]) {
    const { rows, summary } = independently(text);
    const found = parseBill(text);
    assert.deepEqual(
      found.rows.map(sorted),
      rows.map((row) => sorted(Object.fromEntries(row))),
      text.slice(0, 80),
    );
    assert.deepEqual(sorted(found.summary), sorted(Object.fromEntries(summary)), text.slice(0, 80));
  }
});

test('a bill that arrives in two pieces is whole, wherever they part', async () => {
  const { text, rows } = vectors.accepted[0];
  for (const form of [bytes(text), gzipSync(text)]) {
    for (let cut = 0; cut <= form.length; cut += 1) {
      async function* two() {
        yield form.subarray(0, cut);
        yield form.subarray(cut);
      }
      assert.deepEqual((await collect(two())).rows.map(sorted), rows.map(sorted), `${cut}`);
    }
  }
});

test('a bill of several blocks is whole, whatever the pieces, and its sums agree', async () => {
  const text = made(20_000);
  const data = bytes(text);
  assert.ok(data.length > 5 * 256 * 1024);
  const whole = parseBill(data);
  assert.equal(whole.rows.length, 20_000);
  assert.deepEqual(whole.differences, []);
  whole.rows.forEach((row, index) => {
    assert.equal(
      HEAD.split(',')
        .map((name) => `\`${row[name]}`)
        .join(','),
      line(index),
      `row ${index}`,
    );
  });
  for (const size of [997, 65_536, 262_143, 262_144, 262_145, data.length]) {
    assert.deepEqual(await collect(web(data, size)), whole, `${size}`);
  }
  assert.deepEqual(await collect(web(gzipSync(data), 4096)), whole);
});

test('rows inherit nothing, and a name of JavaScript is a column like any other', () => {
  const { rows, summary } = parseBill('__proto__,constructor,toString\n`1,`2,`3\n__proto__,总交易单数\n`x,`1\n');
  assert.deepEqual(Object.keys(rows[0]), ['__proto__', 'constructor', 'toString']);
  assert.equal(Object.getOwnPropertyDescriptor(rows[0], '__proto__').value, '1');
  assert.equal(rows[0].hasOwnProperty, undefined);
  assert.equal(Object.getOwnPropertyDescriptor(summary, '__proto__').value, 'x');
  assert.equal({}.polluted, undefined);
});

test('bills with any number of columns up to 64 have every column', () => {
  for (let count = 2; count <= 64; count += 1) {
    const names = Array.from({ length: count }, (_, index) => `column ${index}`);
    const values = names.map((_, index) => (index % 2 ? `値${index}` : `${index}`));
    const { rows } = parseBill(`${names}\n\`${values.join(',`')}\n\`${values.join(',`')}\nn,总交易单数\n\`1,\`2\n`);
    const expected = Object.fromEntries(names.map((name, index) => [name, values[index]]));
    assert.deepEqual(rows.map(plain), [expected, expected], `${count}`);
  }
});

test('an answer that is no bill is an error that says why, also where gzip was requested', async () => {
  for (const { name, text, outcome, err_code, return_msg } of vectors.refused) {
    const errors = [await thrown(() => parseBill(text)), await thrown(() => parseBill(bytes(text)))];
    for (const size of [1, 1000]) errors.push(await thrown(() => collect(web(bytes(text), size))));
    if (text !== '') errors.push(await thrown(() => collect(web(gzipSync(text), 3))));
    for (const error of errors) {
      const found = {
        code: error.code,
        outcome: error.outcome,
        err_code: error.err_code ?? null,
        return_msg: error.return_msg ?? null,
      };
      assert.deepEqual(found, { code: 'ERR_BILL', outcome, err_code, return_msg }, name);
      assert.equal(error.message, errors[0].message, name);
    }
  }
});

test('a bill that ends anywhere before its last value is an error, never a short bill', async () => {
  for (const { name, text, rows } of vectors.accepted) {
    const data = bytes(text);
    const last = Buffer.from(data).lastIndexOf(',`');
    for (let cut = 0; cut < data.length; cut += 1) {
      let found;
      try {
        found = parseBill(data.subarray(0, cut));
      } catch (error) {
        assert.equal(error.code, 'ERR_BILL', `${name} at ${cut}`);
        continue;
      }
      assert.ok(cut > last && found.rows.length === rows.length, `${name} at ${cut}`);
    }
  }
});

test('a compressed bill that ends anywhere, or is damaged, is an error', async () => {
  const zipped = gzipSync(bytes(vectors.accepted[0].text));
  for (let cut = 0; cut < zipped.length; cut += 1) {
    const { code } = await thrown(() => collect(web(zipped.subarray(0, cut), 100)));
    assert.equal(code, 'ERR_BILL', `${cut}`);
  }
  const damaged = Buffer.from(zipped);
  damaged[zipped.length - 6] ^= 1;
  assert.match((await thrown(() => collect(web(damaged, 100)))).message, /cut off or damaged/);
  assert.match((await thrown(() => parseBill(zipped))).message, /compressed/);
});

test('a gzip bomb is refused long before it is unpacked', async () => {
  const [head, row] = [bytes('a,b\n'), Buffer.alloc(64 << 20, '`1,`2\n')];
  const bomb = gzipSync(Buffer.concat([head, row]), { level: 9 });
  assert.ok(row.length / bomb.length > 500, 'it is a bomb');
  let count = 0;
  const error = await thrown(async () => {
    for await (const _ of readBill(web(bomb, 16_384))) count += 1;
  });
  assert.match(error.message, /100 times larger/);
  assert.ok(count * 6 < 4 << 20, `${count} rows were read`);
});

test('a bill over maxBytes is refused, and one of exactly maxBytes is not', async () => {
  const data = bytes(made(50));
  assert.equal((await collect(web(data, 100), { maxBytes: data.length })).rows.length, 50);
  for (const form of [data, gzipSync(data)]) {
    const error = await thrown(() => collect(web(form, 100), { maxBytes: data.length - 1 }));
    assert.match(error.message, /maxBytes/, `${form.length} bytes`);
  }
});

test('a line over 64 KiB is refused while it comes, and one under it is read', async () => {
  const long = (length) => `a,b\n\`1,\`${'x'.repeat(length)}\n总交易单数,x\n\`1,\`y\n`;
  assert.equal(parseBill(long(65_531)).rows[0].b.length, 65_531);
  for (const text of [long(65_600), long(1_000_000)]) {
    assert.match((await thrown(() => parseBill(text))).message, /65536 bytes/, `${text.length} characters`);
    assert.match(
      (await thrown(() => collect(web(bytes(text), 1000)))).message,
      /65536 bytes/,
      `${text.length} characters`,
    );
  }
});

test('leaving the loop early cancels the stream, compressed or not, web or Node', async () => {
  const data = bytes(made(20_000));
  for (const form of [data, gzipSync(data)]) {
    let cancelled = 0;
    const source = pieces(form, 1000);
    const stream = new ReadableStream({
      pull: async (to) => to.enqueue((await source.next()).value),
      cancel: () => {
        cancelled += 1;
      },
    });
    for await (const row of readBill(stream)) {
      assert.equal(row.商户订单号, 'T0', `${form.length} bytes`);
      break;
    }
    assert.equal(cancelled, 1, `${form.length} bytes`);
    const node = Readable.from(pieces(form, 1000));
    for await (const _ of readBill(node)) break;
    assert.ok(node.destroyed, `${form.length} bytes`);
  }
});

test('a stream that is refused is cancelled as well, and a stream that fails is ERR_NETWORK', async () => {
  let cancelled = 0;
  const endless = new ReadableStream({
    pull: (to) => to.enqueue(bytes('<p>an endless page</p>'.repeat(100))),
    cancel: () => {
      cancelled += 1;
    },
  });
  assert.equal((await thrown(() => collect(endless))).code, 'ERR_BILL');
  assert.equal(cancelled, 1);
  for (const form of [bytes(made(5)), gzipSync(made(5))]) {
    async function* failing() {
      yield form.subarray(0, 60);
      throw new Error('reset');
    }
    const error = await thrown(() => collect(failing()));
    assert.deepEqual(
      [error.code, error.outcome, error.cause.message],
      ['ERR_NETWORK', 'unknown', 'reset'],
      `${form.length} bytes`,
    );
  }
});

test('the summary cannot be had before the end, nor the rows twice', async () => {
  const bill = readBill(web(bytes(made(5)), 100));
  for (const name of ['columns', 'summary', 'differences', 'uncompared'])
    assert.throws(() => bill[name], { code: 'ERR_PARAM' }, name);
  for await (const _ of bill) assert.throws(() => bill.summary, { code: 'ERR_PARAM' });
  assert.equal(bill.summary.总交易单数, '5');
  assert.throws(() => bill[Symbol.asyncIterator](), { code: 'ERR_PARAM' });
});

test('what is neither text nor bytes nor a stream of bytes is refused by name', async () => {
  for (const wrong of [undefined, null, 1, {}, [], new ArrayBuffer(1)]) {
    assert.throws(() => parseBill(wrong), { code: 'ERR_PARAM', field: 'data' }, inspect(wrong));
    assert.throws(() => parseComments(wrong), { code: 'ERR_PARAM', field: 'data' }, inspect(wrong));
  }
  for (const wrong of [undefined, null, 1, {}])
    assert.throws(() => readBill(wrong), { code: 'ERR_PARAM', field: 'stream' }, inspect(wrong));
  const text = Readable.from([made(2)]);
  assert.equal((await thrown(() => collect(text))).field, 'stream');
  for (const maxBytes of [0, -1, Number.NaN, '1e9x'])
    assert.throws(() => readBill(text, { maxBytes }), { code: 'ERR_PARAM', field: 'maxBytes' }, inspect(maxBytes));
  assert.throws(() => parseBill(`a,b\n\`1,\`\ud800\n`), { code: 'ERR_BILL' });
});

test('bills that are read at the same time do not mix', async () => {
  const texts = [made(9000), made(8000), vectors.accepted[0].text];
  const alone = texts.map((text) => parseBill(text));
  const together = await Promise.all(texts.map((text, index) => collect(web(bytes(text), 1000 + index))));
  assert.deepEqual(together, alone);
});

test('comments are read as the vectors say', async () => {
  for (const { name, text, offset, comments } of vectors.comments) {
    for (const form of [text, bytes(text)]) {
      const found = parseComments(form);
      assert.deepEqual([found.offset, found.comments], [offset, comments], name);
    }
  }
  for (const { name, text } of vectors.refused_comments)
    assert.equal((await thrown(() => parseComments(text))).code, 'ERR_BILL', name);
});

test('yuan become fen exactly, or an error', () => {
  for (const one of vectors.fen) assert.ok(Object.is(fen(one.yuan), one.fen), one.yuan);
  for (const yuan of [...vectors.no_fen, 1, null, undefined, '9'.repeat(14)])
    assert.throws(() => fen(yuan), { code: 'ERR_PARAM', field: 'yuan' }, `${yuan}`);
});

test('a bill of a million rows streams in constant memory', async (t) => {
  const count = 1_000_000;
  function* text() {
    yield `${HEAD}\r\n`;
    for (let at = 0; at < count; at += 500) {
      yield Array.from({ length: 500 }, (_, index) => `${line(at + index)}\r\n`).join('');
    }
    yield `${FOOT}\r\n\`${count},\`4600000.00,\`6000.00,\`4600000.00\r\n`;
  }
  // The reader is a process of its own, so that nothing else grows in it.
  const script = `
    import { readBill } from 'paysign';
    const start = process.memoryUsage.rss();
    const bill = readBill(process.stdin);
    let [count, most] = [0, 0];
    for await (const row of bill) {
      if (row.商户订单号 !== 'T' + count * 7) throw new Error('row ' + count);
      count += 1;
      if (count % 5000 === 0) most = Math.max(most, process.memoryUsage.rss());
    }
    console.log(JSON.stringify({ count, differences: bill.differences, start, grown: most - start }));`;
  const cwd = fileURLToPath(new URL('../../', import.meta.url));
  for (const form of ['plain', 'gzip']) {
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      cwd,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const source = Readable.from(text(), { objectMode: false });
    const sent = form === 'gzip' ? pipeline(source, createGzip(), child.stdin) : pipeline(source, child.stdin);
    const [printed] = await Promise.all([child.stdout.setEncoding('utf8').toArray(), sent]);
    const { differences, start, grown, ...found } = JSON.parse(printed.join(''));
    const mib = (size) => `${(size / 2 ** 20).toFixed(1)} MiB`;
    t.diagnostic(`${form}: RSS ${mib(start)} before, at most ${mib(grown)} more while a million rows stream`);
    assert.equal(found.count, count, form);
    assert.deepEqual(differences, [], form);
    assert.ok(grown < 64 * 2 ** 20, `${form}: ${mib(grown)}`);
  }
});
