// The bills of sub-merchants at the gateway: their relation, several files of one bill, and days without movement.

import assert from 'node:assert/strict';
import { constants, createDecipheriv, createHash, privateDecrypt } from 'node:crypto';
import { test } from 'node:test';
import { createGateway } from 'paysign/testing';
import * as v2 from './gateway-support.mjs';
import { otherShop } from './gateway-support.mjs';
import {
  assertDone,
  assertRefused,
  authorization,
  bothShop,
  call,
  withGateway as withOwn,
} from './gateway-v3-support.mjs';

const SUB = '1900000201';
const SECOND_SUB = '1900000202';
const DAY = '2024-08-05';
const DAY_MS = 24 * 60 * 60 * 1000;
const TRADE = '/v3/bill/tradebill';

/** Two mini programs of one number, each with a sub-merchant. */
const merchants = [
  { ...bothShop, sub_merchants: [{ sub_mch_id: SUB }] },
  { ...bothShop, appid: 'wx0000000000000002', sub_merchants: [{ sub_mch_id: SECOND_SUB }] },
  otherShop,
];

const withGateway = (name, work, options) =>
  withOwn(name, work, { merchants, fetch: async () => new Response(null, { status: 204 }), ...options });

const ask = (side, path, query) => call(side, 'GET', `${path}?${new URLSearchParams({ bill_date: DAY, ...query })}`);

withGateway('a sub-merchant of any mini program of the number has a bill', async (side) => {
  await side.clock.advance(DAY_MS);
  for (const sub_mchid of [SUB, SECOND_SUB]) {
    assertRefused(await ask(side, TRADE, { sub_mchid }), 400, 'NO_STATEMENT_EXIST');
  }
  assertRefused(await ask(side, TRADE, { sub_mchid: '1900000299' }), 403, 'NO_AUTH', 268443701);
  assertRefused(await ask(side, TRADE, { sub_mchid: bothShop.mch_id }), 400, 'PARAM_ERROR', 268443705);
});

/** Downloads a file of the list and opens it with the provider's own key. */
async function openFile(side, { download_url, encrypt_key, nonce }) {
  const { origin } = new URL(download_url);
  const headers = {
    authorization: authorization(side.merchant, 'GET', download_url.slice(origin.length), ''),
    accept: '*/*',
    'user-agent': 'shop',
  };
  const response = await side.gateway.fetch(new Request(download_url, { headers }));
  const bytes = Buffer.from(await response.arrayBuffer());
  const oaep = { key: side.merchant.privateKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' };
  const cipher = createDecipheriv('aes-256-gcm', privateDecrypt(oaep, Buffer.from(encrypt_key, 'base64')), nonce);
  cipher.setAuthTag(bytes.subarray(-16));
  return Buffer.concat([cipher.update(bytes.subarray(0, -16)), cipher.final()]);
}

const SUB_FLOW = '/v3/bill/sub-merchant-fundflowbill';
const flow = { sub_mchid: SUB, account_type: 'BASIC', algorithm: 'AEAD_AES_256_GCM' };

withGateway(
  'the files of one bill are cut at line ends, each with its own key, and the last is listed first',
  async (side) => {
    for (const number of ['one', 'two', 'three', 'four', 'five']) {
      await v2.placeAndPay(side.gateway, { out_trade_no: `sub-${number}`, sub_mch_id: SUB });
    }
    await side.gateway.idle();
    await side.clock.advance(DAY_MS);
    const { download_bill_count, download_bill_list: list } = assertDone(side, await ask(side, SUB_FLOW, flow));
    assert.deepEqual([download_bill_count, list.map((one) => one.bill_sequence)], [3, [3, 2, 1]]);
    assert.deepEqual(
      list.map(({ nonce }) => nonce.length),
      [12, 16, 12],
    );
    assert.equal(new Set(list.map(({ encrypt_key }) => encrypt_key)).size, 3);
    const parts = [];
    for (const file of list.toReversed()) {
      const content = await openFile(side, file);
      assert.equal(createHash('sha1').update(content).digest('hex'), file.hash_value);
      parts.push(content.toString('utf8'));
    }
    assert.deepEqual(
      parts.map((part) => part.match(/\r\n/g).length),
      [5, 4, 4],
    );
    const whole = assertDone(side, await ask(side, '/v3/bill/fundflowbill', { sub_mchid: SUB }));
    assert.equal(createHash('sha1').update(parts.join('')).digest('hex'), whole.hash_value);
  },
  { billPartRows: 4 },
);

withGateway('a day without movement has a count of 0 and no list', async (side) => {
  await side.clock.advance(DAY_MS);
  assert.deepEqual(assertDone(side, await ask(side, SUB_FLOW, flow)), { download_bill_count: 0 });
});

test('the rows in each file of a bill are a whole number above zero', () => {
  for (const billPartRows of [0, -1, 1.5, '2', null]) {
    assert.throws(() => createGateway({ merchants, billPartRows }), /billPartRows must be a whole number/);
  }
});
