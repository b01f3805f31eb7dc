// The user's phone number (手机号快速验证), by the code of the getPhoneNumber button.
import { WxPayError } from '../errors.js';
import type { CallOptions } from '../http/call-options.js';
import { type Channel, signalOf } from '../http/channel.js';
import { own, ownMember } from '../own.js';
import type { AccessTokens, App } from './access-token.js';
import { type AppCall, checkCode, isText, JSON_TYPE, readAnswer, unreadable } from './answer.js';

/** A user's phone number. */
export interface PhoneNumber {
  /** The number. One from abroad has its country code, such as `+85212345678`. */
  phoneNumber: string;
  /** The number without the country code. */
  purePhoneNumber: string;
  /** The country code, such as `86`. */
  countryCode: string;
}

/** The largest length of an answer with a phone number, in bytes. */
const PHONE_BYTES = 64 * 1024;

/**
 * Exchanges the code of the button for the number (getPhoneNumber, developers.weixin.qq.com). A code works once, within five
 * minutes. If WeChat refuses the access token, the call is repeated once with another. Such a refusal does not use the code.
 */
export async function getPhoneNumber(
  ids: App & { readonly code: string },
  tokens: AccessTokens,
  channel: Channel,
  options: CallOptions | undefined,
): Promise<PhoneNumber> {
  const { code } = ids;
  checkCode('code', code, 'the code of the getPhoneNumber button, not that of wx.login');
  const signal = signalOf(options);

  const ask = async (access_token: string): Promise<PhoneNumber> => {
    const query = `?${new URLSearchParams({ access_token })}`;
    const secrets = [access_token, ids.secret, code];
    // A code works once, so a second attempt would be refused in any case.
    const once = { body: JSON.stringify({ code }), certificate: false, repeatable: false };
    const message = { to: 'login', path: PATH, query, contentType: JSON_TYPE, limit: PHONE_BYTES } as const;
    const answer = await channel.send({ ...message, ...once, secrets }, options);
    return answer.judged(() => phoneNumber(readAnswer(CALL, answer.body, secrets), ids.appid));
  };

  const token = await tokens.get(ids, signal);
  try {
    return await ask(token);
  } catch (error) {
    if (!(error instanceof WxPayError && REFUSED_TOKEN.has(ownMember(error, 'err_code')))) throw error;
    const another = await tokens.another(ids, token, signal);
    if (another === undefined) throw error;
    return ask(another);
  }
}

function phoneNumber({ phone_info }: Record<string, unknown>, appid: string): PhoneNumber {
  const { phoneNumber, purePhoneNumber, countryCode, watermark } = own((phone_info ?? {}) as Record<string, unknown>);
  // In WeChat's page, the table says text and the example has a number.
  const country = typeof countryCode === 'number' ? String(countryCode) : countryCode;
  if (!isText(phoneNumber) || !isText(purePhoneNumber) || !isText(country))
    throw unreadable(CALL, 'lacks the phone number');
  const owner = ownMember(watermark as { appid?: unknown } | undefined, 'appid');
  if (owner !== undefined && owner !== appid) {
    throw new WxPayError({
      code: 'ERR_MISMATCH',
      outcome: 'unknown',
      message: "watermark: the phone number is another app's; do not use it",
      field: 'watermark',
    });
  }
  return { phoneNumber, purePhoneNumber, countryCode: country };
}

const PATH = '/wxa/business/getuserphonenumber';

/** The errcodes of an access token that is wrong or has expired. */
const REFUSED_TOKEN: ReadonlySet<string | undefined> = new Set(['40001', '40014', '42001']);

const NEW_TOKEN =
  'The access token was refused, and there is no other one yet: check whether another program forces new tokens';

const CALL: AppCall = {
  name: 'getPhoneNumber',
  unread: 'the code may be used up, let the user press the button again',
  advice: new Map([
    [
      40029,
      'Let the user press the button again: its code works once, within five minutes, and is not that of wx.login',
    ],
    [40001, NEW_TOKEN],
    [40014, NEW_TOKEN],
    [42001, NEW_TOKEN],
  ]),
};
