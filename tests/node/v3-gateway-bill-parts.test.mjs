// A sub-merchant's bill in several files against the gateway: put together in their order, or refused.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createGateway, createManualClock } from 'paysign/testing';
import { WechatPay } from 'paysign/v3';
import { START_MS } from './gateway-support.mjs';
import { errorOf, overnight, rowsOf } from './v3-gateway-support.mjs';

const [sp, sub_mchid, sub_appid] = ['1900000109', '1900000201', 'wxsub0000000000001'];
const clock = createManualClock(START_MS);
const gateway = createGateway({
  merchants: [
    {
      ...{ appid: 'wx8888888888888888', mch_id: sp, apiV3Key: '0123456789abcdef0123456789ABCDEF' },
      sub_merchants: [{ sub_mch_id: sub_mchid, sub_appid }],
    },
  ],
  clock,
  billPartRows: 2,
});
const LIST = '/v3/bill/sub-merchant-fundflowbill';
let [client, bill_date] = [];

before(async () => {
  const choice = await gateway.client(sp, { api: 'v3', sub_mchid });
  client = new WechatPay({ ...choice, nowMs: () => clock.now(), notify_url: 'http://127.0.0.1:9/none' });
  for (const index of [1, 2, 3, 4, 5]) {
    const payer = { sub_openid: 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o' };
    const out_trade_no = `part-${index}`;
    await client.jsapiOrder({ description: '茶', out_trade_no, amount: { total: 100 }, payer });
    gateway.payOrder({ out_trade_no });
    await clock.advance(1000);
  }
  bill_date = await overnight({ clock });
});

after(() => gateway.close());

const bill = (changes) => client.subMerchantFundFlowBill({ bill_date, account_type: 'BASIC', ...changes });
const files = () => gateway.calls().filter(({ path }) => path.startsWith('/v3/billdownload/')).length;

test('the files of a bill are read as one, in the order of bill_sequence, plain and packed', async () => {
  const whole = await rowsOf(await client.fundFlowBill({ bill_date, sub_mchid }));
  for (const tar_type of [undefined, 'GZIP']) {
    const before = files();
    const parts = await bill({ tar_type });
    const rows = await rowsOf(parts);
    assert.ok(files() - before > 2, 'several files');
    assert.deepEqual(rows, whole);
    assert.deepEqual(parts.differences, []);
  }
});

test('a bill of which a file is missing, changed or of another bill never ends', async () => {
  const fail = (members) => gateway.failNext({ path: LIST, kind: 'members', members });
  for (const members of [{ download_bill_count: 1 }, { download_bill_list: [] }, { download_bill_count: 0 }]) {
    fail(members);
    assert.equal((await errorOf(bill())).field, 'download_bill_count', JSON.stringify(members));
  }
  fail({ '/download_bill_list/0/hash_value': '0'.repeat(40) });
  const parts = await bill();
  assert.equal((await errorOf(rowsOf(parts))).code, 'ERR_BILL');
  assert.throws(() => parts.summary, { code: 'ERR_PARAM' });
  gateway.failNext({ path: '/v3/billdownload/file', kind: 'cut' });
  assert.ok(['ERR_BILL', 'ERR_DECRYPT', 'ERR_NETWORK'].includes((await errorOf(bill().then(rowsOf))).code));
});

test('a bill with a nonce that no host can use is a typed error, and not one of the host', async () => {
  gateway.failNext({ path: LIST, kind: 'members', members: { '/download_bill_list/0/nonce': 'n'.repeat(129) } });
  const { code, field } = await errorOf(bill());
  assert.deepEqual([code, field], ['ERR_MISMATCH', 'nonce']);
});

test('a day without movement is NO_STATEMENT_EXIST, as in the other bills', async () => {
  const { code, err_code, outcome } = await errorOf(bill({ account_type: 'FEES' }));
  assert.deepEqual([code, err_code, outcome], ['ERR_FAILED', 'NO_STATEMENT_EXIST', 'rejected']);
});
