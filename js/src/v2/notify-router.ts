// Notices of several merchants in one process: the ids in the body choose the merchant, and that merchant alone judges it.
import { atCaller } from '../caller.js';
import { configError, WxPayError } from '../errors.js';
import { type NotifyHandler, notifyHandler } from '../notices/handler.js';
import type { RouterListeners } from '../notices/listeners.js';
import type { Notice, NoticeIds } from '../notices/notice.js';
import { type NoticeOpener, type NoticeReceiver, type Opened, opener } from '../notices/opener.js';
import { checkAgreement } from '../notices/stored-order.js';
import { firstOpened, idsOf, receiver } from './notice.js';
import { parseXml } from './xml.js';

/** What the router needs of a client. */
export interface RoutedMerchant {
  readonly appid: string;
  readonly mch_id: string;
  readonly sub_appid: string | undefined;
  readonly sub_mch_id: string | undefined;
  openNotify(body: Uint8Array): Notice;
  readonly [opener]?: NoticeOpener;
}

/** Some clients, or none. */
type Chosen = RoutedMerchant | readonly RoutedMerchant[] | null | undefined;

/**
 * Finds the client of a notice, for example in a database. Nothing of the ids is verified yet: anybody can post them, so cache what is
 * slow to find. While a key is being changed, return both clients in a list.
 */
export type ChooseMerchant = (ids: NoticeIds) => Chosen | Promise<Chosen>;

/**
 * The handler of several merchants' notices. The `appid` and `mch_id` of the body (for service providers `sub_appid` and `sub_mch_id`
 * too) choose the client, which then judges as if it were alone: no key of another merchant is tried. Many merchants are not listed but
 * found by a function.
 *
 * Two merchants may use the same `out_trade_no`. So `findOrder` must look orders up by `mch_id` too (for a sub-merchant by `sub_mch_id`),
 * and return them with it: an order without it is refused, and one of another merchant as well.
 *
 * Several clients of one merchant, with an old and a new key or way of signing, are tried one after the other.
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

/** The clients of one merchant, or of one of his sub-merchants. */
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

/** A delivery under the old key is a delivery under the new one too. A sandbox and production never share deliveries. */
function environmentsOf(openers: readonly NoticeOpener[], { environment }: NoticeOpener): string[] {
  const same = openers.filter((other) => other.environment === environment);
  return [...new Set(same.flatMap(({ environments }) => environments))];
}

const MERCHANT = ['mch_id'] as const;
const SUB_MERCHANT = ['mch_id', 'sub_mch_id'] as const;

/** The member that the ids name. They are not trusted: who claims to be another is judged with the other's key. */
function memberOf(groups: Groups, { appid, mch_id, sub_appid, sub_mch_id }: NoticeIds): Member {
  const members = (groups.get(`${appid} ${mch_id}`) ?? []).filter(
    (member) => allows(member.sub_appid, sub_appid) && allows(member.sub_mch_id, sub_mch_id),
  );
  // The most particular one: it names what the notice names. An id that the notice leaves out contradicts nothing.
  const rank = (member: Member) => 2 * likeness(member.sub_mch_id, sub_mch_id) + likeness(member.sub_appid, sub_appid);
  const [best, next] = members.sort((one, other) => rank(other) - rank(one));
  if (best === undefined) throw noMerchant(FOREIGN);
  if (next === undefined || rank(best) > rank(next)) return best;
  throw noMerchant(
    'the notice names no sub-merchant, and several clients may be meant; add a client without sub_mch_id',
  );
}

const FOREIGN = 'no client is for this notice; compare its appid and mch_id with those of the clients';

function noMerchant(message: string): WxPayError {
  return new WxPayError({ code: 'ERR_MISMATCH', outcome: 'unknown', message, field: 'mch_id' });
}

/** A client that names no sub-merchant receives for all of them. */
const allows = (own: string | undefined, said: string | undefined) => !own || !said || own === said;

const likeness = (own: string | undefined, said: string | undefined) => (own === undefined ? 0 : own === said ? 1 : -1);

type Groups = ReadonlyMap<string, Member[]>;

/** By `appid` and `mch_id`. */
function grouped(merchants: readonly RoutedMerchant[]): Groups {
  if (!Array.isArray(merchants) || merchants.length === 0)
    throw configError('merchants', 'must be a list of clients, or a function that finds one');
  const groups = new Map<string, Member[]>();
  for (const merchant of merchants as readonly RoutedMerchant[]) {
    if (typeof merchant?.openNotify !== 'function') throw configError('merchants', 'must be clients (WechatPay)');
    const { appid, mch_id, sub_appid, sub_mch_id } = merchant;
    const group = groups.get(`${appid} ${mch_id}`) ?? [];
    const same = group.find((other) => other.sub_appid === sub_appid && other.sub_mch_id === sub_mch_id);
    const own = merchant[opener] ?? openerOf(merchant);
    if (same) same.openers.push(own);
    else group.push({ sub_appid, sub_mch_id, openers: [own] });
    groups.set(`${appid} ${mch_id}`, group);
  }
  return groups;
}

/** What opens the notices of a merchant that is no client of ours, such as a wrapper around one. */
function openerOf(merchant: RoutedMerchant): NoticeOpener {
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
