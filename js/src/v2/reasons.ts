// Why a message of APIv2 was refused: what the doctor needs, kept beside the error.
import type { Diagnosis } from '../diagnosis.js';
import { WxPayError } from '../errors.js';
import { withReason } from '../reasons.js';
import type { SignType } from './signing.js';

/** Keeps a message beside the error that refuses its signature. */
export function withSignatureReason(
  error: unknown,
  message: string | Uint8Array,
  keys: readonly string[],
  signType: SignType | readonly SignType[] | undefined,
): unknown {
  if (!(error instanceof WxPayError) || error.code !== 'ERR_SIGNATURE') return error;
  const [key = '', ...older] = keys;
  const others = Object.fromEntries(older.map((other, at) => [`key[${at + 1}]`, other]));
  return withReason(error, (doctor) => {
    const text = typeof message === 'string' ? message : new TextDecoder().decode(message);
    const accepted = typeof signType === 'string' ? [signType] : (signType ?? ['MD5' as const]);
    const all = accepted.map((one) => doctor.explainSignature(text, { key, signType: one, keys: others }));
    // Of several accepted ways the signer has used one.
    return (all.find(({ causes }) => causes[0]?.code !== 'sign-type') ?? all[0]) as Diagnosis;
  });
}

/** Keeps a request beside the error with which WeChat refuses its signature. */
export function withRefusalReason(error: unknown, request: string, key: string, signType: SignType): unknown {
  const isSignature =
    error instanceof WxPayError && (error.err_code === 'SIGNERROR' || error.return_msg?.includes('签名错误') === true);
  return isSignature ? withReason(error, (doctor) => doctor.explainSignature(request, { key, signType })) : error;
}
