// The rules for single parameters (manual: 参数规定 4_2, 统一下单).

import { isIP } from 'node:net';
import { parseBeijingTime } from '../wire/beijing-time.js';
import { isNotifyUrl } from '../wire/notify-url.js';
import { type CallOutcome, failed, refused } from './outcome.js';

/** The parameters of a call, without empty ones. */
export type Parameters = ReadonlyMap<string, string>;

/** One parameter of a call. */
export interface ParameterRule {
  readonly name: string;
  /** Returns whether the other parameters make it required. */
  readonly required: (parameters: Parameters) => boolean;
  /** The words for a call without it. Default 缺少参数 and the name. */
  readonly missing?: string;
  /** The longest value in bytes of UTF-8, if WeChat counts them. */
  readonly longest?: number;
  /** The form of its value, if the manual has a strict one. */
  readonly form?: Form;
}

/** The form of a value, and the answer to a value of another form. */
export interface Form {
  readonly accepts: (value: string) => boolean;
  readonly refuses: (name: string) => CallOutcome;
}

/**
 * Returns WeChat's answer to the first parameter that breaks its rule, or undefined.
 *
 * A missing parameter is `return_code` FAIL with 缺少参数, as the manual lists it under `return_msg`. So is a call without any
 * number of `oneOf`. A value that is too long is `return_code` FAIL too: clients report "body参数长度有误".
 * The form of a value has its own answer.
 */
export function checkParameters(
  parameters: Parameters,
  rules: readonly ParameterRule[],
  oneOf?: readonly string[],
): CallOutcome | undefined {
  for (const { name, required, missing = `缺少参数 ${name}` } of rules) {
    if (!parameters.has(name) && required(parameters)) return failed(missing);
  }
  for (const { name, longest, form } of rules) {
    const value = parameters.get(name);
    if (value === undefined) continue;
    if (longest !== undefined && Buffer.byteLength(value) > longest) return failed(`${name}参数长度有误`);
    if (form && !form.accepts(value)) return form.refuses(name);
  }
  return oneOf?.some((name) => parameters.has(name)) === false ? failed(`缺少参数 ${oneOf.join(' 或 ')}`) : undefined;
}

/** Makes a form whose answer is `PARAM_ERROR` and our own words: the manual has the code but no words. */
export const formOf = (accepts: Form['accepts'], says: string): Form => ({
  accepts,
  refuses: (name) => refused('PARAM_ERROR', `${name} 参数错误：${says}`),
});

/** Makes a form whose answer clients have reported: `return_code` FAIL and "invalid", unsigned. */
const invalid = (accepts: Form['accepts']): Form => ({ accepts, refuses: (name) => failed(`invalid ${name}`) });

/** The numbers that name an order: WeChat's, or the merchant's. */
export const ORDER_NUMBERS = ['transaction_id', 'out_trade_no'];

/** The parameter is required. */
export const always = (): boolean => true;

/** The parameter may be left out. */
export const never = (): boolean => false;

/** `nonce_str`, required in every call. */
export const NONCE_STR: ParameterRule = { name: 'nonce_str', required: always, longest: 32 };

/** `out_trade_no`, `out_refund_no`: digits, letters and `_ - | * @`. Only the pages of v2 have `@`. */
const NUMBER = formOf((value) => /^[0-9A-Za-z_\-|*@]+$/.test(value), '只能是数字、大小写字母和 _-|*@');

/** `out_trade_no`: at most 32 characters. */
export const OUT_TRADE_NO = { name: 'out_trade_no', longest: 32, form: NUMBER };

/** `out_refund_no`: at most 64 characters. */
export const OUT_REFUND_NO = { name: 'out_refund_no', longest: 64, form: NUMBER };

/** `transaction_id`: WeChat's own number of a payment. */
export const TRANSACTION_ID: ParameterRule = { name: 'transaction_id', required: never, longest: 32 };

/** `refund_desc`: at most 80 characters. */
export const REFUND_DESC = formOf((value) => [...value].length <= 80, '长度不超过 80 个字符');

/** `refund_account`: the two sources of the old fund flow. */
export const REFUND_ACCOUNT = formOf(
  (value) => ['REFUND_SOURCE_UNSETTLED_FUNDS', 'REFUND_SOURCE_RECHARGE_FUNDS'].includes(value),
  '应为 REFUND_SOURCE_UNSETTLED_FUNDS 或 REFUND_SOURCE_RECHARGE_FUNDS',
);

/** `offset`: a whole number, 0 or more. */
export const OFFSET = formOf(
  (value) => /^(?:0|[1-9]\d*)$/.test(value) && Number.isSafeInteger(Number(value)),
  '应为大于或等于 0 的整数',
);

/** `detail` of a refund of items: the text of a JSON object. */
export const JSON_OBJECT = formOf((value) => {
  const read = readJson(value);
  return typeof read === 'object' && read !== null && !Array.isArray(read);
}, '应为 JSON 对象');

/** `trades` of a report: the text of a JSON array. */
export const JSON_ARRAY = formOf((value) => Array.isArray(readJson(value)), '应为 JSON 数组');

/** `body`: pages differ between 127 and 128. The larger limit applies, here and for `attach`. */
export const BODY: ParameterRule = { name: 'body', required: always, longest: 128 };

/** The optional parameters of an order. */
export const MORE: readonly ParameterRule[] = [
  { name: 'attach', required: never, longest: 128 },
  { name: 'device_info', required: never, longest: 32 },
  { name: 'detail', required: never, longest: 8192 },
  { name: 'goods_tag', required: never, longest: 32 },
  { name: 'limit_pay', required: never, longest: 32 },
];

/** An amount: a whole number of fen above zero, in its only canonical form. */
export const AMOUNT = invalid((value) => /^[1-9]\d*$/.test(value) && Number.isSafeInteger(Number(value)));

/** `fee_type`: domestic merchants have one currency, CNY. */
export const FEE_TYPE = formOf((value) => value === 'CNY', '只支持 CNY');

/** `trade_type`: the four kinds of orders. */
export const TRADE_TYPE = formOf(
  (value) => ['JSAPI', 'NATIVE', 'APP', 'MWEB'].includes(value),
  '应为 JSAPI、NATIVE、APP 或 MWEB',
);

/**
 * `spbill_create_ip`: an IPv4 or IPv6 address without a zone, which has a meaning on one machine only. An IPv4-mapped IPv6
 * address, as Node writes on a dual-stack socket, is refused.
 */
export const IP_ADDRESS: Omit<ParameterRule, 'required'> = {
  name: 'spbill_create_ip',
  longest: 64,
  form: invalid((value) => isIP(value) !== 0 && !value.includes('%') && !isMapped(value)),
};

/**
 * Returns WeChat's answer to an order that expires too soon, or undefined. WeChat's words ask for five minutes without a pay
 * code. The newest page asks for one minute, so one minute is accepted.
 */
export function judgeExpiry(parameters: Parameters, nowMs: number): CallOutcome | undefined {
  const time = (name: string) => parseBeijingTime(parameters.get(name) ?? '');
  const [startMs = nowMs, expiresMs] = [time('time_start'), time('time_expire')];
  if (expiresMs === undefined || expiresMs >= Math.max(nowMs, startMs) + SHORTEST_LIFE_MS) return undefined;
  return refused('PARAM_ERROR', 'time_expire时间过短，刷卡至少1分钟，其他5分钟');
}

const SHORTEST_LIFE_MS = 60 * 1000;

/** `time_start`, `time_expire`: `yyyyMMddHHmmss`. */
export const TIME = formOf((value) => parseBeijingTime(value) !== undefined, '应为北京时间 yyyyMMddHHmmss');

/**
 * `notify_url`: absolute, http or https, without a query (manual: 支付结果通知). WeChat requires a public host name too. The
 * gateway does not: shops in tests are on this machine.
 */
export const NOTIFY_URL = {
  name: 'notify_url',
  longest: 256,
  form: invalid(isNotifyUrl),
};

/** Returns whether an address is IPv4-mapped IPv6. A URL writes all its spellings alike. */
function isMapped(address: string): boolean {
  return isIP(address) === 6 && new URL(`http://[${address}]`).hostname.startsWith('[::ffff:');
}

/** The value of a JSON text, or undefined where it is none. */
function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
