// The merchants of APIv3 at a router. The merchant is inside the cipher, so each client tries the notice with its own keys.
import { WxPayError } from '../errors.js';
import { type NoticeMessage, type NoticeOpener, type Opened, opener } from '../notices/opener.js';
import { checkAgreement } from '../notices/stored-order.js';
import type { NoticeMessage as MessageV3, Notice } from '../v3/notice.js';
import { mustNameOf, openerOf } from './opener-of.js';

/** The part of a client of APIv3 that the router uses. */
export interface RoutedMerchantV3 {
  readonly appid: string;
  readonly mchid: string;
  openNotify(message: MessageV3): Promise<Notice>;
  readonly [opener]?: NoticeOpener<Promise<Opened>>;
}

/** A client at the router. */
interface Member {
  mchid: string;
  opener: NoticeOpener;
}

/**
 * Returns the function that opens notices with the first client that accepts them. Each client checks WeChat's signature, decrypts, and
 * compares the merchant and the app. So it accepts its own notices alone.
 */
export function openerV3(merchants: readonly RoutedMerchantV3[]): (message: NoticeMessage) => Promise<Opened> {
  const members = merchants.map((merchant) => ({
    mchid: merchant.mchid,
    opener: openerOf(merchant) ?? wrapped(merchant),
  }));
  return async (message) => {
    let refused: unknown;
    for (const member of members) {
      try {
        const opened = await member.opener.open(message);
        return { ...opened, mustName: mustNameOf(opened.notice), environments: await environmentsOf(members, member) };
      } catch (error) {
        const stage = stageOf(error);
        if (stage === undefined) throw error;
        if (refused === undefined || stage > (stageOf(refused) ?? 0)) refused = error;
      }
    }
    throw refused;
  };
}

/** How far a notice came before another client may have to open it. Undefined for an error that every client would report. */
function stageOf(error: unknown): number | undefined {
  if (!(error instanceof WxPayError)) return undefined;
  const stage = ['ERR_SIGNATURE', 'ERR_DECRYPT', 'ERR_MISMATCH'].indexOf(error.code);
  // An unknown serial comes before a wrong signature.
  return stage < 0 ? undefined : error.field === 'Wechatpay-Serial' ? 0 : stage + 1;
}

/** Clients of one merchant share deliveries, whichever key they have. A gateway and production never share deliveries. */
async function environmentsOf(members: readonly Member[], { mchid, opener }: Member): Promise<string[]> {
  const same = members.filter((other) => other.mchid === mchid && other.opener.environment === opener.environment);
  const all = await Promise.all(same.map((member) => member.opener.environments));
  return [...new Set(all.flat())];
}

/** The opener of a merchant that is not a `WechatPay`, such as a wrapper around one. */
function wrapped(merchant: RoutedMerchantV3): NoticeOpener {
  const environments = [''];
  return {
    environment: '',
    environments,
    async open({ header, body }) {
      const notice = await merchant.openNotify({ headers: { get: header }, body });
      const { id = '' } = notice.event;
      return {
        notice,
        repeatId: String(id),
        environments,
        mustName: [],
        checkOrder: (order) => checkAgreement(notice, order, undefined),
      };
    },
  };
}
