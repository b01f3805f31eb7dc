// `paysign pay-params`: the argument of wx.requestPayment, from a prepay_id.

import { randomUUID } from 'node:crypto';
import { v2 } from './packages.js';
import { signed } from './rsa.js';
import { KEY, neededPem, PRIVATE_KEY, secret } from './secrets.js';
import { SIGN_TYPE, signTypeOf } from './sign-type.js';
import { print } from './terminal.js';
import type { Command, Given } from './usage.js';

/** The command. */
export const payParamsCommand: Command = {
  summary: { en: 'make the argument of wx.requestPayment', zh: '生成 wx.requestPayment 的参数' },
  usage: ['pay-params --appid APPID --prepay-id ID [options]'],
  about: {
    en: 'Signs a prepay_id in the generation that made it: APIv2 with its key, APIv3 with --private-key. Prints JSON.',
    zh: '用下单时的接口版本给 prepay_id 签名：APIv2 用密钥，APIv3 用 --private-key。输出 JSON。',
  },
  options: [
    { name: 'appid', value: 'APPID', text: { en: 'the mini program', zh: '小程序的 appid' } },
    {
      name: 'prepay-id',
      value: 'ID',
      text: { en: 'the id of the order, without prepay_id=', zh: '预支付编号，不带 prepay_id=' },
    },
    ...KEY,
    {
      ...SIGN_TYPE,
      text: { en: 'way of signing of the order (APIv2); default MD5', zh: '下单时的签名方式（APIv2）；默认 MD5' },
    },
    PRIVATE_KEY,
  ],
  examples: [
    'paysign pay-params --appid wx8888888888888888 --prepay-id wx201410272009395522657a690389285100 --key-file apiv2.key',
    'paysign pay-params --appid wx8888888888888888 --prepay-id wx201410272009395522657a690389285100 --private-key apiclient_key.pem',
  ],
  async run(given) {
    const appId = needed(given, 'appid');
    const prepay_id = needed(given, 'prepay-id');
    if (!/^[\w-]{1,128}$/.test(prepay_id))
      throw given.wrong({
        en: '--prepay-id must be the id alone, letters, digits, _ or -',
        zh: '--prepay-id 只写编号本身：字母、数字、_ 或 -',
      });
    const payment =
      given.text('private-key') === undefined
        ? v2().requestPayment({
            appId,
            prepay_id,
            key: await secret(given, 'key'),
            signType: signTypeOf(given.text('sign-type'), {}),
          })
        : paymentV3(appId, prepay_id, given);
    await print(JSON.stringify(payment, null, given.has('json') ? 0 : 2));
    return true;
  },
};

function paymentV3(appId: string, prepay_id: string, given: Given): Record<string, string> {
  const timeStamp = String(Math.floor(Date.now() / 1000));
  const nonceStr = randomUUID().replaceAll('-', '');
  const pack = `prepay_id=${prepay_id}`;
  const paySign = signed([appId, timeStamp, nonceStr, pack], neededPem(given, 'private-key'), given);
  return { timeStamp, nonceStr, package: pack, signType: 'RSA', paySign };
}

function needed(given: Given, name: string): string {
  const value = given.text(name);
  if (value === undefined)
    throw given.wrong({ en: `--${name} is missing; see the examples`, zh: `缺少 --${name}；请看示例` });
  return value;
}
