// The gateway as a whole: an order from the log-in to the accepted notice over real HTTP, and the server.

import assert from 'node:assert/strict';
import { createServer, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { test } from 'node:test';
import { createGateway, createManualClock } from 'paysign/testing';
import {
  ACCEPT,
  callRaw,
  order,
  otherShop,
  paymentFor,
  placeOrder,
  readByHand,
  START_MS,
  shop,
  signByHand,
  xmlByHand,
} from './gateway-support.mjs';

/** A shop that keeps every notice it gets and accepts it. */
async function startShop() {
  const notices = [];
  const server = createServer(async (incoming, outgoing) => {
    let body = '';
    for await (const chunk of incoming) body += chunk;
    notices.push({ method: incoming.method, url: incoming.url, type: incoming.headers['content-type'], body });
    outgoing.end(ACCEPT);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { notices, server, url: `http://127.0.0.1:${server.address().port}` };
}

for (const signType of ['MD5', 'HMAC-SHA256']) {
  test(`an order goes from log-in to an accepted notice over real HTTP, signed with ${signType}`, async (t) => {
    const events = [];
    const gateway = createGateway({ merchants: [shop, otherShop], seed: 1, onEvent: (event) => events.push(event) });
    const { url } = await gateway.listen();
    const merchant = await startShop();
    t.after(async () => {
      await gateway.close();
      merchant.server.close();
    });
    const post = async (path, members) => {
      const fields = { appid: shop.appid, mch_id: shop.mch_id, nonce_str: 'n1', sign_type: signType, ...members };
      const body = xmlByHand({ ...fields, sign: signByHand(fields, shop.key, signType) });
      const response = await fetch(url + path, { method: 'POST', headers: { 'content-type': 'text/xml' }, body });
      assert.equal(response.status, 200);
      assert.equal(response.headers.get('content-type'), 'text/plain');
      const answer = readByHand(await response.text());
      assert.equal(answer.return_code, 'SUCCESS');
      assert.equal(
        answer.sign,
        signByHand(answer, shop.key, signType),
        'the answer is signed with the algorithm of the call',
      );
      assert.equal(answer.appid, shop.appid);
      assert.equal(answer.mch_id, shop.mch_id);
      return answer;
    };

    const js_code = gateway.login({ appid: shop.appid, openid: 'oPayer' });
    const query = new URLSearchParams({ ...shop, js_code, grant_type: 'authorization_code' });
    const { openid } = await (await fetch(`${url}/sns/jscode2session?${query}`)).json();
    assert.equal(openid, 'oPayer');

    const notify_url = `${merchant.url}/notify`;
    const placed = await post('/pay/unifiedorder', order({ openid, notify_url, attach: 'a&b <c> ]]> 中\r' }));
    assert.equal(placed.result_code, 'SUCCESS');
    assert.match(placed.prepay_id, /^wx[0-9a-f]{34}$/);

    assert.equal((await post('/pay/orderquery', { out_trade_no: order().out_trade_no })).trade_state, 'NOTPAY');
    const paid = await gateway.pay({ ...paymentFor(placed.prepay_id, { signType }), openid });
    assert.deepEqual(paid, { errMsg: 'requestPayment:ok' });
    await gateway.idle();

    assert.equal(merchant.notices.length, 1);
    const [sent] = merchant.notices;
    assert.equal(sent.method, 'POST');
    assert.equal(sent.url, '/notify');
    assert.match(sent.type, /^text\/xml/);
    const notice = readByHand(sent.body);
    assert.equal(notice.sign, signByHand(notice, shop.key, signType));
    assert.equal(notice.attach, 'a&b <c> ]]> 中\r');
    assert.equal(notice.return_code, 'SUCCESS');
    assert.equal(notice.result_code, 'SUCCESS');
    assert.equal(notice.appid, shop.appid);
    assert.equal(notice.mch_id, shop.mch_id);
    assert.equal(notice.out_trade_no, order().out_trade_no);
    assert.equal(notice.openid, 'oPayer');
    assert.equal(notice.total_fee, '88');
    assert.equal(notice.cash_fee, '88');
    assert.equal(notice.fee_type, 'CNY');
    assert.equal(notice.bank_type, 'OTHERS');
    assert.equal(notice.trade_type, 'JSAPI');
    assert.equal(notice.is_subscribe, 'N');
    assert.match(notice.transaction_id, /^4200\d{24}$/);
    assert.match(notice.time_end, /^\d{14}$/);
    assert.ok(!('sign_type' in notice), 'a notice does not name its algorithm');

    for (const number of [{ transaction_id: notice.transaction_id }, { out_trade_no: notice.out_trade_no }]) {
      const state = await post('/pay/orderquery', number);
      assert.equal(state.trade_state, 'SUCCESS', JSON.stringify(number));
      assert.equal(state.transaction_id, notice.transaction_id, JSON.stringify(number));
      assert.equal(state.time_end, notice.time_end, JSON.stringify(number));
      assert.equal(state.total_fee, '88', JSON.stringify(number));
    }
    const [book] = gateway.orders();
    assert.equal(book.trade_state, 'SUCCESS');
    assert.equal(book.total_fee, 88);
    assert.equal(book.transaction_id, notice.transaction_id);
    const [record] = gateway.notices();
    assert.equal(record.accepted, true);
    assert.equal(record.body, sent.body);
    assert.deepEqual(
      record.attempts.map(({ status, accepted, answer }) => ({ status, accepted, answer })),
      [{ status: 200, accepted: true, answer: ACCEPT }],
    );
    assert.deepEqual(
      events.map((event) => event.type),
      ['login', 'session', 'order', 'query', 'pay', 'notice', 'query', 'query'],
    );
    const printed = JSON.stringify(events) + JSON.stringify(gateway.orders()) + JSON.stringify(gateway.notices());
    for (const secret of [shop.key, shop.secret])
      assert.ok(!printed.includes(secret), 'no event or record holds a secret');
  });
}

test('the same seed makes the same ids, another seed makes others', async () => {
  const idsOf = async (seed) => {
    const gateway = createGateway({
      merchants: [shop],
      seed,
      clock: createManualClock(START_MS),
      fetch: async () => new Response(ACCEPT),
    });
    const js_code = gateway.login({ appid: shop.appid, openid: 'o' });
    const prepay_id = await placeOrder(gateway);
    await gateway.pay(paymentFor(prepay_id));
    await gateway.idle();
    return [js_code, prepay_id, gateway.orders()[0].transaction_id, gateway.notices()[0].body];
  };
  assert.deepEqual(await idsOf('s'), await idsOf('s'));
  for (const [index, id] of (await idsOf('s')).entries()) assert.notEqual(id, (await idsOf('t'))[index], `id ${index}`);
  for (const [index, id] of (await idsOf()).entries()) assert.notEqual(id, (await idsOf())[index], `id ${index}`);
});

test('orders and notices are copies: changing them does not change the books', async () => {
  const gateway = createGateway({ merchants: [shop], fetch: async () => new Response(ACCEPT) });
  await gateway.pay(paymentFor(await placeOrder(gateway)));
  await gateway.idle();
  gateway.orders()[0].total_fee = 1;
  gateway.notices()[0].attempts.length = 0;
  assert.equal(gateway.orders()[0].total_fee, 88);
  assert.equal(gateway.notices()[0].attempts.length, 1);
});

test('any other path is a 404 page as of a web server', async () => {
  const gateway = createGateway({ merchants: [shop] });
  for (const path of ['/', '/pay', '/pay/unifiedorder/', '/pay/__proto__', '/PAY/unifiedorder', '/constructor']) {
    for (const [method, body] of [['GET'], ['POST', 'x']]) {
      const { status, type, text } = await callRaw(gateway, path, body, method);
      assert.equal(status, 404, `${method} ${path}`);
      assert.equal(type, 'text/html', `${method} ${path}`);
      assert.match(text, /^<html>/, `${method} ${path}`);
    }
  }
});

test('a listener that throws does not prevent an answer', async () => {
  const gateway = createGateway({
    merchants: [shop],
    fetch: async () => new Response(ACCEPT),
    onEvent: () => {
      throw new Error('printer on fire');
    },
  });
  assert.deepEqual(await gateway.pay(paymentFor(await placeOrder(gateway))), { errMsg: 'requestPayment:ok' });
  await gateway.idle();
  assert.equal(gateway.notices()[0].accepted, true);
});

test('merchants that are missing, incomplete or in contradiction are refused when the gateway is made', () => {
  const refusedLists = [
    undefined,
    [],
    [{ ...shop, key: '' }],
    [{ ...shop, appid: undefined }],
    [shop, shop],
    [shop, { ...shop, appid: 'wx1', key: 'another' }],
    [shop, { ...otherShop, appid: shop.appid }],
  ];
  for (const merchants of refusedLists)
    assert.throws(() => createGateway({ merchants }), TypeError, JSON.stringify(merchants));
  assert.throws(() => createGateway({ merchants: [shop], retryDelaysMs: [2 ** 31] }), TypeError);
  assert.throws(() => createGateway({ merchants: [shop], notifyTimeoutMs: 0.5 }), TypeError);
});

test('the server listens on loopback, close ends open connections, and a taken port is an error', async () => {
  const gateway = createGateway({ merchants: [shop] });
  const server = await gateway.listen();
  assert.equal(server.url, `http://127.0.0.1:${server.port}`);
  await assert.rejects(gateway.listen(server.port), { code: 'EADDRINUSE' });
  // A server that listened everywhere would be found at every address of this machine.
  await assert.rejects(fetch(`http://127.0.0.2:${server.port}`));
  const idleConnection = connect(server.port, '127.0.0.1');
  await new Promise((resolve) => idleConnection.once('connect', resolve));
  const ended = new Promise((resolve) => idleConnection.once('close', resolve));
  idleConnection.on('error', () => undefined);
  await server.close();
  await ended;
  await gateway.close();
  await assert.rejects(fetch(server.url));
});

test('over HTTP every method, a body over the limit and a sender who goes away are survived', async (t) => {
  const gateway = createGateway({ merchants: [shop] });
  const { url, port } = await gateway.listen();
  t.after(() => gateway.close());
  const send = (method, body) =>
    new Promise((resolve, reject) => {
      const outgoing = httpRequest(`${url}/pay/unifiedorder`, { method }, async (incoming) => {
        let text = '';
        for await (const chunk of incoming) text += chunk;
        resolve({ status: incoming.statusCode, text });
      });
      outgoing.on('error', reject);
      outgoing.end(body);
    });

  for (const method of ['GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'PROPFIND']) {
    const { status, text } = await send(method);
    assert.equal(status, 200, method);
    assert.equal(readByHand(text).return_msg, '请使用post方法', method);
  }
  assert.equal((await send('TRACE')).status, 405);
  assert.equal((await send('HEAD')).text, '');

  const huge = await send('POST', `<xml><body>${'x'.repeat(8 * 1024 * 1024)}</body></xml>`);
  assert.equal(huge.status, 200);
  assert.match(readByHand(huge.text).return_msg, /^XML格式错误/);

  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write('POST /pay/unifiedorder HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n<xml>');
  await new Promise((resolve) => setTimeout(resolve, 20));
  socket.destroy();
  assert.equal((await send('GET')).status, 200);
});
