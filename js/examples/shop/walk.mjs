// The whole order flow over HTTP, by APIv2 and by APIv3: a gateway, a shop, and a scripted mini program. `node walk.mjs [--verbose]`
import { fileURLToPath } from 'node:url';
import { WechatPay as WechatPayV2 } from 'paysign';
import { createGateway } from 'paysign/testing';
import { WechatPay as WechatPayV3 } from 'paysign/v3';
import { compareBooks, counted } from './books.mjs';
import { FORGERIES } from './forgeries.mjs';
import { openShop } from './shop.mjs';
import { signedNotice, signedPayment, signedRequest } from './signed.mjs';

/** One merchant with a key for each generation. */
const MERCHANT = {
  appid: 'wxd930ea5d5a258f4f',
  mch_id: '10000100',
  key: '192006250b4c09247ec02edce69f6a2d',
  apiV3Key: 'demo-api-v3-key-of-this-merchant',
  secret: 'example-app-secret',
};
const OPENID = 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o';
const NAMES = { v2: 'APIv2', v3: 'APIv3' };

/**
 * Walks the flow in both generations and prints a line for each step. Returns what the gateway counted of each generation, and the
 * differences between the shop's books and the gateway's.
 * @param {{ verbose?: boolean, print?: (line: string) => void }} [options]
 */
export async function walk({ verbose = false, print = console.log } = {}) {
  let steps = 0;
  const step = (text) => print(`${String(++steps).padStart(2)}  ${text}`);
  const detail = (title, text) => verbose && text !== undefined && print(`      ${title}: ${text}`);
  const letters = [];
  const gateway = createGateway({ merchants: [MERCHANT], refundDelayMs: 0, fetch: keeping(letters) });
  const refusals = [];
  let shop;
  try {
    const clients = await clientsOf(gateway, (url, init) => {
      detail(`signed for ${new URL(url).pathname}`, signedRequest(url, init));
      return fetch(url, init);
    });
    shop = await openShop(clients, (line) => refusals.push(line));
    step(`the gateway and the shop listen; notices of both generations go to ${shop.address}/wxpay/notify`);
    const proven = {};
    for (const [api, name] of Object.entries(NAMES)) {
      print(name);
      const refused = await walkOne(api, { gateway, shop, letters, refusals, step, detail });
      proven[api] = { ...counted(api, gateway), refused };
    }
    print('Both');
    const differences = compareBooks(shop.books(), { orders: gateway.orders(), refunds: gateway.refunds() });
    step(`the books of the shop and the gateway ${differences.length === 0 ? 'agree' : 'differ'}`);
    for (const difference of differences) print(`    ${difference}`);
    for (const [api, name] of Object.entries(NAMES)) print(`${name} proven: ${inWords(proven[api])}`);
    return { differences, proven };
  } finally {
    await Promise.all([shop?.close(), gateway.close()]);
  }
}

/** One generation. Only the choice of the API and the forgeries differ. Returns how many forgeries were refused. */
async function walkOne(api, { gateway, shop, letters, refusals, step, detail }) {
  const { appid } = MERCHANT;
  const { token } = await ask(shop, '/login', { js_code: gateway.login({ appid, openid: OPENID }), api });
  step('the mini program logged in: js_code → openid, which stays with the shop');

  const { out_trade_no, payment } = await ask(shop, '/orders', { token, goods: 'tea' });
  step(`order ${out_trade_no} placed and signed again: ${payment.package}, ${payment.signType}`);
  detail('signed for the phone', signedPayment(appid, payment));

  const phone = { appId: appid, openid: OPENID, ...payment };
  const wrong = await gateway.pay({ ...phone, signType: 'MD5' });
  must(wrong.errMsg !== 'requestPayment:ok', 'a payment signed in another way than its order must fail');
  step(`a payment signed in another way than its order is refused: ${wrong.errMsg}`);

  const { errMsg } = await gateway.pay(phone);
  must(errMsg === 'requestPayment:ok', errMsg);
  await gateway.idle();
  const letter = letters.at(-1);
  must(stateOf(shop, out_trade_no) === 'SUCCESS', 'the shop must believe the genuine notice');
  step(`paid on the phone (${errMsg}); the notice was verified, its amount checked, and acknowledged`);
  detail('signed by WeChat', signedNotice(letter));

  const query = await ask(shop, '/orders/query', { out_trade_no });
  must(query.trade_state === 'SUCCESS' && query.state === 'SUCCESS', 'the query must agree with the notice');
  step(`the shop queried the order: ${query.trade_state}`);

  const { accepted } = await gateway.resendNotice({ out_trade_no });
  must(accepted, 'a repeated notice must be acknowledged');
  step('the same notice once more: acknowledged, and not counted again');

  const { out_trade_no: unpaid } = await ask(shop, '/orders', { token, goods: 'cake' });
  step(`a second order is placed, and not paid: ${unpaid}`);
  const before = refusals.length;
  for (const [what, send] of Object.entries(FORGERIES[api](MERCHANT.key))) {
    must(!(await send({ gateway, unpaid, letter })), `the shop must refuse ${what}`);
    step(`${what} → refused (${refusals.at(-1)?.split(':')[0]})`);
  }
  const refused = refusals.length - before;
  must(stateOf(shop, unpaid) === 'NOTPAY', 'a forgery must not pay an order');

  const { out_refund_no, refund_fee } = await shop.refund(out_trade_no, 3800);
  await until(() => stateOf(shop, out_trade_no) === 'REFUND', 'the notice of the refund must come');
  await gateway.idle();
  step(`refund ${out_refund_no} of ${refund_fee} fen: accepted, then its notice, then a query that confirms it`);
  detail('signed by WeChat', signedNotice(letters.at(-1)));
  return refused;
}

/** The merchant's clients. They call the gateway over plain HTTP, which shows what is sent. */
async function clientsOf(gateway, fetch) {
  const { url } = await gateway.listen();
  const { apiV3Key, ...v2 } = MERCHANT;
  const { ca, ...v3 } = await gateway.client(MERCHANT.mch_id, { api: 'v3' });
  const here = { baseUrls: [url], loginUrl: url, fetch };
  return { v2: new WechatPayV2({ ...v2, ...here, certFetch: fetch }), v3: new WechatPayV3({ ...v3, ...here }) };
}

/** A fetch that keeps what it posts. */
function keeping(letters) {
  return (url, init) => {
    letters.push({ url, headers: init.headers, body: init.body });
    return fetch(url, init);
  };
}

const inWords = ({ orders, paid, refunded, deliveries, refused }) =>
  `${paid} of ${orders} orders paid, once, in ${deliveries} deliveries; ${refunded} refunded; ${refused} forgeries refused`;

const stateOf = (shop, number) => shop.books().orders.find((order) => order.out_trade_no === number)?.state;

async function ask(shop, path, question) {
  const response = await fetch(`${shop.address}${path}`, { method: 'POST', body: JSON.stringify(question) });
  must(response.ok, `${path}: HTTP status ${response.status}`);
  return response.json();
}

/** Waits until a condition is true, five seconds at most. */
async function until(condition, what) {
  for (let tries = 0; !condition(); tries += 1) {
    must(tries < 500, what);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

function must(condition, what) {
  if (!condition) throw new Error(what);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { differences } = await walk({ verbose: process.argv.includes('--verbose') });
  process.exitCode = differences.length === 0 ? 0 : 1;
}
