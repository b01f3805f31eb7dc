// The measured messages: one of each kind, the same for every contestant and for the native bench.
import { readFileSync } from 'node:fs';

export const messages = JSON.parse(readFileSync(new URL('messages.json', import.meta.url), 'utf8'));

export const SIGN_TYPES = ['MD5', 'HMAC-SHA256'];

/** The order with its sign_type: 15 fields. */
export const orderOf = (signType) => ({ ...messages.order, sign_type: signType });

/** The fields of XML that is known to be plain and well-formed. */
export const fieldsOf = (xml) =>
  Object.fromEntries(
    [...xml.matchAll(/<(\w+)>(?:<!\[CDATA\[(.*?)\]\]>|([^<]*))<\/\1>/g)].map(([, name, cdata, text]) => [
      name,
      cdata ?? text,
    ]),
  );

/** A bill of this many rows, in pieces of about a mebibyte. It is like a real one: a byte order mark, and CRLF. */
export function* bill(rows) {
  const { header, row, names, totals } = messages.bill;
  let text = `\ufeff${header}\r\n`;
  for (let number = 0; number < rows; number += 1) {
    text += `${row
      .replaceAll('{number}', String(number).padStart(8, '0'))
      .replace('{minute}', String(number % 60).padStart(2, '0'))
      .replaceAll('{amount}', String((number % 900) / 100))
      .replace('{kind}', String(number % 97))}\r\n`;
    if (text.length > 700_000) {
      yield Buffer.from(text);
      text = '';
    }
  }
  yield Buffer.from(`${text}${names}\r\n${totals.replace('{rows}', String(rows))}\r\n`);
}
