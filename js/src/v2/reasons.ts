// Why a message of APIv2 was refused: what the doctor needs, kept beside the error.
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
  return withReason(error, (doctor) =>
    doctor.explainSignature(typeof message === 'string' ? message : new TextDecoder().decode(message), {
      key,
      signType: typeof signType === 'string' ? signType : signType?.[0],
      keys: Object.fromEntries(older.map((other, at) => [`key[${at + 1}]`, other])),
    }),
  );
}

/** Keeps a request beside the error with which WeChat refuses its signature. */
export function withRefusalReason(error: unknown, request: string, key: string, signType: SignType): unknown {
  const isSignature =
    error instanceof WxPayError && (error.err_code === 'SIGNERROR' || error.return_msg?.includes('签名错误') === true);
  return isSignature ? withReason(error, (doctor) => doctor.explainSignature(request, { key, signType })) : error;
}
