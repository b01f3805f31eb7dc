// The notices of APIv3: a signed envelope of JSON around an encrypted resource (docs: 支付成功回调通知, 退款结果回调通知).

import { combinationMembers, numberMembers, payeeMembers, paymentMembers } from '../books/members-v3.js';
import { type Order, TRADE_STATE_WORDS } from '../books/orders.js';
import type { Refund } from '../books/refunds.js';
import type { V3Signer } from '../server/v3-keys.js';
import type { Clock } from '../wire/clock.js';
import type { JsonObject } from '../wire/json.js';
import type { RandomText } from '../wire/random.js';
import { formatRfc3339 } from '../wire/rfc3339.js';
import { sealResource, signatureHeaders } from '../wire/sign-v3.js';
import type { Notice } from './desk.js';
import type { Fake } from './forgery.js';
import { faultOfStatus } from './form.js';

/** What a notice is made with. */
export interface SealParts {
  /** Returns the key of one delivery. */
  readonly signer: () => V3Signer | Promise<V3Signer>;
  readonly apiV3Key: string;
  readonly random: RandomText;
  readonly clock: Clock;
}

/** The notice of a paid order, or of all orders that were paid together. */
export function paymentNoticeV3(order: Order, notify_url: string, parts: SealParts): Notice {
  return {
    ...aboutPayment(order, notify_url),
    ...seal({ event_type: 'TRANSACTION.SUCCESS', summary: '支付成功', original_type: 'transaction' }, parts, (more) =>
      paidOrder(order, more),
    ),
  };
}

/** The notice of a refund that is over. */
export function refundNoticeV3(refund: Refund, notify_url: string, parts: SealParts): Notice {
  return {
    ...aboutOrder(refund.order, notify_url),
    out_refund_no: refund.out_refund_no,
    ...seal({ ...REFUND_EVENTS[refund.refund_status], original_type: 'refund' }, parts, (more) =>
      refunded(refund, more),
    ),
  };
}

/** A refund on its way has a notice only where somebody forges one, which says that it succeeded. */
const REFUND_EVENTS = {
  PROCESSING: { event_type: 'REFUND.SUCCESS', summary: '退款成功' },
  SUCCESS: { event_type: 'REFUND.SUCCESS', summary: '退款成功' },
  ABNORMAL: { event_type: 'REFUND.ABNORMAL', summary: '退款异常' },
};

function aboutOrder({ merchant, out_trade_no, payment }: Order, notify_url: string) {
  return { mch_id: merchant.mch_id, out_trade_no, transaction_id: payment?.transaction_id ?? '', notify_url };
}

/** Combined orders have one notice. Each of them has a number of WeChat's own, so the record names none. */
function aboutPayment(order: Order, notify_url: string) {
  const { combination } = order;
  if (combination === undefined) return aboutOrder(order, notify_url);
  const { merchant, combine_out_trade_no } = combination;
  return { mch_id: merchant.mch_id, out_trade_no: combine_out_trade_no, transaction_id: '', notify_url };
}

function paidOrder(order: Order, more: number): JsonObject {
  const { combination, out_trade_no } = order;
  if (combination !== undefined) return combinationMembers(combination, more);
  return {
    ...payeeMembers(order),
    out_trade_no,
    trade_state: 'SUCCESS',
    trade_state_desc: TRADE_STATE_WORDS.SUCCESS,
    ...paymentMembers(order, more),
  };
}

function refunded(refund: Refund, more: number): JsonObject {
  const { order, out_refund_no, refund_id, refund_fee, refund_status, successMs, receiver } = refund;
  return {
    ...numberMembers(order),
    out_trade_no: order.out_trade_no,
    transaction_id: order.payment?.transaction_id,
    out_refund_no,
    refund_id,
    refund_status,
    ...(successMs !== undefined && { success_time: formatRfc3339(successMs) }),
    amount: {
      total: order.total_fee,
      refund: refund_fee + more,
      payer_total: order.payment?.cash_fee,
      payer_refund: refund_fee + more,
    },
    user_received_account: receiver?.account ?? '支付用户零钱',
  };
}

interface Event {
  readonly event_type: string;
  readonly summary: string;
  readonly original_type: string;
}

/** Seals a resource. `content` writes it, with an amount that is `more` fen larger where a forger changed it. */
function seal(
  { event_type, summary, original_type }: Event,
  { signer, apiV3Key, random, clock }: SealParts,
  content: (more: number) => JsonObject,
): Pick<Notice, 'body' | 'forge' | 'form'> {
  const id = [8, 4, 4, 4, 12].map((length) => random.hex(length)).join('-');
  const nonce = random.hex(12);
  const create_time = formatRfc3339(clock.now());
  const write = (more: number) => {
    const ciphertext = sealResource(JSON.stringify(content(more)), apiV3Key, nonce, original_type);
    const resource = {
      original_type,
      algorithm: 'AEAD_AES_256_GCM',
      ciphertext,
      associated_data: original_type,
      nonce,
    };
    return JSON.stringify({ id, create_time, resource_type: 'encrypt-resource', event_type, summary, resource });
  };
  const body = write(0);
  return {
    body,
    // Also an encrypted content proves nothing: here the forger has the APIv3 key, and no private key of WeChat Pay's.
    forge: (forgery) => (forgery === 'changed amount' ? write(1) : body),
    form: {
      fault: faultOfStatus,
      isSignedInHeaders: true,
      headers(_sent, fake) {
        if (fake === 'no signature') return { ...HEADERS };
        const by = signer();
        return by instanceof Promise ? by.then((one) => signed(one, body, fake)) : signed(by, body, fake);
      },
    },
  };
}

/** The headers of real notices, beside those of the signature. */
const HEADERS = {
  'user-agent': 'Mozilla/4.0',
  accept: '*/*',
  'content-type': 'application/json',
  pragma: 'no-cache',
  'cache-control': 'no-cache',
};

/** Where the amount was changed, the signature is that of the true body, which the forger may have seen. */
function signed(signer: V3Signer, body: string, fake: Fake | undefined): Record<string, string> {
  const made = signer.sign(body, fake === 'another key' ? 'wrong' : 'right');
  const sent = fake === 'probe' ? { ...made, signature: probe(made.signature) } : made;
  return { ...HEADERS, ...signatureHeaders(sent) };
}

/** The signature of a probe. It begins as real ones do, and its base64 is never that of 256 bytes (docs: 探测流量). */
function probe(signature: string): string {
  return `WECHATPAY/SIGNTEST/${signature.slice(0, signature.length - 20)}`;
}
