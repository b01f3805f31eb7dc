// The requests of the load: genuine notices of new orders, of APIv2 or APIv3. All have the same size.
import crypto from 'node:crypto';
import { promisify } from 'node:util';
import { encrypted, ORDER, wechatKeys } from '../node/v3-support.mjs';
import * as byHand from './by-hand.mjs';
import { options, PUBLIC_ID } from './messages-v3.mjs';

const merchant = { appid: 'wxd930ea5d5a258f4f', mch_id: '1230000109', key: '0123456789abcdefghijklmnopqrstuv' };
const wechatKey = crypto.createPrivateKey(wechatKeys.privateKey);
const inPool = promisify(crypto.sign);

/** For each version the options of its client, and the notice of an order. */
const VERSIONS = { v2: { options: merchant, notice: noticeV2 }, v3: { options, notice: noticeV3 } };
let orders = 0;

/** @param {'v2' | 'v3'} version */
export const optionsOf = (version) => VERSIONS[version].options;

/**
 * Whole requests, each with the notice of a new order.
 * @param {'v2' | 'v3'} version
 * @param {number} count
 * @param {string} connection
 * @returns {Promise<string[]>}
 */
export function requests(version, count, connection) {
  return Promise.all(
    Array.from({ length: count }, async () => {
      orders += 1;
      const { headers, body } = await VERSIONS[version].notice(String(orders).padStart(28, '0'));
      const all = { host: 'shop.example', connection, accept: '*/*', ...headers };
      const head = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
      return `POST /wxpay/notify HTTP/1.1\r\n${head.join('')}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
    }),
  );
}

function noticeV2(out_trade_no) {
  const { key, ...ids } = merchant;
  const paid = {
    ...{ ...ids, attach: '支付测试-深圳分店', bank_type: 'CMB_DEBIT', cash_fee: '90' },
    ...{ cash_fee_type: 'CNY', coupon_count: '1', coupon_fee: '10', coupon_fee_0: '10', coupon_id_0: '10000000000' },
    ...{ device_info: '013467007045764', fee_type: 'CNY', is_subscribe: 'Y' },
    ...{ nonce_str: '5d2b6c2a8db53831f7eda20af46e531c', openid: 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o', out_trade_no },
    ...{ result_code: 'SUCCESS', return_code: 'SUCCESS', settlement_total_fee: '100', time_end: '20140903131540' },
    ...{ total_fee: '100', trade_type: 'JSAPI', transaction_id: out_trade_no },
  };
  const signed = Object.entries({ ...paid, sign: byHand.sign(paid, key, 'HMAC-SHA256') });
  const body = `<xml>${signed.map(([name, value]) => `<${name}><![CDATA[${value}]]></${name}>`).join('\n')}\n</xml>`;
  return { headers: { 'content-type': 'text/xml' }, body };
}

/** The signature is made in the thread pool, since thousands are made for each round. */
async function noticeV3(out_trade_no) {
  const resource = encrypted(JSON.stringify({ ...ORDER, out_trade_no, transaction_id: out_trade_no }));
  const body = JSON.stringify({
    ...{ id: out_trade_no, create_time: '2026-07-26T09:19:58+08:00', resource_type: 'encrypt-resource' },
    ...{ event_type: 'TRANSACTION.SUCCESS', summary: '支付成功' },
    resource: { original_type: 'transaction', ...resource },
  });
  const [seconds, nonce] = [Math.floor(Date.now() / 1000), out_trade_no];
  const signature = await inPool('RSA-SHA256', Buffer.from(`${seconds}\n${nonce}\n${body}\n`), wechatKey);
  const headers = {
    'content-type': 'application/json',
    'wechatpay-timestamp': String(seconds),
    'wechatpay-nonce': nonce,
    'wechatpay-serial': PUBLIC_ID,
    'wechatpay-signature': signature.toString('base64'),
    'wechatpay-signature-type': 'WECHATPAY2-SHA256-RSA2048',
  };
  return { headers, body };
}
