// The mini program whose users log in, and the check of its AppSecret.
import { configError, textFault } from '../errors.js';
import { isWellFormed } from '../well-formed.js';
import type { App } from './access-token.js';

/** Returns the mini program. Throws `ERR_CONFIG` without an AppSecret that can work; `call` needs it. */
export function loginApp({ appid, secret }: { appid: string; secret: unknown }, call: string): App {
  const fault = textFault(secret);
  if (typeof secret !== 'string' || fault !== undefined)
    throw configError('secret', `the AppSecret ${fault}; ${call} needs it`);
  if (!isWellFormed(secret)) throw configError('secret', 'has half a surrogate pair; copy the AppSecret again');
  if (secret.length > 128) throw configError('secret', 'is too long; an AppSecret has 32 characters');
  return { appid, secret };
}
