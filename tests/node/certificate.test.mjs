// The merchant's certificate: a real mutual-TLS server answers with it, refuses without it, and bad pairs are named before any call.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { inspect } from 'node:util';
import { WechatPay } from 'paysign';
import { readByHand, shop, signByHand, xmlByHand } from './gateway-support.mjs';

const place = mkdtempSync(join(tmpdir(), 'paysign-certificate-'));
const openssl = (...args) => execFileSync('openssl', args, { cwd: place, stdio: ['ignore', 'pipe', 'pipe'] });
const file = (name) => readFileSync(join(place, name), 'utf8');
const REFUND = { out_trade_no: 'a1', out_refund_no: 'r1', total_fee: 88, refund_fee: 8 };
const ANSWER = { transaction_id: '4200000001', refund_id: '5000000001', cash_fee: '88' };

let server;
let base;
let connections = 0;

/** A certificate of the test's own authority; `days` below zero makes one that is expired. */
function issue(name, subject, extension, days = '30') {
  openssl('req', '-newkey', 'rsa:2048', '-nodes', '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', subject);
  writeFileSync(join(place, `${name}.ext`), extension);
  const dates = days === '30' ? ['-days', '30'] : ['-not_before', '20200101000000Z', '-not_after', '20200102000000Z'];
  try {
    openssl(
      'x509',
      '-req',
      '-in',
      `${name}.csr`,
      '-CA',
      'ca.pem',
      '-CAkey',
      'ca.key',
      '-CAcreateserial',
      '-out',
      `${name}.pem`,
      '-extfile',
      `${name}.ext`,
      ...dates,
    );
  } catch {
    // OpenSSL before 3.4 knows no dates here, but its small authority does.
    writeFileSync(join(place, 'index.txt'), '');
    writeFileSync(join(place, 'serial'), '1000\n');
    writeFileSync(
      join(place, 'ca.cnf'),
      '[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\nserial=serial\nnew_certs_dir=.\ndefault_md=sha256\npolicy=p\n[p]\ncommonName=supplied\n',
    );
    openssl(
      'ca',
      '-batch',
      '-config',
      'ca.cnf',
      '-cert',
      'ca.pem',
      '-keyfile',
      'ca.key',
      '-in',
      `${name}.csr`,
      '-out',
      `${name}.pem`,
      '-startdate',
      '20200101000000Z',
      '-enddate',
      '20200102000000Z',
      '-notext',
    );
  }
}

before(async () => {
  openssl(
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
    '-days',
    '30',
    '-subj',
    '/CN=test authority',
  );
  issue('server', '/CN=127.0.0.1', 'subjectAltName=IP:127.0.0.1\n');
  issue('merchant', `/CN=${shop.mch_id}`, '');
  issue('expired', `/CN=${shop.mch_id}`, '', '-1');
  openssl(
    'pkcs12',
    '-export',
    '-inkey',
    'merchant.key',
    '-in',
    'merchant.pem',
    '-out',
    'modern.p12',
    '-passout',
    `pass:${shop.mch_id}`,
  );
  openssl(
    'pkcs12',
    '-export',
    '-legacy',
    '-inkey',
    'merchant.key',
    '-in',
    'merchant.pem',
    '-out',
    'legacy.p12',
    '-passout',
    `pass:${shop.mch_id}`,
  );
  server = createServer(
    {
      key: file('server.key'),
      cert: file('server.pem'),
      ca: file('ca.pem'),
      requestCert: true,
      rejectUnauthorized: true,
    },
    async (request, response) => {
      let body = '';
      for await (const part of request) body += part;
      const sent = readByHand(body);
      const { appid, mch_id, out_trade_no, out_refund_no, total_fee, refund_fee } = sent;
      const answer = {
        return_code: 'SUCCESS',
        appid,
        mch_id,
        nonce_str: 'n',
        result_code: 'SUCCESS',
        out_trade_no,
        out_refund_no,
        total_fee,
        refund_fee,
        ...ANSWER,
      };
      assert.equal(request.socket.getPeerCertificate().subject.CN, shop.mch_id);
      response.end(xmlByHand({ ...answer, sign: signByHand(answer, shop.key, 'HMAC-SHA256') }));
    },
  );
  server.on('secureConnection', () => {
    connections += 1;
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `https://127.0.0.1:${server.address().port}`;
});
after(() => {
  server?.closeAllConnections();
  server?.close();
  rmSync(place, { recursive: true, force: true });
});

const client = (options) => new WechatPay({ ...shop, baseUrls: [base], ...options });
const errorOf = async (run) => {
  try {
    await run();
  } catch (error) {
    return error;
  }
  return assert.fail('nothing was thrown');
};

test('a refund with the PEM pair is answered, over one connection that is kept', async () => {
  const pay = client({ certificate: { cert: file('merchant.pem'), key: file('merchant.key'), ca: file('ca.pem') } });
  const before = connections;
  for (let round = 0; round < 3; round += 1) {
    // WeChat's answer repeats the number of the payment, which was not asked for here.
    const answer = await pay.refund({ ...REFUND });
    assert.deepEqual([answer.refund_id, answer.refund_fee, answer.coupons], ['5000000001', 8, []]);
  }
  assert.equal(connections - before, 1);
});

test('a PKCS#12 file opens with the merchant number as its passphrase', async () => {
  const pay = client({
    certificate: { pfx: readFileSync(join(place, 'modern.p12')), passphrase: shop.mch_id, ca: file('ca.pem') },
  });
  assert.equal((await pay.refund(REFUND)).refund_id, '5000000001');
});

test('the server answers nobody who shows no certificate', async () => {
  const asked = new Promise((resolve, reject) => {
    get(`${base}/secapi/pay/refund`, { ca: file('ca.pem'), agent: false }, resolve).on('error', reject);
  });
  await assert.rejects(asked, { code: /^(ERR_SSL_|ECONNRESET|EPIPE)/ });
});

test('a refund without any certificate is named before anything is sent', async () => {
  const before = connections;
  const { code, outcome, field, message } = await errorOf(() => client({}).refund(REFUND));
  assert.deepEqual([code, outcome, field], ['ERR_CONFIG', 'not-sent', 'certificate']);
  assert.match(message, /\/secapi\/pay\/refund needs/);
  assert.equal(connections, before);
});

test('a server that the authority does not know is not spoken to', async () => {
  const { code, outcome } = await errorOf(() =>
    client({ certificate: { cert: file('merchant.pem'), key: file('merchant.key') } }).refund(REFUND),
  );
  assert.deepEqual([code, outcome], ['ERR_NETWORK', 'not-sent']);
});

test('a pair that cannot work is named when the client is made, and shown nowhere', async () => {
  const pem = { cert: file('merchant.pem'), key: file('merchant.key') };
  const cases = [
    [{ ...pem, key: file('server.key') }, /do not belong together/],
    [{ cert: file('expired.pem'), key: file('expired.key') }, /expired on 2020-01-02/],
    [{ cert: 'apiclient_cert.pem', key: 'apiclient_key.pem' }, /give the contents/],
    [{ cert: pem.cert, key: '' }, /give the contents/],
    [{ pfx: readFileSync(join(place, 'modern.p12')), passphrase: 'wrong' }, /opens with this passphrase/],
    [{ pfx: readFileSync(join(place, 'modern.p12')), passphrase: Number(shop.mch_id) }, /must be text/],
    [{ pfx: Buffer.from('apiclient_cert.p12'), passphrase: shop.mch_id }, /no PKCS#12 file/],
    [{ pfx: readFileSync(join(place, 'legacy.p12')), passphrase: shop.mch_id }, /openssl pkcs12 -legacy/],
  ];
  for (const [certificate, words] of cases) {
    const error = await errorOf(() => client({ certificate }));
    assert.deepEqual(
      [error.code, error.outcome, error.field],
      ['ERR_CONFIG', 'not-sent', 'certificate'],
      error.message,
    );
    assert.match(error.message, words);
  }
  const pay = client({ certificate: pem });
  const secret = pem.key.split('\n')[3];
  for (const shown of [inspect(pay, { showHidden: true, depth: 10 }), JSON.stringify(pay)])
    assert.ok(!shown.includes(secret));
});
