// The log-in: the code of wx.login, and code2Session: GET /sns/jscode2session (manual: 小程序登录).

import { isSameText } from '../wire/sign.js';
import { type Failure, refusal } from './errcode.js';
import type { TokenDeskParts } from './tokens.js';

/** The log-in desk. */
export interface LoginDesk {
  /** Returns a `js_code` for a payer, valid once within five minutes. Throws a TypeError for an unknown AppID. */
  login(who: { appid: string; openid: string }): string;
  /** Answers `/sns/jscode2session` for the query of the address. */
  code2Session(query: URLSearchParams): Record<string, unknown>;
  /** Records a refusal and returns its answer. */
  refuse(appid: string, failure: Failure): Record<string, unknown>;
  /** Returns whether the payer has logged in to another mini program, but not to this one. */
  isOfAnother(appid: string, openid: string): boolean;
}

/** Makes the log-in desk. */
export function createLoginDesk({ clock, random, merchants, tell }: TokenDeskParts): LoginDesk {
  const logins = new Map<string, Login>();
  /** The mini programs that each payer has logged in to. */
  const apps = new Map<string, Set<string>>();

  function judge(query: URLSearchParams): Login | Failure {
    const [appid, secret, js_code, grant_type] = ['appid', 'secret', 'js_code', 'grant_type'].map(
      (name) => query.get(name) ?? '',
    ) as [string, string, string, string];
    if (appid === '') return { errcode: 41002, errmsg: 'appid missing' };
    if (secret === '') return { errcode: 41004, errmsg: 'appsecret missing' };
    if (js_code === '') return { errcode: 41008, errmsg: 'missing code' };
    if (grant_type !== 'authorization_code') return { errcode: 40002, errmsg: 'invalid grant_type' };
    if (!merchants.apps().has(appid)) return { errcode: 40013, errmsg: 'invalid appid' };
    if (!isSameText(secret, merchants.secretOf(appid) ?? '')) return { errcode: 40125, errmsg: 'invalid appsecret' };
    const login = logins.get(js_code);
    if (login === undefined || login.appid !== appid) return { errcode: 40029, errmsg: 'invalid code' };
    if (login.used) return { errcode: 40163, errmsg: 'code been used' };
    if (login.expiresMs <= clock.now()) return { errcode: 40029, errmsg: 'invalid code' };
    return login;
  }

  function refuse(appid: string, failure: Failure): Record<string, unknown> {
    tell({ type: 'session', appid, errcode: failure.errcode });
    return refusal(failure, random);
  }

  return {
    login({ appid, openid }) {
      if (!merchants.apps().has(appid)) throw new TypeError('login: no merchant of this gateway has this appid');
      if (typeof openid !== 'string' || openid === '')
        throw new TypeError('login: openid must be text that is not empty');
      const js_code = random.hex(32);
      logins.set(js_code, { appid, openid, expiresMs: clock.now() + JS_CODE_MS, used: false });
      apps.set(openid, (apps.get(openid) ?? new Set()).add(appid));
      tell({ type: 'login', appid, openid });
      return js_code;
    },
    code2Session(query) {
      const judged = judge(query);
      if ('errcode' in judged) return refuse(query.get('appid') ?? '', judged);
      judged.used = true;
      tell({ type: 'session', appid: judged.appid, openid: judged.openid, errcode: 0 });
      // A success has no errcode. Every log-in has a new session_key of 16 bytes.
      return { session_key: random.base64(16), openid: judged.openid };
    },
    refuse,
    isOfAnother: (appid, openid) => apps.get(openid)?.has(appid) === false,
  };
}

/** A `js_code` is valid for five minutes (manual: 小程序登录). */
const JS_CODE_MS = 5 * 60 * 1000;

interface Login {
  readonly appid: string;
  readonly openid: string;
  readonly expiresMs: number;
  used: boolean;
}
