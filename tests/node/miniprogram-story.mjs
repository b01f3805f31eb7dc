// The stories of the example mini program: gateway, server, phone, and a payer with his ways.
import { WechatPay as WechatPayV2 } from 'paysign';
import { createGateway } from 'paysign/testing';
import { WechatPay as WechatPayV3 } from 'paysign/v3';
import { openServer } from '../../js/examples/miniprogram/server.mjs';
import { otherShop } from './gateway-support.mjs';
import { openPhone } from './miniprogram-support.mjs';

const FOLDER = 'js/examples/miniprogram';
/** The page of the goods, and that of an order. */
export const pages = ['pages/order/index', 'pages/result/index'];
export const { appid, mch_id } = otherShop;
export const OPENID = 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o';
const closing = [];

/** Ends all that the stories of a test have opened. */
export async function closeAll() {
  for (const close of closing.splice(0).reverse()) await close();
  delete globalThis.wx;
}

/** The payer's ways. Each calls back as a phone does. */
const PAYERS = {
  async pays(gateway, { success, fail, complete, ...payment }, openid) {
    const answer = await gateway.pay({ appId: appid, openid, ...payment });
    (answer.errMsg === 'requestPayment:ok' ? success : fail)(answer);
    complete(answer);
  },
  async cancels(_gateway, { fail, complete }) {
    fail({ errMsg: 'requestPayment:fail cancel' });
    complete({ errMsg: 'requestPayment:fail cancel' });
  },
  fails: (_gateway, { fail }) => fail({ errMsg: 'requestPayment:fail', err_code: '-1', err_desc: '支付验证签名失败' }),
  /** The payment succeeds, and the phone says otherwise. */
  async paysAndSaysCancel(gateway, { fail, success, complete, ...payment }, openid) {
    await gateway.pay({ appId: appid, openid, ...payment });
    fail({ errMsg: 'requestPayment:fail cancel' });
  },
  /** The phone says that it paid, and nothing happened: anybody can change a phone. */
  lies: (_gateway, { success }) => success({ errMsg: 'requestPayment:ok' }),
  saysNothing() {},
};

/** A gateway, the server, and a phone that has launched the mini program. `notices` says whether WeChat's notices arrive. */
export async function open(api, { notices = true } = {}) {
  const story = { notices, payer: 'pays', openid: OPENID, calls: [], refusals: [] };
  const gateway = createGateway({
    merchants: [{ ...otherShop, apiV3Key: 'v'.repeat(32) }],
    refundDelayMs: 0,
    retryDelaysMs: [],
    fetch: (url, init) => (story.notices ? fetch(url, init) : Promise.reject(new Error('lost'))),
  });
  await gateway.listen();
  closing.push(() => gateway.close());
  const pay =
    api === 'v3'
      ? new WechatPayV3(await gateway.client(mch_id, { api }))
      : new WechatPayV2(await gateway.client(mch_id));
  const server = await openServer({ api, pay, log: (line) => story.refusals.push(line) });
  closing.push(() => server.close());
  const phone = openPhone({
    folder: FOLDER,
    address: server.address,
    login: () => gateway.login({ appid, openid: story.openid }),
    requestPayment(options) {
      story.calls.push(options);
      PAYERS[story.payer](gateway, options, story.openid);
    },
  });
  await phone.launch();
  return Object.assign(story, { gateway, server, phone });
}

/** Opens the goods, taps on the button of one, and waits for the page of the result. */
export async function buy({ phone }, goods = 'tea') {
  const page = phone.page ?? (await phone.open(pages[0]));
  phone.opening = undefined;
  await page.buy(tap(goods));
  return phone.opening;
}

/** The event of a tap on the button of some goods. */
export const tap = (goods) => ({ currentTarget: { dataset: { goods } } });
/** The states of all orders in the books of the gateway. */
export const states = (gateway) => gateway.orders().map(({ trade_state }) => trade_state);

/** Calls of the server by hand, with the log-in of the story's payer. */
export async function asker({ gateway, server, openid }) {
  const post = (path, body, headers = {}) =>
    fetch(server.address + path, { method: 'POST', headers, body: JSON.stringify(body) });
  const { token } = await (await post('/login', { code: gateway.login({ appid, openid }) })).json();
  const headers = { authorization: `Bearer ${token}` };
  return async (path, body) => {
    const answer = await (body ? post(path, body, headers) : fetch(server.address + path, { headers }));
    return { status: answer.status, body: await answer.json() };
  };
}
