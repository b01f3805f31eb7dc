// The four kinds of orders that a payer opens himself: what they answer, and for how long it is good.

import { browserUrl, codeUrl } from '../books/payments.js';
import type { JsonObject } from '../wire/json.js';

/** A kind of orders. */
export interface OrderKind {
  /** The last part of its path. */
  readonly name: 'jsapi' | 'app' | 'h5' | 'native';
  readonly trade_type: string;
  /** How long its answer is good, where that is not two hours. */
  readonly lifeMs?: number;
  readonly answer: (prepay_id: string) => JsonObject;
}

/** The kinds. `JSAPI` is for mini programs and for pages inside WeChat. */
export const ORDER_KINDS: readonly OrderKind[] = [
  { name: 'jsapi', trade_type: 'JSAPI', answer: (prepay_id) => ({ prepay_id }) },
  { name: 'app', trade_type: 'APP', answer: (prepay_id) => ({ prepay_id }) },
  {
    name: 'h5',
    trade_type: 'MWEB',
    lifeMs: 5 * 60 * 1000,
    answer: (prepay_id) => ({ h5_url: browserUrl(prepay_id) }),
  },
  { name: 'native', trade_type: 'NATIVE', answer: (prepay_id) => ({ code_url: codeUrl(prepay_id) }) },
];
