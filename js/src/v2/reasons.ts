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
  if (!isSignature) return error;
  return withReason(error, (doctor) => {
    const diagnosis = doctor.explainSignature(request, { key, signType });
    return diagnosis.isRight ? { ...diagnosis, causes: [OTHER_KEY] } : diagnosis;
  });
}

/** The client's own signature is nearly always right for its own key. So a refusal says that WeChat has another one. */
const OTHER_KEY = {
  code: 'unknown',
  isCertain: false,
  message:
    "The signature fits this client's key, and WeChat refuses it. So the key is not the APIv2 key of this mch_id.",
  fix: 'Compare the option key with APIv2密钥 of this mch_id in the merchant platform (账户中心 → API安全). APIv3密钥 is another key.',
};
