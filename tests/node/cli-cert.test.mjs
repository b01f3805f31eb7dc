// `paysign cert` as a process: kinds of files, dates, whether a key belongs, and PEM files from PKCS#12.
import assert from 'node:assert/strict';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { bytes, file, issue, issueAll, pkcs12 } from './certificate-support.mjs';
import { folder, run, save } from './cli-support.mjs';
import { shop } from './gateway-support.mjs';

const paths = {};
before(() => {
  issueAll();
  issue('platform', '/CN=Tenpay.com sign', '');
  for (const name of ['merchant', 'expired', 'platform', 'server']) {
    paths[name] = save(`${name}.pem`, file(`${name}.pem`));
    paths[`${name}.key`] = save(`${name}.key`, file(`${name}.key`));
  }
  paths.p12 = save('apiclient_cert.p12', pkcs12(['-in', 'merchant.pem']));
  paths.legacy = save('legacy.p12', pkcs12(['-in', 'merchant.pem', '-legacy']));
});
const number = ['--mchid', shop.mch_id];
const facts = async (...args) => {
  const { code, stdout, stderr } = await run(['cert', ...args, '--json']);
  return { code, stderr, ...(stdout && JSON.parse(stdout)) };
};

test('it says the kind, subject, serial and dates of each file', async () => {
  const { serialNumber, validTo } = new X509Certificate(bytes('merchant.pem'));
  const merchant = await facts(paths.merchant);
  assert.deepEqual(
    [merchant.code, merchant.kind, merchant.subject, merchant.serial, merchant.keyBelongs],
    [0, 'merchant-certificate', `CN=${shop.mch_id}`, serialNumber, undefined],
  );
  assert.equal(Date.parse(merchant.until), Date.parse(validTo));
  assert.ok([29, 30].includes(merchant.daysLeft), `${merchant.daysLeft}`);
  assert.equal((await facts(paths.platform)).kind, 'platform-certificate');
  assert.equal((await facts(paths.server)).kind, 'certificate');
  const key = await facts(paths['merchant.key']);
  assert.deepEqual([key.code, key.kind, key.keyType, key.keyBits], [0, 'private-key', 'rsa', 2048]);
  const shown = await run(['cert', paths.merchant, '--lang', 'zh']);
  assert.match(shown.stdout, new RegExp(`类型 +商户 API 证书\\n[\\s\\S]*序列号 +${serialNumber}\\n`));
});

test('it ends with 1 for an expired certificate and for a key that does not belong', async () => {
  const expired = await facts(paths.expired);
  assert.deepEqual([expired.code, expired.isValidNow, expired.daysLeft < 0], [1, false, true]);
  const own = await facts(paths.merchant, '--private-key', paths['merchant.key']);
  assert.deepEqual([own.code, own.keyBelongs], [0, true]);
  const other = await run(['cert', paths.merchant, '--private-key', paths['server.key']]);
  assert.equal(other.code, 1);
  assert.match(other.stdout, /key belongs +no\n[\s\S]*The key does not belong/);
});

test('a PKCS#12 file is opened with the merchant number, a file or a variable, and with no other passphrase', async () => {
  const passphrase = save('passphrase', `${shop.mch_id}\n`);
  for (const name of ['p12', 'legacy'])
    for (const args of [number, ['--passphrase-file', passphrase], ['--passphrase-env', 'PAY_PASS']]) {
      const { code, stdout, stderr } = await run(['cert', paths[name], '--json', ...args], {
        env: { PAY_PASS: shop.mch_id },
      });
      assert.equal(code, 0, stderr);
      const { kind, keyBelongs, subject } = JSON.parse(stdout);
      assert.deepEqual([kind, keyBelongs, subject], ['p12', true, `CN=${shop.mch_id}`]);
    }
  const wrong = await run(['cert', paths.p12, '--mchid', '1900000999']);
  assert.deepEqual([wrong.code, wrong.stdout], [1, '']);
  assert.match(wrong.stderr, /passphrase/);
  const without = await run(['cert', paths.p12]);
  assert.equal(without.code, 2);
  assert.match(without.stderr, /the passphrase is missing; use --passphrase-file or --passphrase-env/);
});

test('--pem writes PEM files with a private mode, overwrites none without --force, and prints them for -', async () => {
  const place = join(folder, 'keys');
  assert.equal((await run(['cert', paths.p12, ...number, '--pem', place])).code, 0);
  const [cert, key] = ['apiclient_cert.pem', 'apiclient_key.pem'].map((name) => join(place, name));
  const ours = new X509Certificate(readFileSync(cert));
  assert.equal(ours.fingerprint256, new X509Certificate(bytes('merchant.pem')).fingerprint256);
  assert.ok(ours.checkPrivateKey(createPrivateKey(readFileSync(key))));
  assert.equal(statSync(key).mode & 0o777, 0o600);
  writeFileSync(key, 'mine', { mode: 0o644 });
  const again = await run(['cert', paths.p12, ...number, '--pem', place]);
  assert.deepEqual([again.code, readFileSync(key, 'utf8')], [2, 'mine']);
  assert.match(again.stderr, /use --force to overwrite/);
  assert.equal((await run(['cert', paths.p12, ...number, '--pem', place, '--force'])).code, 0);
  assert.match(readFileSync(key, 'utf8'), /^-----BEGIN PRIVATE KEY-----/);
  assert.equal(statSync(key).mode & 0o777, 0o600);
  const { stdout } = await run(['cert', paths.p12, ...number, '--pem', '-']);
  assert.ok(new X509Certificate(stdout).checkPrivateKey(createPrivateKey(stdout)));
});

test('no output shows a private key unless --pem asks for it, and a wrong call ends with 2', async () => {
  const secretLine = file('merchant.key').split('\n')[3];
  for (const args of [
    [paths['merchant.key']],
    [paths.p12, ...number],
    [paths.merchant, '--private-key', paths['merchant.key']],
  ]) {
    const { stdout, stderr } = await run(['cert', ...args]);
    assert.ok(!(stdout + stderr).includes(secretLine), `${args}`);
  }
  for (const [args, words] of [
    [[join(folder, 'absent.pem')], /absent\.pem cannot be read/],
    [[paths.merchant, '--pem', folder], /--pem needs a p12 file/],
    [[paths.merchant, '--private-key', paths.merchant], /the private key cannot be read/],
  ]) {
    const { code, stderr } = await run(['cert', ...args]);
    assert.equal(code, 2, stderr);
    assert.match(stderr, words);
  }
  const damaged = save('damaged.pem', file('merchant.pem').replace(/MII/, 'AAA'));
  assert.equal((await run(['cert', damaged])).code, 1);
});
