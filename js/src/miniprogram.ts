// The phone's side, for the mini program itself: wx.requestPayment as a promise, without wasm and without a key.

/** What the server's `pay()` or `requestPayment()` returned, in either API generation. It is passed on unchanged. */
export interface PaymentParams {
  /** Seconds since 1970-01-01 UTC, as text of ten digits. */
  timeStamp: string;
  /** At most 32 characters. */
  nonceStr: string;
  /** `prepay_id=` and the id. */
  package: string;
  /** `RSA` in APIv3. In APIv2 it is the `sign_type` of the order. */
  signType: 'MD5' | 'HMAC-SHA256' | 'RSA';
  /** The second signature. Only the server can make it. */
  paySign: string;
}

/** What the phone says. It proves nothing: only the server's query or notice proves a payment. */
export interface PaymentResult {
  /**
   * - `ok`: the phone says that the payer has paid. Ask the server before anything is shown as paid.
   * - `cancelled`: the phone says that the payer closed the payment. The order may be paid all the same.
   * - `failed`: everything else, also an answer that nobody knows. The order may be paid all the same.
   */
  readonly status: 'ok' | 'cancelled' | 'failed';
  /** The phone's own text with its codes, for logs. It is empty if the phone said nothing. */
  readonly detail: string;
}

/**
 * Opens the payment by `wx.requestPayment`, and resolves to what the phone says.
 *
 * Whatever `status` is, ask the server next: only its query or notice proves a payment. A status other than `ok` does not
 * prove that nothing was paid either.
 *
 * The promise does not reject for anything that the phone says. It rejects with a `TypeError` if there is no `wx`, or if
 * `params` is not what the server returned. It stays pending while the phone calls nothing back.
 */
export function requestPayment(params: PaymentParams): Promise<PaymentResult> {
  return new Promise((resolve) => {
    if (typeof wx === 'undefined' || typeof wx?.requestPayment !== 'function')
      throw new TypeError('wx.requestPayment is missing; call requestPayment in a mini program, not on the server');
    check(params);
    /** The first answer counts: each later call has no effect. */
    const settle = (said: unknown, mayBeOk: boolean): void => resolve(read(said, mayBeOk));
    const callbacks = {
      success: (said: unknown) => settle(said, true),
      fail: (said: unknown) => settle(said, false),
      // WeChat 6.5.2 and earlier call nothing else for a cancelled payment. Another callback at the same time is preferred.
      complete: (said: unknown) => Promise.resolve().then(() => settle(said, true)),
    };
    try {
      const answer = wx.requestPayment(Object.assign({}, params, callbacks));
      // A host that wraps `wx` may answer by a promise alone.
      if (typeof answer?.then === 'function') answer.then((said) => textOf(said) && settle(said, true), callbacks.fail);
    } catch (thrown) {
      settle(thrown, false);
    }
  });
}

/** The mini program's own global. Its types are a package that nobody needs for this. */
declare const wx: { requestPayment?: (options: object) => PromiseLike<unknown> | undefined } | undefined;

/** The form of each member, and its words for an error. */
const FORMS: readonly [name: keyof PaymentParams, form: RegExp, words: string][] = [
  ['timeStamp', /^\d{10}$/, 'text of ten digits'],
  ['nonceStr', /^.{1,32}$/, 'text of 1 to 32 characters'],
  ['package', /^prepay_id=(?!undefined$|null$)./, 'the text prepay_id= and the id'],
  ['signType', /^(?:MD5|HMAC-SHA256|RSA)$/, 'MD5, HMAC-SHA256 or RSA'],
  ['paySign', /./, 'text that is not empty'],
];

function check(params: PaymentParams): void {
  for (const [name, form, words] of FORMS) {
    const value: unknown = Object(params)[name];
    if (typeof value !== 'string' || !form.test(value))
      throw new TypeError(`${name}: must be ${words}; pass what the server's pay() returned`);
  }
}

/** The name of the call. Hosts that wrap the JSSDK or the bridge keep the names of those. */
const CALL = /^(?:requestPayment|chooseWXPay|get_brand_wcpay_request) *: */i;

/** All of the words must say that the payer cancelled. A reason such as "order canceled" says something else. */
const CANCELLED =
  /^(?:fail(?:ed)?)?[\s:：,，_(（-]*(?:(?:user[ _]?)?cancel(?:l?ed)?(?: by (?:the )?user)?|(?:用户|您)?(?:已经?|主动|中途)?(?:取消了?(?:支付|付款)?|(?:支付|付款)(?:已|被)?取消))[\s)）.。!！]*$/i;

function read(said: unknown, mayBeOk: boolean): PaymentResult {
  const text = textOf(said);
  const { err_desc, errCode, errno, err_code } = Object(said);
  const reason = typeof err_desc === 'string' ? err_desc : '';
  const words = text.replace(CALL, '').trim();
  // Some phones say "fail" there, and the reason beside it.
  const isCancelled = CANCELLED.test(/^fail$/i.test(words) ? reason : words);
  const codes = Object.entries({ errCode, errno, err_code })
    .filter(([, code]) => code !== undefined && code !== null)
    .map(([name, code]) => `${name} ${code}`);
  return {
    status: isCancelled ? 'cancelled' : mayBeOk && /^ok$/i.test(words) ? 'ok' : 'failed',
    detail: [text, reason, ...codes].filter(Boolean).join('; '),
  };
}

/** The phone's text: a member of the answer, or the answer itself. */
function textOf(said: unknown): string {
  const { errMsg, err_msg, message } = Object(said);
  return [said, errMsg, err_msg, message].find((text) => typeof text === 'string' && text !== '') || '';
}
