// The log-in (code2Session): from the js_code of wx.login to the openid that an order needs.
import type { CallOptions } from '../http/call-options.js';
import type { Channel } from '../http/channel.js';
import { type AppCall, checkCode, isText, readAnswer, unreadable } from './answer.js';

/** The result of the log-in. `session_key` is for the server only, and must never reach the mini program. */
export interface Session {
  /** The user, in this mini program. */
  openid: string;
  /** The key of the user's encrypted data, base64. */
  session_key: string;
  /** The user across the apps of one Open Platform account, if there is one. */
  unionid?: string;
}

/** The largest length of an answer of the log-in, in bytes. */
const SESSION_BYTES = 64 * 1024;

/** Asks the log-in server (小程序登录 code2Session, developers.weixin.qq.com). A code works once, within five minutes. */
export async function code2Session(
  ids: { appid: string; secret: string; js_code: string },
  channel: Channel,
  options: CallOptions | undefined,
): Promise<Session> {
  checkCode('js_code', ids.js_code, 'the code that wx.login returned');
  const query = `?${new URLSearchParams({ ...ids, grant_type: 'authorization_code' })}`;
  // A code works once, so a second attempt would be refused in any case.
  const once = { body: undefined, certificate: false, repeatable: false };
  const message = { to: 'login', path: '/sns/jscode2session', query, ...once, limit: SESSION_BYTES } as const;
  const secrets = [ids.secret, ids.js_code];
  const answer = await channel.send({ ...message, secrets }, options);
  return answer.judged(() => {
    const { openid, session_key, unionid } = readAnswer(CALL, answer.body, secrets);
    if (!isText(openid) || !isText(session_key)) throw unreadable(CALL, 'lacks openid or session_key');
    return { openid, session_key, ...(isText(unionid) ? { unionid } : {}) };
  });
}

const CALL: AppCall = {
  name: 'code2Session',
  unread: 'the code may be used up, let the client log in again',
  advice: new Map([
    [40029, 'Let the client log in again: a code works once, within five minutes, and for one appid'],
    [40163, 'Let the client log in again: a code works once'],
    [45011, 'Too many log-ins of this user: try again later'],
    [40226, 'WeChat blocks the log-in of this high-risk user'],
    [41008, 'Check the proxy between you and WeChat: the code of wx.login was lost'],
  ]),
};
