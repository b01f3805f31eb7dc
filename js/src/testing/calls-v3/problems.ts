// The errors of APIv3: code, HTTP status, message, and WeChat's inner code at the end of `Request-ID` (docs: 错误码).

import type { Json, JsonObject } from '../wire/json.js';

/** Why a call is refused. */
export interface V3Problem {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  /** 0 where WeChat names none. */
  readonly inner: number;
  readonly detail?: JsonObject;
}

/** A field that breaks its rule. */
export interface FieldIssue {
  /** A JSON Pointer for the body, the bare name for the path and the query. */
  readonly field: string;
  readonly issue: string;
  readonly location: 'body' | 'query' | 'uri_template' | 'header';
  readonly value: Json | undefined;
}

/** Makes a problem. Its status is that of the code. */
export function problem(code: string, message: string, inner = 0, detail?: JsonObject): V3Problem {
  return { status: statusOf(code), code, message, inner, ...(detail && { detail }) };
}

/** A field breaks its rule. */
export function fieldProblem({ field, issue, location, value }: FieldIssue, inner = ILLEGAL): V3Problem {
  // A text is repeated as it was sent, and everything else as JSON.
  const sent = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  const detail = { field, issue, location, value: sent.slice(0, LONGEST_VALUE) };
  return problem('PARAM_ERROR', '参数错误', inner, detail);
}

/** The signature, or what names its maker, is wrong. */
export function signProblem(message: string, detail?: JsonObject): V3Problem {
  return problem('SIGN_ERROR', message, WRONG_SIGNATURE, detail);
}

/** The status of a code; 400 where the docs name no other. */
export function statusOf(code: string): number {
  return STATUSES[code] ?? 400;
}

/** WeChat's words for a code, or the code itself. */
export function wordsOfCode(code: string): string {
  return WORDS[code] ?? code;
}

/** Inner codes of `Request-ID`. */
export const ILLEGAL = 268435461;
export const OUT_OF_RANGE = 268435464;
export const UNKNOWN_MEMBER = 270924358;
export const NO_SUCH_ORDER = 268512771;
export const PAID_ALREADY = 268449538;
export const OVER = 268447914;
export const OTHER_PARAMETERS = 268498688;
export const NOT_BOUND = 268445527;
export const NEEDS_REVERSE = 268449641;
export const NEEDS_OPENID = 268501013;
export const NO_SUB_MCHID = 268443704;
export const OWN_MCHID = 268443705;
export const NO_RELATION = 268443701;
export const OTHER_SUB_MCHID = 268447845;
const WRONG_SIGNATURE = 268443699;

const LONGEST_VALUE = 200;

/** Both spellings of codes that have two. */
const STATUSES: Readonly<Record<string, number>> = {
  ...withStatus(401, ['SIGN_ERROR']),
  ...withStatus(403, ['NO_AUTH', 'NOAUTH', 'OUT_TRADE_NO_USED', 'RULE_LIMIT', 'RULELIMIT', 'TRADE_ERROR']),
  ...withStatus(403, ['NOT_ENOUGH', 'NOTENOUGH', 'USER_ACCOUNT_ABNORMAL', 'ACCOUNT_ERROR', 'ACCOUNTERROR']),
  ...withStatus(404, ['ORDER_NOT_EXIST', 'ORDERNOTEXIST', 'RESOURCE_NOT_EXISTS']),
  ...withStatus(429, ['FREQUENCY_LIMITED', 'RATELIMIT_EXCEEDED']),
  ...withStatus(500, ['SYSTEM_ERROR', 'SYSTEMERROR', 'BANK_ERROR', 'BANKERROR']),
  ...withStatus(503, ['SERVICE_UNAVAILABLE']),
};

const WORDS: Readonly<Record<string, string>> = {
  SYSTEM_ERROR: '系统异常，请使用相同参数稍后重新调用',
  FREQUENCY_LIMITED: '频率超限，请降低请求频率后重试',
  BANK_ERROR: '银行系统异常，请使用相同参数稍后重新调用',
  NOT_ENOUGH: '余额不足，请充值后重试',
  NO_AUTH: '没有权限',
  ORDER_NOT_EXIST: '订单不存在',
  RESOURCE_NOT_EXISTS: '记录不存在',
  ORDER_PAID: '该订单已支付',
  ORDER_CLOSED: '该订单已关闭',
  OUT_TRADE_NO_USED: '商户订单号重复',
  PARAM_ERROR: '参数错误',
};

function withStatus(status: number, codes: readonly string[]): Record<string, number> {
  return Object.fromEntries(codes.map((code) => [code, status]));
}
