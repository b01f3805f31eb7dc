// Access tokens: GET /cgi-bin/token and POST /cgi-bin/stable_token (manual: 获取接口调用凭据, 获取稳定版接口调用凭据).

import type { Merchants } from '../books/merchants.js';
import type { Tell } from '../events.js';
import type { Clock } from '../wire/clock.js';
import type { RandomText } from '../wire/random.js';
import { isSameText } from '../wire/sign.js';
import { type Failure, refusal, textOf } from './errcode.js';

/** A request for a token: the query of the first call, the JSON of the second. */
export type TokenRequest = Readonly<Partial<Record<'grant_type' | 'appid' | 'secret' | 'force_refresh', unknown>>>;

/** The tokens of all mini programs. */
export interface TokenDesk {
  /** Answers `/cgi-bin/token`: a new token each time. The last one is valid for five more minutes. */
  token(request: TokenRequest): Record<string, unknown>;
  /** Answers `/cgi-bin/stable_token`: the same token until five minutes before it expires. */
  stableToken(request: TokenRequest | undefined): Record<string, unknown>;
  /** Records a refusal and returns its answer. */
  refuse(appid: string, failure: Failure): Record<string, unknown>;
  /** Returns the mini program of a token, or the refusal. */
  judge(access_token: string): { appid: string } | Failure;
}

/** Makes the desk. */
export function createTokenDesk({ clock, random, merchants, tell }: TokenDeskParts): TokenDesk {
  const tokens = new Map<string, Token>();
  const latest = new Map<string, Token>();
  const forced = new Map<string, number[]>();

  /** Makes a token. The two kinds of tokens are independent. */
  function newToken(kind: string, appid: string, overlapMs: number): Token {
    const before = latest.get(`${kind} ${appid}`);
    const nowMs = clock.now();
    if (before !== undefined) before.expiresMs = Math.min(before.expiresMs, nowMs + overlapMs);
    const token = { appid, access_token: `${nowMs.toString(36)}_${random.hex(120)}`, expiresMs: nowMs + TOKEN_MS };
    tokens.set(token.access_token, token);
    latest.set(`${kind} ${appid}`, token);
    return token;
  }

  /** Forces a new token, at most 20 times a day. Within 30 seconds of the last time nothing changes. */
  function stable(appid: string, force: boolean): Token | Failure {
    const current = latest.get(`stable ${appid}`);
    const nowMs = clock.now();
    const today = (forced.get(appid) ?? []).filter((timeMs) => timeMs > nowMs - DAY_MS);
    const lastMs = today.at(-1) ?? Number.NEGATIVE_INFINITY;
    if (force && (current === undefined || nowMs - lastMs >= FORCE_AGAIN_MS)) {
      if (today.length >= MOST_FORCED) return { errcode: 45009, errmsg: 'reach max api daily quota limit' };
      forced.set(appid, [...today, nowMs]);
      return newToken('stable', appid, 0);
    }
    const isGood = current !== undefined && current.expiresMs - nowMs > OVERLAP_MS;
    return isGood ? current : newToken('stable', appid, OVERLAP_MS);
  }

  function judgeRequest(request: TokenRequest): Failure | undefined {
    const [appid, secret] = [textOf(request.appid), textOf(request.secret)];
    if (request.grant_type !== 'client_credential') return { errcode: 40002, errmsg: 'invalid grant_type' };
    if (appid === '') return { errcode: 41002, errmsg: 'appid missing' };
    if (secret === '') return { errcode: 41004, errmsg: 'appsecret missing' };
    if (!merchants.apps().has(appid)) return { errcode: 40013, errmsg: 'invalid appid' };
    const isRight = isSameText(secret, merchants.secretOf(appid) ?? '');
    return isRight ? undefined : { errcode: 40125, errmsg: 'invalid appsecret' };
  }

  function refuse(appid: string, failure: Failure): Record<string, unknown> {
    tell({ type: 'token', appid, errcode: failure.errcode });
    return refusal(failure, random);
  }

  function give(request: TokenRequest, make: (appid: string) => Token | Failure): Record<string, unknown> {
    const appid = textOf(request.appid);
    const made = judgeRequest(request) ?? make(appid);
    if ('errcode' in made) return refuse(appid, made);
    tell({ type: 'token', appid, errcode: 0 });
    return { access_token: made.access_token, expires_in: Math.floor((made.expiresMs - clock.now()) / 1000) };
  }

  return {
    token: (request) => give(request, (appid) => newToken('plain', appid, OVERLAP_MS)),
    stableToken(request) {
      if (request === undefined) return refuse('', { errcode: 47001, errmsg: 'data format error' });
      return give(request, (appid) => stable(appid, request.force_refresh === true));
    },
    refuse,
    judge(access_token) {
      if (access_token === '') return { errcode: 41001, errmsg: 'access_token missing' };
      const token = tokens.get(access_token);
      if (token === undefined)
        return { errcode: 40001, errmsg: 'invalid credential, access_token is invalid or not latest' };
      if (token.expiresMs > clock.now()) return { appid: token.appid };
      const isLatest = [...latest.values()].includes(token);
      return isLatest
        ? { errcode: 42001, errmsg: 'access_token expired' }
        : { errcode: 40001, errmsg: 'invalid credential, access_token is invalid or not latest' };
    },
  };
}

/** The parts of the desk. */
export interface TokenDeskParts {
  readonly clock: Clock;
  readonly random: RandomText;
  readonly merchants: Merchants;
  readonly tell: Tell;
}

interface Token {
  readonly appid: string;
  readonly access_token: string;
  expiresMs: number;
}

const MINUTE_MS = 60 * 1000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** The lifetime of a token, and the time that the old one is valid beside the new one. */
const TOKEN_MS = 120 * MINUTE_MS;
const OVERLAP_MS = 5 * MINUTE_MS;

const FORCE_AGAIN_MS = 30 * 1000;
const MOST_FORCED = 20;
