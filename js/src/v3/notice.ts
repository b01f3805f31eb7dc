// Notices of APIv3: verified, decrypted, and judged against the shop's own order.
import { configError, paramError } from '../errors.js';
import { type EnvelopeData, readEnvelope, readResource, refuseCipher } from '../wasm/v3.js';
import type { MerchantIds, ResourceKind } from '../wasm/v3-data.js';
import { crypto } from './host.js';
import { type HeadersLike, headOf, type WechatpayKeys } from './keys.js';

/** A notice as a server received it. */
export interface NoticeMessage {
  /** `Headers`, a record, or pairs. */
  headers: HeadersLike;
  /** The raw bytes, or the untouched text. */
  body: string | Uint8Array;
}

/** What opens notices. */
export interface NoticeKeys {
  merchant: MerchantIds;
  apiV3Keys: readonly string[];
  keys: WechatpayKeys;
  nowMs(): number;
}

/** The members of every notice. */
interface Common {
  /** The envelope: `id`, `create_time`, `event_type`, `summary` and more. Its `resource` is encrypted. */
  readonly event: Readonly<Record<string, unknown>>;
  /** The decrypted resource, unknown members included. */
  readonly resource: Readonly<Record<string, unknown>>;
  readonly appid: string | undefined;
  readonly mch_id: string;
}

/** A payment. Members that v2 has too have the same names and units. */
export interface PaymentNoticeV3 extends Common {
  readonly kind: 'payment';
  readonly paid: boolean;
  readonly out_trade_no: string;
  readonly transaction_id: string | undefined;
  /** In fen. */
  readonly total_fee: number | undefined;
  readonly fee_type: string | undefined;
  readonly openid: string | undefined;
  readonly trade_type: string | undefined;
  readonly attach: string | undefined;
}

/** A refund. */
export interface RefundNoticeV3 extends Common {
  readonly kind: 'refund';
  readonly out_trade_no: string;
  readonly transaction_id: string | undefined;
  readonly out_refund_no: string;
  readonly refund_id: string;
  readonly refund_status: string;
  /** In fen. */
  readonly total_fee: number;
  /** In fen. */
  readonly refund_fee: number;
}

/** Another event: genuine, and never a payment. */
export interface OtherNoticeV3 extends Common {
  readonly kind: 'other';
}

/** A genuine notice. */
export type NoticeV3 = PaymentNoticeV3 | RefundNoticeV3 | OtherNoticeV3;

/** Opens a notice: headers, time, key, signature, JSON, cipher, ids and form, in this order. */
export async function openNotice(
  message: NoticeMessage,
  { merchant, apiV3Keys, keys, nowMs }: NoticeKeys,
): Promise<NoticeV3> {
  if (typeof message !== 'object' || message === null) throw paramError('message', 'must be { headers, body }');
  const body = bytesOf(message.body);
  await keys.verify('the notice', headOf(message.headers), body, nowMs());
  const envelope = readEnvelope(body);
  const plain = await decrypted(envelope, apiV3Keys);
  const kind = readResource(envelope.event_type, plain, merchant);
  // The core has checked both texts: each has one meaning.
  const [event, resource] = [parsed(body), parsed(plain)];
  return noticeOf(kind, event, resource, merchant);
}

async function decrypted(envelope: EnvelopeData, apiV3Keys: readonly string[]): Promise<Uint8Array> {
  for (const key of apiV3Keys) {
    const plain = await crypto().decrypt(key, envelope);
    if (plain !== undefined) return plain;
  }
  refuseCipher();
  throw configError('apiV3Key', 'is missing');
}

function noticeOf(
  kind: ResourceKind,
  event: Record<string, unknown>,
  resource: Record<string, unknown>,
  { mchid }: MerchantIds,
): NoticeV3 {
  const text = (name: string) => (typeof resource[name] === 'string' ? (resource[name] as string) : undefined);
  const amount = (resource.amount ?? {}) as { total?: number; refund?: number; currency?: string };
  const payer = (resource.payer ?? {}) as { openid?: string };
  const common = { event, resource, appid: text('appid'), mch_id: text('mchid') ?? mchid };
  if (kind === 'other') return { kind, ...common };
  const order = { out_trade_no: text('out_trade_no') as string, transaction_id: text('transaction_id') };
  if (kind === 'refund') {
    return {
      kind,
      ...common,
      ...order,
      out_refund_no: text('out_refund_no') as string,
      refund_id: text('refund_id') as string,
      refund_status: text('refund_status') as string,
      total_fee: amount.total as number,
      refund_fee: amount.refund as number,
    };
  }
  return {
    kind: 'payment',
    paid: kind === 'paid',
    ...common,
    ...order,
    total_fee: amount.total,
    fee_type: amount.currency,
    openid: payer.openid,
    trade_type: text('trade_type'),
    attach: text('attach'),
  };
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

const parsed = (bytes: Uint8Array) => JSON.parse(decoder.decode(bytes)) as Record<string, unknown>;

function bytesOf(body: unknown): Uint8Array {
  if (typeof body === 'string') return encoder.encode(body);
  if (body instanceof Uint8Array) return body;
  throw paramError('body', 'must be the raw bytes or the untouched text; mount the handler before a body parser');
}
