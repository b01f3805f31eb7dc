// Certificates at the gateway: HTTPS with its own authority, and the calls that require a merchant certificate.

import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { Agent, request as httpsRequest } from 'node:https';
import { test } from 'node:test';
import { createGateway, createManualClock } from 'paysign/testing';
import {
  ACCEPT,
  order,
  otherShop,
  placeAndPay,
  readByHand,
  START_MS,
  shop,
  signByHand,
  xmlByHand,
} from './gateway-support.mjs';

const { out_trade_no } = order();
const refund = { out_trade_no, out_refund_no: 'R', total_fee: '88', refund_fee: '1' };
const time = { begin_time: '20240805000000', end_time: '20240806000000', offset: '0' };
const HMAC = 'HMAC-SHA256';
/** The calls that require a certificate, with the answers to a caller who has it. */
const SECURED = {
  '/secapi/pay/refund': [refund, 'MD5', /SUCCESS.*refund_id/s],
  '/secapi/pay/refundv2': [{ ...refund, out_refund_no: 'R2' }, 'MD5', /SUCCESS.*refund_id/s],
  '/secapi/pay/reverse': [{ out_trade_no }, 'MD5', /TRADE_ERROR/],
  '/pay/downloadfundflow': [{ bill_date: '20240804', account_type: 'Basic' }, HMAC, /NO_BILL_EXIST/],
  '/billcommentsp/batchquerycomment': [time, HMAC, /NO_COMMENT/],
};

async function open(t, options) {
  const gateway = createGateway({
    merchants: [shop, otherShop, { ...shop, appid: 'wxsecondapp' }],
    clock: createManualClock(START_MS),
    fetch: async () => new Response(ACCEPT),
  });
  t.after(() => gateway.close());
  await placeAndPay(gateway);
  const server = await gateway.listen(options);
  return { gateway, server, certificates: await gateway.certificates() };
}

const signed = (members, signType, merchant = shop) => {
  const fields = { appid: merchant.appid, mch_id: merchant.mch_id, nonce_str: 'n', sign_type: signType, ...members };
  return xmlByHand({ ...fields, sign: signByHand(fields, merchant.key, signType) });
};

/** Posts over TLS with the certificate of the options, if any. */
function post(url, body, options) {
  return new Promise((resolve, reject) => {
    const outgoing = httpsRequest(url, { method: 'POST', agent: false, ...options }, async (incoming) => {
      let text = '';
      for await (const chunk of incoming) text += chunk;
      resolve({ status: incoming.statusCode, text, fields: readByHand(text) });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

const own = (certificates, { mch_id }) => {
  const { cert, key } = certificates.merchants.find((one) => one.mch_id === mch_id);
  return { ca: certificates.ca, cert, key };
};

test('certificates are made once: an authority, and one for each merchant number, like those of real merchants', async (t) => {
  const { gateway, certificates } = await open(t);
  assert.deepEqual(await gateway.certificates(), certificates);
  assert.deepEqual(
    certificates.merchants.map(({ mch_id }) => mch_id),
    [shop.mch_id, otherShop.mch_id],
  );
  const ca = new X509Certificate(certificates.ca);
  assert.equal(ca.ca, true);
  assert.ok(ca.verify(ca.publicKey));
  const serials = new Set([ca.serialNumber]);
  for (const { mch_id, cert, key } of certificates.merchants) {
    const read = new X509Certificate(cert);
    serials.add(read.serialNumber);
    assert.match(read.subject, new RegExp(`^CN=${mch_id}$`, 'm'), mch_id);
    assert.equal(read.ca, false, mch_id);
    assert.ok(read.checkIssued(ca), mch_id);
    assert.ok(read.verify(ca.publicKey), mch_id);
    assert.ok(new Date(read.validFrom) < new Date() && new Date() < new Date(read.validTo), mch_id);
    assert.equal(read.publicKey.asymmetricKeyType, 'rsa', mch_id);
    assert.equal(read.publicKey.asymmetricKeyDetails.modulusLength, 2048, mch_id);
    assert.deepEqual(read.keyUsage, ['1.3.6.1.5.5.7.3.2'], mch_id);
    assert.match(key, /^-----BEGIN PRIVATE KEY-----/, mch_id);
  }
  assert.equal(serials.size, 3);
  certificates.merchants.length = 0;
  assert.equal((await gateway.certificates()).merchants.length, 2);
  const { ca: another } = await createGateway({ merchants: [shop] }).certificates();
  assert.notEqual(another, certificates.ca);
});

test('over TLS the server has a certificate of the authority, under this machine’s names and WeChat’s, and by nothing else', async (t) => {
  const { server, certificates } = await open(t, { tls: true });
  assert.equal(server.url, `https://127.0.0.1:${server.port}`);
  const url = `${server.url}/pay/orderquery`;
  const { ca } = certificates;
  const query = signed({ out_trade_no }, 'MD5');
  for (const host of [
    `localhost:${server.port}`,
    ...['api.mch', 'api2.mch', 'api'].map((name) => `${name}.weixin.qq.com`),
  ]) {
    const [servername] = host.split(':');
    const { fields } = await post(url, query, { ca, servername, headers: { host } });
    assert.equal(fields.trade_state, 'SUCCESS', servername);
  }
  assert.equal((await post(url, query, { ca })).fields.trade_state, 'SUCCESS', 'by its address');
  await assert.rejects(post(url, query, { ca, servername: 'example.com' }), { code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
  await assert.rejects(post(url, query, {}), /certificate/);
  const { ca: strange } = await createGateway({ merchants: [shop] }).certificates();
  await assert.rejects(post(url, query, { ca: strange }), /certificate/);
});

for (const [path, [members, signType, good]] of Object.entries(SECURED)) {
  test(`over TLS ${path} is for the merchant with his own certificate alone`, async (t) => {
    const { gateway, server, certificates } = await open(t, { tls: true });
    const url = server.url + path;
    const body = signed(members, signType);
    const refusedWith = async (options, return_msg, sent = body) => {
      const { status, fields } = await post(url, sent, { ca: certificates.ca, ...options });
      assert.equal(status, 200);
      assert.deepEqual(fields, { return_code: 'FAIL', return_msg });
    };
    await refusedWith({}, '证书错误：此接口需要商户 API 证书');
    const strange = await createGateway({ merchants: [shop] }).certificates();
    const { cert, key } = own(strange, shop);
    await refusedWith({ cert, key }, '证书错误：此接口需要商户 API 证书');
    await refusedWith(own(certificates, otherShop), '证书错误：证书与商户号不匹配');
    assert.deepEqual(gateway.refunds(), []);
    const mine = own(certificates, shop);
    await refusedWith(mine, '签名错误', body.replace('<nonce_str>n<', '<nonce_str>m<'));
    assert.match((await post(url, body, mine)).text, good);
  });
}

test('over TLS all other calls need no certificate, and the sandbox needs none at all', async (t) => {
  const { server, certificates } = await open(t, { tls: true });
  const { ca } = certificates;
  const bill = signed({ bill_date: '20240804' }, 'MD5');
  assert.match((await post(`${server.url}/pay/downloadbill`, bill, { ca })).text, /No Bill Exist/);
  const refunds = signed({ out_trade_no }, 'MD5');
  assert.match((await post(`${server.url}/pay/refundquery`, refunds, { ca })).text, /REFUNDNOTEXIST/);
  const again = signed(order({ out_trade_no: 'again' }), 'MD5');
  assert.equal((await post(`${server.url}/pay/unifiedorder`, again, { ca })).fields.result_code, 'SUCCESS');
  const keyed = await post(`${server.url}/sandboxnew/pay/getsignkey`, signed({}, 'MD5'), { ca });
  const key = keyed.fields.sandbox_signkey;
  const inside = await post(`${server.url}/sandboxnew/secapi/pay/refund`, signed(refund, 'MD5', { ...shop, key }), {
    ca,
  });
  assert.equal(inside.fields.err_code, 'ORDERNOTEXIST');
});

test('a reused connection or session does not share its certificate with another', async (t) => {
  const { server, certificates } = await open(t, { tls: true });
  const url = `${server.url}/secapi/pay/refund`;
  const mine = own(certificates, shop);
  const agent = new Agent({ keepAlive: true });
  t.after(() => agent.destroy());
  const again = (n, options) => post(url, signed({ ...refund, out_refund_no: `R${n}` }, 'MD5'), { agent, ...options });
  for (const n of [1, 2, 3]) assert.equal((await again(n, mine)).fields.result_code, 'SUCCESS', `refund ${n}`);
  for (const n of [4, 5, 6])
    assert.match((await again(n, { ca: mine.ca })).fields.return_msg, /^证书错误/, `refund ${n}`);
  assert.equal((await again(7, mine)).fields.result_code, 'SUCCESS');
});

test('certificates are demanded over HTTP, or not demanded over TLS, only by option', async (t) => {
  const { gateway, server, certificates } = await open(t);
  const body = (n) => signed({ ...refund, out_refund_no: `R${n}` }, 'MD5');
  const send = async (url, n) => readByHand(await (await fetch(url, { method: 'POST', body: body(n) })).text());
  assert.equal((await send(`${server.url}/secapi/pay/refund`, 1)).result_code, 'SUCCESS');
  const strict = await gateway.listen({ demandCertificates: true });
  assert.match((await send(`${strict.url}/secapi/pay/refund`, 2)).return_msg, /^证书错误/);
  const lenient = await gateway.listen({ tls: true, demandCertificates: false });
  const { ca } = certificates;
  assert.equal((await post(`${lenient.url}/secapi/pay/refund`, body(3), { ca })).fields.result_code, 'SUCCESS');
});

test('several servers of one gateway share its books and its authority, and the port may be chosen', async (t) => {
  const { gateway, server, certificates } = await open(t, { tls: true });
  const backup = await gateway.listen({ tls: true });
  const { ca } = certificates;
  const query = signed({ out_trade_no }, 'MD5');
  for (const { url } of [server, backup]) {
    assert.equal((await post(`${url}/pay/orderquery`, query, { ca })).fields.trade_state, 'SUCCESS', url);
  }
  const { port } = backup;
  await assert.rejects(gateway.listen({ port, tls: true }), { code: 'EADDRINUSE' });
  await backup.close();
  assert.equal((await gateway.listen({ port })).port, port);
  assert.equal((await gateway.listen(0)).url.slice(0, 17), 'http://127.0.0.1:');
});
