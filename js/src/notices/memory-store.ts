// The store of delivered notices and of notices being delivered: the interface, and the store in memory.
import { atCaller } from '../caller.js';
import { configError } from '../errors.js';
import { flat } from '../flat.js';
import { checkNames, type Names } from '../names.js';
import { own } from '../own.js';

/** The result of a claim: the claim is yours, another process has it, or the notice is delivered already. */
export type Claim = 'claimed' | 'busy' | 'done';

/**
 * Remembers deliveries by id. All processes that receive the same notices must share one store.
 *
 * A claim has the token of its owner, so an owner whose claim expired cannot end the next owner's claim. The ids of a sandbox,
 * of a gateway on this machine and of production differ. They may share a store.
 */
export interface NoticeStore {
  /**
   * Claims a delivery for `ttlMs` milliseconds, in one atomic step: of two calls at the same time, one gets `busy`. An expired
   * claim is free. A second call with the same token renews the claim for `ttlMs` from now. So a running listener keeps its
   * claim. A client that repeats its command after a lost connection gets the claim too.
   */
  claim(id: string, token: string, ttlMs: number): Promise<Claim>;
  /** The listener has succeeded. This is final, even if another owner has the claim now: from now on `claim` returns `done`. */
  done(id: string): Promise<void>;
  /** The listener has failed: frees the claim if it still has this token. */
  release(id: string, token: string): Promise<void>;
}

/** The size of the store in memory. */
export interface MemoryStoreOptions {
  /** At least this many of the last deliveries are remembered, and at most twice as many. Default 100000. */
  remember?: number | undefined;
}

const OPTIONS: Names<MemoryStoreOptions> = { remember: true };

/** A store in memory for one process. Its content is lost when the process ends. Several processes need a shared store. */
export const memoryStore = atCaller(function memoryStore(options: MemoryStoreOptions = {}): NoticeStore {
  if (typeof options !== 'object' || options === null) throw configError('options', 'must be an object');
  checkNames(options, OPTIONS);
  const { remember = 100_000 } = own(options);
  if (!Number.isInteger(remember) || remember < 1) throw configError('remember', 'must be a whole number above zero');
  const claims = new Map<string, { token: string; endMs: number }>();
  // Two generations: a full one becomes the old one, and the old one is forgotten as a whole.
  let young = new Set<string>();
  let old = new Set<string>();
  return {
    async claim(id, token, ttlMs) {
      if (young.has(id) || old.has(id)) return 'done';
      const nowMs = performance.now();
      const held = claims.get(id);
      if (held !== undefined && held.token !== token && held.endMs > nowMs) return 'busy';
      dropEnded(claims, nowMs);
      claims.delete(id);
      // The id consists of slices of its notice.
      claims.set(flat(id), { token, endMs: nowMs + ttlMs });
      return 'claimed';
    },
    async done(id) {
      claims.delete(id);
      young.add(flat(id));
      if (young.size < remember) return;
      old = young;
      young = new Set();
    },
    async release(id, token) {
      if (claims.get(id)?.token === token) claims.delete(id);
    },
  };
});

/** Claims of listeners that never ended must not accumulate. The claims are in the order in which they expire. */
function dropEnded(claims: Map<string, { endMs: number }>, nowMs: number): void {
  for (const [id, { endMs }] of claims) {
    if (endMs > nowMs) return;
    claims.delete(id);
  }
}
