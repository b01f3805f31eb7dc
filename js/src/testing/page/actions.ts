// The actions of the page by their names, and the body that each of them reads.

import type { ByHand, NoticeChoice, OrderChoice, RefundByHand } from '../by-hand.js';
import type { FaultRates } from '../faults/by-chance.js';
import type { PhoneNumberChoice } from '../mini-program/phone-number.js';
import type { Forgery } from '../notices/forgery.js';
import { decodeUtf8, readBody } from '../wire/body.js';
import type { PageView } from './state.js';

/** The parts of the gateway that the actions need. */
export interface ActionParts extends ByHand, PageView {
  login(who: { appid: string; openid: string }): string;
  phoneCode(who: PhoneNumberChoice): string;
  /** Turns the gateway's clock forward. */
  forward(ms: number): Promise<void>;
  /** Changes one rate of failures. */
  faultRates(rates: FaultRates): void;
  rates(): FaultRates;
  /** Fetches a trade bill: its text, or why there is none. */
  bill(choice: BillChoice): { bill: string } | { errMsg: string };
}

/** The choice of a bill. */
export interface BillChoice {
  mch_id?: string;
  /** `yyyyMMdd` */
  bill_date?: string;
  bill_type?: string;
}

/** The body of an action. Each action reads the members that it needs. */
export type Sent = OrderChoice &
  NoticeChoice &
  RefundByHand &
  BillChoice & {
    forgery?: Forgery;
    appid?: string;
    openid?: string;
    ms?: number;
    name?: string;
    rate?: number;
    id?: number;
    lang?: string;
  };

/** The actions. Each returns the JSON of its answer, and throws where it refuses. */
export function createActions(parts: ActionParts): Readonly<Record<string, (sent: Sent) => unknown>> {
  const languageOf = ({ lang }: Sent) => (lang === 'zh' ? 'zh' : 'en');
  return {
    pay: (sent) => parts.payOrder(sent),
    refuse: (sent) => parts.refuseOrder(sent),
    refund: (sent) => parts.refundOrder(sent, sent),
    resend: (sent) => parts.resendNotice(sent),
    forge: (sent) => parts.forgeNotice(sent, sent.forgery),
    login: (sent) => ({ js_code: parts.login({ appid: sent.appid ?? '', openid: sent.openid ?? '' }) }),
    phoneCode: ({ appid = '' }) => ({ code: parts.phoneCode({ appid }) }),
    async clock({ ms }) {
      await parts.forward(Number(ms));
      return { errMsg: 'clock:ok' };
    },
    fault({ name = '', rate = 0 }) {
      parts.faultRates({ ...parts.rates(), [name]: rate });
      return { errMsg: 'fault:ok' };
    },
    bill: (sent) => parts.bill(sent),
    call: async (sent) => (await parts.call(Number(sent.id), languageOf(sent))) ?? gone(),
    notice: (sent) => parts.notice(Number(sent.id)) ?? gone(),
  };
}

/** Reads the JSON object of an action, or returns undefined for anything else. */
export async function readSent(request: Request): Promise<Sent | undefined> {
  const bytes = await readBody(request.body);
  try {
    const sent: unknown = JSON.parse((bytes && decodeUtf8(bytes)) ?? '');
    return typeof sent === 'object' && sent !== null ? Object.assign(Object.create(null), sent) : undefined;
  } catch {
    return undefined;
  }
}

function gone(): never {
  throw new TypeError('this one is kept no longer; look at a newer one');
}
