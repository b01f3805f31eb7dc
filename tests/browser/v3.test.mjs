// APIv3 on WebCrypto in a page of headless Chromium: vectors, a payment against the gateway, refusals, bills and certificates.
import assert from 'node:assert/strict';
import { createPrivateKey, generateKeyPairSync, verify, X509Certificate } from 'node:crypto';
import { after, before, test } from 'node:test';
import { createGateway } from 'paysign/testing';
import { file, openssl } from '../node/certificate-support.mjs';
import { vectors } from '../node/gateway-support.mjs';
import { checkEncrypted } from '../node/oaep-by-hand.mjs';
import {
  API_V3_KEY,
  options as byHand,
  envelope,
  ids,
  merchantKeys,
  notice,
  ORDER,
  PUBLIC_ID,
  REFUND,
  signedHeaders,
  stranger,
} from '../node/v3-support.mjs';
import {
  checkBills,
  checkDownloads,
  decipherScript,
  encryptedFiles,
  openLine,
  PHASES,
} from '../node/v3-web-support.mjs';
import { openPage } from './page-support.mjs';

const gateway = createGateway({ merchants: [{ appid: ids.appid, mch_id: ids.mchid, apiV3Key: API_V3_KEY }] });
let [opened, page, options] = [];
/** Where the calls of the page end. */
let reached = gateway;

before(async () => {
  opened = await openPage({ fetch: (request) => reached.fetch(request), close: () => gateway.close() });
  page = opened.page;
  const { ca, ...rest } = await gateway.client(ids.mchid, { api: 'v3' });
  options = { ...rest, baseUrls: [opened.address], loginUrl: opened.address };
});

after(() => opened?.close());

/** Calls a function in the page, with the package and an argument. An error arrives as its members. */
const inPage = (work, given) =>
  page.evaluate(
    async ([source, argument]) => {
      globalThis.paysign ??= await import('/pkg/v3-web.mjs');
      try {
        return await new Function(`return (${source})`)()(globalThis.paysign, argument);
      } catch (error) {
        if (error.name !== 'WxPayError') throw error;
        return { error: error.toJSON() };
      }
    },
    [String(work), given],
  );

test('before init a client says what to do', async () => {
  const { error } = await inPage(({ WechatPay }, options) => void new WechatPay(options), options);
  assert.match(error.message, /await init\(\) once/);
  await inPage(({ init }) => Promise.all([init(), init()]).then(() => init()));
});

test('WebCrypto computes the requests, and verifies and opens all that the pages print', async () => {
  const found = await inPage(async (paysign) => {
    const { published } = await import('/tests/vectors/v3-suite.mjs');
    return published(paysign, await (await fetch('/tests/vectors/v3_published.json')).json());
  });
  assert.equal(found.length, 23);
  for (const [name, isRight] of found) assert.equal(isRight, true, name);
});

test('WebCrypto decrypts sensitive texts, and opens certificates, as the vectors say, and an OAEP by hand opens its own', async () => {
  const [found, own] = await inPage(async (paysign) => {
    const { encrypted, made } = await import('/tests/vectors/v3-suite.mjs');
    const vectors = await (await fetch('/tests/vectors/v3_made.json')).json();
    return [await made(paysign, vectors), await encrypted(paysign, vectors)];
  });
  assert.equal(found.length, 48);
  for (const [name, isRight] of found) assert.equal(isRight, true, name);
  checkEncrypted(own, vectors('v3_made'));
});

test('an order is placed, paid, queried and closed against the gateway, signed with the key of a certificate', async () => {
  const payment = await inPage(async ({ WechatPay }, options) => {
    globalThis.pay = new WechatPay(options);
    return globalThis.pay.pay({
      ...{ description: '茶', out_trade_no: 'web-v3-1', notify_url: 'http://127.0.0.1:9/n' },
      ...{ amount: { total: 8800 }, payer: { openid: 'o1' } },
    });
  }, options);
  const { timeStamp, nonceStr, package: pack, paySign } = payment;
  const key = new X509Certificate(options.certificate).publicKey;
  const text = `${ids.appid}\n${timeStamp}\n${nonceStr}\n${pack}\n`;
  assert.ok(verify('RSA-SHA256', Buffer.from(text), key, Buffer.from(paySign, 'base64')));
  assert.equal((await gateway.pay({ appId: ids.appid, ...payment })).errMsg, 'requestPayment:ok');
  const { trade_state } = await inPage(() => globalThis.pay.orderQuery({ out_trade_no: 'web-v3-1' }));
  assert.equal(trade_state, 'SUCCESS');
  const { error } = await inPage(() => globalThis.pay.closeOrder({ out_trade_no: 'web-v3-1' }));
  assert.deepEqual([error.code, error.err_code], ['ERR_FAILED', 'ORDER_PAID']);
});

test('a genuine notice opens, and each false one is refused at its stage', async () => {
  const clock = byHand.nowMs();
  const { nowMs, ...plain } = byHand;
  const body = envelope(ORDER);
  const headers = signedHeaders(body);
  const { 'Wechatpay-Signature-Type': _type, ...untyped } = headers;
  const messages = {
    'a payment': [notice(), 'payment true'],
    'a refund': [notice(REFUND, { event_type: 'REFUND.SUCCESS' }), 'refund undefined'],
    'another event': [notice({ a: '茶' }, { event_type: 'COMPLAINT.CREATE' }), 'other undefined'],
    'a stranger': [notice(ORDER, { headers: { by: stranger } }), 'ERR_SIGNATURE Wechatpay-Signature'],
    'another body': [{ headers, body: body.replace('EV-', 'EW-') }, 'ERR_SIGNATURE Wechatpay-Signature'],
    'no base64': [
      { headers: { ...headers, 'Wechatpay-Signature': ` ${headers['Wechatpay-Signature']}` }, body },
      'ERR_SIGNATURE Wechatpay-Signature',
    ],
    'an old one': [notice(ORDER, { headers: { seconds: clock / 1000 - 301 } }), 'ERR_SIGNATURE Wechatpay-Timestamp'],
    'an empty associated_data': [notice(ORDER, { associated_data: '' }), 'payment true'],
    'no associated_data': [
      notice(ORDER, { associated_data: '', change: { associated_data: undefined } }),
      'payment true',
    ],
    'no signature type': [{ headers: untyped, body }, 'payment true'],
    'the signature type SM2': [
      notice(ORDER, { headers: { 'Wechatpay-Signature-Type': 'WECHATPAY2-SM2-WITH-SM3' } }),
      'ERR_SIGNATURE Wechatpay-Signature-Type',
    ],
    'a probe': [
      notice(ORDER, { headers: { 'Wechatpay-Signature': `WECHATPAY/SIGNTEST/${'A'.repeat(324)}` } }),
      'ERR_SIGNATURE Wechatpay-Signature',
    ],
    'an unknown key': [
      notice(ORDER, { headers: { 'Wechatpay-Serial': 'PUB_KEY_ID_2' } }),
      'ERR_SIGNATURE Wechatpay-Serial',
    ],
    'the algorithm SM4': [notice(ORDER, { change: { algorithm: 'AEAD_SM4_GCM' } }), 'ERR_DECRYPT resource.algorithm'],
    'a short nonce': [notice(ORDER, { change: { nonce: 'short' } }), 'ERR_DECRYPT resource.nonce'],
    'another key': [notice(ORDER, { key: 'f'.repeat(32) }), 'ERR_DECRYPT resource.ciphertext'],
    'another merchant': [notice({ ...ORDER, mchid: '1' }), 'ERR_MISMATCH mchid'],
  };
  const got = await inPage(
    async ({ WechatPay }, [options, clock, messages]) => {
      const pay = new WechatPay({ ...options, nowMs: () => clock });
      const got = {};
      for (const [name, [message]] of Object.entries(messages)) {
        got[name] = await pay.openNotify(message).then(
          ({ kind, paid }) => `${kind} ${paid}`,
          ({ code, field }) => `${code} ${field}`,
        );
      }
      // The handler of a worker, with the same notice twice.
      const paid = [];
      const handler = pay.notifyHandler({ onPaid: ({ out_trade_no }) => void paid.push(out_trade_no) });
      const post = () =>
        handler(new Request('https://shop.example/n', { method: 'POST', ...messages['a payment'][0] }));
      return { got, statuses: [(await post()).status, (await post()).status], paid };
    },
    [plain, clock, messages],
  );
  assert.deepEqual(got.got, Object.fromEntries(Object.entries(messages).map(([name, [, want]]) => [name, want])));
  assert.deepEqual([got.statuses, got.paid], [[200, 200], [ORDER.out_trade_no]]);
});

test('a notice of a platform certificate opens, and not under the serial of another key', async () => {
  const serial = '0A47D9835EA1602CF8B93D147065AEC21F8D7702';
  const made = ['-keyout', 'platform.key', '-out', 'platform.pem', '-days', '30', '-set_serial', `0x${serial}`];
  openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/O=Tenpay.com/CN=Tenpay.com sign', ...made);
  const by = { privateKey: file('platform.key') };
  const seconds = Math.floor(Date.now() / 1000);
  const { nowMs, wechatpayKeys, ...rest } = byHand;
  const keys = { ...wechatpayKeys, [serial]: file('platform.pem') };
  const asked = [serial, serial.slice(1), PUBLIC_ID].map((serial) =>
    notice(ORDER, { headers: { by, serial, seconds } }),
  );
  const got = await inPage(
    ({ WechatPay }, [options, messages]) => {
      const pay = new WechatPay(options);
      const opened = ({ out_trade_no }) => out_trade_no;
      return Promise.all(messages.map((message) => pay.openNotify(message).then(opened, ({ code }) => code)));
    },
    [{ ...rest, wechatpayKeys: keys }, asked],
  );
  assert.deepEqual(got, [ORDER.out_trade_no, ORDER.out_trade_no, 'ERR_SIGNATURE']);
});

const publicKeyOf = (type, how) => generateKeyPairSync(type, how).publicKey.export({ type: 'spki', format: 'pem' });

test('a key of PKCS#1 signs too, and a key that cannot work is refused before the first call is sent', async () => {
  const pkcs1 = createPrivateKey(options.privateKey).export({ type: 'pkcs1', format: 'pem' });
  const answers = await inPage(
    async ({ WechatPay }, { options, pkcs1, other, cut, ec, short }) => {
      const ask = async (change) => {
        try {
          const pay = new WechatPay({ ...options, ...change });
          return (await pay.orderQuery({ out_trade_no: 'web-v3-1' })).trade_state;
        } catch ({ code, field, outcome, message }) {
          return [code, field, outcome, message].join(' ');
        }
      };
      return {
        pkcs1: await ask({ privateKey: pkcs1 }),
        literal: await ask({ privateKey: options.privateKey.replaceAll('\n', '\\n') }),
        other: await ask({ privateKey: other }),
        cut: await ask({ privateKey: cut }),
        path: await ask({ privateKey: './apiclient_key.pem' }),
        ec: await ask({ wechatpayKeys: { PUB_KEY_ID_1: ec } }),
        short: await ask({ wechatpayKeys: { PUB_KEY_ID_1: short } }),
        pfx: await ask({ privateKey: undefined, certificate: undefined, pfx: new Uint8Array(9) }),
        broken: await ask({ certificate: options.certificate.replace(/.{64}\n.{64}\n/, '') }),
      };
    },
    {
      ...{ options, pkcs1, other: merchantKeys.privateKey, ec: publicKeyOf('ec', { namedCurve: 'P-256' }) },
      ...{ cut: options.privateKey.replace(/.{64}\n.{64}\n/, ''), short: publicKeyOf('rsa', { modulusLength: 1024 }) },
    },
  );
  assert.deepEqual([answers.pkcs1, answers.literal], ['SUCCESS', 'SUCCESS']);
  for (const [name, words] of Object.entries({
    other: /^ERR_CONFIG certificate not-sent certificate: .*do not belong together/,
    // Its first lines, which name the algorithm, are cut off.
    cut: /^ERR_CONFIG privateKey not-sent privateKey: is not an RSA key/,
    path: /^ERR_CONFIG privateKey not-sent privateKey: is a path/,
    ec: /^ERR_CONFIG wechatpayKeys not-sent wechatpayKeys: PUB_KEY_ID_1: is not an RSA key/,
    short: /^ERR_CONFIG wechatpayKeys not-sent wechatpayKeys: PUB_KEY_ID_1: has 1024 bits/,
    pfx: /^ERR_CONFIG pfx not-sent pfx: can be read in Node only/,
    broken: /^ERR_CONFIG certificate not-sent certificate: is damaged/,
  }))
    assert.match(answers[name], words, name);
});

test('a file is decrypted in pieces of any size, as node:crypto encrypted it, and less than a tag is refused', async () => {
  const found = await inPage(
    async (_, [script, files]) => {
      const { counterDecipher } = await import(`data:text/javascript;base64,${script}`);
      const { endOfShort, wronglyDeciphered } = await import('/tests/vectors/web-suite.mjs');
      return [await wronglyDeciphered(counterDecipher, files), await endOfShort(counterDecipher)];
    },
    [Buffer.from(await decipherScript()).toString('base64'), encryptedFiles()],
  );
  assert.deepEqual(found, [[], 'refused']);
});

/** Makes a client in the page, and calls it. */
const ask = (options, at, name, params) =>
  inPage(
    async ({ WechatPay }, [options, at, name, args]) => {
      const { collected } = await import('/tests/vectors/web-suite.mjs');
      const pay = new WechatPay({ ...options, nowMs: () => at });
      return collected(await pay[name](...args));
    },
    [{ ...options, baseUrls: [opened.address] }, at, name, params ? [params] : []],
  );

for (const phase of PHASES)
  test(`a page reads bills, and its certificates verify answers and notices: ${phase}`, async () => {
    const line = await openLine(phase);
    reached = line;
    try {
      await checkDownloads(line, ask);
      await checkBills(line, ask);
    } finally {
      reached = gateway;
      await line.world.close();
    }
  });
