// A WeChat Pay of APIv3 written by hand on node:crypto: keys, signatures, encrypted notices. It shares no code with the package.
import { createCipheriv, createSign, generateKeyPairSync, randomBytes } from 'node:crypto';

export const NOW_MS = Date.UTC(2026, 6, 26, 1, 20);
export const ids = { appid: 'wx8888888888888888', mchid: '1900009191' };
export const PUBLIC_ID = 'PUB_KEY_ID_0119000091912026072500112233445566';
export const CERTIFICATE_SERIAL = '0B47D9835EA1602CF8B93D147065AEC21F8D7702';
export const API_V3_KEY = '0123456789abcdef0123456789ABCDEF';

const pair = () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return {
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }),
  };
};

/** Made for this process: nobody's keys. */
export const merchantKeys = pair();
export const wechatKeys = pair();
export const certificateKeys = pair();
export const stranger = pair();

/** The options of a client that trusts both of WeChat's keys. */
export const options = {
  ...ids,
  privateKey: merchantKeys.privateKey,
  serial: '3A7C91E05B2246D8F1903C5E7A6B8D20417F9C35',
  apiV3Key: API_V3_KEY,
  wechatpayKeys: { [PUBLIC_ID]: wechatKeys.publicKey, [CERTIFICATE_SERIAL]: certificateKeys.publicKey },
  notify_url: 'https://shop.example.com/v3',
  nowMs: () => NOW_MS,
};

/** The signature headers of a body. */
export function signedHeaders(body, { by = wechatKeys, serial = PUBLIC_ID, seconds = NOW_MS / 1000, ...more } = {}) {
  const nonce = randomBytes(16).toString('hex');
  const signature = createSign('RSA-SHA256').update(`${seconds}\n${nonce}\n${body}\n`).sign(by.privateKey, 'base64');
  return {
    'Wechatpay-Timestamp': String(seconds),
    'Wechatpay-Nonce': nonce,
    'Wechatpay-Serial': serial,
    'Wechatpay-Signature': signature,
    'Wechatpay-Signature-Type': 'WECHATPAY2-SHA256-RSA2048',
    ...more,
  };
}

/** A resource, encrypted as WeChat does it. */
export function encrypted(plain, { key = API_V3_KEY, associated_data = 'transaction', nonce = 'abcdefghijkl' } = {}) {
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  if (associated_data !== undefined) cipher.setAAD(Buffer.from(associated_data));
  const bytes = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  return { algorithm: 'AEAD_AES_256_GCM', ciphertext: bytes.toString('base64'), nonce, associated_data };
}

export const ORDER = {
  ...ids,
  out_trade_no: '1217752501201407033233368018',
  transaction_id: '4200002612202607261234567890',
  trade_type: 'JSAPI',
  trade_state: 'SUCCESS',
  trade_state_desc: '支付成功',
  bank_type: 'OTHERS',
  attach: '门店=南山',
  success_time: '2026-07-26T09:19:52+08:00',
  payer: { openid: 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o' },
  amount: { total: 100, payer_total: 90, currency: 'CNY', payer_currency: 'CNY' },
};

/** A combined payment of two orders, 100 and 50 fen. */
export const COMBINED = {
  combine_appid: ids.appid,
  combine_mchid: ids.mchid,
  combine_out_trade_no: 'P20150806125346',
  combine_payer_info: { openid: ORDER.payer.openid },
  sub_orders: [
    ['S1', 100, undefined],
    ['S2', 50, '1900013511'],
  ].map(([out_trade_no, total_amount, sub_mchid]) => ({
    mchid: ids.mchid,
    ...(sub_mchid && { sub_mchid }),
    ...{ trade_type: 'JSAPI', trade_state: 'SUCCESS', bank_type: 'OTHERS', attach: `for ${out_trade_no}` },
    success_time: '2026-07-26T01:19:52.120Z',
    transaction_id: `42000026122026072612345678${out_trade_no}`,
    out_trade_no,
    amount: { total_amount, currency: 'CNY', payer_amount: total_amount, payer_currency: 'CNY' },
  })),
};

export const REFUND = {
  mchid: ids.mchid,
  out_trade_no: ORDER.out_trade_no,
  transaction_id: ORDER.transaction_id,
  out_refund_no: 'R1',
  refund_id: '50302002662026072501234567890',
  refund_status: 'SUCCESS',
  success_time: '2026-07-26T09:19:52+08:00',
  amount: { total: 100, refund: 40, payer_total: 90, payer_refund: 36 },
  user_received_account: '招商银行信用卡0403',
};

/** The body of a notice about this resource. */
export function envelope(resource, { event_type = 'TRANSACTION.SUCCESS', plain, change = {}, ...cipher } = {}) {
  return JSON.stringify({
    id: 'EV-2026072601195812346',
    create_time: '2026-07-26T09:19:58+08:00',
    resource_type: 'encrypt-resource',
    event_type,
    summary: '支付成功',
    resource: { original_type: 'transaction', ...encrypted(plain ?? JSON.stringify(resource), cipher), ...change },
  });
}

/** A genuine notice: headers and body. */
export function notice(resource = ORDER, { headers, ...how } = {}) {
  const body = envelope(resource, how);
  return { headers: signedHeaders(body, headers), body };
}
