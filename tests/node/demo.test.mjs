// The demo: the whole flow in both API generations, the signed texts on request, and books that differ.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { compareBooks } from '../../js/examples/shop/books.mjs';
import { walk } from '../../js/examples/shop/walk.mjs';

const SECRETS = [
  '192006250b4c09247ec02edce69f6a2d',
  'demo-api-v3-key-of-this-merchant',
  'example-app-secret',
  'PRIVATE',
];
const file = fileURLToPath(new URL('../../js/examples/shop/walk.mjs', import.meta.url));

test('the walk goes through the same steps in both API generations, and the books agree in the end', async () => {
  const lines = [];
  const { differences, proven } = await walk({ print: (line) => lines.push(line) });
  assert.deepEqual(differences, []);
  const each = { orders: 2, paid: 1, deliveries: 2, refunded: 1, refused: 3 };
  assert.deepEqual(proven, { v2: each, v3: each }, 'as the gateway counted');
  const text = lines.join('\n');
  const [, v2, v3, both] = text.split(/^(?:APIv2|APIv3|Both)$/m).map((part) => part.trim().split('\n'));
  assert.deepEqual([v2.length, v3.length, both.length], [11, 11, 3], text);
  assert.match(both[0], /the books of the shop and the gateway agree/);
  assert.match(both[1], /^APIv2 proven: 1 of 2 orders paid, once/);
  assert.match(both[2], /^APIv3 proven: 1 of 2 orders paid, once/);
  const refused = (part) => part.flatMap((line) => line.match(/(\w+ \w+).*→ refused \((\w+)\)/)?.slice(1) ?? []);
  const common = ['a forged', 'ERR_SIGNATURE', 'a genuine', 'ERR_SIGNATURE'];
  assert.deepEqual(refused(v2), [...common, 'a notice', 'ERR_MISMATCH']);
  assert.deepEqual(refused(v3), [...common, 'a probe', 'probe']);
});

test('a verbose walk shows each string that was signed in both generations, and never a key', () => {
  const output = execFileSync(process.execPath, [file, '--verbose'], { encoding: 'utf8' });
  for (const shown of [
    /signed for \/pay\/unifiedorder: appid=wxd930ea5d5a258f4f&body=.*&key=\*{8}\n/,
    /signed for \/secapi\/pay\/refund: appid=.*&key=\*{8}\n/,
    /signed for the phone: appId=.*&key=\*{8}\n/,
    /signed by WeChat: appid=.*&key=\*{8}\n/,
    /signed for \/v3\/pay\/transactions\/jsapi: POST\\n\/v3\/pay\/transactions\/jsapi\\n\d{10}\\n\w{32}\\n\{.*\}\\n\n/,
    /signed for \/v3\/pay\/transactions\/out-trade-no\/\d+: GET\\n.*\?mchid=10000100\\n\d{10}\\n\w{32}\\n\\n\n/,
    /signed for \/v3\/refund\/domestic\/refunds: POST\\n/,
    /signed for the phone: wxd930ea5d5a258f4f\\n\d{10}\\n\w{32}\\nprepay_id=\w+\\n\n/,
    /signed by WeChat: \d{10}\\n\w{32}\\n\{.*TRANSACTION\.SUCCESS.*\}\\n\n/,
    /signed by WeChat: \d{10}\\n\w{32}\\n\{.*REFUND\.SUCCESS.*\}\\n\n/,
  ])
    assert.match(output, shown);
  for (const secret of SECRETS) assert.ok(!output.includes(secret), secret);
});

test('books that differ in anything are found', () => {
  const order = { out_trade_no: '1', total_fee: 1, transaction_id: 't' };
  const refund = { out_refund_no: 'R1', refund_fee: 1 };
  const shop = { orders: [{ ...order, state: 'SUCCESS', timesPaid: 1 }], refunds: [{ ...refund, state: 'SUCCESS' }] };
  const gateway = {
    orders: [{ ...order, trade_state: 'SUCCESS' }],
    refunds: [{ ...refund, refund_status: 'SUCCESS' }],
  };
  assert.deepEqual(compareBooks(shop, gateway), []);
  const changed = (book, change) => ({ ...shop, [book]: [{ ...shop[book][0], ...change }] });
  const cases = [
    [{ ...shop, orders: [] }, gateway],
    [shop, { ...gateway, orders: [] }],
    [{ ...shop, refunds: [] }, gateway],
    [shop, { ...gateway, refunds: [] }],
    [changed('orders', { total_fee: 2 }), gateway],
    [changed('orders', { state: 'NOTPAY', timesPaid: 0 }), gateway],
    [changed('orders', { transaction_id: 'u' }), gateway],
    [changed('orders', { timesPaid: 2 }), gateway],
    [changed('refunds', { refund_fee: 2 }), gateway],
    [changed('refunds', { state: 'PROCESSING' }), gateway],
  ];
  for (const [ours, theirs] of cases) assert.equal(compareBooks(ours, theirs).length, 1, JSON.stringify(ours));
});
