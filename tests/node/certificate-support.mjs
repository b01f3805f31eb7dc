// The set-up of the tests of certificates: an authority, and a server that requires the merchant's certificate.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readByHand, shop, signByHand, xmlByHand } from './gateway-support.mjs';

export const REFUND = { out_trade_no: 'a1', out_refund_no: 'r1', total_fee: 88, refund_fee: 8 };
const ANSWER = { transaction_id: '4200000001', refund_id: '5000000001', cash_fee: '88' };

const place = mkdtempSync(join(tmpdir(), 'paysign-certificate-'));
process.on('exit', () => rmSync(place, { recursive: true, force: true }));

export const openssl = (...args) => execFileSync('openssl', args, { cwd: place, stdio: ['ignore', 'pipe', 'pipe'] });
export const bytes = (name) => readFileSync(join(place, name));
export const file = (name) => bytes(name).toString('utf8');

/** Exports a PKCS#12 file with the merchant number as its passphrase; returns its bytes. */
export function pkcs12(options, { key = 'merchant.key', passphrase = shop.mch_id } = {}) {
  openssl('pkcs12', '-export', '-inkey', key, ...options, '-out', 'file.p12', '-passout', `pass:${passphrase}`);
  return bytes('file.p12');
}

/** A certificate of the test's own authority; `days` below zero makes one that is expired. */
export function issue(name, subject, extension, days = '30') {
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
    // OpenSSL before 3.4 has no option for dates here, but its small authority has one.
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

/** The authority, and the certificates of the server and of the merchant. */
export function issueAll() {
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
}

/** Answers refunds of callers with a certificate. Returns its address, the number of connections, and a function that stops it. */
export async function refundServer() {
  const server = createServer(
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
  let connections = 0;
  server.on('secureConnection', () => {
    connections += 1;
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    base: `https://127.0.0.1:${server.address().port}`,
    connections: () => connections,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}

export const errorOf = async (run) => {
  try {
    await run();
  } catch (error) {
    return error;
  }
  return assert.fail('nothing was thrown');
};
