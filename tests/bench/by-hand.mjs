// The work by hand on node:crypto, fast and without dependencies: the base of the ratios.
import crypto from 'node:crypto';

const md5 = (text) => crypto.hash('md5', text, 'hex');
const hmac = (text, key) => crypto.createHmac('sha256', key).update(text).digest('hex');
const signature = (text, key, signType) => (signType === 'MD5' ? md5(text) : hmac(text, key)).toUpperCase();

export function sign(params, key, signType) {
  let text = '';
  for (const name of Object.keys(params).sort()) {
    const value = params[name];
    if (name === 'sign' || value === '' || value === undefined || value === null) continue;
    text += `${name}=${value}&`;
  }
  return signature(`${text}key=${key}`, key, signType);
}

/** The five names are constant, and so is their order. */
export function requestPayment({ appId, prepay_id, key, signType }) {
  const timeStamp = String(Math.floor(Date.now() / 1000));
  const nonceStr = nonce();
  const text = `appId=${appId}&nonceStr=${nonceStr}&package=prepay_id=${prepay_id}&signType=${signType}&timeStamp=${timeStamp}&key=${key}`;
  const paySign = signature(text, key, signType);
  return { timeStamp, nonceStr, package: `prepay_id=${prepay_id}`, signType, paySign };
}

const SYMBOLS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const random = Buffer.alloc(4096);
let used = random.length;

/** 32 letters and digits, each as likely as the others: bytes that would favour some are left out. */
function nonce() {
  let text = '';
  while (text.length < 32) {
    if (used === random.length) {
      crypto.randomFillSync(random);
      used = 0;
    }
    const byte = random[used];
    used += 1;
    if (byte < 4 * SYMBOLS.length) text += SYMBOLS[byte % SYMBOLS.length];
  }
  return text;
}

export function signedXml(params, key, signType) {
  let xml = '<xml>';
  for (const name of Object.keys(params)) {
    const value = params[name];
    if (value === '' || value === undefined || value === null) continue;
    xml += `<${name}>${written(String(value))}</${name}>`;
  }
  return `${xml}<sign>${sign(params, key, signType)}</sign></xml>`;
}

const written = (text) => (/[<>&'"]/.test(text) ? `<![CDATA[${text.replaceAll(']]>', ']]]]><![CDATA[>')}]]>` : text);

/** The fields of a payment notice whose signature is right. */
export function openPayment(xml, key, signType) {
  const fields = readXml(xml);
  if (!isSame(sign(fields, key, signType), fields.sign)) throw new Error('the signature is wrong');
  return fields;
}

/** The same from the bytes that a server receives. */
export const openNotify = (body, { key, signType }) => ({ fields: openPayment(body.toString('utf8'), key, signType) });

/** Takes the same time wherever the first difference is. */
function isSame(own, given) {
  if (typeof given !== 'string' || given.length !== own.length) return false;
  let difference = 0;
  for (let at = 0; at < own.length; at += 1) difference |= own.charCodeAt(at) ^ given.charCodeAt(at);
  return difference === 0;
}

/** The fields inside a refund notice. */
export function openRefund(xml, key) {
  const { req_info } = readXml(xml);
  const decipher = crypto.createDecipheriv('aes-256-ecb', md5(key), null);
  return readXml(decipher.update(req_info, 'base64', 'utf8') + decipher.final('utf8'));
}

/** Flat XML as WeChat sends it. Checks no UTF-8, characters, names, limits or duplicates; refuses nesting and `<!`. */
export function readXml(xml) {
  const fields = Object.create(null);
  let at = xml.indexOf('<', xml.charCodeAt(0) === 0xfeff ? 1 : 0);
  if (xml.startsWith('<?', at)) at = xml.indexOf('<', xml.indexOf('?>', at));
  const root = nameAt(xml, at);
  at += root.length + 2;
  for (;;) {
    at = xml.indexOf('<', at);
    if (xml.charCodeAt(at + 1) === SLASH) {
      if (xml.startsWith(`</${root}>`, at)) return fields;
      throw new Error('not the XML that WeChat sends');
    }
    const name = nameAt(xml, at);
    at += name.length + 2;
    if (name.charCodeAt(name.length - 1) === SLASH) {
      fields[name.slice(0, -1)] = '';
      continue;
    }
    let value = '';
    for (;;) {
      const tag = xml.indexOf('<', at);
      if (tag < 0) throw new Error('not the XML that WeChat sends');
      if (tag > at) value += unescaped(xml.slice(at, tag));
      if (!xml.startsWith('<![CDATA[', tag)) {
        at = tag;
        break;
      }
      const end = xml.indexOf(']]>', tag);
      if (end < 0) throw new Error('not the XML that WeChat sends');
      value += xml.slice(tag + 9, end);
      at = end + 3;
    }
    const close = xml.indexOf('>', at);
    if (xml.charCodeAt(at + 1) !== SLASH || close - at - 2 !== name.length || !xml.startsWith(name, at + 2))
      throw new Error('not the XML that WeChat sends');
    at = close + 1;
    fields[name] = value;
  }
}

const SLASH = 0x2f;

/** The text between `<` and `>`. */
function nameAt(xml, at) {
  const end = xml.indexOf('>', at);
  if (at < 0 || end < 0 || xml.charCodeAt(at + 1) === 0x21) throw new Error('not the XML that WeChat sends');
  return xml.slice(at + 1, end);
}

const ENTITIES = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function unescaped(text) {
  if (!text.includes('&')) return text;
  return text.replace(/&(?:#x([\da-f]{1,6})|#(\d{1,7})|(amp|lt|gt|quot|apos));/gi, (_, hexadecimal, decimal, entity) =>
    entity ? ENTITIES[entity] : String.fromCodePoint(hexadecimal ? Number.parseInt(hexadecimal, 16) : Number(decimal)),
  );
}

/** A whole bill, its rows as objects. */
export function parseBill(bytes) {
  const text = bytes.toString('utf8');
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  const line = () => {
    const end = text.indexOf('\n', at);
    const stop = end < 0 ? text.length : end;
    const whole = text.slice(at, text.charCodeAt(stop - 1) === 13 ? stop - 1 : stop);
    at = stop + 1;
    return whole;
  };
  const columns = line().split(',');
  const rows = [];
  while (at < text.length) {
    const row = line();
    if (row.charCodeAt(0) !== 0x60) return { rows, summary: object(row.split(','), cells(line())) };
    rows.push(object(columns, cells(row)));
  }
  throw new Error('the bill is cut off');
}

const cells = (line) => line.slice(1).split(',`');

function object(names, values) {
  const made = {};
  for (let place = 0; place < names.length; place += 1) made[names[place]] = values[place];
  return made;
}
