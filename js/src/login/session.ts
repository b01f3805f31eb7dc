// The log-in (code2Session): a js_code of wx.login for the openid that an order needs.
import { harmless, paramError, WxPayError } from '../errors.js';
import type { CallOptions } from '../http/call-options.js';
import type { Channel } from '../http/channel.js';

/** What the log-in gives. `session_key` stays on the server: it must never reach the mini program. */
export interface Session {
  /** The user, in this mini program. */
  openid: string;
  /** The key of the user's encrypted data, base64. */
  session_key: string;
  /** The user across the apps of one Open Platform account, where there is one. */
  unionid?: string;
}

/** The most bytes of an answer of the log-in. */
const SESSION_BYTES = 64 * 1024;

/** Asks the log-in server (小程序登录 code2Session, developers.weixin.qq.com). A code is good once, for five minutes. */
export async function code2Session(
  ids: { appid: string; secret: string; js_code: string },
  channel: Channel,
  options: CallOptions | undefined,
): Promise<Session> {
  if (!isText(ids.js_code) || !ids.js_code.isWellFormed())
    throw paramError('js_code', 'is missing; it is what wx.login gave');
  const query = `?${new URLSearchParams({ ...ids, grant_type: 'authorization_code' })}`;
  // A code is good once: a second try would be refused, whatever became of the first.
  const once = { body: undefined, certificate: false, repeatable: false };
  const message = { to: 'login', path: '/sns/jscode2session', query, ...once, limit: SESSION_BYTES } as const;
  const answer = await channel.send(message, options);
  return answer.judged(() => session(parse(answer.body), ids));
}

function session(answer: Record<string, unknown>, ids: { secret: string; js_code: string }): Session {
  const { errcode, errmsg, openid, session_key, unionid } = answer;
  if (errcode !== undefined && errcode !== 0) {
    if (!Number.isSafeInteger(errcode)) throw noAnswer();
    const [err_code, err_code_des] = [String(errcode), withoutSecrets(errmsg, [ids.secret, ids.js_code])];
    throw new WxPayError({
      code: 'ERR_FAILED',
      outcome: 'rejected',
      message: `code2Session: ${err_code} ${err_code_des}. ${ADVICE.get(errcode) ?? 'Read the page of code2Session'}`,
      err_code,
      err_code_des,
    });
  }
  if (!isText(openid) || !isText(session_key)) throw noAnswer();
  return { openid, session_key, ...(isText(unionid) ? { unionid } : {}) };
}

/** What to do about a code (code2Session, 错误码). */
const ADVICE: ReadonlyMap<unknown, string> = new Map([
  [-1, 'The system is busy: try again a little later'],
  [40029, 'Let the client log in again: a code is good once, for five minutes, and for one appid'],
  [40163, 'Let the client log in again: a code is good once'],
  [45011, 'Too many log-ins of this user: try again later'],
  [40226, 'WeChat blocks the log-in of this high-risk user'],
  [40013, 'Check the appid'],
  [40125, 'Check that secret is the AppSecret of this appid'],
  [41002, 'Check any proxy between you and WeChat: the appid was lost'],
  [41004, 'Check any proxy between you and WeChat: the AppSecret was lost'],
  [41008, 'Check any proxy between you and WeChat: the code of wx.login was lost'],
]);

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

/** A server may repeat the address that it was asked, and with it the secret: such words are not repeated here. */
function withoutSecrets(errmsg: unknown, secrets: string[]): string {
  if (typeof errmsg !== 'string') return '';
  const forms = secrets.flatMap((secret) => [
    secret,
    encodeURIComponent(secret),
    new URLSearchParams({ '': secret }).toString().slice(1),
  ]);
  if (forms.some((form) => errmsg.includes(form))) return '(the reason repeats the request and is left out)';
  return harmless(errmsg);
}

function parse(body: Uint8Array): Record<string, unknown> {
  try {
    const answer: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
    if (typeof answer === 'object' && answer !== null) return answer as Record<string, unknown>;
  } catch {
    // Told below, in the same words as an object without the members.
  }
  throw noAnswer();
}

function noAnswer(): WxPayError {
  return new WxPayError({
    code: 'ERR_HTTP',
    outcome: 'unknown',
    message:
      'code2Session: the answer is not the JSON of the log-in server; the code may be used up, let the client log in again',
  });
}
