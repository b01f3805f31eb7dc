// The key phases of merchant numbers: which of WeChat Pay's keys signs answers and notices (docs: 从平台证书切换成微信支付公钥).

import { own } from '../own.js';
import { shown } from '../shown.js';
import { createDice } from '../wire/random.js';

/**
 * The phase of a merchant number on its way from platform certificates to the public key. `obtained`: it has the public key, and the
 * change has not begun. `switching`: the change is under way.
 */
export type KeyPhase = 'public key' | 'certificate' | 'obtained' | 'switching';

/** Every phase. */
export const KEY_PHASES: readonly KeyPhase[] = ['public key', 'certificate', 'obtained', 'switching'];

/** The options of a phase. */
export interface KeyPhaseOptions {
  /** In the phase `switching`: the share of notices that the public key signs, from 0 to 1. Default 0.5. */
  publicKeyShare?: number;
}

/** Changes the phase of a merchant number. Throws a TypeError for an unknown number or phase, or one without an APIv3 key. */
export type ChangeKeyPhase = (mch_id: string, phase: KeyPhase, options?: KeyPhaseOptions) => void;

/** The phases of one gateway. */
export interface KeyPhases {
  /** Returns the phase, which is `public key` for an unknown number. */
  of(mch_id: string): KeyPhase;
  /** Returns the phases of all merchant numbers with an APIv3 key. */
  all(): Record<string, KeyPhase>;
  set: ChangeKeyPhase;
  /** Says which key signs the answer to a request with this `Wechatpay-Serial`. */
  signsAnswer(mch_id: string, sentPublicKeyId: boolean): SigningKey;
  /** Says which key signs this delivery of a notice about an order or a refund. */
  signsNotice(mch_id: string, about: readonly string[]): SigningKey;
}

/** One of the two kinds of keys. */
export type SigningKey = 'public key' | 'certificate';

/** The members of a merchant that phases depend on. */
interface PhaseOwner {
  readonly mch_id: string;
  readonly apiV3Key?: string;
  readonly keyPhase?: KeyPhase;
}

/** Makes the phases. The seed decides which notices of a change are signed with which key. */
export function createKeyPhases(merchants: readonly PhaseOwner[], seed: string | number): KeyPhases {
  const dice = createDice(`wechatpay key of notices ${seed}`);
  const phases = new Map(merchants.map(({ mch_id, keyPhase = 'public key' }) => [mch_id, keyPhase]));
  const shares = new Map<string, number>();
  const of = (mch_id: string) => phases.get(mch_id) ?? 'public key';

  return {
    of,
    all() {
      const known = merchants.filter(({ apiV3Key }) => apiV3Key !== undefined);
      return Object.fromEntries(known.map(({ mch_id }) => [mch_id, of(mch_id)]));
    },
    set(mch_id, phase, given = {}) {
      const { publicKeyShare = 0.5 } = own(given, ['publicKeyShare']);
      const merchant = merchants.find((one) => one.mch_id === mch_id);
      if (merchant === undefined) {
        const known = [...phases.keys()].join(', ');
        throw new TypeError(`keyPhase: this gateway has no mch_id ${shown(mch_id)}; it has ${known}`);
      }
      const fault = phaseFault(phase, merchant.apiV3Key);
      if (fault !== undefined) throw new TypeError(`keyPhase: ${fault}`);
      if (!(publicKeyShare >= 0 && publicKeyShare <= 1)) {
        throw new TypeError('keyPhase: publicKeyShare must be a share, a number from 0 to 1');
      }
      phases.set(mch_id, phase);
      shares.set(mch_id, publicKeyShare);
    },
    signsAnswer(mch_id, sentPublicKeyId) {
      const phase = of(mch_id);
      if (phase === 'switching') return sentPublicKeyId ? 'public key' : 'certificate';
      return phase === 'public key' ? phase : 'certificate';
    },
    signsNotice(mch_id, about) {
      const phase = of(mch_id);
      if (phase !== 'switching') return phase === 'public key' ? phase : 'certificate';
      const [chance = 0] = dice([mch_id, ...about], 1);
      return chance < (shares.get(mch_id) ?? 0.5) ? 'public key' : 'certificate';
    },
  };
}

/** Returns why a merchant cannot be in a phase, or undefined. */
export function phaseFault(phase: KeyPhase | undefined, apiV3Key: string | undefined): string | undefined {
  if (phase === undefined) return undefined;
  if (!KEY_PHASES.includes(phase)) return `the phase is one of ${KEY_PHASES.join(', ')}, not ${shown(phase)}`;
  return apiV3Key === undefined ? 'a merchant without apiV3Key has no phase; name its apiV3Key' : undefined;
}
