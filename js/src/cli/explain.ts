// `paysign explain`: what took part in a signature, and which mistake was made.

import { diagnosisLines } from './diagnosis.js';
import { readInput } from './input.js';
import { judgedOf } from './judged.js';
import { print, styled } from './terminal.js';
import type { Command } from './usage.js';
import { JUDGING } from './verify.js';

/** The command. */
export const explainCommand: Command = {
  summary: { en: 'say why a signature is wrong', zh: '说明签名为什么错误' },
  usage: ['explain [file] [options]'],
  about: {
    en: 'Reads the same inputs as verify. Of a HAR file each exchange with WeChat Pay is explained.\nPrints the fields, the signed text, and the causes with their remedy. No key is printed.',
    zh: '输入与 verify 相同。HAR 文件中与微信支付的每次交互都会说明。\n输出字段、待签名串、原因与解决办法。不会输出密钥。',
  },
  options: JUDGING,
  examples: [
    'paysign explain order.xml --key-file apiv2.key',
    'paysign explain traffic.har --certificate apiclient_cert.pem --private-key apiclient_key.pem',
    'paysign explain traffic.har --entry 3 --certificate apiclient_cert.pem --lang zh',
  ],
  async run(given) {
    const results = [];
    for (const one of await judgedOf(await readInput(given), given)) {
      const diagnosis = await one.explain();
      // The header and the time may be wrong all the same.
      const isUnchecked = one.hasNoKey === true && diagnosis.causes[0]?.code === 'unknown';
      results.push({ entry: one.entry, url: one.url, diagnosis, isUnchecked });
    }
    const shown = results.map(({ isUnchecked: _, ...result }) => result);
    if (given.has('json')) await print(JSON.stringify(shown.length === 1 ? shown[0]?.diagnosis : shown));
    else
      for (const { entry, url, diagnosis, isUnchecked } of results)
        await print(
          ...(entry === undefined ? [] : [styled('bold', `#${entry} ${url}`)]),
          ...diagnosisLines(diagnosis, given, isUnchecked),
        );
    if (results.some(({ isUnchecked }) => isUnchecked)) throw given.wrong(NO_KEY);
    return results.every(({ diagnosis }) => diagnosis.isRight);
  },
};

const NO_KEY = {
  en: '--certificate or --private-key is missing; without them no signature of a request is checked',
  zh: '缺少 --certificate 或 --private-key；没有它们就无法检查请求的签名',
};
