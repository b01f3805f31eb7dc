// A program that handles notices of APIv3, and prints its memory after each third: `node --expose-gc v3-memory-run.mjs 30000`.
/** Every instance of wasm that the package makes. */
const instances = [];
WebAssembly.Instance = new Proxy(WebAssembly.Instance, {
  construct(Instance, [module, imports]) {
    const made = new Instance(module, imports);
    instances.push(made);
    return made;
  },
});
const { memoryStore } = await import('paysign');
const { WechatPay } = await import('paysign/v3');
const { COMBINED, notice, ORDER, options, REFUND } = await import('./v3-support.mjs');

const count = Number(process.argv[2]);
/** More notices than the store remembers, so that each one is a new one whenever it comes. */
const [NOTICES, REMEMBERED] = [1200, 200];

/** Each kind of notice in turn: delivered ones, and ones that are refused at each stage. */
function message(index) {
  const number = `order-${index}`;
  const order = { ...ORDER, out_trade_no: number, transaction_id: `42${index}` };
  return [
    () => notice(order),
    () => notice({ ...REFUND, out_trade_no: number, refund_id: `50${index}` }, { event_type: 'REFUND.SUCCESS' }),
    () => notice({ ...COMBINED, combine_out_trade_no: number }),
    () => notice({ ...order, attach: 'x'.repeat(4000) }),
    () => ({ ...notice(order), body: '{"id":"forged"}' }),
    () => notice(order, { key: 'f'.repeat(32) }),
    () => notice(order, { plain: `{"out_trade_no":${index}` }),
    () => notice({ ...order, mchid: '1' }),
  ][index % 8]();
}
const messages = Array.from({ length: NOTICES }, (_, index) => message(index));

const seen = { delivered: 0, refused: 0 };
const deliver = () => {
  seen.delivered += 1;
};
const handler = new WechatPay(options).notifyHandler({
  ...{ onPaid: deliver, onRefund: deliver, onCombined: deliver, store: memoryStore({ remember: REMEMBERED }) },
  onRejected() {
    seen.refused += 1;
  },
});

/** The memory, after what was collected is returned. */
async function memory() {
  gc();
  await new Promise((done) => setTimeout(done, 200));
  gc();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  const wasm = instances.reduce((sum, { exports }) => sum + exports.memory.buffer.byteLength, 0);
  return { heap: heapUsed, buffers: arrayBuffers, wasm };
}

const thirds = [];
for (let index = 0; index < count; index += 1) {
  const { headers, body } = messages[index % NOTICES];
  await handler(new Request('https://shop.example.com/v3', { method: 'POST', headers, body }));
  if ((index + 1) % Math.floor(count / 3) === 0) thirds.push(await memory());
}
console.log(JSON.stringify({ ...seen, thirds, instances: instances.length }));
