// A user's strict program against the types that wasm-pack makes; the test compiles it once for each target.

import {
  type Answer,
  type ApiName,
  type ApiNameV3,
  answerTextV3,
  authorizationV3,
  type BridgePayment,
  bridgePayment,
  buildXml,
  complete,
  completeV3,
  type Fields,
  type JsonValue,
  type JssdkPayment,
  jssdkPayment,
  type Merchant,
  type MerchantV3,
  type Notice,
  nonce,
  openNotify,
  type Params,
  parseXml,
  paymentTextV3,
  prepare,
  prepareV3,
  type RequestData,
  type RequestPayment,
  type RequestV3,
  replyNotify,
  requestPayment,
  requestTextV3,
  type SignType,
  sealV3,
  sign,
  signedText,
  signedXml,
  verify,
  type WxPayError,
} from 'wasm-pack-output';

const key: string = nonce();
const params: Params = { total_fee: 88, attach: undefined, detail: null, big: 1n, is: true };
const signType: SignType = 'HMAC-SHA256';
export const texts: string[] = [
  sign(params, key),
  sign(params, key, signType),
  signedText(params),
  buildXml(params),
  signedXml(params, key, 'MD5'),
  replyNotify(),
  replyNotify('busy'),
];
export const isRight: boolean = verify({ ...params, sign: '' }, key, signType);
export const fields: Fields = parseXml(new Uint8Array());

const prepay = { appId: 'wx1', prepay_id: 'wx2', key };
export const payment: RequestPayment = requestPayment({ ...prepay, timeStamp: 1490840662, nonceStr: 'a' });
export const bridge: BridgePayment = bridgePayment({ ...prepay, timeStamp: '1490840662' });
export const jssdk: JssdkPayment = jssdkPayment({ ...prepay, signType });

const notice: Notice = openNotify('', {
  key: [key, key],
  signType: ['MD5', 'HMAC-SHA256'],
  appid: 'wx1',
  expect: { out_trade_no: '1', total_fee: 88, fee_type: null },
});
export const isPaid: boolean = notice.kind === 'payment' && notice.paid;

const merchant: Merchant = { appid: 'wx1', mch_id: '1', key, signType, sub_mch_id: undefined };
const api: ApiName = 'unifiedOrder';
const request: RequestData = prepare(api, merchant, params, nonce());
export async function order(): Promise<string> {
  const response = await fetch(`https://api.mch.weixin.qq.com${request.path}`, { method: 'POST', body: request.body });
  try {
    const answer: Answer = complete(api, merchant, request, await response.text());
    const { prepay_id, coupons } = answer;
    if (Array.isArray(coupons)) for (const coupon of coupons) console.log(coupon.coupon_fee);
    return typeof prepay_id === 'string' ? prepay_id : String(answer.fields.code_url);
  } catch (error) {
    const { code, outcome, field, position, return_msg, err_code, err_code_des } = error as WxPayError;
    if (code === 'ERR_FAILED' && outcome === 'unknown') return String(err_code);
    return [field, position, return_msg, err_code_des].join();
  }
}

const merchantV3: MerchantV3 = { appid: 'wx1', mchid: '1' };
const apiV3: ApiNameV3 = 'orderQuery';
const requestV3: RequestV3 = prepareV3(apiV3, merchantV3, { out_trade_no: '1' });
const providerV3: MerchantV3 = { ...merchantV3, sub_mchid: '2', sub_appid: undefined };
const plainV3: RequestV3 = prepareV3('jsapiOrder', providerV3, { payer: { identity: { name: 'x' } } });
export const sealed: RequestV3 = sealV3(
  plainV3,
  plainV3.secrets.map((secret: string) => btoa(secret)),
);
const toSign: string = requestTextV3(requestV3, 1785028800, nonce());
export const header: string = authorizationV3({ mchid: '1', serial: 'A', timestamp: 1, nonce: 'n', signature: toSign });
export const signed: Uint8Array = answerTextV3('1785028800', 'n', new Uint8Array());
export const secondText: string = paymentTextV3({ appId: 'wx1', timeStamp: '1', nonceStr: 'n', package: 'p' });
export const state: JsonValue | undefined = completeV3(apiV3, merchantV3, requestV3, '{}')?.trade_state;

// @ts-expect-error the ids of APIv3 have other names
prepareV3(apiV3, { appid: 'wx1', mch_id: '1' }, {});
// @ts-expect-error the texts are a list
sealV3(plainV3, 'AA==');
// @ts-expect-error the sub-merchant has other names in APIv3
prepareV3(apiV3, { appid: 'wx1', mchid: '1', sub_mch_id: '2' }, {});
// @ts-expect-error there is no such call in APIv3
prepareV3('unifiedOrder', merchantV3, {});
// @ts-expect-error a time is a number
requestTextV3(requestV3, '1785028800', 'n');
// @ts-expect-error a list is no value of a field
signedText({ detail: [] });
// @ts-expect-error there are two ways of signing
sign(params, key, 'SHA1');
// @ts-expect-error the key is a must
requestPayment({ appId: 'wx1', prepay_id: 'wx2' });
// @ts-expect-error there is no such call
prepare('order', merchant, params);
// @ts-expect-error a text is no request
complete(api, merchant, '', '');
// @ts-expect-error a signature is text
export const wrong: number = sign(params, key);
