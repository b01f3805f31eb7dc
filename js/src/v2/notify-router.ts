// The router of notices for several merchants. The ids in the body choose the client that verifies it.
import { atCaller } from '../caller.js';
import { configError, WxPayError } from '../errors.js';
import { type NotifyHandler, notifyHandler } from '../notices/handler.js';
import type { RouterListeners } from '../notices/listeners.js';
import type { Notice, NoticeIds } from '../notices/notice.js';
import { type NoticeOpener, type NoticeReceiver, type Opened, opener } from '../notices/opener.js';
import { checkAgreement } from '../notices/stored-order.js';
import { firstOpened, idsOf, receiver } from './notice.js';
import { parseXml } from './xml.js';

/** The part of a client that the router uses. */
export interface RoutedMerchant {
  readonly appid: string;
  readonly mch_id: string;
  readonly sub_appid: string | undefined;
  readonly sub_mch_id: string | undefined;
  openNotify(body: Uint8Array): Notice;
  readonly [opener]?: NoticeOpener;
}

/** One client, several or none. */
type Chosen = RoutedMerchant | readonly RoutedMerchant[] | null | undefined;

/**
 * Finds the client of a notice, for example in a database. The ids are not verified yet, and anybody can post them: cache a slow
 * look-up. While a key is being changed, return both clients in a list.
 */
export type ChooseMerchant = (ids: NoticeIds) => Chosen | Promise<Chosen>;

/**
 * Returns the handler of several merchants' notices. The `appid` and `mch_id` of the body choose the client; for service
 * providers `sub_appid` and `sub_mch_id` too. Only that client verifies the notice: no key of another merchant is tried.
 * For many merchants pass a function that finds the client, not a list.
 *
 * Two merchants may use the same `out_trade_no`. So `findOrder` must look orders up by `mch_id` too, and for a sub-merchant by
 * `sub_mch_id`. The order must have these ids: an order without them, or of another merchant, is refused.
 *
 * One merchant may have several clients, with an old and a new key or sign type. They are tried in turn.
 *
 * @example
 * ```js
 * notifyRouter(async ({ mch_id }) => clients.get(mch_id) ?? (await loadClient(mch_id)), { findOrder, onPaid })
 * ```
 */
export const notifyRouter = atCaller(function notifyRouter(
  merchants: readonly RoutedMerchant[] | ChooseMerchant,
  listeners: RouterListeners,
): NotifyHandler {
  if (typeof merchants === 'function') return notifyHandler(receiver(openedByChoice(merchants)), listeners);
  const groups = grouped(merchants);
  const open = (body: Uint8Array) => routed(memberOf(groups, idsOf(parseXml(body))), body);
  return notifyHandler(receiver(open), listeners);
});

function openedByChoice(choose: ChooseMerchant): NoticeReceiver['open'] {
  return async (body) => {
    const ids = idsOf(parseXml(body));
    const chosen = await asked(choose, ids);
    const merchants = Array.isArray(chosen) ? (chosen as readonly RoutedMerchant[]) : [chosen as RoutedMerchant];
    if (chosen === undefined || chosen === null || merchants.length === 0) throw noMerchant(FOREIGN);
    return routed(memberOf(grouped(merchants), ids), body);
  };
}

async function asked(choose: ChooseMerchant, ids: NoticeIds): Promise<Chosen> {
  try {
    return await choose(ids);
  } catch (cause) {
    const message =
      'notifyRouter: the function that finds the client threw, see the cause; WeChat sends the notice again';
    throw new WxPayError({ code: 'ERR_LISTENER', outcome: 'unknown', message, cause });
  }
}

/** The clients of one merchant, or of one of its sub-merchants. */
interface Member {
  sub_appid: string | undefined;
  sub_mch_id: string | undefined;
  openers: NoticeOpener[];
}

function routed({ openers }: Member, body: Uint8Array): Opened {
  return firstOpened(openers, (one) => {
    const opened = one.open(body);
    const mustName = opened.notice.sub_mch_id === undefined ? MERCHANT : SUB_MERCHANT;
    return { ...opened, mustName, environments: environmentsOf(openers, one) };
  });
}

/** Clients of one merchant share deliveries, whichever key they have. A sandbox and production never share deliveries. */
function environmentsOf(openers: readonly NoticeOpener[], { environment }: NoticeOpener): string[] {
  const same = openers.filter((other) => other.environment === environment);
  return [...new Set(same.flatMap(({ environments }) => environments))];
}

const MERCHANT = ['mch_id'] as const;
const SUB_MERCHANT = ['mch_id', 'sub_mch_id'] as const;

/** Returns the member that the ids name. A notice with another merchant's ids is verified with that merchant's key, and fails. */
function memberOf(groups: Groups, { appid, mch_id, sub_appid, sub_mch_id }: NoticeIds): Member {
  const members = (groups.get(`${appid} ${mch_id}`) ?? []).filter(
    (member) => allows(member.sub_appid, sub_appid) && allows(member.sub_mch_id, sub_mch_id),
  );
  // The best member names the same sub-merchant as the notice. A member also fits if the notice lacks an id.
  const rank = (member: Member) => 2 * likeness(member.sub_mch_id, sub_mch_id) + likeness(member.sub_appid, sub_appid);
  const [best, next] = members.sort((one, other) => rank(other) - rank(one));
  if (best === undefined) throw noMerchant(FOREIGN);
  if (next === undefined || rank(best) > rank(next)) return best;
  throw noMerchant('the notice names no sub-merchant, and several clients fit; add a client without sub_mch_id');
}

const FOREIGN = 'no client is for this notice; compare its appid and mch_id with those of the clients';

function noMerchant(message: string): WxPayError {
  return new WxPayError({ code: 'ERR_MISMATCH', outcome: 'unknown', message, field: 'mch_id' });
}

/** A client without a sub-merchant receives the notices of all sub-merchants. */
const allows = (own: string | undefined, sent: string | undefined) => !own || !sent || own === sent;

const likeness = (own: string | undefined, sent: string | undefined) => (own === undefined ? 0 : own === sent ? 1 : -1);

type Groups = ReadonlyMap<string, Member[]>;

/** Members by `appid` and `mch_id`. */
function grouped(merchants: readonly RoutedMerchant[]): Groups {
  if (!Array.isArray(merchants) || merchants.length === 0)
    throw configError('merchants', 'must be a list of clients, or a function that finds one');
  const groups = new Map<string, Member[]>();
  for (const merchant of merchants as readonly RoutedMerchant[]) {
    if (typeof merchant?.openNotify !== 'function')
      throw configError('merchants', 'must be clients; pass objects of WechatPay');
    const { appid, mch_id, sub_appid, sub_mch_id } = merchant;
    const group = groups.get(`${appid} ${mch_id}`) ?? [];
    const same = group.find((other) => other.sub_appid === sub_appid && other.sub_mch_id === sub_mch_id);
    const own = openerOf(merchant);
    if (same) same.openers.push(own);
    else group.push({ sub_appid, sub_mch_id, openers: [own] });
    groups.set(`${appid} ${mch_id}`, group);
  }
  return groups;
}

/** The opener of a client. A copy or a Proxy of a client lacks its private members. */
function openerOf(merchant: RoutedMerchant): NoticeOpener {
  try {
    return merchant[opener] ?? wrapped(merchant);
  } catch {
    throw configError('merchants', 'must be the clients themselves (WechatPay), not a Proxy or a copy of one');
  }
}

/** The opener of a merchant that is not a `WechatPay`, such as a wrapper around one. */
function wrapped(merchant: RoutedMerchant): NoticeOpener {
  const environments = [''];
  return {
    environment: '',
    environments,
    open(body) {
      const notice = merchant.openNotify(body);
      return {
        notice,
        environments,
        mustName: [],
        checkOrder: (order) => checkAgreement(notice, order, merchant.sub_mch_id),
      };
    },
  };
}
