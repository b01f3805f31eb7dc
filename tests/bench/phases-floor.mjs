// The floor of each operation in Node: bytes copied in, hashed or decrypted by OpenSSL, and read as text.
import crypto from 'node:crypto';
import * as byHand from './by-hand.mjs';
import { bill, fieldsOf, messages, orderOf, SIGN_TYPES } from './messages.mjs';
import { fastest } from './rounds.mjs';

const { key, payments, prepay, refund } = messages;

/** @type {Record<string, (rounds: number, rows: number) => Promise<{ in: number, hash?: number, out: number }>>} nanoseconds */
export const floors = {
  a: (rounds) => signing(rounds, 'MD5'),
  b: (rounds) => signing(rounds, 'HMAC-SHA256'),
  c(rounds) {
    const fields = {
      appId: prepay.appId,
      nonceStr: 'n'.repeat(32),
      package: prepay.prepay_id,
      timeStamp: '1750000000',
    };
    return texts(rounds, { text: Object.values(fields).join(''), signed: signedText({ ...fields, signType: 'MD5' }) });
  },
  d1: (rounds) => notice(rounds, 'MD5'),
  d2: (rounds) => notice(rounds, 'HMAC-SHA256'),
  async e(rounds) {
    const floor = await signing(rounds, 'MD5');
    return { ...floor, out: await reading(rounds, Buffer.from(byHand.signedXml(orderOf('MD5'), key, 'MD5'))) };
  },
  async f(rounds) {
    const fields = byHand.openRefund(refund, key);
    const { req_info } = fieldsOf(refund);
    const password = crypto.hash('md5', key, 'hex');
    const decrypt = () => {
      const decipher = crypto.createDecipheriv('aes-256-ecb', password, null);
      return [decipher.update(req_info, 'base64'), decipher.final()];
    };
    return {
      in: await copying(rounds, Buffer.from(refund)),
      hash: await timed(rounds, decrypt),
      out: await reading(rounds, Buffer.from(Object.values(fields).join(''))),
    };
  },
  async g(rounds, rows) {
    const bytes = Buffer.concat([...bill(rows)]);
    return { in: await copying(rounds / 6, bytes), out: await reading(rounds / 6, bytes) };
  },
};

const signedText = (fields) =>
  `${Object.keys(fields)
    .sort()
    .map((name) => `${name}=${fields[name]}`)
    .join('&')}&key=${key}`;

async function signing(rounds, signType) {
  const order = orderOf(signType);
  return texts(rounds, { text: Object.values(order).join('') + key, signed: signedText(order), signType });
}

/** Values come as text, so they have to be encoded on their way in. */
async function texts(rounds, { text, signed, signType = 'MD5' }) {
  const room = Buffer.alloc(8192);
  return {
    in: await timed(rounds, () => room.write(text, 0, 'utf16le')),
    hash: await hashing(rounds, Buffer.from(signed), signType),
    out: await reading(rounds, Buffer.from(byHand.sign({}, key, signType))),
  };
}

async function notice(rounds, signType) {
  const body = Buffer.from(payments[signType]);
  const { sign: _, ...fields } = fieldsOf(payments[signType]);
  return {
    in: await copying(rounds, body),
    hash: await hashing(rounds, Buffer.from(signedText(fields)), signType),
    out: await reading(rounds, Buffer.from(Object.values(fields).join(''))),
  };
}

function copying(rounds, bytes) {
  const room = new Uint8Array(bytes.length);
  return timed(rounds, () => {
    room.set(bytes);
    return true;
  });
}

/** The result as one text, which is less than the result of any operation. */
const reading = (rounds, bytes) => {
  const encoding = bytes.every((byte) => byte < 0x80) ? 'latin1' : 'utf8';
  return timed(rounds, () => bytes.toString(encoding));
};

const hashing = (rounds, bytes, signType) =>
  timed(
    rounds,
    signType === 'MD5'
      ? () => crypto.hash('md5', bytes, 'hex')
      : () => crypto.createHmac('sha256', key).update(bytes).digest('hex'),
  );

async function timed(rounds, run) {
  return (await fastest(rounds, { run })).run;
}

/** The time of OpenSSL for one byte more, without the cost of the call. */
export async function perByte(rounds) {
  const [small, large] = [Buffer.alloc(4096, 1), Buffer.alloc(2 ** 20, 1)];
  const figures = {};
  for (const signType of SIGN_TYPES) {
    const [less, more] = [await hashing(rounds, small, signType), await hashing(rounds, large, signType)];
    figures[signType] = (more - less) / (large.length - small.length);
  }
  return figures;
}
