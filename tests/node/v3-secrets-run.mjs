// A program that uses a client of APIv3 with secrets from its input. It prints where they are in the memory of wasm, and writes snapshots.
import { readFileSync } from 'node:fs';
import { writeHeapSnapshot } from 'node:v8';

const instances = [];
WebAssembly.Instance = new Proxy(WebAssembly.Instance, {
  construct(Instance, [module, imports]) {
    const made = new Instance(module, imports);
    instances.push(made);
    return made;
  },
});
const { WechatPay } = await import('paysign/v3');

/** In a function, so that the text of the input is soon collected. */
const input = () => JSON.parse(readFileSync(0, 'utf8'));
const { options, messages, sealed, answer, pieces, snapshots } = input();
const found = [];

/** Calls, and looks for each piece of a secret in the memory of wasm. A piece that it finds is wiped, so that each call is judged alone. */
async function after(what, call) {
  const result = await Promise.resolve()
    .then(call)
    .then(
      () => 'done',
      ({ code }) => code,
    );
  for (const { exports } of instances) {
    const memory = Buffer.from(exports.memory.buffer);
    for (const [name, hex] of pieces) {
      const piece = Buffer.from(hex, 'hex');
      for (let at = memory.indexOf(piece); at >= 0; at = memory.indexOf(piece, at)) {
        found.push(`${what}: ${name} at ${at}`);
        memory.fill(0, at, at + piece.length);
      }
    }
  }
  return [what, result];
}

function snapshot(name) {
  gc();
  writeHeapSnapshot(snapshots[name]);
}

const fetch = async () => new Response(answer.body, { status: answer.status, headers: answer.headers });
const now = { nowMs: () => options.now, fetch, retries: 0 };
const { now: _, ...given } = options;
const results = [];
snapshot('before');
let pay;
const order = { out_trade_no: 'a-1234', description: '茶', amount: { total: 1 }, payer: { openid: 'o1' } };
const calls = {
  'a client': () => {
    pay = new WechatPay({ ...given, ...now });
  },
  ...Object.fromEntries(Object.entries(messages).map(([name, message]) => [name, () => pay.openNotify(message)])),
  'an order': () => pay.jsapiOrder(order),
  'a query': () => pay.orderQuery({ out_trade_no: 'a-1234' }),
  'a call by path': () => pay.call('POST', '/v3/x', { a: 1 }),
  'a second signature': () => pay.requestPayment('wx1'),
  'a sealed text': () => pay.encrypt('canary-of-a-name-0123456789'),
  'an opened text': () => pay.decrypt(sealed),
  'a text of others': () => pay.decrypt(`AAAA${sealed.slice(4)}`),
  'a client that fails': () => new WechatPay({ ...given, ...now, mchid: 'x' }),
};
for (const [what, call] of Object.entries(calls)) results.push(await after(what, call));
snapshot('after');
console.log(
  JSON.stringify({ found, results, instances: instances.length, kept: pay instanceof WechatPay && given.appid }),
);
