// The doctor of the package, loaded by the first call that explains a signature.

import type { Language } from './language.js';

/** Why a signature is wrong. */
export interface Diagnosis {
  isRight: boolean;
  signedText: string;
  fields: { name: string; value: string; isSigned: boolean; why?: string }[];
  /** Only of a message of APIv2. */
  rightSignature?: string;
  /** The best first. */
  causes: { code: string; isCertain: boolean; message: string; fix: string; with?: string[] }[];
}

/** The functions of the doctor. */
export interface Doctor {
  explainSignature(
    message: Record<string, string> | string,
    options: { key: string; signature?: string; signType?: string; keys?: Record<string, string>; lang?: Language },
  ): Diagnosis;
  explainV3Request(options: {
    method: string;
    url: string;
    body: string | Uint8Array;
    authorization: string;
    certificate?: string | undefined;
    privateKey?: string | undefined;
    answer?: { status: number; headers: Readonly<Record<string, string>>; body: string | Uint8Array } | undefined;
    nowMs?: number | undefined;
    lang?: Language;
  }): Promise<Diagnosis>;
  explainV3Notice(options: {
    headers: Readonly<Record<string, string>>;
    body: string | Uint8Array;
    apiV3Key?: string | undefined;
    wechatpayKeys?: Record<string, string> | undefined;
    nowMs?: number | undefined;
    lang?: Language;
  }): Promise<Diagnosis>;
  explainV3Payment(options: {
    payment: Record<string, string>;
    appId: string;
    certificate?: string | undefined;
    privateKey?: string | undefined;
    keyV2?: string | undefined;
    lang?: Language;
  }): Promise<Diagnosis>;
}

/** The diagnosis of a message that is refused. It lacks the right signature, which a forger could take from a log. */
export function ofRefused(diagnosis: Diagnosis | undefined): Diagnosis | undefined {
  if (diagnosis === undefined) return undefined;
  const { rightSignature: _, ...others } = diagnosis;
  return others;
}

/** The doctor, or undefined in a package without it. */
export function doctor(): Doctor | undefined {
  try {
    return require('./doctor.cjs') as Doctor;
  } catch (error) {
    if ((error as { code?: unknown }).code === 'MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}
