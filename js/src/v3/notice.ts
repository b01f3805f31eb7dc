// Notices of APIv3: verified, decrypted, and judged against the shop's own order.
import { BEIJING_MS } from '../beijing.js';
import { paramError, WxPayError } from '../errors.js';
import type { Order, RefundRecord } from '../generated/api-v3.js';
import { NOTICE_BYTES_V3 } from '../generated/constants.js';
import { parseJson } from '../json.js';
import type { Listeners } from '../notices/listeners.js';
import type { AnyCombined, AnyEvent, AnyPaid, AnyPayment, AnyRefund, NoticeKinds } from '../notices/notice.js';
import { checkEnvelope, readResource, refuseCipher } from '../wasm/v3.js';
import type { MerchantIds, ResourceKind, SignatureHead } from '../wasm/v3-data.js';
import { type HeadersLike, headOf } from './head.js';
import { crypto, type Encrypted } from './host.js';
import type { WechatpayKeys } from './keys.js';
import { withNoticeReason } from './reasons.js';
import { step, withErrors } from './step.js';

/** A notice as a server received it. */
export interface NoticeMessage {
  /** `Headers`, a record, pairs, or the `rawHeaders` of Node. */
  headers: HeadersLike;
  /** The raw bytes, or the untouched text. */
  body: string | Uint8Array | ArrayBuffer;
}

/** What every notice of APIv3 has. */
interface Whole {
  /** The envelope: `id`, `create_time`, `event_type`, `summary` and more. Its `resource` is encrypted. */
  readonly event: Readonly<Record<string, unknown>>;
  /** The decrypted resource, unknown members included. */
  readonly resource: Readonly<Record<string, unknown>>;
}

/** A payment (支付成功回调通知). Members that APIv2 has too have the same names and units; WeChat's own are in `resource`. */
export interface PaymentNotice extends AnyPayment, Whole {
  /** The payer in the sub-merchant's mini program (service providers). `openid` is the payer in the provider's own one, if it is known. */
  readonly sub_openid: string | undefined;
  /** How it was paid. */
  trade_type: Order['trade_type'];
}

/** The notice of a payment that succeeded. */
export interface PaidNotice extends AnyPaid, Whole {
  /** As in `PaymentNotice`. */
  readonly sub_openid: string | undefined;
  /** As in `PaymentNotice`. */
  trade_type: Order['trade_type'];
}

/**
 * A refund (退款结果回调通知). Its `refund_status` is `SUCCESS`, `CLOSED` or `ABNORMAL` (the payer's card is void). Members that APIv2
 * has too have the same names and units; WeChat's own are in `resource`.
 */
export interface RefundNotice extends AnyRefund, Whole {
  /** `SUCCESS`, `ABNORMAL` (the payer's card is void: refund by other means) or `CLOSED`. */
  refund_status: RefundRecord['status'];
}

/** One order of a combined payment. Its own names of WeChat are in `resource.sub_orders`. */
export interface PaidPart {
  /** The merchant that gets the money, or the service provider of `sub_mch_id`. */
  readonly mch_id: string;
  /** The sub-merchant that gets the money. */
  readonly sub_mch_id: string | undefined;
  /** The shop's number of this order. */
  readonly out_trade_no: string;
  /** WeChat's number of this payment. A refund needs it, or `out_trade_no`. */
  readonly transaction_id: string;
  /** The amount of this order, in fen. */
  readonly total_fee: number;
  /** The `attach` of this order. */
  readonly attach: string | undefined;
}

/** A combined payment (合单支付): every order of it is paid. */
export interface CombinedNotice extends AnyCombined, Whole {
  /** Its orders. */
  readonly sub_orders: readonly PaidPart[];
}

/** Another event: genuine, and never a payment. */
export interface OtherNotice extends AnyEvent, Whole {}

/** A genuine notice. */
export type Notice = PaymentNotice | RefundNotice | CombinedNotice | OtherNotice;

/** The notices that listeners of APIv3 receive. */
export interface Kinds extends NoticeKinds {
  paid: PaidNotice;
  refund: RefundNotice;
  failed: PaymentNotice;
  combined: CombinedNotice;
  event: OtherNotice;
}

/** The listeners of a client's `notifyHandler`. */
export interface NotifyListeners extends Listeners<Kinds> {}

/** What opens notices. */
export interface NoticeKeys {
  merchant: MerchantIds;
  apiV3Keys: readonly string[];
  keys: WechatpayKeys;
}

/**
 * Opens a notice: headers, time, key, signature, JSON, cipher, ids and form, in this order. It returns no promise where the host's
 * cryptography returns none.
 */
export function openNotice(
  head: SignatureHead,
  body: Uint8Array,
  { merchant, apiV3Keys, keys }: NoticeKeys,
): Notice | Promise<Notice> {
  if (body.length > NOTICE_BYTES_V3) throw tooLarge(body.length);
  const refused = (error: unknown) => withNoticeReason(error, head, body, { apiV3Keys, keys });
  return withErrors(() => opened(head, body, { merchant, apiV3Keys, keys }), refused);
}

function opened(
  head: SignatureHead,
  body: Uint8Array,
  { merchant, apiV3Keys, keys }: NoticeKeys,
): Notice | Promise<Notice> {
  const what = body[0] === LESS_THAN ? NOTICE_IN_XML : 'the notice';
  return step(keys.verify(what, head, body), () => {
    checkEnvelope(body);
    // The core has checked both texts: each has one meaning.
    const event = parsed(body);
    return step(decrypted(encrypted(event), apiV3Keys), (plain) => {
      const kind = readResource(event.event_type as string, plain, merchant);
      return noticeOf(kind, event, parsed(plain), merchant);
    });
  });
}

/** Its hash would take the time of many notices. */
const tooLarge = (bytes: number) =>
  new WxPayError({
    code: 'ERR_JSON',
    outcome: 'unknown',
    message: `the notice has ${bytes} bytes, more than ${NOTICE_BYTES_V3}; it is not from WeChat Pay`,
  });

const LESS_THAN = 0x3c;
/** WeChat reports a refund of APIv3 without a `notify_url` in this way. */
const NOTICE_IN_XML = 'the notice (XML, as of APIv2; add a client of APIv2 with notifyRouter)';

/** The signature headers and the bytes of a message. Throws `ERR_PARAM` for a body that is neither bytes nor text. */
export function readMessage(message: NoticeMessage): { head: SignatureHead; body: Uint8Array } {
  if (typeof message !== 'object' || message === null) throw paramError('message', 'must be { headers, body }');
  const body = bytesOf(message.body);
  try {
    return { head: headOf(message.headers), body };
  } catch {
    throw paramError('headers', 'cannot be read; pass the headers of the request as they came');
  }
}

/** The encrypted part of an envelope that is checked. Its additional data may be absent. */
function encrypted({ resource }: Record<string, unknown>): Encrypted {
  const { nonce, ciphertext, associated_data: given } = resource as Encrypted & { associated_data: unknown };
  return { nonce, ciphertext, associated_data: typeof given === 'string' ? given : '' };
}

function decrypted(envelope: Encrypted, [key, ...others]: readonly string[]): Uint8Array | Promise<Uint8Array> {
  if (key === undefined) return refuseCipher();
  return step(crypto().decrypt(key, envelope), (plain) => plain ?? decrypted(envelope, others));
}

/** Each kind is one literal: to spread the members of two objects takes longer than to read them. */
function noticeOf(
  kind: ResourceKind,
  event: Record<string, unknown>,
  resource: Record<string, unknown>,
  { mchid }: MerchantIds,
): Notice {
  const appid = text(resource, 'appid') ?? text(resource, 'sp_appid') ?? text(resource, 'combine_appid');
  const mch_id = text(resource, 'mchid') ?? text(resource, 'sp_mchid') ?? text(resource, 'combine_mchid') ?? mchid;
  const sub_appid = text(resource, 'sub_appid');
  const sub_mch_id = text(resource, 'sub_mchid');
  if (kind === 'other') return { kind, event, resource, appid, mch_id, sub_appid, sub_mch_id };
  if (kind === 'combined') return combinedOf({ event, resource, appid, mch_id, sub_appid, sub_mch_id });
  const amount = member(resource, 'amount');
  const time = beijing(text(resource, 'success_time'));
  if (kind === 'refund') {
    return {
      kind,
      event,
      resource,
      appid,
      mch_id,
      sub_appid,
      sub_mch_id,
      transaction_id: text(resource, 'transaction_id') ?? '',
      out_trade_no: text(resource, 'out_trade_no') ?? '',
      refund_id: text(resource, 'refund_id') ?? '',
      out_refund_no: text(resource, 'out_refund_no') ?? '',
      total_fee: fen(amount, 'total') ?? 0,
      refund_fee: fen(amount, 'refund') ?? 0,
      settlement_refund_fee: undefined,
      refund_status: text(resource, 'refund_status') ?? '',
      success_time: time && `${time.slice(0, 10)} ${time.slice(11)}`,
      refund_recv_accout: text(resource, 'user_received_account'),
    };
  }
  const payer = member(resource, 'payer');
  return {
    kind: 'payment',
    paid: kind === 'paid',
    event,
    resource,
    appid,
    mch_id,
    sub_appid,
    sub_mch_id,
    attach: text(resource, 'attach'),
    cash_fee: fen(amount, 'payer_total'),
    fee_type: text(amount, 'currency'),
    openid: text(payer, 'openid') ?? text(payer, 'sp_openid') ?? text(payer, 'sub_openid'),
    sub_openid: text(payer, 'sub_openid'),
    out_trade_no: text(resource, 'out_trade_no') ?? '',
    time_end: time && digits(time),
    total_fee: fen(amount, 'total'),
    trade_type: text(resource, 'trade_type'),
    transaction_id: text(resource, 'transaction_id'),
  };
}

/** A combined payment, whose orders the core has checked. */
function combinedOf(ids: Omit<CombinedNotice, 'kind' | keyof CombinedMembers>): CombinedNotice {
  const { resource } = ids;
  const orders = resource.sub_orders as Record<string, unknown>[];
  const sub_orders = orders.map((order) => ({
    mch_id: text(order, 'mchid') ?? '',
    sub_mch_id: text(order, 'sub_mchid'),
    out_trade_no: text(order, 'out_trade_no') ?? '',
    transaction_id: text(order, 'transaction_id') ?? '',
    total_fee: fen(member(order, 'amount'), 'total_amount') ?? 0,
    attach: text(order, 'attach'),
  }));
  const currencies = orders.map((order) => text(member(order, 'amount'), 'currency') ?? 'CNY');
  const times = orders.map((order) => beijing(text(order, 'success_time')) ?? '').sort();
  const last = times[times.length - 1] ?? '';
  return {
    kind: 'combined',
    ...ids,
    out_trade_no: text(resource, 'combine_out_trade_no') ?? '',
    total_fee: sub_orders.reduce((sum, { total_fee }) => sum + total_fee, 0),
    // Orders in several currencies have no sum, and agree with no stored order.
    fee_type: new Set(currencies).size === 1 ? currencies[0] : currencies.join(' '),
    time_end: last === '' ? undefined : digits(last),
    openid: text(member(resource, 'combine_payer_info'), 'openid'),
    sub_orders,
  };
}

type CombinedMembers = Pick<
  CombinedNotice,
  'out_trade_no' | 'total_fee' | 'fee_type' | 'time_end' | 'openid' | 'sub_orders'
>;

/** A member that the message itself has. The core checks only some members, so the others may be of any type. */
const member = (of: unknown, name: string): unknown =>
  typeof of === 'object' && of !== null && Object.hasOwn(of, name) ? (of as Record<string, unknown>)[name] : undefined;

function text(of: unknown, name: string): string | undefined {
  const value = member(of, name);
  return typeof value === 'string' ? value : undefined;
}

function fen(of: unknown, name: string): number | undefined {
  const value = member(of, name);
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : undefined;
}

/** A time of RFC 3339 in Beijing: `yyyy-MM-ddTHH:mm:ss`. */
function beijing(time: string | undefined): string | undefined {
  if (time === undefined) return undefined;
  if (IN_BEIJING.test(time)) return time.slice(0, 19);
  // A time without a zone would be read in the zone of this machine.
  const ms = RFC_3339.test(time) ? Date.parse(time) : Number.NaN;
  return Number.isNaN(ms) ? undefined : new Date(ms + BEIJING_MS).toISOString().slice(0, 19);
}

const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

/** WeChat's own form. Each month has these days, so a time of this form is valid and needs no calculation. */
const IN_BEIJING = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\+08:00$/;

/** The digits of such a time. A regular expression takes longer than all members of a notice together. */
const digits = (time: string) =>
  `${time.slice(0, 4)}${time.slice(5, 7)}${time.slice(8, 10)}${time.slice(11, 13)}${time.slice(14, 16)}${time.slice(17)}`;

const encoder = new TextEncoder();

const parsed = (bytes: Uint8Array) => parseJson(bytes) as Record<string, unknown>;

function bytesOf(body: unknown): Uint8Array {
  if (typeof body === 'string') return encoder.encode(body);
  if (body instanceof Uint8Array) return body;
  if (body instanceof ArrayBuffer) return new Uint8Array(body);
  throw paramError(
    'body',
    'must be the raw bytes or the untouched text, which are signed; mount the handler before a body parser',
  );
}
