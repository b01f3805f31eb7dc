// Genuine messages of APIv3 and their mutants: changed bodies, headers and resources, each with the words for what was changed.
import { createSign, createVerify } from 'node:crypto';
import {
  CERTIFICATE_SERIAL as CERTIFICATE,
  COMBINED,
  certificateKeys,
  envelope,
  ids,
  NOW_MS,
  ORDER,
  PUBLIC_ID,
  REFUND,
  signedHeaders,
  stranger,
  wechatKeys,
} from './v3-support.mjs';

/** The keys that a client trusts, by their serials without case and leading zeros. */
const TRUSTED = new Map([
  [PUBLIC_ID, wechatKeys],
  [CERTIFICATE.replace(/^0+/, ''), certificateKeys],
]);
const SIGNERS = [
  { by: wechatKeys, serial: PUBLIC_ID },
  { by: certificateKeys, serial: CERTIFICATE },
];
const { appid: sp_appid, mchid: sp_mchid, ...paid } = ORDER;

/** @type {[event_type: string, resource: object][]} */
const EVENTS = [
  ['TRANSACTION.SUCCESS', ORDER],
  ['TRANSACTION.SUCCESS', { ...ORDER, trade_state: 'REFUND' }],
  ['TRANSACTION.SUCCESS', { ...ORDER, trade_state: 'NOTPAY', amount: undefined }],
  ['TRANSACTION.SUCCESS', { sp_appid, sp_mchid, sub_mchid: '1900013511', ...paid }],
  ['TRANSACTION.SUCCESS', COMBINED],
  ['TRANSACTION.FAIL', ORDER],
  ['REFUND.SUCCESS', REFUND],
  ['REFUND.ABNORMAL', { ...REFUND, refund_status: 'ABNORMAL' }],
  ['MCHTRANSFER.BILL.FINISHED', { mch_id: ids.mchid, state: 'SUCCESS' }],
];

/** The ways in which the same JSON is written. */
const WRITINGS = [
  (text) => text,
  (text) => JSON.stringify(JSON.parse(text), null, 2),
  (text) => `${JSON.stringify(JSON.parse(text), null, 1).replaceAll('\n', '\r\n')}\n`,
  (text) => text.replace(/[^ -~]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`),
];

/** A genuine message: the pairs of its headers, its bytes, and what it was made of. */
export function signedMessage(body, made, { by, serial } = SIGNERS[0]) {
  const headers = signedHeaders(body, { by, serial });
  const [timestamp, nonce] = [headers['Wechatpay-Timestamp'], headers['Wechatpay-Nonce']];
  const text = `${timestamp}\n${nonce}\n${body}\n`;
  // What others would sign is made once, as it takes long.
  const others = [stranger, by === wechatKeys ? certificateKeys : wechatKeys].map(({ privateKey }) =>
    createSign('RSA-SHA256').update(text).sign(privateKey, 'base64'),
  );
  return { headers: Object.entries(headers), body: Buffer.from(body), nonce, others, ...made };
}

/** Genuine notices of every event, in every writing, by both keys. */
export const genuineNotices = () =>
  EVENTS.flatMap(([event_type, resource], index) =>
    WRITINGS.map((written, at) => {
      const body = written(envelope(resource, { event_type }));
      const whole = JSON.parse(JSON.stringify(resource));
      return signedMessage(body, { resource: whole }, SIGNERS[(index + at) % 2]);
    }),
  );

/** Signs the body of a mutant again, as WeChat would. */
export function signedAgain({ body }) {
  const [timestamp, nonce] = [String(NOW_MS / 1000), 'n0nce'];
  const sign = createSign('RSA-SHA256').update(`${timestamp}\n${nonce}\n`).update(body).update('\n');
  const values = { Timestamp: timestamp, Nonce: nonce, Serial: PUBLIC_ID };
  values.Signature = sign.sign(wechatKeys.privateKey, 'base64');
  return { headers: Object.entries(values).map(([name, value]) => [`Wechatpay-${name}`, value]), body };
}

/** The one value of a header, or all of them where they differ. An empty value and blanks around one do not count. */
export function headerOf(headers, name) {
  const values = headers.filter(([own]) => own.toLowerCase() === name).flatMap(([, value]) => value);
  const texts = values.map((value) => String(value).trim()).filter((text) => text !== '');
  return [...new Set(texts)].join(', ');
}

/** The genuine message that a message is, or undefined. Each has a nonce of its own. */
export function originOf(message, genuine) {
  const nonce = headerOf(message.headers, 'wechatpay-nonce');
  return genuine.find((one) => one.nonce === nonce && isSignedAs(message, one));
}

/** Whether a message has time, nonce and body of a genuine one. The key that it names must have signed it. */
function isSignedAs({ headers, body }, genuine) {
  const isSame = ['wechatpay-timestamp', 'wechatpay-nonce'].every(
    (name) => headerOf(headers, name) === headerOf(genuine.headers, name),
  );
  const serial = headerOf(headers, 'wechatpay-serial');
  const key = TRUSTED.get(serial) ?? TRUSTED.get(serial.replace(/[: ]/g, '').replace(/^0+/, '').toUpperCase());
  if (!isSame || key === undefined || !body.equals(genuine.body)) return false;
  const verify = createVerify('RSA-SHA256').update(
    `${headerOf(headers, 'wechatpay-timestamp')}\n${headerOf(headers, 'wechatpay-nonce')}\n`,
  );
  verify.update(body).update('\n');
  return verify.verify(key.publicKey, headerOf(headers, 'wechatpay-signature'), 'base64');
}

const set = (name, change) => (message) => ({
  ...message,
  headers: message.headers.map(([own, value]) =>
    own.toLowerCase() === name && typeof value === 'string' ? [own, change(value, message)] : [own, value],
  ),
});
const onBody = (change) => (message, below, donor) => ({ ...message, body: change(message.body, below, donor) });
const onText = (change) =>
  onBody((body, below, donor) => Buffer.from(change(body.toString('latin1'), below, donor), 'latin1'));
const onJson = (change) =>
  onBody((body, below) => {
    try {
      return Buffer.from(JSON.stringify(change(JSON.parse(body.toString()), below)));
    } catch {
      return Buffer.concat([body, Buffer.from(' ')]);
    }
  });
const onResource = (name, change) =>
  onJson((event, below) => {
    const { resource } = event;
    return { ...event, resource: { ...resource, [name]: change(String(resource[name]), below) } };
  });
const replacedAt = (text, at, length, by) => text.slice(0, at) + by + text.slice(at + length);
const flippedLetter = (text, below) => {
  const at = below(text.length || 1);
  return replacedAt(text, at, 1, String.fromCharCode((text.charCodeAt(at) || 65) ^ (1 << below(5))));
};
/** Puts a text in place of one match of a pattern. */
const atMatch = (pattern, by) => (text, below) => {
  const found = [...text.matchAll(pattern)];
  if (found.length === 0) return `${text} `;
  const match = found[below(found.length)];
  return replacedAt(text, match.index, match[0].length, by(match[0], below));
};
const pick = (list, below) => list[below(list.length)];

/** Changes of the bytes of a body, in words. */
export const OF_BODY = {
  'a bit': onBody((body, below) => {
    const copy = Buffer.from(body);
    if (copy.length > 0) copy[below(copy.length)] ^= 1 << below(8);
    return copy;
  }),
  'a byte': onText((text, below) => replacedAt(text, below(text.length + 1), 1, String.fromCharCode(below(256)))),
  'an inserted byte': onText((text, below) =>
    replacedAt(text, below(text.length + 1), 0, String.fromCharCode(below(256))),
  ),
  'deleted bytes': onText((text, below) => replacedAt(text, below(text.length + 1), 1 + below(3), '')),
  'a cut': onText((text, below) => text.slice(0, below(text.length + 1))),
  'a part twice': onText((text, below) => {
    const at = below(text.length + 1);
    return text.slice(0, at) + text.slice(below(at + 1));
  }),
  "another message's end": onText((text, below, donor) => {
    const other = donor.body.toString('latin1');
    return text.slice(0, below(text.length + 1)) + other.slice(below(other.length + 1));
  }),
  "another message's body": onBody((_, _below, donor) => donor.body),
  'members in another order': onJson((event) => Object.fromEntries(Object.entries(event).reverse())),
  'a blank': onText(atMatch(/[:,]/g, (sign, below) => sign + pick([' ', '\n', '\t', '\r\n'], below))),
  'a blank at the end': onText((text, below) => text + pick([' ', '\n', '\r\n', '\0'], below)),
  'JSON written again': onJson((event) => event),
  'an escaped letter': onText(
    atMatch(/[a-zA-Z/]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`),
  ),
  'another form of Unicode': onBody((body, below) => {
    const text = body.toString();
    const form = text.normalize(pick(['NFD', 'NFKC', 'NFKD'], below));
    return Buffer.from(form === text ? text.replace(/\d/, (digit) => String.fromCodePoint(0xff10 + +digit)) : form);
  }),
  'another form of a number': onText(
    atMatch(/\d+/g, (digits, below) =>
      pick([`${digits}.0`, `${digits}e0`, `0${digits}`, `-${digits}`, `+${digits}`], below),
    ),
  ),
  'another number': onText(atMatch(/\d/g, (digit, below) => String((+digit + 1 + below(9)) % 10))),
  'a byte order mark': onBody((body) => Buffer.concat([Buffer.from('\ufeff'), body])),
  'ends of lines': onText((text) =>
    text.includes('\r\n') ? text.replaceAll('\r\n', '\n') : text.replaceAll('\n', '\r\n'),
  ),
  'other quotes': onText(atMatch(/"/g, () => "'")),
  'a name of JavaScript': onText((text, below) =>
    text.replace('{', `{"${pick(['__proto__', 'constructor', 'toJSON'], below)}":{"paid":true},`),
  ),
};

/** Changes of members of the envelope, in words. */
export const OF_RESOURCE = {
  'a letter of the ciphertext': onResource('ciphertext', flippedLetter),
  'a shorter ciphertext': onResource('ciphertext', (text, below) =>
    text.slice(below(8)).slice(0, -below(8) || undefined),
  ),
  'no ciphertext': onResource('ciphertext', () => ''),
  'another nonce': onResource('nonce', flippedLetter),
  'a nonce of another length': onResource('nonce', (text, below) =>
    pick([`${text}a`, text.slice(1), '', '茶茶茶茶'], below),
  ),
  'other additional data': onResource('associated_data', (text, below) =>
    pick(['', `${text} `, 'refund', null], below),
  ),
  'another algorithm': onResource('algorithm', (text, below) =>
    pick(['AEAD_SM4_GCM', text.toLowerCase(), 'AES-256-GCM', 'none', '', ['AEAD_AES_256_GCM']], below),
  ),
  'another original type': onResource('original_type', (_, below) => pick(['refund', 'transaction ', '', 1], below)),
  'another event': onJson((event, below) => ({
    ...event,
    event_type: pick(['TRANSACTION.SUCCESS', 'REFUND.SUCCESS', 'X', '', 5], below),
  })),
};

/** A member twice, with the value of one of both. */
export const DOUBLED = {
  'a member twice': onText((text, below) => {
    const name = pick(['id', 'event_type', 'resource', 'summary'], below);
    const value = pick(['"TRANSACTION.SUCCESS"', '"x"', 'null', '{}'], below);
    return text.replace(
      /\s*\}\s*$/,
      `,"${below(2) ? name : name.replace(/^./, (letter) => `\\u00${letter.charCodeAt(0).toString(16)}`)}":${value}}`,
    );
  }),
};

const SIGNATURE = 'wechatpay-signature';
const add = (message, ...more) => ({ ...message, headers: [...message.headers, ...more] });

/** Changes of the headers, in words. */
export const OF_HEADERS = {
  'a bit of the signature': (message, below) =>
    set(SIGNATURE, (value) => {
      const bytes = Buffer.from(value, 'base64');
      if (bytes.length > 0) bytes[below(bytes.length)] ^= 1 << below(8);
      return bytes.toString('base64');
    })(message),
  'a letter of the signature': (message, below) => set(SIGNATURE, (value) => flippedLetter(value, below))(message),
  'another form of base64': (message, below) =>
    set(SIGNATURE, (value) =>
      pick(
        [
          value.replace(/=+$/, ''),
          value.replaceAll('+', '-').replaceAll('/', '_'),
          `${value.slice(0, 76)}\r\n${value.slice(76)}`,
          `${value.slice(0, 9)} ${value.slice(9)}`,
          value.replace(/(.)==$/, (_, letter) => `${String.fromCharCode(letter.charCodeAt(0) + 1)}==`),
          `${value}====`,
          `${value}AAAA`,
          Buffer.from(value).toString('base64'),
          Buffer.from(value, 'base64').toString('hex'),
        ],
        below,
      ),
    )(message),
  'another case': (message, below) =>
    set(SIGNATURE, (value) => (below(2) ? value.toLowerCase() : value.toUpperCase()))(message),
  "another key's signature": (message, below) => set(SIGNATURE, () => pick(message.others, below))(message),
  "another message's signature": (message, _, donor) =>
    set(SIGNATURE, () => headerOf(donor.headers, SIGNATURE))(message),
  "another message's headers": (message, _, donor) => ({ ...message, headers: donor.headers }),
  'a probe': (message) => set(SIGNATURE, (value) => `WECHATPAY/SIGNTEST/${value}`)(message),
  'a degenerate signature': (message, below) =>
    set(SIGNATURE, () => {
      const bytes = Buffer.alloc(256, pick([0, 255], below));
      bytes[255] = below(3);
      return bytes.toString('base64');
    })(message),
  'another time': (message, below) =>
    set('wechatpay-timestamp', (value) =>
      pick(
        [
          `${+value + 1}`,
          `${+value - 400}`,
          `0${value}`,
          `+${value}`,
          `${value}.0`,
          `${value}000`,
          `0x${(+value).toString(16)}`,
          '',
        ],
        below,
      ),
    )(message),
  'another nonce': (message, below) => set('wechatpay-nonce', (value) => flippedLetter(value, below))(message),
  'time and nonce changed about': (message) => {
    const [time, nonce] = ['wechatpay-timestamp', 'wechatpay-nonce'].map((name) => headerOf(message.headers, name));
    return set('wechatpay-timestamp', () => nonce)(set('wechatpay-nonce', () => time)(message));
  },
  'a line of the body in the nonce': (message) => {
    const at = message.body.indexOf(10);
    const moved = set('wechatpay-nonce', (value) => `${value}\n${message.body.subarray(0, Math.max(at, 0))}`)(message);
    return { ...moved, body: message.body.subarray(at + 1) };
  },
  'a line of the nonce in the body': (message) => {
    const nonce = headerOf(message.headers, 'wechatpay-nonce');
    const body = Buffer.concat([Buffer.from(`${nonce.slice(4)}\n`), message.body]);
    return { ...set('wechatpay-nonce', (value) => value.slice(0, 4))(message), body };
  },
  'another serial': (message, below) =>
    set('wechatpay-serial', (value) =>
      pick(
        [PUBLIC_ID, CERTIFICATE, `${value}1`, value.slice(1), `0x${value}`, '', 'PUB_KEY_ID_', '__proto__', '1'],
        below,
      ),
    )(message),
  'another spelling of the serial': (message, below) =>
    set('wechatpay-serial', (value) =>
      pick(
        [value.toLowerCase(), `00${value}`, value.replace(/^0+/, ''), ` ${value} `, value.replace(/(..)/g, '$1:')],
        below,
      ),
    )(message),
  'another type': (message, below) =>
    set('wechatpay-signature-type', (value) =>
      pick(['WECHATPAY2-SM2-WITH-SM3', value.toLowerCase(), 'MD5', 'none', `${value},`, ''], below),
    )(message),
  'a missing header': (message, below) => ({
    ...message,
    headers: message.headers.filter((_, index) => index !== below(message.headers.length)),
  }),
  'the same header twice': (message, below) => add(message, pick(message.headers, below)),
  'another header of one name': (message, below, donor) => add(message, pick(donor.headers, below)),
  'a list for a header': (message, below, donor) => {
    const at = below(message.headers.length);
    const [name, value] = message.headers[at];
    const other = donor.headers.find(([own]) => own === name)?.[1] ?? '';
    return { ...message, headers: message.headers.with(at, [name, [value, other].flat()]) };
  },
  'names in another case': (message, below) => ({
    ...message,
    headers: message.headers.map(([name, value]) => [below(2) ? name.toLowerCase() : name.toUpperCase(), value]),
  }),
};
