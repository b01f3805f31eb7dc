// The transport of Node: which servers it trusts, its errors, and what replaces it.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { createServer as createTcp } from 'node:net';
import { before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { WechatPay } from 'paysign';
import { createGateway } from 'paysign/testing';
import { errorOf, file, issue, issueAll } from './certificate-support.mjs';
import { order, shop } from './gateway-support.mjs';
import { listen } from './notices-support.mjs';
import { answer, client, printed, QUERY, replying, secure } from './transport-support.mjs';

before(() => {
  issueAll();
  issue('other', '/CN=other', 'subjectAltName=DNS:other.example\n');
  issue('old', '/CN=127.0.0.1', 'subjectAltName=IP:127.0.0.1\n', '-1');
});

test('orders, log-in, bills, refunds and probes all trust the authority of the option ca', async (t) => {
  const gateway = createGateway({ merchants: [shop], fetch: async () => new Response('') });
  t.after(() => gateway.close());
  const { url } = await gateway.listen({ tls: true });
  const { ca, merchants } = await gateway.certificates();
  const { cert, key } = merchants[0];
  const notify_url = 'https://shop.example.com/n';
  // What the gateway describes as the options of a client.
  const options = { ...shop, baseUrls: [url], loginUrl: url, certificate: { cert, key }, ca, notify_url, retries: 0 };
  const pay = new WechatPay(options);
  const openid = 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o';
  assert.equal((await pay.code2Session(gateway.login({ appid: shop.appid, openid }))).openid, openid);
  const { sign_type, sign, nonce_str, ...fields } = order({ notify_url });
  const payment = await pay.pay({ ...fields, openid });
  await gateway.pay({ appId: shop.appid, openid, ...payment });
  const { out_trade_no } = fields;
  assert.equal((await pay.orderQuery({ out_trade_no })).trade_state, 'SUCCESS');
  const total_fee = Number(fields.total_fee);
  const refunded = await pay.refund({ out_trade_no, out_refund_no: 'r1', total_fee, refund_fee: 1 });
  assert.equal(refunded.refund_fee, 1);
  const bill = await errorOf(async () => {
    for await (const _row of await pay.downloadBill({ bill_date: '20200101' }));
  });
  assert.equal(bill.return_msg, 'invalid bill_date', bill.message);

  const asked = [];
  let isDown = true;
  const main = await secure(
    t,
    replying((response, { method, url: path }) => {
      asked.push(`${method} ${path}`);
      if (isDown) response.writeHead(500).end();
      else response.end(answer());
    }),
  );
  const backup = await secure(
    t,
    replying((response) => response.end(answer())),
  );
  const two = client(main, { baseUrls: [main, backup], ca: file('ca.pem'), probeMs: 1, retries: 1 });
  await two.orderQuery(QUERY);
  isDown = false;
  for (let call = 0; call < 200 && !asked.includes('GET /'); call += 1) await two.orderQuery(QUERY);
  assert.deepEqual(asked.slice(0, 2), ['POST /pay/orderquery', 'GET /']);
});

test('a certificate that cannot be trusted names the host, and what to do', async (t) => {
  const ca = file('ca.pem');
  const cases = [
    ['server', {}, /UNABLE_TO_VERIFY_LEAF_SIGNATURE.*NODE_EXTRA_CA_CERTS, or pass it as the option ca/],
    ['ca', {}, /DEPTH_ZERO_SELF_SIGNED_CERT.*NODE_EXTRA_CA_CERTS/],
    ['old', { ca }, /CERT_HAS_EXPIRED.*the clock of this machine/],
    ['other', { ca }, /ERR_TLS_CERT_ALTNAME_INVALID.*for another name/],
  ];
  for (const [as, options, words] of cases) {
    let requests = 0;
    const base = await secure(t, () => (requests += 1), as);
    const certificate = { cert: file('merchant.pem'), key: file('merchant.key') };
    const pay = client(base, { ...options, certificate, secret: 'canary-secret' });
    const refund = { out_trade_no: 'a', out_refund_no: 'r', total_fee: 1, refund_fee: 1 };
    for (const call of [() => pay.orderQuery(QUERY), () => pay.refund(refund), () => pay.code2Session('canary-code')]) {
      const { code, outcome, message } = await errorOf(call);
      assert.deepEqual([code, outcome], ['ERR_NETWORK', 'not-sent'], message);
      assert.match(message, words);
      assert.ok(message.includes(new URL(base).host), message);
      assert.ok(!message.includes('canary'), message);
    }
    assert.equal(requests, 0, as);
  }
});

test('a host that is not there is named with the reason and what to check', async (t) => {
  const plain = createTcp((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
  const resetting = createTcp((socket) => socket.resetAndDestroy());
  const [noTls, resets] = [await listen(t, plain), await listen(t, resetting)];
  const cases = [
    ['https://paysign.invalid', /to paysign\.invalid failed \((ENOTFOUND|EAI_AGAIN)\); the name server/],
    ['http://127.0.0.1:1', /to 127\.0\.0\.1:1 failed \(ECONNREFUSED\); nothing listens at this address/],
    [noTls.replace('http:', 'https:'), /does not speak TLS at this port/],
    // Nothing has left before the handshake is done.
    [resets.replace('http:', 'https:'), /failed \(ECONNRESET\)$/],
  ];
  for (const [base, words] of cases) {
    const { code, outcome, message } = await errorOf(() => client(base).orderQuery(QUERY));
    assert.deepEqual([code, outcome], ['ERR_NETWORK', 'not-sent'], message);
    assert.match(message, words);
  }
});

test('a connection that ends after the request left is uncertain', async (t) => {
  for (const end of ['destroy', 'end']) {
    const base = await secure(
      t,
      replying(({ socket }) => socket[end]()),
    );
    const { code, outcome, message } = await errorOf(() => client(base, { ca: file('ca.pem') }).orderQuery(QUERY));
    assert.deepEqual([code, outcome], ['ERR_NETWORK', 'unknown'], `${end}: ${message}`);
    assert.match(message, /query before anything else$/);
  }
});

test('NODE_TLS_REJECT_UNAUTHORIZED=0 does not switch the checks off, for a call of any kind', async (t) => {
  let requests = 0;
  const base = await secure(t, () => (requests += 1));
  const given = JSON.stringify({
    ...shop,
    secret: 's',
    baseUrls: [base],
    loginUrl: base,
    retries: 0,
    certificate: { cert: file('merchant.pem'), key: file('merchant.key') },
  });
  const code = `
    import { WechatPay } from 'paysign';
    const pay = new WechatPay(${given});
    const calls = [() => pay.orderQuery({ out_trade_no: '1' }), () => pay.code2Session('c'), () => pay.downloadBill({ bill_date: '20240805' }),
      () => pay.refund({ out_trade_no: '1', out_refund_no: '1', total_fee: 1, refund_fee: 1 })];
    for (const call of calls) console.log(await call().catch((error) => error.code + ' ' + error.outcome));`;
  assert.equal(
    await printed(code, { NODE_TLS_REJECT_UNAUTHORIZED: '0' }),
    Array(4).fill('ERR_NETWORK not-sent').join('\n'),
  );
  assert.equal(requests, 0);
});

test('what is added to Object.prototype changes neither where a call goes nor whom it trusts', async (t) => {
  const [seen, stolen] = [[], []];
  const base = await secure(
    t,
    replying((response, { url, headers }) => {
      seen.push([url, headers.authorization, headers['x-canary']]);
      response.end(answer());
    }),
  );
  const thief = await secure(t, (request) => stolen.push(request.url), 'ca');
  const { hostname, port } = new URL(thief);
  const code = `
    import { WechatPay } from 'paysign';
    const shop = ${JSON.stringify({ ...shop, retries: 0 })};
    Object.assign(Object.prototype, { host: '${hostname}', hostname: '${hostname}', port: ${port}, path: '/stolen', method: 'GET', auth: 'a:b',
      rejectUnauthorized: false, ca: ${JSON.stringify(file('ca.pem'))}, proxy: '${thief}', agent: {}, headers: { 'x-canary': '1' }, localAddress: '127.0.0.9' });
    const ask = (options) => new WechatPay({ ...shop, ...options }).orderQuery({ out_trade_no: 'a1' }).then((order) => order.trade_state, (error) => error.code + ' ' + error.outcome);
    console.log(await ask({ baseUrls: ['${base}'] }), await ask({ baseUrls: ['${base}'], ca: ${JSON.stringify(file('ca.pem'))} }));
    process.exit();`;
  assert.equal(await printed(code), 'ERR_NETWORK not-sent NOTPAY');
  assert.deepEqual([seen, stolen], [[['/pay/orderquery', undefined, undefined]], []]);
});

test("an order does not load Node's built-in fetch, and an import loads no network at all", async (t) => {
  const base = await listen(t, createServer(replying((response) => response.end(answer()))));
  const code = `
    const loaded = () => process.moduleLoadList.map((name) => name.split(' ')[1]);
    const has = (name) => loaded().includes(name);
    const { WechatPay } = await import('paysign');
    const pay = new WechatPay({ ...${JSON.stringify(shop)}, baseUrls: ['${base}'] });
    const idle = [has('https'), has('tls')];
    await pay.orderQuery({ out_trade_no: 'a1' });
    const busy = [has('https'), has('internal/deps/undici/undici')];
    void globalThis.Response;
    console.log([...idle, ...busy, has('internal/deps/undici/undici')].join());`;
  assert.equal(await printed(code), 'false,false,true,false,true');
});

test('an answer that the server compresses unasked is unpacked, and a bill that is a gzip file is not spoilt', async (t) => {
  const bill = '\ufeff交易时间,总金额\r\n`2024-08-05 17:33:41,`0.88\r\n总交易单数,总金额\r\n`1,`0.88\r\n';
  const asked = [];
  const base = await listen(
    t,
    createServer(
      replying((response, { url, headers }) => {
        asked.push(headers['accept-encoding']);
        const isBill = url === '/pay/downloadbill';
        if (!isBill || asked.length > 2) response.setHeader('content-encoding', 'gzip');
        response.end(gzipSync(isBill ? bill : answer()));
      }),
    ),
  );
  const pay = client(base);
  assert.equal((await pay.orderQuery(QUERY)).trade_state, 'NOTPAY');
  for (const what of ['as a file', 'as an encoding']) {
    const rows = [];
    for await (const row of await pay.downloadBill({ bill_date: '20240805', tar_type: 'GZIP' })) rows.push(row);
    assert.equal(rows.length, 1, what);
  }
  assert.deepEqual(asked, ['identity', 'identity', 'identity']);
});

test('fetch replaces the transport for calls without a certificate, certFetch for the others', async () => {
  const asked = [];
  const fetch = async (url) => {
    asked.push(url);
    return new Response(answer());
  };
  const refund = { out_trade_no: 'a', out_refund_no: 'r', total_fee: 1, refund_fee: 1 };
  const pay = client('https://127.0.0.1:1', { fetch, certFetch: fetch });
  await pay.orderQuery(QUERY);
  await errorOf(() => pay.refund(refund));
  assert.deepEqual(
    asked.map((url) => new URL(url).pathname),
    ['/pay/orderquery', '/secapi/pay/refund'],
  );
});
