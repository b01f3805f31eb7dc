// 付款码支付: POST …/transactions/codepay, direct and for sub-merchants. WeChat opens it for merchants who ask (docs).

import { orderMembers } from '../books/members-v3.js';
import type { Merchant, Merchants } from '../books/merchants.js';
import type { Order } from '../books/orders.js';
import { createTill, PAY_CODE, type TillParts } from '../books/pay-codes.js';
import { AMOUNT, CURRENCY, IP, NEW_OUT_TRADE_NO, SETTLE_INFO } from './common-fields.js';
import { flag, form, integer, list, object, type Rule, text } from './fields.js';
import { judgeSub, PARTIES, type Party } from './partner.js';
import { judgeRepeat, NUMBER_USED, NUMBER_USED_BY_SUB, UNBOUND, wordsOf } from './placing-rules.js';
import { fieldProblem, OVER, problem, type V3Problem } from './problems.js';
import type { V3Outcome, V3Route } from './v3-api.js';

/** The calls that pay by the code on the payer's phone. They have no notice. */
export function codepayRoutes(parts: TillParts & { readonly merchants: Merchants }): V3Route[] {
  const till = createTill(parts);
  return PARTIES.map((party) => ({
    method: 'POST',
    path: `${party.under}/codepay`,
    body: bodyOf(party),
    endpoint({ merchant: { mch_id }, body }): V3Outcome {
      // The rules of the body were checked before.
      const sent = body as unknown as SentScan;
      const { out_trade_no, sub_mchid, scene_info, amount } = sent;
      const found = parts.merchants.identify(sent[party.appid] ?? '', mch_id);
      if ('problem' in found) return UNBOUND;
      const { merchant } = found;
      const foreign = judgePermission(merchant) ?? judgeSub(parts.merchants, mch_id, sub_mchid, sent.sub_appid);
      if (foreign !== undefined) return foreign;
      const { id, out_id } = scene_info.store_info;
      if (id === undefined && out_id === undefined) return NO_STORE;
      const earlier = parts.orders.find({ merchant, sub_mch_id: sub_mchid }, out_trade_no);
      if (earlier !== undefined) return judgeEarlier(earlier, merchant, sent);
      if (sub_mchid !== undefined && parts.orders.findOfSub(mch_id, out_trade_no)) return NUMBER_USED_BY_SUB;
      const { order, decision } = till.scan({
        merchant,
        sub_mch_id: sub_mchid,
        signType: 'RSA',
        request: flatten(merchant, sent),
        json: body,
        out_trade_no,
        total_fee: amount.total,
      });
      if (decision.result !== 'FAIL') return { body: orderMembers(order) };
      const code = CURRENT_SPELLINGS[decision.err_code] ?? decision.err_code;
      return problem(code, decision.err_code_des ?? '支付失败');
    },
  }));
}

/** Why a merchant may not use pay codes, or undefined. */
export function judgePermission({ codepay = true }: Merchant): V3Problem | undefined {
  return codepay ? undefined : problem('NO_AUTH', '商户号该产品权限未开通，请前往商户平台>产品中心检查后重试');
}

/** The members that the gateway looks at. */
interface SentScan {
  readonly appid?: string;
  readonly sp_appid?: string;
  readonly sub_appid?: string;
  readonly sub_mchid?: string;
  readonly description: string;
  readonly out_trade_no: string;
  readonly attach?: string;
  readonly goods_tag?: string;
  readonly payer: { readonly auth_code: string };
  readonly amount: { readonly total: number };
  readonly scene_info: {
    readonly device_id?: string;
    readonly device_ip?: string;
    readonly store_info: { readonly id?: string; readonly out_id?: string };
  };
}

/** A number works once. The same code again shows how its payment goes on. */
function judgeEarlier(earlier: Order, merchant: Merchant, sent: SentScan): V3Outcome {
  const over = judgeRepeat(earlier.trade_state);
  if (over !== undefined) return over;
  if (earlier.trade_state === 'REVOKED') return problem('ORDER_CLOSED', '该订单已撤销', OVER);
  const isSame = earlier.merchant === merchant && earlier.request.get('auth_code') === sent.payer.auth_code;
  return earlier.trade_state === 'USERPAYING' && isSame ? { body: orderMembers(earlier) } : NUMBER_USED;
}

/** The spellings of APIv3 for codes of APIv2, which a decision may have. */
const CURRENT_SPELLINGS: Readonly<Record<string, string>> = {
  SYSTEMERROR: 'SYSTEM_ERROR',
  BANKERROR: 'BANK_ERROR',
  NOTENOUGH: 'NOT_ENOUGH',
  NOAUTH: 'NO_AUTH',
  ORDERPAID: 'ORDER_PAID',
  ORDERCLOSED: 'ORDER_CLOSED',
};

const NO_STORE = fieldProblem({
  field: '/scene_info/store_info',
  issue: 'should have id or out_id',
  location: 'body',
  value: {},
});

const GOODS = object(
  { merchant_goods_id: text(32), quantity: integer(1), unit_price: integer() },
  // This call spells the number of WeChat's in its own way.
  { wxpay_goods_id: text(32), goods_name: text(256) },
);

function bodyOf(party: Party): Rule {
  return object(
    {
      [party.appid]: text(32),
      ...party.numbers,
      description: text(127),
      out_trade_no: NEW_OUT_TRADE_NO,
      payer: object({ auth_code: text(32, form(PAY_CODE, 'should be 18 digits that begin with 10 to 15')) }),
      amount: object({ total: AMOUNT }, { currency: CURRENCY }),
      scene_info: object(
        { store_info: object({}, { id: text(32), out_id: text(256) }) },
        { device_id: text(32), device_ip: IP },
      ),
    },
    {
      ...party.optional,
      attach: text(128),
      goods_tag: text(32),
      support_fapiao: flag,
      detail: object({ goods_detail: list(GOODS, 6000, 1) }, { cost_price: integer(), invoice_id: text(32) }),
      settle_info: SETTLE_INFO,
    },
  );
}

/** The order in the words of APIv2, which the books and the bills have. */
function flatten({ appid, mch_id }: Merchant, sent: SentScan): Map<string, string> {
  return wordsOf({
    appid,
    mch_id,
    sub_appid: sent.sub_appid,
    sub_mch_id: sent.sub_mchid,
    body: sent.description,
    out_trade_no: sent.out_trade_no,
    total_fee: String(sent.amount.total),
    auth_code: sent.payer.auth_code,
    attach: sent.attach,
    goods_tag: sent.goods_tag,
    device_info: sent.scene_info.device_id,
    spbill_create_ip: sent.scene_info.device_ip,
  });
}
