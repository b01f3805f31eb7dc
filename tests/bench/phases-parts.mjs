// The phases of each operation as differences: the package's own call, the module's export alone, and exports that stop earlier.
// Those do less, or refuse their input at a known place.
import { openNotify, parseBill, parseXml, requestPayment, sign, signedXml } from 'paysign';
import * as byHand from './by-hand.mjs';
import { bill, fieldsOf, messages, orderOf } from './messages.mjs';
import { bills, good, packed, readPlain, refused, wasm, writeBytes, writeParams } from './raw.mjs';
import { fastest } from './rounds.mjs';

const { key, payments, prepay, refund } = messages;
const HAS_KEY = 2;
const flagsOf = (signType) => HAS_KEY + (signType === 'MD5' ? 0 : 1);

/** Runs an export that takes parameters. */
function asked(run, params, text, flags) {
  const values = writeParams(params, text);
  return run(values, params.list.length, flags);
}

/** The parts of signing. Names are sorted once for each kind; `sort` is putting the values in order, as UTF-8. */
async function signing(params, signType, rounds, more = {}) {
  const many = packed(params, key);
  const none = packed({}, '');
  const digits = signType === 'MD5' ? 32 : 64;
  const signed = packed({ ...params, sign: '0'.repeat(digits) }, key);
  const flags = flagsOf(signType);
  const figures = await fastest(rounds, {
    write: () => writeParams(many, many.text),
    sign: () => good(asked(wasm.sign, many, many.text, flags)),
    writePlain: () => writeParams(many, many.plain),
    text: () => good(asked(wasm.signedText, many, many.plain, 0)),
    writeSigned: () => writeParams(signed, signed.text),
    verify: () => good(asked(wasm.verify, signed, signed.text, flags)) + 1,
    empty: () => good(asked(wasm.signedText, none, '', 0)) + 1,
    read: () => readPlain(digits),
    ...more,
  });
  const joined = figures.text - figures.writePlain;
  const whole = figures.sign - figures.write;
  return {
    ...figures,
    call: whole,
    border: figures.empty,
    sort: joined - figures.empty,
    hash: whole - joined,
    compare: figures.verify - figures.writeSigned - whole,
  };
}

export async function signPhases(signType, rounds) {
  const order = orderOf(signType);
  const parts = await signing(order, signType, rounds, { whole: () => sign(order, key, signType) });
  const { whole, border, sort, hash, write: copy, read: out } = parts;
  return { gather: whole - copy - parts.call - out, copy, border, sort, hash, out, whole };
}

export async function paymentPhases(rounds) {
  const { appId, prepay_id } = prepay;
  const options = { appId, prepay_id, key, signType: 'MD5' };
  const { timeStamp, nonceStr, package: name, signType } = requestPayment(options);
  const given = Buffer.from([appId, prepay_id, timeStamp, nonceStr, key].join('\0'));
  const fresh = Buffer.from([appId, prepay_id, timeStamp, '', key].join('\0'));
  const parts = await signing({ appId, nonceStr, package: name, signType, timeStamp }, 'MD5', rounds, {
    whole: () => requestPayment(options),
    writeGiven: () => writeBytes(given),
    withGiven: () => good(wasm.requestPayment(writeBytes(given), 0)),
    withFresh: () => good(wasm.requestPayment(writeBytes(fresh), 0)),
    readBoth: () => readPlain(64),
  });
  const { whole, border, hash, writeGiven: copy, withGiven, withFresh, readBoth: out } = parts;
  const sort = withGiven - copy - border - hash;
  return { gather: whole - withFresh - out, copy, border, sort, hash, out, rest: withFresh - withGiven, whole };
}

/** The options of a notice as the package writes them. */
const headOf = (signType) => Buffer.from([key, signType, '', '', '', ''].join('\0'));

const NO_BODY = Buffer.alloc(0);

/** Opens a body with options. */
const opened = (head, body) => wasm.openNotify(writeBytes(head), writeBytes(body, head.length));

export async function noticePhases(signType, rounds) {
  const body = Buffer.from(payments[signType]);
  const { sign: _, ...fields } = fieldsOf(payments[signType]);
  const head = headOf(signType);
  const [cut, forged] = [
    body.subarray(0, -1),
    Buffer.from(body.toString().replace('<total_fee>100<', '<total_fee>101<')),
  ];
  const parts = await signing(fields, signType, rounds, {
    whole: () => openNotify(body, { key, signType }),
    fields: () => parseXml(body),
    readFields: () => good(wasm.parseXml(writeBytes(body))),
    writeHead: () => writeBytes(head),
    writeAll: () => writeBytes(head) + writeBytes(body, head.length),
    open: () => good(opened(head, body)),
    unread: () => refused(opened(head, NO_BODY)),
    cut: () => refused(opened(head, cut)),
    forged: () => refused(opened(head, forged)),
  });
  const { whole, hash, compare, writeAll: copy, open, cut: read, forged: verified } = parts;
  const border = parts.unread - parts.writeHead;
  const out = parts.fields - parts.readFields;
  return {
    ...{ gather: whole - open - out, copy, border, xml: read - copy - border },
    ...{ sort: verified - read - hash - compare, hash, compare, out },
    // The forms of the fields are checked, and the fields packed for the way out.
    ...{ rest: open - verified, whole },
  };
}

export async function xmlPhases(rounds) {
  const order = orderOf('MD5');
  const many = packed(order, key);
  const parts = await signing(order, 'MD5', rounds, {
    whole: () => signedXml(order, key, 'MD5'),
    wholeSign: () => sign(order, key, 'MD5'),
    unsigned: () => good(asked(wasm.writeXml, many, many.plain, 0)),
    signed: () => good(asked(wasm.writeXml, many, many.text, flagsOf('MD5'))),
  });
  const { whole, border, sort, hash, unsigned, writePlain, signed, write: copy } = parts;
  // The work before the call is the same as for signing alone.
  const gather = parts.wholeSign - copy - parts.call - parts.read;
  const xml = unsigned - writePlain - border - sort;
  const rest = signed - copy - border - sort - xml - hash;
  return { gather, copy, border, xml, sort, hash, out: whole - gather - signed, rest, whole };
}

export async function refundPhases(rounds) {
  const body = Buffer.from(refund);
  const inner = Buffer.from(
    byHand.signedXml(byHand.openRefund(refund, key), key, 'MD5').replace(/<sign>.*<\/sign>/, ''),
  );
  const [head, wrong] = [headOf('MD5'), Buffer.from(headOf('MD5').toString().replace('0', '1'))];
  const cutBody = body.subarray(0, -1);
  const figures = await fastest(rounds, {
    whole: () => openNotify(body, { key }),
    fields: () => parseXml(inner),
    readFields: () => good(wasm.parseXml(writeBytes(inner))),
    writeHead: () => writeBytes(head),
    writeAll: () => writeBytes(head) + writeBytes(body, head.length),
    open: () => good(opened(head, body)),
    unread: () => refused(opened(head, NO_BODY)),
    cut: () => refused(opened(head, cutBody)),
    wrong: () => refused(opened(wrong, body)),
  });
  const { whole, fields, readFields, writeHead, writeAll: copy, open, unread, cut, wrong: decrypted } = figures;
  const [border, out] = [unread - writeHead, fields - readFields];
  // The text inside is read, its fields judged and packed.
  const rest = open - decrypted;
  return {
    gather: whole - open - out,
    copy,
    border,
    xml: cut - copy - border,
    hash: decrypted - cut,
    out,
    rest,
    whole,
  };
}

/** The blocks in which the package reads a bill. */
const BLOCK = 256 * 1024;

export async function billPhases(rows, rounds) {
  const bytes = Buffer.concat([...bill(rows)]);
  const { whole, read } = await fastest(rounds, {
    whole: () => parseBill(bytes),
    read: () => throughBlocks(bytes),
  });
  return { xml: read, out: whole - read, whole };
}

/** Reads a bill as the package does, without making rows. */
function throughBlocks(bytes) {
  let state = '';
  for (let at = 0; at < bytes.length; ) {
    const read = bills.readBill(state, undefined, bytes.subarray(at, at + BLOCK), at + BLOCK >= bytes.length);
    state = read.state;
    at += read.consumed;
  }
  return true;
}
