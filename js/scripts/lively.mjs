// A gateway with something of everything, for pictures of its page and for tests of it.
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { openNotify, replyNotify, WechatPay } from 'paysign';
import { createGateway } from 'paysign/testing';
import { WechatPay as WechatPayV3 } from 'paysign/v3';

/** The client of APIv2. */
const V2 = {
  appid: 'wx8888888888888888',
  mch_id: '1900000109',
  key: 'Livel1y0Key2345678901234567890ab',
  secret: 'test-app-secret',
};

/** Both generations, with keys that are for this machine only. */
export const MERCHANT = { ...V2, apiV3Key: 'ABCDEF0123456789abcdef0123456789' };

export const LONG = '明前龙井（特级）礼盒装250克×2，附青瓷茶杯一对与竹制茶盘，限量编号';

/** The gateway, a shop that takes its notices, and orders, notices, refunds and calls in each state. */
export async function openLively() {
  /** @type {import('paysign/testing').DecideMicropay} */
  const micropay = ({ out_trade_no }) => {
    if (out_trade_no.startsWith('TILL-WAIT'))
      return { result: 'USERPAYING', afterMs: 3_600_000, trade_state: 'SUCCESS' };
    if (out_trade_no.startsWith('TILL-POOR'))
      return { result: 'FAIL', err_code: 'NOTENOUGH', err_code_des: '余额不足', trade_state: 'PAYERROR' };
    return { result: 'SUCCESS' };
  };
  const gateway = createGateway({ merchants: [MERCHANT], seed: 'lively', refundDelayMs: 1, micropay });
  const shop = createServer(async (request, response) => {
    const body = await text(request);
    try {
      if (request.url?.startsWith('/closed')) throw new Error('closed');
      const { secret: _, ...receiver } = V2;
      openNotify(body, { ...receiver, signType: 'HMAC-SHA256' });
      response.end(replyNotify());
    } catch {
      response.end(replyNotify('签名失败'));
    }
  });
  await new Promise((resolve) => shop.listen(0, '127.0.0.1', () => resolve(undefined)));
  const address = shop.address();
  const origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  const close = async () => {
    await gateway.close();
    shop.close();
    shop.closeAllConnections();
  };
  try {
    const { url } = await gateway.listen();
    await fill(gateway, url, origin);
    return { gateway, url, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * @param {import('paysign/testing').Gateway} gateway
 * @param {string} url
 * @param {string} origin
 */
async function fill(gateway, url, origin) {
  const where = { baseUrls: [url], loginUrl: url };
  const client = new WechatPay({ ...V2, ...where });
  const openid = 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o';
  const place = (
    /** @type {string} */ out_trade_no,
    /** @type {string} */ body,
    /** @type {number} */ total_fee,
    path = 'notify',
  ) =>
    client.pay({
      out_trade_no,
      body,
      total_fee,
      openid,
      spbill_create_ip: '127.0.0.1',
      notify_url: `${origin}/${path}`,
    });
  const choice = (/** @type {string} */ out_trade_no) => ({ out_trade_no });
  const code = () => ({ auth_code: '134567890123456789', spbill_create_ip: '127.0.0.1' });

  await client.code2Session(gateway.login({ appid: MERCHANT.appid, openid }));
  await place('TEA-20261201-0004', '示例商店-试喝装', 990);
  await place('TEA-20261201-0001', '示例商店-乌龙茶 100 克', 3200, 'closed');
  gateway.payOrder(choice('TEA-20261201-0001'));
  await gateway.idle();
  await place('TEA-20261201-0002', '示例商店-茶杯', 8850);
  gateway.payOrder(choice('TEA-20261201-0002'));
  await gateway.idle();
  gateway.refundOrder(choice('TEA-20261201-0002'));
  await place('TEA-20261201-0003', LONG, 168_800);
  gateway.payOrder(choice('TEA-20261201-0003'));
  await gateway.idle();
  gateway.refundOrder(choice('TEA-20261201-0003'), { refund_fee: 20_050 });
  await client.micropay({ out_trade_no: 'TILL-SOLD-7', body: '门店-拿铁', total_fee: 1800, ...code() });
  // An order cannot be closed in its first five minutes.
  const turn = {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ms: 330_000 }),
  };
  await fetch(`${url}/gateway/clock`, turn);
  await client.closeOrder(choice('TEA-20261201-0004'));
  const withCertificate = new WechatPay(await gateway.client(MERCHANT.mch_id));
  await withCertificate.reverse(choice('TILL-SOLD-7'));
  await client
    .micropay({ out_trade_no: 'TILL-POOR-8', body: '门店-美式', total_fee: 1500, ...code() })
    .catch(() => undefined);
  await client
    .micropay({ out_trade_no: 'TILL-WAIT-9', body: '门店-燕麦拿铁', total_fee: 2200, ...code() })
    .catch(() => undefined);

  const v3 = new WechatPayV3(await gateway.client(MERCHANT.mch_id, { api: 'v3' }));
  const placeV3 = (
    /** @type {string} */ out_trade_no,
    /** @type {string} */ description,
    /** @type {number} */ total,
  ) => v3.pay({ out_trade_no, description, amount: { total }, payer: { openid }, notify_url: `${origin}/notify` });
  await placeV3('V3-20261201-0001', '云端商店-年度会员', 19_900);
  await placeV3('V3-20261201-0002', '云端商店-电子书', 2990);
  gateway.payOrder(choice('V3-20261201-0002'));
  await gateway.idle();
  const { out_refund_no } = gateway.refundOrder(choice('V3-20261201-0002'));
  if (out_refund_no !== undefined) gateway.failRefund({ ...choice('V3-20261201-0002'), out_refund_no });
  await placeV3('V3-20261201-0003', '云端商店-照片冲印 40 张', 4600);

  await place('TEA-20261201-0005', '示例商店-茶具清洁刷', 1290);
  await gateway.forgeNotice(choice('TEA-20261201-0005'), 'changed amount');
  await gateway.forgeNotice(choice('TEA-20261201-0005'), 'another key');
  await gateway.idle();
  await new Promise((resolve) => setTimeout(resolve, 20));

  const wrong = new WechatPay({ ...V2, key: MERCHANT.key.toLowerCase(), ...where });
  await wrong.orderQuery(choice('TEA-20261201-0005')).catch(() => undefined);
  const late = new WechatPayV3({
    ...(await gateway.client(MERCHANT.mch_id, { api: 'v3' })),
    nowMs: () => Date.now() - 3_600_000,
  });
  await late.orderQuery(choice('V3-20261201-0001')).catch(() => undefined);
  await v3.orderQuery(choice('V3-20261201-9999')).catch(() => undefined);
  await v3.orderQuery(choice('V3-20261201-0001'));
}
