// `paysign verify`: whether a signature is right, and why not.

import { diagnosisLines } from './diagnosis.js';
import { readInput } from './input.js';
import { type JudgedKind, judgedOf } from './judged.js';
import type { Text } from './language.js';
import { ofRefused } from './refused.js';
import { API_V3_KEY, CERTIFICATE, KEY, PRIVATE_KEY, WECHATPAY_KEY } from './secrets.js';
import { SIGN_TYPE } from './sign-type.js';
import { print, styled } from './terminal.js';
import type { Command, Option } from './usage.js';

/** The options of `verify` and of `explain`. */
export const JUDGING: readonly Option[] = [
  ...KEY,
  SIGN_TYPE,
  CERTIFICATE,
  PRIVATE_KEY,
  WECHATPAY_KEY,
  ...API_V3_KEY,
  {
    name: 'appid',
    value: 'APPID',
    text: { en: 'the appid of a payment, which its arguments lack', zh: '支付参数中没有的 appid' },
  },
  { name: 'entry', value: 'N', text: { en: 'one entry of a HAR file, from 1', zh: 'HAR 文件中的一条，从 1 起' } },
];

/** The command. */
export const verifyCommand: Command = {
  summary: { en: 'check the signature of a message', zh: '检查报文的签名' },
  usage: ['verify [file] [options]'],
  about: {
    en: 'Reads XML, JSON, query text, lines name=value, an HTTP dump or a HAR file; - is the standard input.\nIt does not look at the time of a message. A wrong signature is explained.',
    zh: '可读取 XML、JSON、查询串、name=value 行、HTTP 原文或 HAR 文件；- 表示标准输入。\n不检查报文的时间。签名错误时说明原因。',
  },
  options: JUDGING,
  examples: [
    'paysign verify notice.xml --key-file apiv2.key',
    'paysign verify request.http --certificate apiclient_cert.pem',
    'paysign verify notice.http --wechatpay-key PUB_KEY_ID_0119=pub_key.pem',
  ],
  async run(given) {
    const results = [];
    for (const one of await judgedOf(await readInput(given), given)) {
      const isRight = await one.verify();
      const diagnosis = isRight ? undefined : ofRefused(await one.explain());
      const { kind, entry, url } = one;
      results.push({ isRight, kind, entry, url, diagnosis });
    }
    const [first] = results;
    if (given.has('json')) await print(JSON.stringify(results.length === 1 ? first : results));
    else
      for (const { isRight, kind, entry, url, diagnosis } of results) {
        const place = entry === undefined ? '' : `#${entry} ${url}: `;
        const verdict = given.say(isRight ? RIGHT[kind] : WRONG[kind]);
        if (diagnosis === undefined) await print(`${place}${styled(isRight ? 'green' : 'red', verdict)}`);
        else await print(...(place === '' ? [] : [styled('bold', place)]), ...diagnosisLines(diagnosis, given));
      }
    return results.every(({ isRight }) => isRight);
  },
};

const NAMES: Readonly<Record<JudgedKind, Text>> = {
  v2: { en: 'the message (APIv2)', zh: '报文（APIv2）' },
  'v3-request': { en: 'the request (APIv3)', zh: '请求（APIv3）' },
  'v3-notice': { en: 'the notice (APIv3)', zh: '通知（APIv3）' },
  'v3-answer': { en: 'the answer (APIv3)', zh: '应答（APIv3）' },
  'v3-payment': { en: 'the payment (APIv3)', zh: '支付参数（APIv3）' },
};

const verdicts = (say: (text: Text) => Text) =>
  Object.fromEntries(Object.entries(NAMES).map(([kind, text]) => [kind, say(text)])) as Record<JudgedKind, Text>;

const RIGHT = verdicts(({ en, zh }) => ({ en: `right: the signature of ${en}`, zh: `正确：${zh}的签名` }));
const WRONG = verdicts(({ en, zh }) => ({ en: `wrong: the signature of ${en}`, zh: `错误：${zh}的签名` }));
