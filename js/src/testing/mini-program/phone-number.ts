// Phone numbers: the code of the button, and POST /wxa/business/getuserphonenumber (manual: 手机号快速验证).

import type { Merchants } from '../books/merchants.js';
import type { Tell } from '../events.js';
import { own } from '../own.js';
import type { Clock } from '../wire/clock.js';
import type { RandomText } from '../wire/random.js';
import { type Failure, refusal, textOf } from './errcode.js';
import type { TokenDesk } from './tokens.js';

/** The phone number of a code. */
export interface PhoneNumberChoice {
  /** The mini program with the button. */
  appid: string;
  /** The number without the country code. Default 13800138000. */
  purePhoneNumber?: string;
  /** The country code. Default 86. */
  countryCode?: string;
}

/** The desk of phone numbers. */
export interface PhoneNumberDesk {
  /** Returns a code, valid once within five minutes. Throws a TypeError for an unknown AppID. */
  code(who: PhoneNumberChoice): string;
  /** Answers `/wxa/business/getuserphonenumber`. */
  phoneNumber(access_token: string, request: Readonly<Record<string, unknown>> | undefined): Record<string, unknown>;
  /** Records a refusal and returns its answer. */
  refuse(failure: Failure, appid?: string): Record<string, unknown>;
}

/** Makes the desk. */
export function createPhoneNumberDesk({ clock, random, merchants, tell, tokens }: PhoneNumberParts): PhoneNumberDesk {
  const codes = new Map<string, PhoneCode>();

  function judge(appid: string, request: Readonly<Record<string, unknown>> | undefined): PhoneCode | Failure {
    if (request === undefined) return { errcode: 47001, errmsg: 'data format error' };
    const code = textOf(request.code);
    if (code === '') return { errcode: 41008, errmsg: 'missing code' };
    const found = codes.get(code);
    // WeChat has one answer for all these faults.
    const isGood = found !== undefined && found.appid === appid && !found.used && found.expiresMs > clock.now();
    return isGood ? found : { errcode: 40029, errmsg: `invalid code hint: [${random.hex(12)}]` };
  }

  function refuse(failure: Failure, appid = ''): Record<string, unknown> {
    tell({ type: 'phonenumber', appid, errcode: failure.errcode });
    return refusal(failure, random);
  }

  return {
    code(who) {
      const { appid, purePhoneNumber = '13800138000', countryCode = '86' } = own(who, MEMBERS);
      if (!merchants.apps().has(appid)) throw new TypeError('phoneCode: no merchant of this gateway has this appid');
      for (const digits of [purePhoneNumber, countryCode]) {
        if (!/^\d{1,15}$/.test(digits)) throw new TypeError('phoneCode: phone number and country code must be digits');
      }
      const code = random.hex(64);
      codes.set(code, { appid, purePhoneNumber, countryCode, expiresMs: clock.now() + CODE_MS, used: false });
      tell({ type: 'phonecode', appid });
      return code;
    },
    phoneNumber(access_token, request) {
      const app = tokens.judge(access_token);
      if ('errcode' in app) return refuse(app);
      const judged = judge(app.appid, request);
      if ('errcode' in judged) return refuse(judged, app.appid);
      judged.used = true;
      const { appid, purePhoneNumber, countryCode } = judged;
      tell({ type: 'phonenumber', appid, errcode: 0 });
      const phoneNumber = countryCode === '86' ? purePhoneNumber : `+${countryCode}${purePhoneNumber}`;
      const watermark = { timestamp: Math.floor(clock.now() / 1000), appid };
      return { errcode: 0, errmsg: 'ok', phone_info: { phoneNumber, purePhoneNumber, countryCode, watermark } };
    },
    refuse,
  };
}

/** The parts of the desk. */
export interface PhoneNumberParts {
  readonly clock: Clock;
  readonly random: RandomText;
  readonly merchants: Merchants;
  readonly tell: Tell;
  readonly tokens: TokenDesk;
}

const MEMBERS = ['appid', 'purePhoneNumber', 'countryCode'] as const;

/** A code is valid for five minutes (manual: 手机号快速验证). */
const CODE_MS = 5 * 60 * 1000;

interface PhoneCode {
  readonly appid: string;
  readonly purePhoneNumber: string;
  readonly countryCode: string;
  readonly expiresMs: number;
  used: boolean;
}
