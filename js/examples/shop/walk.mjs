// The whole order flow over HTTP: a gateway, a shop, and a scripted mini program. `node walk.mjs [--verbose]`
import { createHash, createHmac } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { parseXml, signedText, WechatPay } from 'paysign';
import { createGateway } from 'paysign/testing';
import { openShop } from './shop.mjs';

const MERCHANT = {
  appid: 'wxd930ea5d5a258f4f',
  mch_id: '10000100',
  key: '192006250b4c09247ec02edce69f6a2d',
  secret: 'example-app-secret',
};
const OPENID = 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o';

/**
 * Walks the flow and prints a line for each step. Returns the differences between the shop's books and the gateway's.
 * @param {{ verbose?: boolean, print?: (line: string) => void }} [options]
 * @returns {Promise<string[]>}
 */
export async function walk({ verbose = false, print = console.log } = {}) {
  let steps = 0;
  const step = (text) => {
    steps += 1;
    print(`${String(steps).padStart(2)}  ${text}`);
  };
  const detail = (title, text) => verbose && print(`      ${title}: ${text}`);
  const gateway = createGateway({ merchants: [MERCHANT] });
  const { url } = await gateway.listen();
  const { appid, mch_id, key, secret } = MERCHANT;
  const pay = new WechatPay({ appid, mch_id, key, secret, baseUrls: [url], loginUrl: url, fetch: showing(detail) });
  const refusals = [];
  const shop = await openShop(pay, (line) => refusals.push(line));
  try {
    step(`gateway on ${url}, shop on ${shop.address}`);

    const { token } = await ask(shop, '/login', { js_code: gateway.login({ appid, openid: OPENID }) });
    step('the mini program logged in: js_code → openid, which stays with the shop');

    const { out_trade_no, payment } = await ask(shop, '/orders', { token, goods: 'tea' });
    step(`order ${out_trade_no} placed and signed again: ${payment.package}, ${payment.signType}`);
    const { paySign, ...shown } = payment;
    detail('signed for the phone', masked(signedText({ appId: appid, ...shown })));

    const wrong = await gateway.pay({ appId: appid, openid: OPENID, ...payment, signType: 'MD5' });
    must(wrong.errMsg !== 'requestPayment:ok', 'a payment signed in another way than its order must fail');
    step(`a payment signed in another way than its order is refused: ${wrong.errMsg}`);

    const { errMsg } = await gateway.pay({ appId: appid, openid: OPENID, ...payment });
    must(errMsg === 'requestPayment:ok', errMsg);
    await gateway.idle();
    const [notice] = gateway.notices();
    must(notice?.accepted, 'the shop must accept the genuine notice');
    step(`paid on the phone (${errMsg}); the notice was verified, its amount checked, and acknowledged`);
    detail('signed by WeChat', masked(signedText(parseXml(notice.body))));

    const query = await ask(shop, '/orders/query', { out_trade_no });
    must(query.trade_state === 'SUCCESS' && query.state === 'SUCCESS', 'the query must agree with the notice');
    step(`the shop queried the order: ${query.trade_state}`);

    must((await post(notice, notice.body)).includes('SUCCESS'), 'a repeated notice must be acknowledged');
    step('the same notice once more: acknowledged, and not counted again');

    const second = await ask(shop, '/orders', { token, goods: 'cake' });
    step('a second order is placed');

    const other = notice.body.replace(out_trade_no, second.out_trade_no);
    for (const [what, body] of [
      ['a forged notice', forged(other)],
      ['a notice with a changed amount', cheaper(notice.body)],
      ['a genuine notice about another amount', signedAgain(cheaper(other), MERCHANT.key)],
    ]) {
      must((await post(notice, body)).includes('FAIL'), `${what} must be refused`);
      step(`${what} is refused (${refusals.at(-1)?.split(':')[0]})`);
    }

    const differences = compareBooks(shop.books(), gateway.orders());
    step(
      differences.length === 0
        ? 'the books agree: 2 orders, 1 paid, once'
        : `the books differ: ${differences.join('; ')}`,
    );
    return differences;
  } finally {
    await Promise.all([shop.close(), gateway.close()]);
  }
}

/**
 * The differences between the shop's books and the gateway's, a sentence each.
 * @param {{ out_trade_no: string, total_fee: number, state: string, transaction_id?: string, timesPaid: number }[]} shop
 * @param {{ out_trade_no: string, total_fee: number, trade_state: string, transaction_id?: string }[]} gateway
 */
export function compareBooks(shop, gateway) {
  const theirs = new Map(gateway.map((order) => [order.out_trade_no, order]));
  const differences = [];
  for (const { out_trade_no, total_fee, state, transaction_id, timesPaid } of shop) {
    const order = theirs.get(out_trade_no);
    theirs.delete(out_trade_no);
    if (!order) differences.push(`${out_trade_no} is not in the gateway's books`);
    else if (order.total_fee !== total_fee)
      differences.push(`${out_trade_no} costs ${total_fee} here and ${order.total_fee} there`);
    else if (order.trade_state !== state)
      differences.push(`${out_trade_no} is ${state} here and ${order.trade_state} there`);
    else if (order.transaction_id !== transaction_id)
      differences.push(`${out_trade_no} was paid by another transaction`);
    if (timesPaid !== (state === 'SUCCESS' ? 1 : 0))
      differences.push(`${out_trade_no} was marked paid ${timesPaid} times`);
  }
  for (const out_trade_no of theirs.keys()) differences.push(`${out_trade_no} is not in the shop's books`);
  return differences;
}

/** A fetch that prints the signed text, with the key masked. */
function showing(detail) {
  return (input, init) => {
    if (typeof init?.body === 'string')
      detail(`signed for ${new URL(input).pathname}`, masked(signedText(parseXml(init.body))));
    return fetch(input, init);
  };
}

const masked = (text) => `${text}&key=********`;

/** The genuine fields, signed with a guessed key. */
function forged(body) {
  const sign = createHash('sha256')
    .update(`${signedText(parseXml(body))}&key=guessed`)
    .digest('hex')
    .toUpperCase();
  return body.replace(parseXml(body).sign, sign);
}

/** The notice that WeChat would send for an order of another amount. */
function signedAgain(body, key) {
  const text = `${signedText(parseXml(body))}&key=${key}`;
  return body.replace(parseXml(body).sign, createHmac('sha256', key).update(text).digest('hex').toUpperCase());
}

const cheaper = (body) => body.replace(/<total_fee>.*<\/total_fee>/, '<total_fee>1</total_fee>');

async function ask(shop, path, question) {
  const response = await fetch(`${shop.address}${path}`, { method: 'POST', body: JSON.stringify(question) });
  must(response.ok, `${path}: HTTP status ${response.status}`);
  return response.json();
}

async function post({ notify_url }, body) {
  return (await fetch(notify_url, { method: 'POST', headers: { 'content-type': 'text/xml' }, body })).text();
}

function must(condition, what) {
  if (!condition) throw new Error(what);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const differences = await walk({ verbose: process.argv.includes('--verbose') });
  process.exitCode = differences.length === 0 ? 0 : 1;
}
