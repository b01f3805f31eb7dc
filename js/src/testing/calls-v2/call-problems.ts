// The problems of a call before its parameters are checked, and WeChat's words for them.

import { BODY_LIMIT_BYTES } from '../wire/body.js';
import type { SignType } from '../wire/sign.js';
import { type FailedOutcome, failed } from './outcome.js';

/** The reason why a call is not from a known merchant, by `kind`. */
export type CallProblem =
  | { kind: 'method' | 'no certificate' | 'too long' | 'empty' | 'encoding' | 'xml' }
  | { kind: 'missing'; name: string }
  | { kind: 'unknown appid' | 'unknown mch_id' | 'appid of another' | 'no sub-merchant' | 'sub_appid of another' }
  | { kind: 'certificate of another' | 'sign' }
  /** `only`: the call accepts this algorithm only. */
  | { kind: 'sign_type'; only: SignType | undefined };

/** Makes the answer to a problem, in the words of most calls. */
export function failedCall(problem: CallProblem): FailedOutcome {
  return failed(chineseWords(problem));
}

/** Makes the answer of downloadbill to a problem: English words and a number (manual: 下载交易账单). */
export function failedBill(problem: CallProblem): FailedOutcome {
  return failed(ENGLISH_WORDS[problem.kind], '20001');
}

function chineseWords(problem: CallProblem): string {
  if (problem.kind === 'missing') return `缺少参数 ${problem.name}`;
  if (problem.kind === 'sign_type') {
    const allowed = problem.only === undefined ? '应为 MD5 或 HMAC-SHA256' : `只支持 ${problem.only}`;
    return `sign_type 参数错误：${allowed}`;
  }
  return CHINESE_WORDS[problem.kind];
}

const CHINESE_WORDS: Record<Exclude<CallProblem['kind'], 'missing' | 'sign_type'>, string> = {
  method: '请使用post方法',
  'no certificate': '证书错误：此接口需要商户 API 证书',
  'too long': `XML格式错误：超过 ${BODY_LIMIT_BYTES} 字节`,
  empty: 'post数据为空',
  encoding: '编码格式错误，请使用UTF-8',
  xml: 'XML格式错误',
  'unknown appid': 'appid不存在',
  'unknown mch_id': 'mch_id不存在',
  'appid of another': 'appid和mch_id不匹配',
  'no sub-merchant': '受理关系不存在',
  'sub_appid of another': 'sub_mch_id与sub_appid不匹配',
  'certificate of another': '证书错误：证书与商户号不匹配',
  sign: '签名错误',
};

const ENGLISH_WORDS: Record<CallProblem['kind'], string> = {
  method: 'require POST method',
  'no certificate': 'invalid parameter',
  'too long': 'data format error',
  empty: 'empty post data',
  encoding: 'data format error',
  xml: 'data format error',
  missing: 'missing parameter',
  'unknown appid': 'invalid appid',
  'unknown mch_id': 'invalid parameter',
  'appid of another': 'invalid appid',
  'no sub-merchant': 'invalid parameter',
  'sub_appid of another': 'invalid parameter',
  'certificate of another': 'invalid parameter',
  sign_type: 'invalid parameter',
  sign: 'sign error',
};
