// The members of a call that places an order (docs: 小程序下单, APP下单, H5下单, Native下单).

import { AMOUNT, CURRENCY, IP, LIMIT_PAY, NEW_OUT_TRADE_NO, notifyUrl, SETTLE_INFO, TIME } from './common-fields.js';
import { flag, integer, list, object, oneOf, type Rule, type Rules, secret, text } from './fields.js';
import type { OrderKind } from './order-kinds.js';
import type { Party } from './partner.js';

/** The body of an order of this kind. */
export function orderBody({ name }: OrderKind, party: Party): Rule {
  const needsScene = name === 'h5';
  const scene = { scene_info: object({ payer_client_ip: IP, ...(needsScene && { h5_info: H5_INFO }) }, SCENE) };
  return object(
    {
      [party.appid]: text(32),
      ...party.numbers,
      description: text(127),
      out_trade_no: NEW_OUT_TRADE_NO,
      notify_url: notifyUrl(255),
      amount: object({ total: AMOUNT }, { currency: CURRENCY }),
      ...(name === 'jsapi' && { payer: party.mchid === 'mchid' ? PAYER : SUB_PAYER }),
      ...(needsScene && scene),
    },
    {
      ...party.optional,
      time_expire: TIME,
      attach: text(128),
      goods_tag: text(32),
      support_fapiao: flag,
      detail: object({}, { cost_price: integer(), invoice_id: text(32), goods_detail: list(GOODS, 6000) }),
      ...(!needsScene && scene),
      settle_info: SETTLE_INFO,
      limit_pay: LIMIT_PAY,
      ...(name === 'jsapi' && { subsidy_info: object({}, { subsidy_detail: list(SUBSIDY, 100) }) }),
    },
  );
}

/** The browser or the app that opens an H5 order. */
export const H5_INFO = object(
  { type: text(32) },
  { app_name: text(64), app_url: text(128), bundle_id: text(128), package_name: text(128) },
);

const DOCUMENTS = ['IDCARD', 'FOREIGN_RESIDENT', 'OVERSEA_PASSPORT', 'PHONE_NUMBER'] as const;
const CHINESE_DOCUMENTS = ['HONGKONG_MACAO', 'HONGKONG_MACAO_RESIDENT', 'TAIWAN_RESIDENT'] as const;

const IDENTITY = object({
  type: oneOf(...DOCUMENTS, ...CHINESE_DOCUMENTS),
  number: secret(1024),
  name: secret(1024),
});

const PAYER = object({ openid: text(128) }, { identity: IDENTITY });

/** One of the two openids is required. */
const SUB_PAYER = object({}, { sp_openid: text(128), sub_openid: text(128), identity: IDENTITY });

const GOODS = object(
  { merchant_goods_id: text(32), quantity: integer(1), unit_price: integer() },
  { wechatpay_goods_id: text(32), goods_name: text(256) },
);

const STORE = object({ id: text(32) }, { name: text(256), area_code: text(32), address: text(512) });

const SCENE: Rules = { device_id: text(32), store_info: STORE };

const SUBSIDY_PLAN = object({ subsidy_installment_num: integer(3), subsidy_percent: integer() });

const SUBSIDY = object({ subsidy_period_type: oneOf('DAILY', 'PERIOD'), subsidy_plan: list(SUBSIDY_PLAN, 100) });
