// The merchants of APIv2 at a router: the ids in the body choose the client that verifies the notice.
import type { NoticeIds } from '../notices/notice.js';
import { type NoticeMessage, type NoticeOpener, type Opened, opener } from '../notices/opener.js';
import { checkAgreement } from '../notices/stored-order.js';
import { firstOpened, idsOf, type Notice } from '../v2/notice.js';
import { parseXml } from '../v2/xml.js';
import { FOREIGN, mustNameOf, noMerchant, openerOf } from './opener-of.js';

/** The part of a client of APIv2 that the router uses. */
export interface RoutedMerchant {
  readonly appid: string;
  readonly mch_id: string;
  readonly sub_appid: string | undefined;
  readonly sub_mch_id: string | undefined;
  openNotify(body: Uint8Array): Notice;
  readonly [opener]?: OpenerV2;
}

/** It opens without waiting, and has its environments at once. */
type OpenerV2 = NoticeOpener<Opened> & { readonly environments: Opened['environments'] };

/** Returns the function that opens notices with the clients that their ids name. */
export function openerV2(merchants: readonly RoutedMerchant[]): (message: NoticeMessage) => Opened {
  const groups = grouped(merchants);
  return (message) => routed(memberOf(groups, idsOfBody(message.body)), message);
}

/** The ids of a body. Nothing of them is verified. */
export const idsOfBody = (body: Uint8Array) => idsOf(parseXml(body));

/** The clients of one merchant, or of one of its sub-merchants. */
interface Member {
  sub_appid: string | undefined;
  sub_mch_id: string | undefined;
  openers: OpenerV2[];
}

function routed({ openers }: Member, message: NoticeMessage): Opened {
  return firstOpened(openers, (one) => {
    const opened = one.open(message);
    return { ...opened, mustName: mustNameOf(opened.notice), environments: environmentsOf(openers, one) };
  });
}

/** Clients of one merchant share deliveries, whichever key they have. A sandbox and production never share deliveries. */
function environmentsOf(openers: readonly OpenerV2[], { environment }: OpenerV2): string[] {
  const same = openers.filter((other) => other.environment === environment);
  return [...new Set(same.flatMap(({ environments }) => environments))];
}

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

/** A client without a sub-merchant receives the notices of all sub-merchants. */
const allows = (own: string | undefined, sent: string | undefined) => !own || !sent || own === sent;

const likeness = (own: string | undefined, sent: string | undefined) => (own === undefined ? 0 : own === sent ? 1 : -1);

/** Members by `appid` and `mch_id`. */
type Groups = ReadonlyMap<string, Member[]>;

function grouped(merchants: readonly RoutedMerchant[]): Groups {
  const groups = new Map<string, Member[]>();
  for (const merchant of merchants) {
    const { appid, mch_id, sub_appid, sub_mch_id } = merchant;
    const group = groups.get(`${appid} ${mch_id}`) ?? [];
    const same = group.find((other) => other.sub_appid === sub_appid && other.sub_mch_id === sub_mch_id);
    const own = openerOf(merchant) ?? wrapped(merchant);
    if (same) same.openers.push(own);
    else group.push({ sub_appid, sub_mch_id, openers: [own] });
    groups.set(`${appid} ${mch_id}`, group);
  }
  return groups;
}

/** The opener of a merchant that is not a `WechatPay`, such as a wrapper around one. */
function wrapped(merchant: RoutedMerchant): OpenerV2 {
  const environments = [''];
  return {
    environment: '',
    environments,
    open({ body }) {
      const notice = merchant.openNotify(body);
      return {
        notice,
        repeatId: notice.fields.nonce_str ?? '',
        environments,
        mustName: [],
        checkOrder: (order) => checkAgreement(notice, order, merchant.sub_mch_id),
      };
    },
  };
}
