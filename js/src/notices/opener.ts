// The interface between a merchant's client, which opens notices, and the handler, the delivery and the router.
import type { AnyNotice, ExpectedOrder } from './notice.js';
import type { Replies } from './replies.js';

/**
 * The member of a client that opens its notices. A symbol keeps it out of logs and of the public surface. It is the same one in
 * all files of the package. On the web a router of one file takes clients of another.
 */
export const opener: unique symbol = Symbol.for('paysign.opener');

/** A message that may be a notice. */
export interface NoticeMessage {
  /** The raw bytes. */
  readonly body: Uint8Array;
  /** The path and the query of the request. */
  readonly url: string;
  /** Returns a header by its name in lower case. */
  header(name: string): string | undefined;
}

/** A genuine notice. */
export interface Opened {
  notice: AnyNotice;
  /** What separates two failures of one order, or two events: WeChat's number of the notice. A repeat has the same one. */
  repeatId: string;
  /**
   * Fingerprints of the merchant's accepted keys and environment. With them a sandbox, a staging system and production can share
   * a store.
   */
  environments: readonly string[];
  /** The ids that the stored order must have. Without them, an order of another merchant with this number would pass. */
  mustName: readonly ('mch_id' | 'sub_mch_id')[];
  /** Throws if the notice is not about this stored order. */
  checkOrder(order: ExpectedOrder): void;
}

/** Opens the notices of a merchant. */
export interface NoticeOpener<Result = Opened | Promise<Opened>> {
  /** The environment of its merchant: a sandbox, a staging system, a gateway on this machine, or WeChat. */
  readonly environment: string;
  readonly environments: Opened['environments'] | Promise<Opened['environments']>;
  /** Throws or rejects for anything that is not a genuine notice. */
  open(message: NoticeMessage): Result;
}

/** How a handler opens and answers notices. */
export interface NoticeReceiver {
  /** The most bytes of a body. */
  readonly limit: number;
  /** The code of the error for a body that cannot be read. Default that of APIv2. */
  readonly bodyCode?: 'ERR_JSON';
  /** Throws or rejects for anything that is not a genuine notice. */
  open(message: NoticeMessage): Opened | Promise<Opened>;
  /** The clock, in milliseconds since 1970. Default `Date.now`. */
  nowMs?(): number;
  /** Whether a request is only WeChat's test that a false signature is refused. */
  isProbe?(header: NoticeMessage['header']): boolean;
  /** The answers to a request. Its body is undefined if it was not read. */
  replies(body: Uint8Array | undefined, header: NoticeMessage['header']): Replies;
}
