// 交易保障: /payitil/report (manual: 交易保障). Its answer is not signed.

import type { Tell } from '../events.js';
import { failed, plain } from './outcome.js';
import {
  always,
  checkParameters,
  JSON_ARRAY,
  NONCE_STR,
  never,
  OUT_TRADE_NO,
  type ParameterRule,
  type Parameters,
} from './parameters.js';
import type { PayEndpoint } from './pay-api.js';

/** Makes the endpoint for reports about other calls. */
export function createReport({ tell }: { readonly tell: Tell }): PayEndpoint {
  return ({ merchant, parameters }) => {
    const problem = checkParameters(parameters, RULES);
    if (problem?.kind === 'refused') return failed(problem.err_code_des);
    if (problem !== undefined) return problem;
    // Pages differ about the underscore at the end.
    if (isSingle(parameters) && !parameters.has('execute_time_') && !parameters.has('execute_time')) {
      return failed('缺少参数 execute_time_');
    }
    tell({ type: 'report', mch_id: merchant.mch_id, interface_url: parameters.get('interface_url') ?? '' });
    return plain(new Map([['result_code', 'SUCCESS']]));
  };
}

/** Returns whether the report is about one call. A batch has `trades`. */
const isSingle = (parameters: Parameters): boolean => !parameters.has('trades');

const RULES: readonly ParameterRule[] = [
  NONCE_STR,
  { name: 'interface_url', required: always },
  { name: 'user_ip', required: always },
  { name: 'return_code', required: isSingle },
  { name: 'result_code', required: isSingle },
  { name: 'trades', required: never, form: JSON_ARRAY },
  { ...OUT_TRADE_NO, required: never },
];
