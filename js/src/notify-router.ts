// Notices of several merchants in one process: whose it is says the body, and that merchant alone judges it.
import { configError, WxPayError } from './errors.js';
import type { NoticeOpener } from './notify-delivery.js';
import { type NotifyHandler, notifyHandler } from './notify-handler.js';
import type { NotifyListeners } from './notify-listeners.js';
import { parseXml } from './xml.js';

/** What the router needs of a client. */
export interface RoutedMerchant extends NoticeOpener {
  readonly appid: string;
  readonly mch_id: string;
  readonly sub_appid: string | undefined;
  readonly sub_mch_id: string | undefined;
}

/**
 * The handler of several merchants' notices. The `appid` and `mch_id` of the body (for service providers `sub_appid` and `sub_mch_id`
 * too) pick the client, which then judges as if it were alone: no key is tried on a notice that names somebody else.
 */
export function notifyRouter(merchants: readonly RoutedMerchant[], listeners: NotifyListeners): NotifyHandler {
  const groups = grouped(merchants);
  const pick = (body: Uint8Array) => {
    // Nothing of this is trusted: who claims to be another is judged with the other's key.
    const { appid, mch_id, sub_appid, sub_mch_id } = parseXml(body);
    const merchant = groups
      .get(`${appid} ${mch_id}`)
      ?.find((own) => allows(own.sub_appid, sub_appid) && allows(own.sub_mch_id, sub_mch_id));
    if (merchant) return merchant;
    throw new WxPayError({
      code: 'ERR_MISMATCH',
      outcome: 'unknown',
      message: 'the notice is for none of the merchants; compare its appid and mch_id with theirs',
      field: 'mch_id',
    });
  };
  return notifyHandler({ openNotify: (body, ...stored) => pick(body).openNotify(body, ...stored) }, listeners);
}

/** A client that names no sub-merchant receives for all of them. */
const allows = (own: string | undefined, said: string | undefined) => own === undefined || own === said;

/** By `appid` and `mch_id`; in a group the more particular ones first. */
function grouped(merchants: readonly RoutedMerchant[]): Map<string, RoutedMerchant[]> {
  if (!Array.isArray(merchants) || merchants.length === 0) throw configError('merchants', 'must be a list of clients');
  const groups = new Map<string, RoutedMerchant[]>();
  for (const merchant of merchants) {
    if (typeof merchant?.openNotify !== 'function') throw configError('merchants', 'must be clients (WechatPay)');
    const { appid, mch_id, sub_appid, sub_mch_id } = merchant;
    const group = groups.get(`${appid} ${mch_id}`) ?? [];
    if (group.some((other) => other.sub_appid === sub_appid && other.sub_mch_id === sub_mch_id)) {
      throw configError('merchants', `two of them are ${appid} ${mch_id}, and one notice cannot be for both`);
    }
    group.push(merchant);
    groups.set(`${appid} ${mch_id}`, group);
  }
  const named = ({ sub_appid, sub_mch_id }: RoutedMerchant) =>
    (sub_mch_id === undefined ? 0 : 2) + (sub_appid === undefined ? 0 : 1);
  for (const group of groups.values()) group.sort((one, other) => named(other) - named(one));
  return groups;
}
