// Who sends a call of APIv3: the `Authorization` header, checked with the merchant's certificate (docs: 签名生成, 签名错误排查).

import type { V3Keys } from '../server/v3-keys.js';
import { signedLines, V3_ALGORITHM } from '../wire/sign-v3.js';
import { signProblem, type V3Problem } from './problems.js';

/** A request as it arrived. */
export interface SignedRequest {
  readonly method: string;
  /** Path and query, exactly as sent. */
  readonly target: string;
  readonly body: Uint8Array;
  readonly authorization: string | undefined;
}

/** The merchant number of the sender, or why he is not known. The checks come in the order of WeChat's messages. */
export function authorize(
  request: SignedRequest,
  keys: V3Keys,
  nowMs: number,
): { readonly mch_id: string } | { readonly problem: V3Problem } {
  const { authorization = '' } = request;
  const [, scheme, rest = ''] = /^(\S+) (.*)$/.exec(authorization) ?? [];
  if (scheme === undefined) return refused(MALFORMED);
  if (scheme !== V3_ALGORITHM) return refused(WRONG_SCHEME);
  const members = readMembers(rest);
  if (members === undefined) return refused(MALFORMED);
  const { mchid, nonce_str, timestamp, serial_no, signature } = members;
  if (Math.abs(nowMs / 1000 - Number(timestamp)) > LARGEST_SKEW_S) return refused(WRONG_TIME);
  if (keys.ownerOf(serial_no) !== mchid) return refused(WRONG_SERIAL);
  const head = signedLines(request.method, request.target, timestamp, nonce_str);
  const signed = Buffer.concat([Buffer.from(head), request.body, Buffer.from('\n')]);
  if (keys.isSignedBy(mchid, signed, signature)) return { mch_id: mchid };
  return {
    problem: signProblem('错误的签名，验签失败', {
      detail: { issue: 'sign not match' },
      field: 'signature',
      location: 'authorization',
      sign_information: {
        method: request.method,
        url: request.target,
        sign_message_length: signed.byteLength,
        // The body is cut: it may have the names of payers.
        truncated_sign_message: `${head}${Buffer.from(request.body.subarray(0, SHOWN_BYTES)).toString('utf8')}\n`,
      },
    }),
  };
}

function refused(message: string) {
  return { problem: signProblem(message) };
}

const MALFORMED = 'Http头Authorization值格式错误，请参考《微信支付商户REST API签名规则》';
const WRONG_SCHEME = 'Http头Authorization认证类型不正确';
const WRONG_TIME = 'Http头Authorization中的timestamp与发起请求的时间不得超过5分钟';
const WRONG_SERIAL = '商户证书序列号有误。请使用签名私钥匹配的证书序列号';

const LARGEST_SKEW_S = 300;

/** How much of the body WeChat repeats. */
const SHOWN_BYTES = 8;

type Members = Record<(typeof NAMES)[number], string>;

const NAMES = ['mchid', 'nonce_str', 'timestamp', 'serial_no', 'signature'] as const;

/** The five members in any order, each once, in double quotes and with a comma between them. */
function readMembers(rest: string): Members | undefined {
  const members = new Map<string, string>();
  for (const part of rest.split(',')) {
    const [, name = '', value = ''] = /^(\w+)="([^"]+)"$/.exec(part) ?? [];
    if (value === '' || members.has(name)) return undefined;
    members.set(name, value);
  }
  const isWhole = members.size === NAMES.length && NAMES.every((name) => members.has(name));
  const hasForms = /^\d{1,13}$/.test(members.get('timestamp') ?? '') && (members.get('nonce_str') ?? '').length <= 32;
  return isWhole && hasForms ? (Object.fromEntries(members) as Members) : undefined;
}
