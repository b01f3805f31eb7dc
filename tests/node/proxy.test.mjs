// Calls through a real CONNECT proxy, to a server whose certificate a private authority has signed.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createServer } from 'node:https';
import { createServer as createTcp } from 'node:net';
import { before, test } from 'node:test';
import { inspect } from 'node:util';
import { WechatPay } from 'paysign';
import { createGateway } from 'paysign/testing';
import { Server as ProxyServer } from 'proxy-chain';
import { errorOf, file, issue, issueAll } from './certificate-support.mjs';
import { order, shop, signByHand, xmlByHand } from './gateway-support.mjs';
import { listen } from './notices-support.mjs';

before(() => {
  issueAll();
  issue('named', '/CN=pay.test', 'subjectAltName=DNS:pay.test,DNS:direct.test\n');
});

const QUERY = { out_trade_no: 'a1' };
const USER = { username: 'shop', password: 'canary@1:2%' };
const CREDENTIALS = `${USER.username}:${encodeURIComponent(USER.password)}`;

/** A proxy on this machine, which resolves every name to it. `asked` lists the hosts of its tunnels. */
async function openProxy(t) {
  const asked = [];
  const server = new ProxyServer({
    port: 0,
    host: '127.0.0.1',
    prepareRequestFunction({ username, password, hostname, port, isHttp }) {
      const isKnown = username === USER.username && password === USER.password;
      if (isKnown) asked.push(`${isHttp ? 'GET' : 'CONNECT'} ${hostname}:${port}`);
      return {
        requestAuthentication: !isKnown,
        dnsLookup: (_name, options, found) =>
          options?.all ? found(null, [{ address: '127.0.0.1', family: 4 }]) : found(null, '127.0.0.1', 4),
      };
    },
  });
  await server.listen();
  t.after(() => server.close(true));
  return { asked, host: `127.0.0.1:${server.port}`, url: `http://${CREDENTIALS}@127.0.0.1:${server.port}` };
}

/** Answers queries; only its own authority has signed its certificate. */
async function openPay(t) {
  const fields = {
    return_code: 'SUCCESS',
    appid: shop.appid,
    mch_id: shop.mch_id,
    nonce_str: 'n',
    result_code: 'SUCCESS',
  };
  const all = { ...fields, ...QUERY, trade_state: 'NOTPAY', trade_state_desc: 'x' };
  const body = xmlByHand({ ...all, sign: signByHand(all, shop.key, 'HMAC-SHA256') });
  const server = createServer({ key: file('named.key'), cert: file('named.pem') }, (request, response) => {
    request.resume().on('end', () => response.end(body));
  });
  return new URL(await listen(t, server)).port;
}

const client = (base, options) =>
  new WechatPay({ ...shop, baseUrls: [base], loginUrl: base, retries: 0, ca: file('ca.pem'), ...options });

/** Asks in a process with this environment; returns what each address answers. */
async function askedWith(env, bases) {
  const code = `
    import { WechatPay } from 'paysign';
    const { shop, ca, bases } = JSON.parse(process.argv[1]);
    for (const base of bases) {
      const pay = new WechatPay({ ...shop, baseUrls: [base], retries: 0, ca });
      console.log(await pay.orderQuery({ out_trade_no: 'a1' }).then((order) => order.trade_state, (error) => error.code + ' ' + error.message));
    }`;
  const given = JSON.stringify({ shop, ca: file('ca.pem'), bases });
  const child = spawn(process.execPath, ['--input-type=module', '-e', code, given], {
    cwd: new URL('../../', import.meta.url),
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: 60_000,
  });
  let text = '';
  for await (const part of child.stdout) text += part;
  return text.trim().split('\n');
}

test('calls with and without the certificate pass a proxy with a password, to a server with a private authority', async (t) => {
  const proxy = await openProxy(t);
  const gateway = createGateway({ merchants: [shop], fetch: async () => new Response('') });
  t.after(() => gateway.close());
  const { url } = await gateway.listen({ tls: true });
  const { ca, merchants } = await gateway.certificates();
  const { cert, key } = merchants[0];
  const pay = client(url, {
    ca,
    certificate: { cert, key },
    proxy: proxy.url,
    notify_url: 'https://shop.example.com/n',
  });
  const openid = 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o';
  await pay.code2Session(gateway.login({ appid: shop.appid, openid }));
  const { sign_type, sign, nonce_str, ...fields } = order({ notify_url: 'https://shop.example.com/n' });
  const { out_trade_no } = fields;
  await gateway.pay({ appId: shop.appid, openid, ...(await pay.pay({ ...fields, openid })) });
  assert.equal((await pay.orderQuery({ out_trade_no })).trade_state, 'SUCCESS');
  assert.equal(proxy.asked.length, 1, 'the tunnel is kept');
  const total_fee = Number(fields.total_fee);
  assert.equal((await pay.refund({ out_trade_no, out_refund_no: 'r', total_fee, refund_fee: 1 })).refund_fee, 1);
  const own = client(url, { ca: undefined, certificate: { cert, key, ca }, proxy: proxy.url });
  const again = { out_trade_no, out_refund_no: 'r', total_fee, refund_fee: 1 };
  assert.equal((await own.refund(again)).refund_fee, 1, 'the ca of the certificate');
  // A connection that has shown no certificate carries no refund.
  assert.deepEqual(proxy.asked, Array(3).fill(`CONNECT ${new URL(url).host}`));
});

test('a proxy that is wrong, refuses or does not answer is named without its password, and nothing was sent', async (t) => {
  const proxy = await openProxy(t);
  const silent = createTcp(() => {});
  const closing = createTcp((socket) => socket.destroy());
  const forbidding = createTcp((socket) => socket.end('HTTP/1.1 403 Forbidden\r\n\r\n'));
  const garbage = createTcp((socket) => socket.end('SSH-2.0-OpenSSH\r\n'));
  const at = async (server) => new URL(await listen(t, server)).host;
  const silentHost = await at(silent);
  const cases = [
    [`http://${proxy.host}`, proxy.host, /refused \(HTTP status 407\); write its user and password/],
    [`http://shop:canary@${proxy.host}`, proxy.host, /HTTP status 407/],
    ['http://u:canary@127.0.0.1:1', '127.0.0.1:1', /was not reached \(ECONNREFUSED\); check its address/],
    [`http://u:canary@${await at(closing)}`, '', /was not reached \(ECONNRESET\)/],
    [`http://u:canary@${await at(forbidding)}`, '', /refused \(HTTP status 403\); check its address/],
    [`http://u:canary@${await at(garbage)}`, '', /was not reached \(HPE_/],
    [`https://u:canary@${proxy.host}`, proxy.host, /was not reached \(/],
  ];
  for (const [address, host, words] of cases) {
    const error = await errorOf(() => client('https://pay.test', { proxy: address }).orderQuery(QUERY));
    assert.deepEqual([error.code, error.outcome], ['ERR_NETWORK', 'not-sent'], error.message);
    assert.match(error.message, words);
    assert.ok(error.message.includes(`the proxy ${host}`), error.message);
    assert.ok(!inspect(error, { showHidden: true, depth: 9 }).includes('canary'), error.message);
  }
  const waiting = client('https://pay.test', { proxy: `http://${silentHost}`, timeoutMs: 200 });
  assert.equal((await errorOf(() => waiting.orderQuery(QUERY))).code, 'ERR_TIMEOUT');
  assert.deepEqual(proxy.asked, []);
});

test('a host that the proxy does not reach is not taken for an answer of WeChat', async (t) => {
  const proxy = await openProxy(t);
  const { code, outcome, message } = await errorOf(() =>
    client('https://pay.test:1', { proxy: proxy.url }).orderQuery(QUERY),
  );
  assert.deepEqual([code, outcome], ['ERR_NETWORK', 'not-sent']);
  assert.match(
    message,
    /the proxy .* (refused|was not reached) \(.*\); check its address, and whether it allows pay\.test/,
  );
});

test('a server that shows another certificate through the proxy is not trusted', async (t) => {
  const proxy = await openProxy(t);
  const port = await openPay(t);
  for (const [host, ca, words] of [
    ['pay.test', undefined, /pay\.test:\d+ failed \(UNABLE_TO_VERIFY_LEAF_SIGNATURE\).*NODE_EXTRA_CA_CERTS/],
    ['api.test', file('ca.pem'), /api\.test:\d+ failed \(ERR_TLS_CERT_ALTNAME_INVALID\)/],
  ]) {
    const { code, outcome, message } = await errorOf(() =>
      client(`https://${host}:${port}`, { proxy: proxy.url, ca }).orderQuery(QUERY),
    );
    assert.deepEqual([code, outcome], ['ERR_NETWORK', 'not-sent']);
    assert.match(message, words);
  }
});

test('HTTPS_PROXY is heeded in either case, but for this machine and the hosts of NO_PROXY', async (t) => {
  const proxy = await openProxy(t);
  const port = await openPay(t);
  const [pay, direct] = [`https://pay.test:${port}`, `https://direct.test:${port}`];
  for (const env of [
    { HTTPS_PROXY: proxy.url },
    { https_proxy: proxy.url.replace('http://', '') },
    { https_proxy: proxy.url, HTTPS_PROXY: 'http://127.0.0.1:1' },
  ])
    assert.deepEqual(await askedWith(env, [pay]), ['NOTPAY'], Object.keys(env).join());
  assert.deepEqual(proxy.asked.splice(0), Array(3).fill(`CONNECT pay.test:${port}`));

  // No name server knows these names; only the proxy does.
  for (const NO_PROXY of ['direct.test', '.test,example.com', '*', `direct.test:${port}`, 'x direct.test']) {
    const [answer] = await askedWith({ HTTPS_PROXY: proxy.url, NO_PROXY }, [direct]);
    assert.match(answer, /ERR_NETWORK .*direct\.test:\d+ failed \(E/, NO_PROXY);
  }
  const [here] = await askedWith({ HTTPS_PROXY: proxy.url }, [`https://127.0.0.1:${port}`]);
  assert.match(here, /ERR_TLS_CERT_ALTNAME_INVALID/);
  assert.deepEqual(proxy.asked, []);
  const [wrong] = await askedWith({ HTTPS_PROXY: 'socks5://u:canary@127.0.0.1:1' }, [pay]);
  assert.match(wrong, /^ERR_CONFIG HTTPS_PROXY: is a SOCKS proxy; use an HTTP proxy/);
});

test('an option proxy that cannot work is named when the client is made, without its password', async () => {
  for (const proxy of [
    '127.0.0.1:3128',
    'ftp://u:canary@host',
    'socks5://u:canary@host',
    'http://u:canary%@host',
    7,
    {},
  ]) {
    const { code, field, message } = await errorOf(() => client('https://pay.test', { proxy }));
    assert.deepEqual([code, field], ['ERR_CONFIG', 'proxy'], inspect(proxy));
    assert.ok(!message.includes('canary'), message);
  }
  const { code, field, message } = await errorOf(() =>
    client('https://pay.test', { proxy: 'http://127.0.0.1:1', agent: { addRequest() {} } }),
  );
  assert.deepEqual([code, field], ['ERR_CONFIG', 'proxy']);
  assert.match(message, /together with agent/);
});

test('an empty option proxy means none, whatever the environment says', async (t) => {
  const proxy = await openProxy(t);
  process.env.HTTPS_PROXY = proxy.url;
  t.after(() => {
    delete process.env.HTTPS_PROXY;
  });
  const { message } = await errorOf(() => client('https://pay.test:1', { proxy: '' }).orderQuery(QUERY));
  assert.match(message, /to pay\.test:1 failed \(E/);
  assert.deepEqual(proxy.asked, []);
});
