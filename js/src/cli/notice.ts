// `paysign notice`: a notice of WeChat Pay, verified, opened, and explained if it is refused.

import type { Diagnosis } from '../doctor.js';
import { diagnosisLines } from './diagnosis.js';
import { kindOf } from './exchange.js';
import { readInput } from './input.js';
import { judgedNotice } from './judged.js';
import { readMessage } from './message.js';
import { doctor, v2, v3 } from './packages.js';
import { ofRefused } from './refused.js';
import { API_V3_KEY, KEY, secret, WECHATPAY_KEY } from './secrets.js';
import { print, rowsOf, styled } from './terminal.js';
import type { Command, Given } from './usage.js';

/** The command. */
export const noticeCommand: Command = {
  summary: { en: 'open a payment or refund notice', zh: '打开支付或退款通知' },
  usage: ['notice [file] [options]'],
  about: {
    en: 'APIv2: the XML body. APIv3: an HTTP dump with headers and body.\nThe signature is verified, then the content is decrypted and printed. A refused notice is explained.',
    zh: 'APIv2：XML 报文。APIv3：带请求头与请求体的 HTTP 原文。\n先验证签名，再解密并输出内容。被拒绝的通知会说明原因。',
  },
  options: [
    ...KEY,
    {
      name: 'appid',
      value: 'APPID',
      text: { en: 'the appid that a notice of APIv2 must have', zh: 'APIv2 通知必须有的 appid' },
    },
    {
      name: 'mch-id',
      value: 'NUMBER',
      text: { en: 'the mch_id that a notice of APIv2 must have', zh: 'APIv2 通知必须有的 mch_id' },
    },
    WECHATPAY_KEY,
    ...API_V3_KEY,
    { name: 'entry', value: 'N', text: { en: 'one entry of a HAR file, from 1', zh: 'HAR 文件中的一条，从 1 起' } },
  ],
  examples: [
    'paysign notice notice.xml --key-file apiv2.key',
    'paysign notice notice.http --wechatpay-key PUB_KEY_ID_0119=pub_key.pem --api-v3-key-file apiv3.key',
  ],
  async run(given) {
    const message = readMessage(await readInput(given), given);
    const opened =
      message.form === 'fields' ? await openV2(message.text, given) : await openExchange(message.exchanges, given);
    const { notice, error } = opened;
    const diagnosis = ofRefused(opened.diagnosis);
    const isRight = error === undefined;
    if (given.has('json')) await print(JSON.stringify({ isRight, notice, error, diagnosis }));
    else if (isRight) await print(styled('green', given.say(GENUINE)), ...rowsOf(flat(notice)));
    else {
      await print(styled('red', `${given.say(REFUSED)}${error}`));
      if (diagnosis !== undefined) await print(...diagnosisLines(diagnosis, given));
    }
    return isRight;
  },
};

const GENUINE = { en: 'The notice is genuine.', zh: '通知真实有效。' };
const REFUSED = { en: 'The notice is refused: ', zh: '通知被拒绝：' };
const WRONG_SIGNATURE = 'the signature is wrong; compare key, serial and raw body';

interface Opened {
  notice?: unknown;
  /** Why it is refused. */
  error?: string;
  diagnosis?: Diagnosis | undefined;
}

async function openExchange(
  exchanges: Extract<ReturnType<typeof readMessage>, { form: 'exchanges' }>['exchanges'],
  given: Given,
): Promise<Opened> {
  const exchange = exchanges.find((one) => ['v3-notice', 'v2'].includes(kindOf(one)));
  if (exchange === undefined)
    throw given.wrong({
      en: 'the input has no notice; save headers and body as they came',
      zh: '输入中没有通知；请原样保存请求头与请求体',
    });
  const { request, timeMs } = exchange;
  if (kindOf(exchange) === 'v2') return openV2(request.body.toString('utf8'), given);
  const judged = judgedNotice('v3-notice', request, timeMs, given);
  if (!(await judged.verify())) return { error: WRONG_SIGNATURE, diagnosis: await judged.explain() };
  const event = parsed(request.body.toString('utf8'));
  const resource = event?.resource;
  if (event === undefined || typeof resource !== 'object' || resource === null)
    return { error: 'the body is signed and is no notice; it has no resource' };
  try {
    const key = await secret(given, 'api-v3-key');
    const text = await v3().decryptResource(resource as Parameters<ReturnType<typeof v3>['decryptResource']>[0], key);
    return { notice: { ...event, resource: parsed(text) } };
  } catch (error) {
    if (!(error instanceof v3().WxPayError)) throw error;
    return { error: error.message, diagnosis: await judged.explain() };
  }
}

async function openV2(text: string, given: Given): Promise<Opened> {
  const key = await secret(given, 'key');
  const [appid, mch_id] = [given.text('appid'), given.text('mch-id')];
  try {
    const notice = v2().openNotify(text, { key, appid, mch_id, signType: ['MD5', 'HMAC-SHA256'] });
    return { notice: notice.fields };
  } catch (error) {
    if (!(error instanceof v2().WxPayError)) throw error;
    const isSignature = error.code === 'ERR_SIGNATURE';
    const diagnosis = isSignature ? doctor().explainSignature(text, { key, lang: given.language }) : undefined;
    return { error: error.message, diagnosis };
  }
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The members of an object as pairs: `resource.amount.total`. */
function flat(value: unknown, prefix = ''): [string, string][] {
  if (typeof value !== 'object' || value === null) return [[prefix, String(value)]];
  return Object.entries(value).flatMap(([name, one]) => flat(one, prefix === '' ? name : `${prefix}.${name}`));
}
