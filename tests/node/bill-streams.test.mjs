// Streams of bills that stall, fail, lie or never end: leaving is immediate, and errors are typed.
import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { PassThrough, Readable } from 'node:stream';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { parseBill, readBill, WxPayError } from 'paysign';

const unhandled = [];
const note = (reason) => unhandled.push(reason);
process.on('unhandledRejection', note).on('uncaughtException', note);
after(async () => {
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.deepEqual(unhandled, []);
});

const bytes = (text) => new TextEncoder().encode(text);
const END = '总交易单数,订单总金额\n`1,`1.00\n';
const BILL = bytes(`商户订单号,订单金额\n\`1,\`1.00\n${END}`);
/** More than a block, so that rows come before the end. It hardly repeats, so it compresses badly. */
const begun = bytes(
  `商户订单号,订单金额\n${Array.from({ length: 40_000 }, (_, index) => `\`T${(index * 2654435761) % 4294967296},\`1.00\n`).join('')}`,
);
const never = new Promise(() => {});

/** The result of a promise, or `never` after a long time. */
async function soon(promise, what) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: still waiting`)), 5000);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

async function thrown(run) {
  const error = await soon(
    run().then(
      () => assert.fail('nothing was thrown'),
      (reason) => reason,
    ),
    'an error',
  );
  assert.ok(error instanceof WxPayError, error?.stack);
  return error;
}

async function collect(stream, options) {
  const bill = readBill(stream, options);
  const rows = [];
  for await (const row of bill) rows.push(row);
  return { rows, bill };
}

/** Senders that send some bytes and then stall, each in its own way; `told` counts the cancelled ones. */
function stalled(first, told) {
  const tell = () => {
    told.count += 1;
  };
  async function* generator() {
    try {
      yield first;
      await never;
    } finally {
      tell();
    }
  }
  const iterator = (ending) => ({
    sent: false,
    next() {
      if (this.sent) return never;
      this.sent = true;
      return { done: false, value: first };
    },
    return: ending,
    [Symbol.asyncIterator]() {
      return this;
    },
  });
  const web = (cancel) => {
    const source = { start: (to) => to.enqueue(first), pull: () => never, cancel };
    return new ReadableStream(source, { highWaterMark: 0 });
  };
  const telling = (result) => () => {
    tell();
    return result();
  };
  const fails = () => {
    throw new Error('it fails at once');
  };
  const node = new PassThrough();
  node.write(first);
  node.on('close', tell);
  const stubborn = Object.assign(new PassThrough(), { destroy: telling(fails) });
  stubborn.write(first);
  return {
    'a Node stream': node,
    'a Node stream made of a generator': Readable.from(generator()),
    'a Node stream that throws when it is destroyed': stubborn,
    'a web stream': web(telling(() => undefined)),
    'a web stream whose cancel() never settles': web(telling(() => never)),
    'a web stream whose cancel() rejects': web(telling(() => Promise.reject(new Error('no')))),
    'an iterator whose return() never settles': iterator(telling(() => never)),
    'an iterator whose return() rejects': iterator(telling(() => Promise.reject(new Error('no')))),
    'an iterator whose return() throws': iterator(telling(fails)),
  };
}

const senders = Object.keys(stalled(BILL, { count: 0 }));

test('leaving the loop early is at once, whichever sender stalls, and cancels the sender', async () => {
  for (const name of senders) {
    for (const form of [begun, gzipSync(begun)]) {
      for (const leaves of ['break', 'throw']) {
        const told = { count: 0 };
        const stream = stalled(form, told)[name];
        const what = `${name}, ${leaves}`;
        const read = async () => {
          for await (const row of readBill(stream)) {
            assert.equal(row.商户订单号, 'T0', what);
            if (leaves === 'break') break;
            throw new Error('of the caller');
          }
        };
        const error = await soon(
          read().catch((reason) => reason),
          what,
        );
        assert.equal(error?.message, leaves === 'break' ? undefined : 'of the caller', what);
        await new Promise((resolve) => setImmediate(resolve));
        // A stream made of a generator waits for the generator when it is destroyed. The sender is responsible for that.
        assert.ok(told.count > 0 || stream.destroyed, `${what}: nobody was told`);
      }
    }
  }
});

test('an async generator that stalls is left at once, also where its next piece is asked for', async () => {
  // A little more than a block, which the unpacker takes in one step before it asks for more.
  const block = bytes(`a,b\n${'`1,`2\n'.repeat(43_800)}`);
  for (const form of [block, gzipSync(block)]) {
    async function* generator() {
      yield form;
      await never;
    }
    const read = async () => {
      for await (const _ of readBill(generator())) {
        await new Promise((resolve) => setTimeout(resolve, 20));
        break;
      }
    };
    await soon(read(), 'a generator');
  }
});

test('return() ends a next() that is pending, before the first byte and after it', async () => {
  for (const first of [BILL.subarray(0, 0), BILL.subarray(0, 1), BILL, gzipSync(BILL)]) {
    for (const name of senders) {
      const bill = readBill(stalled(first, { count: 0 })[name]);
      const rows = bill[Symbol.asyncIterator]();
      const pending = rows.next();
      await new Promise((resolve) => setImmediate(resolve));
      assert.deepEqual(await soon(rows.return(), name), { done: true, value: undefined }, name);
      assert.deepEqual(await soon(pending, name), { done: true, value: undefined }, name);
      assert.throws(() => bill.summary, { code: 'ERR_PARAM' }, name);
    }
  }
});

test('an iterator that was never asked for a row still cancels its stream', async () => {
  const told = { count: 0 };
  const rows = readBill(stalled(BILL, told)['a web stream'])[Symbol.asyncIterator]();
  await soon(rows.return(), 'return');
  assert.equal(told.count, 1);
  assert.deepEqual(await rows.next(), { done: true, value: undefined });
});

test('an error that a stream emits after it was left does not end the process', async () => {
  for (const form of [begun, gzipSync(begun)]) {
    const emitter = new EventEmitter();
    let destroyed = 0;
    async function* pieces() {
      yield form;
      await never;
    }
    const stream = Object.assign(emitter, {
      [Symbol.asyncIterator]: pieces,
      destroy() {
        destroyed += 1;
        emitter.emit('error', new Error('aborted'));
      },
    });
    for await (const _ of readBill(stream)) break;
    assert.equal(destroyed, 1, `${form.length} bytes`);
    emitter.emit('error', new Error('too late'));
  }
});

test('empty pieces are nothing, and endless ones are an error, not memory and not a frozen process', async () => {
  async function* withEmpty(data) {
    for (let at = 0; at < data.length; at += 1) {
      for (let count = 0; count < 5; count += 1) yield data.subarray(0, 0);
      yield data.subarray(at, at + 1);
    }
    yield data.subarray(0, 0);
  }
  for (const form of [BILL, gzipSync(BILL)])
    assert.equal((await collect(withEmpty(form))).rows.length, 1, `${form.length} bytes`);
  for (const first of [BILL.subarray(0, 0), BILL, gzipSync(BILL)]) {
    let left = false;
    async function* endless() {
      try {
        yield first;
        for (;;) yield new Uint8Array(0);
      } finally {
        left = true;
      }
    }
    assert.equal((await thrown(() => collect(endless()))).code, 'ERR_NETWORK', `${first.length} bytes`);
    assert.ok(left, 'the sender was told');
  }
});

test('a compressed bill that unpacks to nothing without end is refused', async () => {
  const head = gzipSync('').subarray(0, 10);
  // A stored block of no bytes, many times.
  const nothing = Buffer.concat(Array.from({ length: 20_000 }, () => Buffer.from([0, 0, 0, 0xff, 0xff])));
  async function* endless() {
    yield head;
    for (;;) yield nothing;
  }
  assert.match((await thrown(() => collect(endless(), { maxBytes: 1 << 20 }))).message, /maxBytes/);
});

test('a piece that is no Uint8Array is a typed error, wherever it comes, and its sender is cancelled', async () => {
  const forged = Object.create(Uint8Array.prototype);
  class Liar extends Uint8Array {
    get byteLength() {
      throw new Error('a liar');
    }
  }
  const wrong = ['text', '', 1, null, undefined, {}, [1], BILL.buffer, new Uint16Array(2), new DataView(BILL.buffer)];
  for (const piece of [...wrong, forged, new Liar(3), Symbol('piece')]) {
    for (const before of [[], [BILL], [gzipSync(BILL).subarray(0, 30)]]) {
      const told = { count: 0 };
      async function* sender() {
        try {
          yield* before;
          yield piece;
          await never;
        } finally {
          told.count += 1;
        }
      }
      for (const stream of [sender(), ReadableStream.from(sender())]) {
        const error = await thrown(() => collect(stream));
        assert.deepEqual(
          [error.code, error.field, error.outcome],
          ['ERR_PARAM', 'stream', 'unknown'],
          `${typeof piece} after ${before.length} pieces`,
        );
      }
      assert.equal(told.count, 2, typeof piece);
    }
  }
});

test('a class of the sender that lies about its length is read by its true bytes', async () => {
  class Liar extends Uint8Array {
    get length() {
      return 1e9;
    }
    subarray() {
      return 'nothing';
    }
  }
  const { rows } = await collect(Readable.from([new Liar(BILL)]));
  assert.equal(rows.length, 1);
});

test('a sender that breaks the rules of its kind is ERR_NETWORK with the cause, never an untyped error', async () => {
  const iterable = (next) => ({ [Symbol.asyncIterator]: () => ({ next }) });
  const fails = () => {
    throw new Error('at once');
  };
  for (const next of [fails, () => undefined, () => null, async () => undefined, undefined, () => Promise.reject()]) {
    const error = await thrown(() => collect(iterable(next)));
    assert.deepEqual([error.code, error.outcome], ['ERR_NETWORK', 'unknown'], String(next));
  }
  assert.equal((await thrown(() => collect({ [Symbol.asyncIterator]: () => undefined }))).code, 'ERR_NETWORK');
  const sent = [{ done: false, value: BILL }, { done: true }];
  assert.equal((await collect(iterable(() => sent.shift()))).rows.length, 1, 'a step need be no promise');
});

test('a stream that is locked, or throws when it is opened, is refused by name', () => {
  const locked = new ReadableStream();
  locked.getReader();
  const fails = () => {
    throw new TypeError('not now');
  };
  const getter = Object.defineProperty({}, 'getReader', { get: fails });
  for (const stream of [locked, { getReader: fails }, { [Symbol.asyncIterator]: fails }, getter]) {
    assert.throws(
      () => readBill(stream),
      (error) => {
        assert.ok(error instanceof WxPayError && error.cause instanceof TypeError, inspect(stream));
        return error.code === 'ERR_PARAM' && error.field === 'stream' && error.outcome === 'not-sent';
      },
      inspect(stream),
    );
  }
  for (const maxBytes of [Symbol('size'), {}, '100', null])
    assert.throws(
      () => readBill(Readable.from([]), { maxBytes }),
      { code: 'ERR_PARAM', field: 'maxBytes' },
      inspect(maxBytes),
    );
});

test('values have their own names, also where names look like whole numbers', async () => {
  for (const names of [
    ['10', 'b', '9'],
    ['1', '0'],
    ['a', '4294967294', '007', '-1', '0'],
    ['b', '__proto__', '3', '2'],
  ]) {
    const line = (values) => `\`${values.join(',`')}\n`;
    const values = names.map((name) => `of ${name}`);
    const text = `${names}\n${line(values)}${line(values)}${names},总交易单数\n${line([...values, '2'])}`;
    const whole = parseBill(text);
    const { rows, bill } = await collect(Readable.from([bytes(text)]));
    for (const row of [...whole.rows, ...rows, whole.summary, bill.summary])
      for (const name of names) assert.equal(Object.getOwnPropertyDescriptor(row, name).value, `of ${name}`, name);
    assert.deepEqual([whole.columns, bill.uncompared], [names, names], `${names}`);
  }
});

test('the reader that the client uses masks each error of reading', async () => {
  const entry = fileURLToPath(new URL('../../js/src/bill/bill.ts', import.meta.url));
  const built = await build({ entryPoints: [entry], bundle: true, write: false, format: 'esm', platform: 'node' });
  const { readBillMasked } = await import(`data:text/javascript,${encodeURIComponent(built.outputFiles[0].text)}`);
  const mask = (error) => new Error(`masked ${error.code}`);
  async function* failing() {
    yield bytes('<xml>');
    throw new Error('with the signature');
  }
  const read = async (stream) => {
    for await (const _ of readBillMasked(stream, {}, mask));
  };
  await assert.rejects(read(failing()), { message: 'masked ERR_NETWORK' });
  await assert.rejects(read(Readable.from(['text'])), { message: 'masked ERR_PARAM' });
  assert.throws(() => readBillMasked(null, {}, mask), { code: 'ERR_PARAM' });
});
