// 拉取订单评价数据: /billcommentsp/batchquerycomment (manual: 拉取订单评价数据), HMAC-SHA256 only; nothing is signed.

import { dayMonthsAgo, KEPT_MONTHS } from '../books/bill-day.js';
import type { OrderBook } from '../books/orders.js';
import type { Tell } from '../events.js';
import { formatBeijingDateTime, formatBeijingTime, parseBeijingTime } from '../wire/beijing-time.js';
import type { Clock } from '../wire/clock.js';
import { file, plainlyRefused } from './outcome.js';
import { always, checkParameters, formOf, NONCE_STR, never, OFFSET, type ParameterRule, TIME } from './parameters.js';
import type { PayEndpoint } from './pay-api.js';

/** A payer's comment on a paid order. */
export interface OrderComment {
  transaction_id: string;
  /** 1 to 5. */
  stars: number;
  /** Any text, with commas and line breaks too. */
  comment: string;
}

/** The comments, and the call that fetches them. */
export interface CommentDesk {
  /** Adds a comment with the time now. Throws a TypeError without a paid order of this number, or for wrong stars. */
  comment(comment: OrderComment): void;
  readonly endpoint: PayEndpoint;
}

/** Makes the desk, without comments. */
export function createCommentDesk(parts: {
  readonly orders: OrderBook;
  readonly clock: Clock;
  readonly tell: Tell;
}): CommentDesk {
  const { orders, clock, tell } = parts;
  // All merchants share one list, so that the offsets of one merchant have gaps, as real ones do.
  const all: (OrderComment & { readonly mch_id: string; readonly timeMs: number })[] = [];

  return {
    comment({ transaction_id, stars, comment }) {
      const order = orders.findPaid(transaction_id);
      if (order === undefined) throw new TypeError('comment: no paid order has this transaction_id');
      if (!Number.isInteger(stars) || stars < 1 || stars > 5) throw new TypeError('comment: stars must be 1 to 5');
      all.push({ mch_id: order.merchant.mch_id, timeMs: clock.now(), transaction_id, stars, comment: String(comment) });
    },
    endpoint({ merchant, parameters }) {
      const problem = checkParameters(parameters, RULES);
      if (problem?.kind === 'refused') return plainlyRefused(problem.err_code, problem.err_code_des);
      if (problem !== undefined) return problem;
      const begin_time = parameters.get('begin_time') ?? '';
      const fromMs = parseBeijingTime(begin_time) ?? 0;
      const toMs = parseBeijingTime(parameters.get('end_time') ?? '') ?? 0;
      if (toMs < fromMs) return plainlyRefused('PARAM_ERROR', 'end_time 参数错误：应不早于 begin_time');
      if (begin_time.slice(0, 8) < dayMonthsAgo(clock.now(), KEPT_MONTHS)) {
        return plainlyRefused('TIME_EXPIRE', '拉取的时间超过 3 个月');
      }
      const offset = Number(parameters.get('offset'));
      const found = [...all.entries()]
        .slice(offset)
        .filter(([, { mch_id, timeMs }]) => mch_id === merchant.mch_id && inSeconds(timeMs, fromMs, toMs))
        .slice(0, Number(parameters.get('limit') ?? MOST_ROWS));
      tell({ type: 'comments', mch_id: merchant.mch_id, rows: found.length });
      const last = found.at(-1);
      if (last === undefined) return plainlyRefused('NO_COMMENT', '对应的时间段没有用户的评论数据');
      const lines = found.map(
        ([, { timeMs, transaction_id, stars, comment }]) =>
          `\`${formatBeijingDateTime(timeMs)},\`${transaction_id},\`${stars},\`${comment}`,
      );
      return file([String(last[0] + 1), ...lines].join('\n'), undefined);
    },
  };
}

/** Both ends are included, in whole seconds. */
function inSeconds(timeMs: number, fromMs: number, toMs: number): boolean {
  const secondMs = parseBeijingTime(formatBeijingTime(timeMs)) ?? 0;
  return secondMs >= fromMs && secondMs <= toMs;
}

/** An answer has 200 comments at most (manual: 拉取订单评价数据, limit). */
const MOST_ROWS = 200;

const RULES: readonly ParameterRule[] = [
  NONCE_STR,
  { name: 'begin_time', required: always, form: TIME },
  { name: 'end_time', required: always, form: TIME },
  { name: 'offset', required: always, form: OFFSET },
  {
    name: 'limit',
    required: never,
    form: formOf(
      (value) => /^[1-9]\d{0,2}$/.test(value) && Number(value) <= MOST_ROWS,
      `应为 1 到 ${MOST_ROWS} 的整数`,
    ),
  },
];
