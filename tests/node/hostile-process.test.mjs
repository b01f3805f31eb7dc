// The process and the instance under hostile input: exhausted stacks, traps, and memory growth.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { shop, signByHand } from './gateway-support.mjs';
import { GENUINE } from './hostile-support.mjs';
import { refundNotice } from './notices-support.mjs';

const { key: KEY, appid, mch_id } = shop;

/** Runs a script with the package in its own process, where it can see the wasm instances; returns its result. */
function inChild(script) {
  const prelude = `
    const { Instance } = WebAssembly, instances = [];
    WebAssembly.Instance = function (module, imports) { const made = new Instance(module, imports); instances.push(made); return made };
    const { sign, signedText, openNotify, parseXml, signedXml, verify, requestPayment, buildXml, decryptUserData, WechatPay } = await import('paysign');
    const bytes = () => instances.reduce((sum, { exports }) => sum + exports.memory.buffer.byteLength, 0);
    const KEY = '${KEY}', NOTICE = ${JSON.stringify(GENUINE)};
    const codeOf = (call) => { try { call(); return 'accepted' } catch (error) { return error.code ?? error.name } };`;
  const args = ['--expose-gc', '--input-type=module', '-e', `${prelude}\n${script}`];
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: import.meta.dirname, encoding: 'utf8' });
  assert.ok(stdout, stderr);
  return JSON.parse(stdout);
}

test('a stack that runs out inside wasm replaces the instance, and every later call is right', () => {
  const said = inChild(`
    const A = { zeta: '1', b: '2', a: '3' }, B = { y: '9', mch: '4', body: '1', x: '0' }, seen = {};
    const right = { A: sign(A, KEY), B: sign(B, KEY), text: signedText(B) };
    const calls = [
      () => (sign(A, KEY) === right.A ? 'right' : 'WRONG'), () => (sign(B, KEY) === right.B ? 'right' : 'WRONG'),
      () => (signedText(B) === right.text ? 'right' : 'WRONG'), () => (openNotify(NOTICE, { key: KEY }).fields.mch_id === '${mch_id}' ? 'right' : 'WRONG'),
      () => (parseXml('<xml><b>1</b><a>2</a></xml>').b === '1' ? 'right' : 'WRONG'), () => (parseXml('<xml><c>3</c></xml>').c === '3' ? 'right' : 'WRONG'),
      () => codeOf(() => sign({ '1bad': 'x' }, KEY)), () => codeOf(() => openNotify('<xml><a>1</a></xml>', { key: KEY })),
      () => codeOf(() => new WechatPay({ appid: 'x', mch_id: 'x', key: KEY })),
    ];
    const expected = calls.map((call) => call());
    let left = 0;
    function dive(call, ...room) {
      try { dive(call, ...room) } catch {}
      if (left-- <= 0) return;
      let what;
      try { what = call() } catch (error) { what = error.code ?? error.name }
      try { seen[what] = (seen[what] ?? 0) + 1 } catch {}
    }
    const later = new Set();
    for (let round = 0; round < 150; round++) {
      left = 200;
      dive(calls[round % calls.length], ...Array(round % 11).fill(0));
      for (const [index, call] of calls.entries()) {
        let what;
        try { what = call() } catch (error) { what = error.name }
        if (what !== expected[index]) later.add(index + ' gave ' + what);
      }
    }
    console.log(JSON.stringify({ right, expected, seen, later: [...later], instances: instances.length }));`);
  assert.equal(said.right.A, signByHand({ zeta: '1', b: '2', a: '3' }, KEY));
  assert.deepEqual(said.expected, [...Array(6).fill('right'), 'ERR_PARAM', 'ERR_SIGNATURE', 'ERR_CONFIG']);
  assert.ok(said.instances > 10, `the stack must run out inside wasm: ${inspect(said)}`);
  assert.deepEqual(said.later, [], 'calls after the stack ran out');
  const known = ['right', 'ERR_PARAM', 'ERR_SIGNATURE', 'ERR_CONFIG', 'ERR_INTERNAL', 'RangeError'];
  assert.deepEqual(
    Object.keys(said.seen).filter((what) => !known.includes(what)),
    [],
    inspect(said.seen),
  );
});

test('a real trap is a typed error, and the next call has a fresh instance', () => {
  const said = inChild(`
    sign({ a: '1' }, KEY);
    const { memory } = instances[0].exports;
    sign({ a: '1' }, KEY);
    try { for (;;) memory.grow(64) } catch {}
    try { for (;;) memory.grow(1) } catch {}
    let error;
    try { parseXml('<xml><a>' + 'x'.repeat(200_000) + '</a></xml>') } catch (thrown) { error = thrown }
    const { code, outcome, cause } = error;
    console.log(JSON.stringify({ code, outcome, cause: cause.name, sign: sign({ a: '1' }, KEY), instances: instances.length, max: memory.buffer.byteLength }));`);
  const [code, outcome, cause] = ['ERR_INTERNAL', 'unknown', 'RuntimeError'];
  assert.deepEqual(said, { code, outcome, cause, sign: signByHand({ a: '1' }, KEY), instances: 2, max: 2 ** 28 });
});

test('a value of 128 MB is refused as a parameter, without a trap and without memory that stays', () => {
  const said = inChild(`
    sign({ a: '1' }, KEY);
    const before = bytes(), huge = 'x'.repeat(2 ** 27);
    const calls = [() => sign({ a: huge }, KEY), () => buildXml({ a: huge }), () => sign({ a: '1' }, huge), () => signedText({ [huge]: '1' }),
      () => openNotify(NOTICE, { key: KEY, appid: huge }), () => requestPayment({ appId: huge, prepay_id: 'x', key: KEY }),
      () => requestPayment({ appId: 'wx1', prepay_id: 'x', key: KEY, timeStamp: huge }),
      () => decryptUserData({ encryptedData: huge, iv: 'x', session_key: 'x' })];
    const pay = new WechatPay({ appid: 'wx1', mch_id: '1', key: KEY, baseUrls: ['http://127.0.0.1:9'] });
    const said = await pay.call(huge, {}).catch(({ code, outcome }) => code + ' ' + outcome);
    const second = instances.at(-1).exports.memory.buffer.byteLength;
    console.log(JSON.stringify({ said, codes: calls.map(codeOf), instances: instances.length, grown: bytes() - before - second }));`);
  const codes = [
    'ERR_PARAM',
    'ERR_PARAM',
    'ERR_CONFIG',
    'ERR_PARAM',
    'ERR_PARAM',
    'ERR_PARAM',
    'ERR_PARAM',
    'ERR_PARAM',
  ];
  assert.deepEqual(said, { said: 'ERR_PARAM not-sent', codes, instances: 2, grown: 0 });
});

test('fields are read right also where asking for their names makes memory grow', () => {
  // The room in a fresh memory depends on all earlier calls. So several sizes are read, each in its own process.
  for (const [count, length] of [
    [600, 64],
    [800, 40],
    [1000, 64],
  ]) {
    const said = inChild(`
      const names = Array.from({ length: ${count} }, (_, at) => 'n' + String(at).padStart(${length} - 1, '0'));
      const fields = parseXml('<xml>' + names.map((name) => '<' + name + '>1</' + name + '>').join('') + '</xml>');
      console.log(JSON.stringify(names.filter((name) => fields[name] !== '1').length));`);
    assert.equal(said, 0, `${count} names of ${length} characters`);
  }
});

test('400,000 calls, half of them failing, and refused bodies of 10 MiB do not grow memory', () => {
  const said = inChild(`
    const order = { appid: '${appid}', body: '茶', mch_id: '${mch_id}', total_fee: 88 }, REFUND = ${JSON.stringify(refundNotice())};
    const signed = { ...order, sign: sign(order, KEY) }, payment = { appId: '${appid}', prepay_id: 'wx1', key: KEY };
    const spliced = REFUND.replace(/<req_info>.{8}/, '<req_info>AAAAAAAA');
    // Names, values and keys that never came before, so that whatever is remembered for the next call is remembered in vain.
    const calls = [
      (n) => sign({ ...order, ['n' + n]: n }, KEY), (n) => sign({ ['n' + n]: {} }, KEY),
      (n) => verify({ ...signed, total_fee: n }, KEY), (n) => verify(signed, 'a key too short ' + n),
      () => openNotify(NOTICE, { key: KEY }), (n) => openNotify(NOTICE, { key: String(n).padStart(32, 'x') }),
      () => openNotify(REFUND, { key: KEY }), () => openNotify(spliced, { key: KEY }),
      (n) => requestPayment({ ...payment, nonceStr: 'n' + n }), (n) => requestPayment({ ...payment, nonceStr: '.' + n }),
      (n) => signedXml({ ...order, out_trade_no: n }, KEY), (n) => signedXml({ ['n' + n]: '\u0001' }, KEY),
      (n) => parseXml('<xml><n' + n + '>支付</n' + n + '></xml>'), (n) => parseXml('<html' + n + '>'),
      (n) => new WechatPay({ appid: 'wx' + n, mch_id: '1', key: KEY, baseUrls: ['http://127.0.0.1:9'] }), (n) => new WechatPay({ appid: 'wx1', mch_id: 'x' + n, key: KEY }),
    ];
    const large = 'x'.repeat(10 * 2 ** 20), largeBytes = Buffer.alloc(10 * 2 ** 20, 0x20), codes = {};
    const run = (from, to) => { for (let n = from; n < to; n++) { const code = codeOf(() => calls[n % calls.length](n)); codes[code] = (codes[code] ?? 0) + 1 } };
    // Buffers that were collected are given back a little later.
    const held = async () => { gc(); await new Promise((done) => setTimeout(done, 200)); gc(); return process.memoryUsage() };
    // The engine has seen every kind of call, and made its code for it.
    run(0, 100_000);
    const [pages, before] = [bytes() / 65536, await held()];
    run(100_000, 400_000);
    const refused = [large, largeBytes].flatMap((body) => [codeOf(() => parseXml(body)), codeOf(() => openNotify(body, { key: KEY }))]);
    const after = await held();
    const grown = { pages: bytes() / 65536 - pages, heap: after.heapUsed - before.heapUsed, buffers: after.arrayBuffers - before.arrayBuffers };
    console.log(JSON.stringify({ codes, refused, grown, instances: instances.length }));`);
  const times = (kinds) => (kinds * 400_000) / 16;
  assert.deepEqual(said.codes, {
    accepted: times(8),
    ERR_PARAM: times(3),
    ERR_CONFIG: times(2),
    ERR_SIGNATURE: times(1),
    ERR_DECRYPT: times(1),
    ERR_XML: times(1),
  });
  assert.deepEqual(said.refused, ['ERR_XML', 'ERR_XML', 'ERR_XML', 'ERR_XML']);
  // One of each module that these calls need.
  assert.deepEqual([said.grown.pages, said.instances], [0, 2]);
  // Sixteen bytes that every sixteenth call leaked would be 300 kB.
  assert.ok(said.grown.heap < 100_000 && said.grown.buffers < 100_000, inspect(said.grown));
});
