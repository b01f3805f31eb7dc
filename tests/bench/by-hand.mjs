// What a careful engineer writes by hand on node:crypto, without dependencies: the measure of the bench.
import crypto from 'node:crypto';

const md5 = (text) => crypto.hash('md5', text, 'hex').toUpperCase();
const hmac = (text, key) => crypto.createHmac('sha256', key).update(text).digest('hex').toUpperCase();

export function sign(params, key, signType) {
  let text = '';
  for (const name of Object.keys(params).sort()) {
    const value = params[name];
    if (name === 'sign' || value === '' || value === undefined || value === null) continue;
    text += `${name}=${value}&`;
  }
  text += `key=${key}`;
  return signType === 'MD5' ? md5(text) : hmac(text, key);
}

let pool = crypto.randomBytes(4096);
let used = 0;
export function nonce() {
  if (used === pool.length) {
    pool = crypto.randomBytes(4096);
    used = 0;
  }
  used += 16;
  return pool.toString('hex', used - 16, used);
}

export function requestPayment({ appId, prepay_id, key, signType }) {
  const payment = {
    timeStamp: String(Math.floor(Date.now() / 1000)),
    nonceStr: nonce(),
    package: `prepay_id=${prepay_id}`,
    signType,
  };
  return { ...payment, paySign: sign({ appId, ...payment }, key, signType) };
}

export function signedXml(params, key, signType) {
  let xml = '<xml>';
  for (const name of Object.keys(params)) {
    const text = String(params[name]);
    xml += `<${name}>${/[<>&]/.test(text) ? `<![CDATA[${text.replaceAll(']]>', ']]]]><![CDATA[>')}]]>` : text}</${name}>`;
  }
  return `${xml}<sign>${sign(params, key, signType)}</sign></xml>`;
}

/** Reads what WeChat sends, and nothing else: no check of nesting, characters, limits or duplicates. */
export function openNotify(body, { key, signType }) {
  const fields = Object.create(null);
  for (const [, name, cdata, text] of body
    .toString('utf8')
    .matchAll(/<(\w+)>(?:<!\[CDATA\[(.*?)\]\]>|([^<]*))<\/\1>/gs)) {
    fields[name] = cdata ?? text;
  }
  const [given, own] = [Buffer.from(fields.sign ?? ''), Buffer.from(sign(fields, key, signType))];
  if (given.length !== own.length || !crypto.timingSafeEqual(given, own)) throw new Error('the signature is wrong');
  return { fields };
}
