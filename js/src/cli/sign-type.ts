// The way of signing of a message of APIv2, and its signature.

import type { Option } from './usage.js';

/** The ways of signing. */
export type SignTypeName = 'MD5' | 'HMAC-SHA256';

/** The option that sets it. */
export const SIGN_TYPE: Option = {
  name: 'sign-type',
  value: 'MD5|HMAC-SHA256',
  choices: ['MD5', 'HMAC-SHA256'],
  text: { en: 'way of signing; default that of the message', zh: '签名方式；默认取报文中的方式' },
};

/** The names of signatures in messages. */
const SIGNATURES = ['sign', 'paySign'];

/** The fields without their signature, and the signature; empty if there is none. */
export function splitSignature(fields: Readonly<Record<string, string>>): {
  signed: Record<string, string>;
  signature: string;
} {
  const name = SIGNATURES.find((one) => Object.hasOwn(fields, one));
  const signed = Object.fromEntries(Object.entries(fields).filter(([one]) => one !== name));
  return { signed, signature: name === undefined ? '' : (fields[name] ?? '') };
}

/** The way of signing: that of the option, or that of the message. Without both the length of the signature shows it. */
export function signTypeOf(
  option: string | undefined,
  fields: Readonly<Record<string, string>>,
  signature = '',
): SignTypeName {
  const named = option ?? fields.sign_type ?? fields.signType;
  if (named === 'MD5' || named === 'HMAC-SHA256') return named;
  return signature.length === 64 ? 'HMAC-SHA256' : 'MD5';
}
