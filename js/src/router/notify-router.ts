// The router of notices for several merchants of both API generations. XML is a notice of APIv2, and JSON is one of APIv3.
import { atCaller } from '../caller.js';
import { configError, WxPayError } from '../errors.js';
import { NOTICE_BYTES, NOTICE_BYTES_V3 } from '../generated/constants.js';
import { type NotifyHandler, notifyHandler } from '../notices/handler.js';
import type { RouterListeners } from '../notices/listeners.js';
import type { NoticeMessage, NoticeReceiver } from '../notices/opener.js';
import * as v2 from '../v2/notice.js';
import type { Kinds as KindsV3 } from '../v3/notice.js';
import { isProbe, replies as repliesV3 } from '../v3/replies.js';
import { idsOfBody, openerV2, type RoutedMerchant } from './members.js';
import { FOREIGN, noMerchant } from './opener-of.js';
import { openerV3, type RoutedMerchantV3 } from './serials.js';

/** A client of either generation. */
type Client = RoutedMerchant | RoutedMerchantV3;

/** One client, several or none. */
type Chosen<Merchant> = Merchant | readonly Merchant[] | null | undefined;

/** What an unverified notice says of its merchant. */
export interface UnverifiedIds {
  /** The app id of a notice of APIv2. It is empty for APIv3, where it is encrypted. */
  readonly appid: string;
  /** The merchant of a notice of APIv2. It is empty for APIv3, where it is encrypted. */
  readonly mch_id: string;
  /** The sub-merchant's app, if a notice of APIv2 names it. */
  readonly sub_appid: string | undefined;
  /** The sub-merchant, if a notice of APIv2 names it. */
  readonly sub_mch_id: string | undefined;
  /** The header `Wechatpay-Serial` of a notice of APIv3. It is empty for APIv2. */
  readonly serial: string;
  /** The path and the query of the request. With a path for each merchant it says which one APIv3 means. */
  readonly url: string;
}

/**
 * Finds the client of a notice, for example in a database. The ids are not verified yet, and anybody can post them: cache a slow
 * look-up. While a key is being changed, return both clients in a list.
 */
export type ChooseMerchant<Merchant = Client> = (ids: UnverifiedIds) => Chosen<Merchant> | Promise<Chosen<Merchant>>;

/** The notices that the listeners of these clients receive. */
export type KindsOf<Merchant> = Merchant extends { readonly mchid: string } ? KindsV3 : v2.Kinds;

/**
 * Returns the handler of several merchants' notices, of APIv2, of APIv3 or of both. For many merchants pass a function that finds
 * the client, not a list.
 *
 * In APIv2 the `appid` and `mch_id` of the body choose the client; for service providers `sub_appid` and `sub_mch_id` too. No key of
 * another merchant is tried. In APIv3 the merchant is encrypted, so the clients are tried in turn. A function receives `serial` and
 * `url`: use a path for each merchant.
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
export const notifyRouter = atCaller(function notifyRouter<Merchant extends Client>(
  merchants: readonly Merchant[] | ChooseMerchant<Merchant>,
  listeners: RouterListeners<KindsOf<Merchant>>,
): NotifyHandler {
  const receiver =
    typeof merchants === 'function' ? received(openedByChoice(merchants), true) : receivedByList(merchants);
  return notifyHandler(receiver, listeners);
});

function receivedByList(merchants: readonly Client[]): NoticeReceiver {
  const { ofV2, ofV3 } = sorted(merchants);
  const open = { xml: openerV2(ofV2), json: openerV3(ofV3) };
  const opened = (message: NoticeMessage) => {
    const isXml = isOfV2(message.body, ofV3.length > 0);
    if ((isXml ? ofV2 : ofV3).length === 0) throw noMerchant(FOREIGN_GENERATION);
    return isXml ? open.xml(message) : open.json(message);
  };
  return received(opened, ofV3.length > 0);
}

function openedByChoice(choose: ChooseMerchant<Client>): NoticeReceiver['open'] {
  return async (message) => {
    const isXml = isOfV2(message.body, true);
    const named = isXml ? idsOfBody(message.body) : NO_IDS;
    const ids = { ...named, serial: isXml ? '' : (message.header('wechatpay-serial') ?? ''), url: pathOf(message.url) };
    const chosen = await asked(choose, ids);
    const merchants = Array.isArray(chosen) ? (chosen as readonly Client[]) : [chosen as Client];
    if (chosen === undefined || chosen === null || merchants.length === 0) throw noMerchant(FOREIGN);
    const { ofV2, ofV3 } = sorted(merchants);
    if ((isXml ? ofV2 : ofV3).length === 0) throw noMerchant(FOREIGN_GENERATION);
    return isXml ? openerV2(ofV2)(message) : openerV3(ofV3)(message);
  };
}

const NO_IDS = { appid: '', mch_id: '', sub_appid: undefined, sub_mch_id: undefined };

const FOREIGN_GENERATION =
  'the notice is of the other API generation than all clients; add a client of APIv2 for XML, or of APIv3 for JSON';

async function asked(choose: ChooseMerchant<Client>, ids: UnverifiedIds): Promise<Chosen<Client>> {
  try {
    return await choose(ids);
  } catch (cause) {
    const message =
      'notifyRouter: the function that finds the client threw, see the cause; WeChat sends the notice again';
    throw new WxPayError({ code: 'ERR_LISTENER', outcome: 'unknown', message, cause });
  }
}

/** The clients by generation. */
function sorted(merchants: readonly Client[]): { ofV2: RoutedMerchant[]; ofV3: RoutedMerchantV3[] } {
  if (!Array.isArray(merchants) || merchants.length === 0)
    throw configError('merchants', 'must be a list of clients, or a function that finds one');
  if ((merchants as readonly Client[]).some((merchant) => typeof merchant?.openNotify !== 'function'))
    throw configError('merchants', 'must be clients; pass objects of WechatPay');
  const isV3 = (merchant: Client): merchant is RoutedMerchantV3 => 'mchid' in merchant;
  const all = merchants as readonly Client[];
  return { ofV2: all.filter((one): one is RoutedMerchant => !isV3(one)), ofV3: all.filter(isV3) };
}

/** Opens with this function, and answers each body in the words of its generation. */
function received(open: NoticeReceiver['open'], hasV3: boolean): NoticeReceiver {
  const inXml = v2.repliesInXml();
  // The generation of a body that was not read is unknown.
  const replies: NoticeReceiver['replies'] = (body = EMPTY, header) =>
    isOfV2(body, hasV3) ? inXml(body, header) : repliesV3;
  return { limit: hasV3 ? NOTICE_BYTES_V3 : NOTICE_BYTES, open, isProbe, replies };
}

const EMPTY = new Uint8Array();
const LESS_THAN = 0x3c;

/** Whether a body is XML. Where APIv3 is possible, everything else counts as JSON, since only its refusals have a status. */
function isOfV2(body: Uint8Array, hasV3: boolean): boolean {
  return !hasV3 || body.find((byte) => byte > 0x20) === LESS_THAN;
}

/** The path and the query of a URL. */
function pathOf(url: string): string {
  if (url.startsWith('/') || !URL.canParse(url)) return url;
  const { pathname, search } = new URL(url);
  return pathname + search;
}
