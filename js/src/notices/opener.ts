// The interface between a merchant's client, which opens notices, and the handler, the delivery and the router.
import type { ExpectedOrder, Notice } from './notice.js';

/** The member of a client that opens its notices. A symbol keeps it out of logs and of the public surface. */
export const opener = Symbol('opener');

/** A genuine notice. */
export interface Opened {
  notice: Notice;
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

/** Opens the notices of a merchant, or of one among several. */
export interface NoticeOpener {
  /** The environment of its merchant: a sandbox, a staging system, a gateway on this machine, or WeChat. */
  readonly environment: string;
  readonly environments: Opened['environments'];
  /** Throws for anything that is not a genuine notice. */
  open(body: Uint8Array): Opened;
}

/** How a handler opens and answers notices. */
export interface NoticeReceiver {
  /** Throws or rejects for anything that is not a genuine notice. */
  open(body: Uint8Array): Opened | Promise<Opened>;
  /** The answer to a notice that is delivered. */
  readonly accepted: string;
  /** The answer that makes WeChat send the notice again. The reason is sent unencrypted. */
  refused(reason: string): string;
}
