// `paysign sign`: the signature of a message of APIv2, or the header of a request of APIv3.

import { readInput } from './input.js';
import { readFields, readMessage } from './message.js';
import { v2, v3 } from './packages.js';
import { certificateOf, pathOf } from './rsa.js';
import { CERTIFICATE, KEY, neededPem, PRIVATE_KEY, pemFile, secret } from './secrets.js';
import { SIGN_TYPE, signTypeOf, splitSignature } from './sign-type.js';
import { print } from './terminal.js';
import type { Command, Given } from './usage.js';

/** The command. */
export const signCommand: Command = {
  summary: { en: 'sign a message or a request', zh: '给报文或请求签名' },
  usage: ['sign [file] [options]', 'sign [file] --private-key FILE --mchid NUMBER --url URL [options]'],
  about: {
    en: 'APIv2: reads the fields as XML, JSON, query text or lines name=value, and prints the signature.\nAPIv3 (with --private-key): reads the body, or a whole HTTP dump, and prints the Authorization header.',
    zh: 'APIv2：读取 XML、JSON、查询串或 name=value 行，输出签名。\nAPIv3（有 --private-key 时）：读取请求体或完整的 HTTP 原文，输出 Authorization 头。',
  },
  options: [
    ...KEY,
    SIGN_TYPE,
    { name: 'xml', text: { en: 'print the whole signed XML (APIv2)', zh: '输出完整的已签名 XML（APIv2）' } },
    PRIVATE_KEY,
    CERTIFICATE,
    {
      name: 'serial',
      value: 'SERIAL',
      text: { en: 'serial of the certificate, in place of --certificate', zh: '证书序列号，代替 --certificate' },
    },
    { name: 'mchid', value: 'NUMBER', text: { en: 'merchant number (APIv3)', zh: '商户号（APIv3）' } },
    { name: 'method', value: 'METHOD', text: { en: 'GET, POST …; default POST', zh: 'GET、POST 等；默认 POST' } },
    { name: 'url', value: 'URL', text: { en: 'URL, or path and query (APIv3)', zh: 'URL，或路径与查询串（APIv3）' } },
  ],
  examples: [
    'paysign sign order.xml --key-file apiv2.key --xml',
    'paysign sign --private-key apiclient_key.pem --certificate apiclient_cert.pem --mchid 1900000109 --method GET --url /v3/certificates',
  ],
  run: (given) => (given.text('private-key') === undefined ? signV2(given) : signV3(given)),
};

async function signV2(given: Given): Promise<boolean> {
  const message = readMessage(await readInput(given), given);
  const text = message.form === 'fields' ? message.text : (message.exchanges[0]?.request.body.toString('utf8') ?? '');
  const { signed } = splitSignature(readFields(text, given));
  const key = await secret(given, 'key');
  const signType = signTypeOf(given.text('sign-type'), signed);
  if (given.has('xml')) {
    const xml = v2().signedXml(signed, key, signType);
    await print(given.has('json') ? JSON.stringify({ xml }) : xml);
    return true;
  }
  const sign = v2().sign(signed, key, signType);
  await print(given.has('json') ? JSON.stringify({ sign, signType, signedText: v2().signedText(signed) }) : sign);
  return true;
}

async function signV3(given: Given): Promise<boolean> {
  const privateKey = neededPem(given, 'private-key');
  const { method, url, body } = await requestOf(given);
  const mchid = given.text('mchid');
  if (mchid === undefined)
    throw given.wrong({ en: '--mchid is missing; it is the merchant number', zh: '缺少 --mchid（商户号）' });
  const authorization = await v3().authorization({
    method,
    url: pathOf(url),
    body,
    mchid,
    serial: serialOf(given),
    privateKey,
  });
  await print(given.has('json') ? JSON.stringify({ authorization }) : authorization);
  return true;
}

/** The request of the options, or of an HTTP dump. GET has no body, so nothing is read for it. */
async function requestOf(given: Given): Promise<{ method: string; url: string; body: string }> {
  const [method, url] = [given.text('method') ?? 'POST', given.text('url')];
  if (method === 'GET' && url !== undefined && given.file === undefined) return { method, url, body: '' };
  const bytes = await readInput(given);
  if (url !== undefined) return { method, url, body: bytes.toString('utf8') };
  const message = readMessage(bytes, given);
  const [exchange] = message.form === 'exchanges' ? message.exchanges : [];
  if (exchange === undefined || exchange.url === '')
    throw given.wrong({
      en: '--url is missing; name the path, such as /v3/certificates',
      zh: '缺少 --url；例如 /v3/certificates',
    });
  return { method: exchange.method, url: exchange.url, body: exchange.request.body.toString('utf8') };
}

function serialOf(given: Given): string {
  const [pem, serial] = [pemFile(given, 'certificate'), given.text('serial')];
  if (pem !== undefined) return certificateOf(pem, given).serialNumber;
  if (serial !== undefined) return serial;
  throw given.wrong({
    en: 'the serial is missing; use --certificate or --serial',
    zh: '缺少序列号；请用 --certificate 或 --serial',
  });
}
