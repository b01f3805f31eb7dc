// The types of the phone's side, tested by compiling: each wrong use must not compile.
import { requestPayment as signV2, type WechatPay } from 'paysign';
import { type PaymentParams, type PaymentResult, requestPayment } from 'paysign/miniprogram';
import type { WechatPay as WechatPayV3 } from 'paysign/v3';

export async function right(v2: WechatPay, v3: WechatPayV3, prepay_id: string): Promise<string> {
  const signed: PaymentParams[] = [
    v2.requestPayment(prepay_id),
    await v3.requestPayment(prepay_id),
    signV2({ appId: 'wx1', prepay_id, key: 'k' }),
  ];
  // As wx.request returns it: the program's own server has checked it.
  const answered = JSON.parse('{}');
  await requestPayment(answered.payment);
  const [first] = signed;
  if (first === undefined) return '';
  const result: PaymentResult = await requestPayment(first);
  const words: Record<PaymentResult['status'], string> = { ok: '待确认', cancelled: '已取消', failed: '失败' };
  return words[result.status] + result.detail;
}

export async function wrong(params: PaymentParams, result: PaymentResult): Promise<void> {
  // @ts-expect-error seconds are text
  requestPayment({ ...params, timeStamp: 1414561699 });
  // @ts-expect-error the second signature is missing
  requestPayment({ timeStamp: '1414561699', nonceStr: 'n', package: 'prepay_id=p', signType: 'RSA' });
  // @ts-expect-error no such way of signing
  requestPayment({ ...params, signType: 'SHA256' });
  // @ts-expect-error the prepay_id alone is not signed
  requestPayment('prepay_id=p');
  // @ts-expect-error no phone says that an order is paid
  if (result.status === 'paid') return;
  // @ts-expect-error a result is not changed
  result.status = 'ok';
}
