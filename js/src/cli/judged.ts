// A message that is judged: which kind it is, whether its signature is right, and why not.

import type { Diagnosis } from '../doctor.js';
import { kindOf, textOrBytes } from './exchange.js';
import { type MessageFields, type NumberedExchange, readFields, readMessage } from './message.js';
import { doctor, v2, v3 } from './packages.js';
import { authorizationParts, isSigned, pathOf } from './rsa.js';
import { neededPem, optionalSecret, pemFile, secret, wechatpayKeys } from './secrets.js';
import { type SignTypeName, signTypeOf, splitSignature } from './sign-type.js';
import type { Given } from './usage.js';

/** The kinds of messages that can be judged. */
export type JudgedKind = 'v2' | 'v3-request' | 'v3-notice' | 'v3-answer' | 'v3-payment';

/** A message with what judges it. */
export interface Judged {
  readonly kind: JudgedKind;
  /** Its number in a HAR file, and its URL. */
  readonly entry?: number;
  readonly url?: string;
  /** Whether the signature is right. */
  verify(): Promise<boolean>;
  /** Whether there is no key to check the signature with. */
  readonly hasNoKey?: boolean;
  /** Why the signature is wrong. */
  explain(): Promise<Diagnosis>;
}

/** The messages of an input. `isForExplain`: missing certificates and keys are allowed, since the doctor says what is missing. */
export async function judgedOf(bytes: Buffer, given: Given): Promise<Judged[]> {
  const message = readMessage(bytes, given);
  if (message.form === 'fields') return [await judgedFields(message.text, given)];
  const { exchanges } = message;
  const judged: Judged[] = [];
  for (const exchange of exchanges) {
    const one = await judgedExchange(exchange, given);
    judged.push(exchanges.length > 1 ? { ...one, entry: exchange.entry, url: exchange.url } : one);
  }
  return judged;
}

async function judgedExchange(exchange: NumberedExchange, given: Given): Promise<Judged> {
  const kind = kindOf(exchange);
  if (kind === 'v3-request') return judgedRequest(exchange, given);
  if (kind === 'v3-notice') return judgedNotice('v3-notice', exchange.request, exchange.timeMs, given);
  const { answer } = exchange;
  if (kind === 'v3-answer' && answer !== undefined) return judgedNotice('v3-answer', answer, exchange.timeMs, given);
  const body = exchange.method === '' ? answer?.body : exchange.request.body;
  return judgedFields((body ?? Buffer.alloc(0)).toString('utf8'), given);
}

async function judgedFields(text: string, given: Given): Promise<Judged> {
  const fields = readFields(text, given);
  if ((fields.signType ?? fields.sign_type) === 'RSA') return judgedPayment(fields, given);
  const appId = given.text('appid');
  const isPayment = Object.hasOwn(fields, 'paySign') && !Object.hasOwn(fields, 'appId');
  if (isPayment && appId === undefined)
    throw given.wrong({
      en: 'a payment is signed with its appId, which it does not contain; use --appid',
      zh: '支付参数的签名包含 appId，但参数中没有；请用 --appid',
    });
  const whole = isPayment && appId !== undefined ? { ...fields, appId } : fields;
  const { signed, signature } = splitSignature(whole);
  const key = await secret(given, 'key');
  const signType = given.text('sign-type');
  return {
    kind: 'v2',
    verify: async () => v2().verify({ ...signed, sign: signature }, key, signTypeOf(signType, whole, signature)),
    explain: async () =>
      doctor().explainSignature(isPayment ? whole : text, {
        key,
        lang: given.language,
        // The parser of options admits no other text.
        signType: signType as SignTypeName | undefined,
      }),
  };
}

function judgedPayment(fields: MessageFields, given: Given): Judged {
  const appId = given.text('appid') ?? fields.appId;
  if (appId === undefined)
    throw given.wrong({ en: '--appid is missing; a payment is signed with it', zh: '缺少 --appid；支付签名包含它' });
  const { timeStamp = '', nonceStr = '', package: pack = '', paySign = '' } = fields;
  return {
    kind: 'v3-payment',
    verify: async () => isSigned([appId, timeStamp, nonceStr, pack], paySign, neededPem(given, 'certificate'), given),
    explain: async () =>
      doctor().explainV3Payment({
        payment: fields,
        appId,
        certificate: pemFile(given, 'certificate'),
        privateKey: pemFile(given, 'private-key'),
        keyV2: optionalSecret(given, 'key'),
        lang: given.language,
      }),
  };
}

function judgedRequest({ method, url, request, answer, timeMs }: NumberedExchange, given: Given): Judged {
  const { headers, body } = request;
  const { authorization = '' } = headers;
  return {
    kind: 'v3-request',
    hasNoKey: !given.has('certificate') && !given.has('private-key'),
    verify: async () => {
      const certificate = neededPem(given, 'certificate');
      const parts = authorizationParts(authorization);
      if (parts === undefined) return false;
      const { timestamp, nonce_str, signature } = parts;
      return isSigned([method, pathOf(url), timestamp, nonce_str, body], signature, certificate, given);
    },
    explain: async () =>
      doctor().explainV3Request({
        method,
        url,
        body: textOrBytes(body),
        authorization,
        certificate: pemFile(given, 'certificate'),
        privateKey: pemFile(given, 'private-key'),
        answer: answer && { status: answer.status, headers: answer.headers, body: textOrBytes(answer.body) },
        nowMs: timeMs,
        lang: given.language,
      }),
  };
}

/** A notice or an answer, which WeChat Pay signed. */
export function judgedNotice(
  kind: 'v3-notice' | 'v3-answer',
  { headers, body }: NumberedExchange['request'],
  timeMs: number | undefined,
  given: Given,
): Judged {
  const timestamp = headers['wechatpay-timestamp'] ?? '';
  const keys = wechatpayKeys(given);
  return {
    kind,
    verify: async () => {
      if (Object.keys(keys).length === 0)
        throw given.wrong({
          en: '--wechatpay-key is missing; name the id and the file of the key',
          zh: '缺少 --wechatpay-key；请写明密钥的编号与文件',
        });
      const key = keyOf(keys, headers['wechatpay-serial'] ?? '');
      const nonce = headers['wechatpay-nonce'] ?? '';
      const signature = headers['wechatpay-signature'] ?? '';
      return key !== undefined && v3().verifySignature({ timestamp, nonce, body, signature, key });
    },
    explain: async () =>
      doctor().explainV3Notice({
        headers,
        body: textOrBytes(body),
        apiV3Key: optionalSecret(given, 'api-v3-key'),
        wechatpayKeys: keys,
        // A saved message is old by nature. Its own time is then the clock, so that its age is no cause.
        nowMs: timeMs ?? (/^\d{10}$/.test(timestamp) ? Number(timestamp) * 1000 : undefined),
        lang: given.language,
      }),
  };
}

/** The key with this id. The serials of certificates are compared without case and without zeros before them. */
function keyOf(keys: Readonly<Record<string, string>>, serial: string): string | undefined {
  const plain = (id: string) => (id.startsWith('PUB_KEY_ID_') ? id : id.replace(/^0+/, '').toUpperCase());
  return Object.entries(keys).find(([id]) => plain(id) === plain(serial))?.[1];
}
