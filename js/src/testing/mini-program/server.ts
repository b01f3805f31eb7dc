// The mini program's server, api.weixin.qq.com: log-in, access tokens and phone numbers, each at its path.

import type { Exchanges } from '../exchanges.js';
import type { Faults } from '../faults/on-demand.js';
import { decodeUtf8, readBody } from '../wire/body.js';
import { LOGIN_PATH, MINI_PROGRAM_PATHS, PHONE_NUMBER_PATH, STABLE_TOKEN_PATH, TOKEN_PATH } from '../wire/paths.js';
import { faultyCall, textOf } from './errcode.js';
import { createLoginDesk, type LoginDesk } from './login.js';
import { createPhoneNumberDesk, type PhoneNumberChoice } from './phone-number.js';
import { createTokenDesk, type TokenDeskParts } from './tokens.js';

/** The server, and the actions of its users on their phones. */
export interface MiniProgramServer extends Pick<LoginDesk, 'login' | 'isOfAnother'> {
  /** Returns a code, as the getPhoneNumber button does. */
  phoneCode(who: PhoneNumberChoice): string;
  /** Answers a request of one of its paths. Returns undefined for any other path. */
  answer(request: Request): Promise<Response | undefined>;
}

/** Makes the server. */
export function createMiniProgramServer(
  parts: TokenDeskParts & { readonly faults: Faults; readonly exchanges: Exchanges },
): MiniProgramServer {
  const { faults, exchanges } = parts;
  const logins = createLoginDesk(parts);
  const tokens = createTokenDesk(parts);
  const phones = createPhoneNumberDesk({ ...parts, tokens });

  return {
    login: (who) => logins.login(who),
    isOfAnother: (appid, openid) => logins.isOfAnother(appid, openid),
    phoneCode: (who) => phones.code(who),
    async answer(request) {
      const { pathname, searchParams: query } = new URL(request.url);
      if (!MINI_PROGRAM_PATHS.has(pathname)) return undefined;
      const appid = query.get('appid') ?? '';
      if (pathname === LOGIN_PATH) {
        const refuse = logins.refuse.bind(undefined, appid);
        return faults.answer(
          pathname,
          faultyCall(appid, () => logins.code2Session(query), refuse),
        );
      }
      if (pathname === TOKEN_PATH) {
        const refuse = tokens.refuse.bind(undefined, appid);
        return faults.answer(
          pathname,
          faultyCall(appid, () => tokens.token(Object.fromEntries(query)), refuse),
        );
      }
      const sent = await readJson(request, exchanges);
      if (pathname === STABLE_TOKEN_PATH) {
        const asked = textOf(sent?.appid);
        const refuse = tokens.refuse.bind(undefined, asked);
        return faults.answer(
          pathname,
          faultyCall(asked, () => tokens.stableToken(sent), refuse),
        );
      }
      const access_token = query.get('access_token') ?? '';
      return faults.answer(
        PHONE_NUMBER_PATH,
        faultyCall('', () => phones.phoneNumber(access_token, sent), phones.refuse),
      );
    },
  };
}

/** Reads the object in the body, or returns undefined for anything else. */
async function readJson(request: Request, exchanges: Exchanges): Promise<Record<string, unknown> | undefined> {
  const bytes = await readBody(request.body);
  exchanges.sent(request, bytes);
  try {
    const sent: unknown = JSON.parse((bytes && decodeUtf8(bytes)) ?? '');
    if (typeof sent !== 'object' || sent === null) return undefined;
    // Without a prototype, so that only members of the body are read.
    return Object.assign(Object.create(null), sent);
  } catch {
    return undefined;
  }
}
