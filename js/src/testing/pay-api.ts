// The merchant's side of WeChat Pay: takes a call, checks it in WeChat's order, and signs the answer.

import { BODY_LIMIT_BYTES, decodeUtf8, readBody } from './body.js';
import type { Tell } from './events.js';
import type { GatewayMerchant, Merchants } from './merchants.js';
import type { Outcome, SignedOutcome } from './outcome.js';
import type { Parameters } from './parameters.js';
import type { RandomText } from './random.js';
import { type Fields, isSignedWith, readSignType, type SignType, sign } from './sign.js';
import { readXml, writeXml } from './xml.js';

/** A call whose sender is known: the merchant was found and the signature is his. */
export interface PayCall {
  readonly merchant: GatewayMerchant;
  readonly signType: SignType;
  readonly parameters: Parameters;
}

/** What one page of the manual describes: from a signed call to its outcome. */
export type PayEndpoint = (call: PayCall) => Outcome;

/** What the merchant's side needs. */
export interface PayApiParts {
  readonly endpoints: ReadonlyMap<string, PayEndpoint>;
  readonly merchants: Merchants;
  readonly random: RandomText;
  readonly tell: Tell;
}

/** Makes the merchant's side: gives the answer to a request, or undefined where no endpoint has the path. */
export function createPayApi(parts: PayApiParts): (path: string, request: Request) => Promise<Response | undefined> {
  const { endpoints, merchants, random, tell } = parts;

  function failure(path: string, return_msg: string): Response {
    tell({ type: 'refused', path, reason: return_msg });
    return answer(
      new Map([
        ['return_code', 'FAIL'],
        ['return_msg', return_msg],
      ]),
    );
  }

  return async (path, request) => {
    const endpoint = endpoints.get(path);
    if (endpoint === undefined) return undefined;
    const read = await readCall(request, merchants);
    if ('return_msg' in read) return failure(path, read.return_msg);
    const outcome = endpoint(read.call);
    if (outcome.kind === 'failed') return failure(path, outcome.return_msg);
    if (outcome.kind === 'refused')
      tell({ type: 'refused', path, reason: `${outcome.err_code} ${outcome.err_code_des}` });
    return answer(signedAnswer(read.call, outcome, random));
  };
}

/** WeChat answers with status 200 whatever happened, and calls its XML plain text. */
function answer(fields: Fields): Response {
  return new Response(writeXml(fields), { headers: { 'content-type': 'text/plain' } });
}

/**
 * WeChat's order of checks: method, body, identity, signature. Everything up to here is answered by `return_code` FAIL.
 * The parameters come after the signature, so that only their owner learns what is wrong with them.
 */
async function readCall(request: Request, merchants: Merchants): Promise<{ call: PayCall } | { return_msg: string }> {
  if (request.method !== 'POST') return { return_msg: '请使用post方法' };
  const bytes = await readBody(request.body);
  if (bytes === undefined) return { return_msg: `XML格式错误：超过 ${BODY_LIMIT_BYTES} 字节` };
  if (bytes.byteLength === 0) return { return_msg: 'post数据为空' };
  const text = decodeUtf8(bytes);
  if (text === undefined) return { return_msg: '编码格式错误，请使用UTF-8' };
  const sent = readXml(text.replace(/^\uFEFF/, ''));
  if (sent === undefined) return { return_msg: 'XML格式错误' };
  // An empty element is not signed and counts as one that was left out.
  const parameters = new Map([...sent].filter(([, value]) => value !== ''));

  const appid = parameters.get('appid');
  const mch_id = parameters.get('mch_id');
  if (appid === undefined) return { return_msg: '缺少参数 appid' };
  if (mch_id === undefined) return { return_msg: '缺少参数 mch_id' };
  const identity = merchants.identify(appid, mch_id);
  if ('return_msg' in identity) return identity;
  const { merchant } = identity;

  const signType = readSignType(parameters.get('sign_type'));
  if (signType === undefined) return { return_msg: 'sign_type 参数错误：应为 MD5 或 HMAC-SHA256' };
  const signature = parameters.get('sign');
  if (signature === undefined) return { return_msg: '缺少参数 sign' };
  if (!isSignedWith(signature, parameters, merchant.key, signType)) return { return_msg: '签名错误' };
  return { call: { merchant, signType, parameters } };
}

/** Members that WeChat repeats in its answer where the call had them. */
const ECHOED = ['sub_appid', 'sub_mch_id', 'device_info'];

function signedAnswer(call: PayCall, outcome: SignedOutcome, random: RandomText): Fields {
  const { merchant, parameters, signType } = call;
  const fields = new Map<string, string | number>([
    ['return_code', 'SUCCESS'],
    ['return_msg', 'OK'],
    ['appid', merchant.appid],
    ['mch_id', merchant.mch_id],
    ['nonce_str', random.hex(32)],
  ]);
  for (const name of ECHOED) {
    const value = parameters.get(name);
    if (value !== undefined) fields.set(name, value);
  }
  if (outcome.kind === 'refused') {
    fields.set('result_code', 'FAIL').set('err_code', outcome.err_code).set('err_code_des', outcome.err_code_des);
  } else {
    fields.set('result_code', 'SUCCESS');
    for (const [name, value] of outcome.fields) fields.set(name, value);
  }
  // Signed with the algorithm of the call, which the answer does not repeat.
  return fields.set('sign', sign(fields, merchant.key, signType));
}
