// The rules for single parameters (manual: 参数规定 4_2, 统一下单).

import { isIP } from 'node:net';
import { parseBeijingTime } from '../wire/beijing-time.js';
import { type CallOutcome, failed, refused } from './outcome.js';

/** The parameters of a call, those without a value left out. */
export type Parameters = ReadonlyMap<string, string>;

/** One parameter of a call. */
export interface ParameterRule {
  readonly name: string;
  /** Whether it must be there, given the other parameters. */
  readonly required: (parameters: Parameters) => boolean;
  /** The form of its value, if the manual gives a hard one. */
  readonly form?: Form;
}

/** The form of a value, and the words for a value without it. */
export interface Form {
  readonly accepts: (value: string) => boolean;
  readonly says: string;
}

/**
 * Gives WeChat's answer to the first parameter that breaks its rule, or undefined.
 *
 * A missing parameter is answered as the manual lists it under `return_msg`: `return_code` FAIL with 缺少参数, unsigned.
 * `LACK_PARAMS` stands in the manual's table too, but what cannot be read as a call at all is judged by `return_code`.
 * So is a call with none of the numbers in `oneOf`. A value of wrong form is `PARAM_ERROR`, which the manual lists as `err_code`: a signed answer.
 */
export function checkParameters(
  parameters: Parameters,
  rules: readonly ParameterRule[],
  oneOf?: readonly string[],
): CallOutcome | undefined {
  for (const { name, required } of rules) {
    if (!parameters.has(name) && required(parameters)) return failed(`缺少参数 ${name}`);
  }
  for (const { name, form } of rules) {
    const value = parameters.get(name);
    if (value !== undefined && form && !form.accepts(value))
      return refused('PARAM_ERROR', `${name} 参数错误：${form.says}`);
  }
  return oneOf?.some((name) => parameters.has(name)) === false ? failed(`缺少参数 ${oneOf.join(' 或 ')}`) : undefined;
}

/** An order is named by WeChat's number or by the merchant's. */
export const ORDER_NUMBERS = ['transaction_id', 'out_trade_no'];

/** The parameter must be there. */
export const always = (): boolean => true;

/** The parameter may be left out. */
export const never = (): boolean => false;

/** `nonce_str`: at most 32 characters. */
export const NONCE_STR: Form = { accepts: (value) => [...value].length <= 32, says: '长度不超过 32 个字符' };

/** `out_trade_no`: 1 to 32 of digits, letters and `_ - | * @`. Newer pages leave `@` out, those of v2 have it. */
export const OUT_TRADE_NO: Form = {
  accepts: (value) => /^[0-9A-Za-z_\-|*@]{1,32}$/.test(value),
  says: '1 到 32 个字符，只能是数字、大小写字母和 _-|*@',
};

/** `out_refund_no`: 1 to 64 of the same characters. */
export const OUT_REFUND_NO: Form = {
  accepts: (value) => /^[0-9A-Za-z_\-|*@]{1,64}$/.test(value),
  says: '1 到 64 个字符，只能是数字、大小写字母和 _-|*@',
};

/** `refund_desc`: at most 80 characters. */
export const REFUND_DESC: Form = { accepts: (value) => [...value].length <= 80, says: '长度不超过 80 个字符' };

/** `refund_account`: the two sources of the old fund flow. */
export const REFUND_ACCOUNT: Form = {
  accepts: (value) => ['REFUND_SOURCE_UNSETTLED_FUNDS', 'REFUND_SOURCE_RECHARGE_FUNDS'].includes(value),
  says: '应为 REFUND_SOURCE_UNSETTLED_FUNDS 或 REFUND_SOURCE_RECHARGE_FUNDS',
};

/** `offset`: a whole number, 0 or more. */
export const OFFSET: Form = {
  accepts: (value) => /^(?:0|[1-9]\d*)$/.test(value) && Number.isSafeInteger(Number(value)),
  says: '应为大于或等于 0 的整数',
};

/** `detail` of a refund of items: the text of a JSON object. */
export const JSON_OBJECT: Form = {
  accepts: (value) => {
    const read = readJson(value);
    return typeof read === 'object' && read !== null && !Array.isArray(read);
  },
  says: '应为 JSON 对象',
};

/** `trades` of a report: the text of a JSON array. */
export const JSON_ARRAY: Form = { accepts: (value) => Array.isArray(readJson(value)), says: '应为 JSON 数组' };

/** An amount: a whole number of fen above zero, written the one canonical way. */
export const AMOUNT: Form = {
  accepts: (value) => /^[1-9]\d*$/.test(value) && Number.isSafeInteger(Number(value)),
  says: '应为大于 0 的整数，单位为分',
};

/** `fee_type`: domestic merchants have one currency. */
export const FEE_TYPE: Form = { accepts: (value) => value === 'CNY', says: '只支持 CNY' };

/** `trade_type`: the four ways to order. */
export const TRADE_TYPE: Form = {
  accepts: (value) => ['JSAPI', 'NATIVE', 'APP', 'MWEB'].includes(value),
  says: '应为 JSAPI、NATIVE、APP 或 MWEB',
};

/** `spbill_create_ip`: an IPv4 or IPv6 address, without the zone that only means something on one machine. */
export const IP_ADDRESS: Form = {
  accepts: (value) => isIP(value) !== 0 && !value.includes('%'),
  says: '应为 IPv4 或 IPv6 地址',
};

/** `time_start`, `time_expire`: `yyyyMMddHHmmss`. */
export const TIME: Form = {
  accepts: (value) => parseBeijingTime(value) !== undefined,
  says: '应为北京时间 yyyyMMddHHmmss',
};

/**
 * `notify_url`: absolute, http or https, without a query (manual: 支付结果通知). WeChat wants a public host name too; a
 * gateway on loopback that asked for one could not reach the shop beside it.
 */
export const NOTIFY_URL: Form = {
  accepts: (value) => /^https?:\/\/[^\s/?#\\][^\s?#\\]*$/i.test(value) && hasNoPassword(value),
  says: '应为 http 或 https 的完整地址，不能携带参数',
};

/** Says whether the text can be read as an address, one that carries no user name and no password. */
function hasNoPassword(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { username, password } = new URL(address);
  return username === '' && password === '';
}

/** The value of a JSON text, or undefined where it is none. */
function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
