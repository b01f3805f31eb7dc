// Why a message was refused: kept beside its error, and explained by the doctor when somebody asks.
import type { Diagnosis } from './diagnosis.js';

/** The functions of the doctor that errors need. */
export interface Doctor {
  explainSignature(
    message: string,
    facts: { key: string; signType?: 'MD5' | 'HMAC-SHA256' | undefined; keys?: Readonly<Record<string, string>> },
  ): Diagnosis;
  explainV3Notice(facts: {
    headers: Readonly<Record<string, string>>;
    body: Uint8Array;
    apiV3Key?: string | undefined;
    wechatpayKeys?: Readonly<Record<string, string>> | undefined;
    nowMs?: number | undefined;
  }): Promise<Diagnosis>;
  explainV3Request(facts: {
    method: string;
    url: string;
    body: string;
    authorization: string;
    answer: { status: number; headers: Readonly<Record<string, string>>; body: Uint8Array };
    nowMs?: number | undefined;
  }): Promise<Diagnosis>;
}

/** Asks the doctor about one message. */
type Reason = (doctor: Doctor) => Diagnosis | Promise<Diagnosis>;

let load: (() => Doctor) | undefined;
const reasons = new WeakMap<object, Reason>();

/** Sets how the doctor is loaded; entry files of Node call it. */
export function useDoctor(loader: () => Doctor): void {
  load = loader;
}

/** The same error, with its reason. A forger's flood costs nothing: the doctor works only when it is asked. */
export function withReason<Thrown extends object>(error: Thrown, reason: Reason): Thrown {
  reasons.set(error, reason);
  return error;
}

/** Passes the reason of an error on to its copy. */
export function copyReason(from: object, to: object): void {
  const reason = reasons.get(from);
  if (reason !== undefined) reasons.set(to, reason);
}

/** The diagnosis of an error, without the right signature of a message that was refused. */
export async function reasonOf(error: object): Promise<Diagnosis | undefined> {
  const reason = reasons.get(error);
  if (reason === undefined || load === undefined) return undefined;
  const { rightSignature: _, ...diagnosis } = await reason(load());
  return diagnosis;
}
