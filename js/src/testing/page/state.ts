// The state of the gateway for its page, without secrets and without bodies, which the page fetches one by one.

import type { KeyPhase } from '../books/key-phases.js';
import type { Merchant } from '../books/merchants.js';
import type { OrderRecord } from '../books/orders.js';
import type { RefundRecord } from '../books/refunds.js';
import type { ExchangeSummary, Exchanges } from '../exchanges.js';
import type { FaultRates } from '../faults/by-chance.js';
import type { Mask } from '../masks.js';
import type { NoticeAttempt, NoticeRecord } from '../notices/desk.js';

/** The state that the page shows. */
export interface PageState {
  /** The gateway's clock, in milliseconds since 1970-01-01 UTC. */
  nowMs: number;
  seed: string | number;
  /** The mini programs for the log-in. */
  appids: string[];
  /** Each pair, and which generations it has a key for. */
  merchants: PageMerchant[];
  /** The shares of failures by chance. */
  faults: FaultRates;
  /** The newest first, as in the lists below. */
  orders: OrderRecord[];
  refunds: RefundRecord[];
  notices: PageNotice[];
  /** The calls of both generations and of the log-in. */
  calls: ExchangeSummary[];
  /** The key phase of each merchant number with an APIv3 key. */
  phases: Record<string, KeyPhase>;
}

/** A merchant without its keys. */
export interface PageMerchant {
  appid: string;
  mch_id: string;
  v2: boolean;
  v3: boolean;
}

/** A notice in the list. */
export interface PageNotice extends Omit<NoticeRecord, 'body' | 'attempts'> {
  id: number;
  attempts: Omit<NoticeAttempt, 'headers' | 'answer'>[];
}

/** The texts of a notice, without secrets. */
export interface NoticeTexts {
  body: string;
  /** The headers of the last attempt, where they have the signature, and the beginning of its reply. */
  last?: Pick<NoticeAttempt, 'headers' | 'answer'>;
}

/** The parts of the gateway that its state has. */
export interface StateParts {
  readonly now: () => number;
  readonly seed: string | number;
  readonly appids: () => Iterable<string>;
  readonly merchants: readonly Merchant[];
  readonly rates: () => FaultRates;
  readonly orders: () => OrderRecord[];
  readonly refunds: () => RefundRecord[];
  readonly notices: () => NoticeRecord[];
  readonly phases: () => Record<string, KeyPhase>;
  readonly exchanges: Exchanges;
  readonly mask: Mask;
}

/** What the page reads. */
export interface PageView {
  state(): Promise<PageState>;
  /** Returns the texts of a notice, or undefined for an unknown id. */
  notice(id: number): NoticeTexts | undefined;
  call: Exchanges['find'];
}

/** Makes it. */
export function createView(parts: StateParts): PageView {
  const { exchanges, mask } = parts;
  return {
    async state() {
      const notices = parts.notices().map(({ body: _, attempts, ...notice }, id) => ({
        ...notice,
        id,
        attempts: attempts.map(({ headers: _, answer: __, ...attempt }) => attempt),
      }));
      return {
        nowMs: parts.now(),
        seed: parts.seed,
        appids: [...parts.appids()],
        merchants: parts.merchants.map(({ appid, mch_id, hasKey, apiV3Key }) => ({
          ...{ appid, mch_id, v2: hasKey, v3: apiV3Key !== undefined },
        })),
        faults: parts.rates(),
        orders: newest(parts.orders()),
        refunds: newest(parts.refunds()),
        notices: newest(notices),
        calls: await exchanges.all(),
        phases: parts.phases(),
      };
    },
    notice(id) {
      const found = parts.notices()[id];
      if (found === undefined) return undefined;
      const { headers, answer } = found.attempts.at(-1) ?? {};
      return {
        body: mask(found.body),
        last: { ...(headers && { headers }), ...(answer !== undefined && { answer: mask(answer) }) },
      };
    },
    call: (id, lang) => exchanges.find(id, lang),
  };
}

/** Returns the latest 200, the newest first. */
function newest<Item>(items: readonly Item[]): Item[] {
  return items.slice(-200).reverse();
}
