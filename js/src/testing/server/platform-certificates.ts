// The platform certificates (平台证书) of one gateway: made when they are first needed, renewed, and gone when they expire.

import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { own } from '../own.js';
import type { Clock } from '../wire/clock.js';
import { DAY_MS, LIFE_MS } from './authority.js';
import type { CertificateStore } from './certificates.js';

/** One certificate. Its times are by the gateway's clock, in milliseconds since 1970-01-01 UTC. */
export interface PlatformCertificate {
  /** 40 upper-case hexadecimal digits. */
  readonly serial: string;
  readonly pem: string;
  readonly privateKey: KeyObject;
  readonly fromMs: number;
  readonly untilMs: number;
}

/** The options of a new certificate. */
export interface RenewalOptions {
  /** Whether answers and notices are signed with it from now on. Default false: the list has it, and the old one goes on signing. */
  use?: boolean;
  /** How long it is valid, in milliseconds of the gateway's clock, at least 1000. Default five years. */
  validForMs?: number;
}

/** A new certificate for callers. */
export interface RenewedCertificate {
  serial: string;
  /** The certificate as PEM. */
  certificate: string;
}

/** The certificates. */
export interface PlatformCertificates {
  /** Returns the valid ones, the oldest first. */
  valid(): readonly PlatformCertificate[];
  /** Returns the one that signs, or undefined where none is made yet or all have expired. */
  inUse(): PlatformCertificate | undefined;
  /** Returns the one that signs. Makes one where there is none. */
  ensure(): Promise<PlatformCertificate>;
  /** Adds one. Rejects with a TypeError for an invalid time. */
  renew(options?: RenewalOptions): Promise<RenewedCertificate>;
}

/** Makes the list, without a certificate. */
export function createPlatformCertificates(parts: {
  readonly certificates: CertificateStore;
  readonly clock: Clock;
}): PlatformCertificates {
  const { certificates, clock } = parts;
  let all: PlatformCertificate[] = [];
  let chosen: PlatformCertificate | undefined;
  let making: Promise<PlatformCertificate> | undefined;

  function valid(): readonly PlatformCertificate[] {
    all = all.filter(({ untilMs }) => untilMs > clock.now());
    return all;
  }

  function inUse(): PlatformCertificate | undefined {
    const list = valid();
    // After the end of the one that signed, the newest signs.
    if (chosen === undefined || !list.includes(chosen)) chosen = list.at(-1);
    return chosen;
  }

  async function make(validForMs: number): Promise<PlatformCertificate> {
    // Certificates have whole seconds.
    const nowMs = Math.floor(clock.now() / 1000) * 1000;
    const validity = { fromMs: nowMs - DAY_MS, untilMs: nowMs + Math.floor(validForMs / 1000) * 1000 };
    const { cert, key } = await certificates.forPlatform(validity);
    const { serialNumber: serial } = new X509Certificate(cert);
    const made = { serial, pem: cert, privateKey: createPrivateKey(key), ...validity };
    all.push(made);
    return made;
  }

  async function ensure(): Promise<PlatformCertificate> {
    const current = inUse();
    if (current !== undefined) return current;
    // Concurrent calls share one.
    making ??= make(LIFE_MS - DAY_MS).finally(() => {
      making = undefined;
    });
    chosen = await making;
    return chosen;
  }

  return {
    valid,
    inUse,
    ensure,
    async renew(given = {}) {
      const { use = false, validForMs = LIFE_MS - DAY_MS } = own(given, ['use', 'validForMs']);
      if (!Number.isSafeInteger(validForMs) || validForMs < 1000 || validForMs > LIFE_MS) {
        throw new TypeError('renewCertificate: validForMs must be whole milliseconds, from 1000 to five years');
      }
      await ensure();
      const made = await make(validForMs);
      if (use) chosen = made;
      return { serial: made.serial, certificate: made.pem };
    },
  };
}
