// The merchant's PKCS#12 file, old or new: a real mutual-TLS server accepts it, or it is refused before any call.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import { WechatPay } from 'paysign';
import { inBer } from './certificate-craft.mjs';
import { errorOf, file, issueAll, pkcs12, REFUND, refundServer } from './certificate-support.mjs';
import { shop } from './gateway-support.mjs';

const OWN = ['-in', 'merchant.pem'];
let server;
before(async () => {
  issueAll();
  server = await refundServer();
});
after(() => server?.stop());

const client = (pfx, passphrase = shop.mch_id) =>
  new WechatPay({ ...shop, baseUrls: [server.base], certificate: { pfx, passphrase, ca: file('ca.pem') } });
const refused = async (pfx, words, passphrase) => {
  const error = await errorOf(() => client(pfx, passphrase));
  assert.deepEqual([error.code, error.outcome, error.field], ['ERR_CONFIG', 'not-sent', 'certificate'], error.message);
  assert.match(error.message, words);
  return error;
};

test('the old file of the merchant platform opens with the merchant number, one client after another', async () => {
  const legacy = pkcs12([...OWN, '-legacy']);
  for (let round = 0; round < 3; round += 1) {
    const pay = client(legacy);
    const before = server.connections();
    for (let call = 0; call < 2; call += 1)
      assert.equal((await pay.refund(REFUND)).refund_id, '5000000001', `round ${round}`);
    // Clients of the same file share their connections.
    assert.equal(server.connections() - before, round === 0 ? 1 : 0, `round ${round}`);
  }
});

test('a file of today, with a chain or without, opens too', async () => {
  for (const options of [
    [],
    ['-certfile', 'ca.pem'],
    ['-legacy', '-certfile', 'ca.pem'],
    ['-certpbe', 'PBE-SHA1-3DES'],
  ])
    assert.equal((await client(pkcs12([...OWN, ...options])).refund(REFUND)).refund_id, '5000000001', `${options}`);
});

test('the old file opens in BER too, as old Java programs write it', async () => {
  assert.equal((await client(inBer(pkcs12([...OWN, '-legacy']))).refund(REFUND)).refund_id, '5000000001');
});

test('a passphrase of the merchant opens the old file, whatever its script', async () => {
  const passphrase = '商户密码😀';
  const pfx = pkcs12([...OWN, '-legacy'], { passphrase });
  assert.equal((await client(pfx, passphrase).refund(REFUND)).refund_id, '5000000001');
});

test('a file that cannot work is named when the client is made, old or new', async () => {
  for (const age of [[], ['-legacy']]) {
    await refused(pkcs12([...OWN, ...age]), /this passphrase/, 'wrong');
    await refused(pkcs12([...OWN, ...age]), /must be text/, Number(shop.mch_id));
    await refused(pkcs12(['-in', 'expired.pem', ...age], { key: 'expired.key' }), /expired on 2020-01-02/);
    await refused(pkcs12(['-nocerts', '-certfile', 'server.pem', ...age]), /belong(s to it| together)/);
    await refused(pkcs12(['-nocerts', ...age]), /certificate/);
    await refused(pkcs12([...OWN, '-nokeys', ...age]), /private key/);
    await refused(pkcs12([...OWN, '-nomac', ...age]), /passphrase/);
    await refused(pkcs12([...OWN, ...age]).subarray(0, 900), /PKCS#12 file/);
  }
  await refused(pkcs12([...OWN, '-legacy', '-iter', '1000001']), /more than 1000000 hash rounds/);
  await refused(Buffer.from('apiclient_cert.p12'), /PKCS#12 file/);
  await refused('apiclient_cert.p12', /must be the bytes/);
});

test('neither the passphrase nor the key of an old file is shown by the client or by an error', async () => {
  const passphrase = 'a passphrase that is secret';
  const pfx = pkcs12([...OWN, '-legacy'], { passphrase });
  const wrong = await refused(pfx, /this passphrase/, `${passphrase}!`);
  const pay = client(pfx, passphrase);
  const secret = file('merchant.key').split('\n')[3];
  for (const shown of [wrong, pay].flatMap((one) => [
    inspect(one, { showHidden: true, depth: 10 }),
    JSON.stringify(one),
  ]))
    for (const text of [secret, passphrase]) assert.ok(!shown.includes(text), shown.slice(0, 40));
});

test('an old file with any byte changed is refused or has the same pair, and the next one opens', async () => {
  const legacy = pkcs12([...OWN, '-legacy', '-iter', '1']);
  for (let at = 0; at < legacy.length; at += 7) {
    const changed = Buffer.from(legacy);
    changed[at] ^= 0xff;
    try {
      client(changed);
    } catch (error) {
      assert.equal(error.code, 'ERR_CONFIG', `${at}: ${error.stack}`);
    }
  }
  assert.equal((await client(legacy).refund(REFUND)).refund_id, '5000000001');
});

test('certificate.wasm is loaded for an old file only, and its absence is named', (t) => {
  const place = mkdtempSync(join(tmpdir(), 'paysign-module-'));
  t.after(() => rmSync(place, { recursive: true, force: true }));
  cpSync(fileURLToPath(new URL('../../pkg', import.meta.url)), join(place, 'node_modules/paysign'), {
    recursive: true,
  });
  rmSync(join(place, 'node_modules/paysign/certificate.wasm.br'));
  writeFileSync(
    join(place, 'try.mjs'),
    `import { WechatPay } from 'paysign';
    const { shop, pair, modern, legacy } = JSON.parse(process.argv[2]);
    const make = (certificate) => { try { new WechatPay({ ...shop, certificate }); return 'made'; } catch (error) { return error.code + ' ' + error.message; } };
    const pfx = (text) => ({ pfx: Buffer.from(text, 'base64'), passphrase: shop.mch_id });
    console.log([make(undefined), make(pair), make(pfx(modern)), make(pfx(legacy))].join('\\n'));`,
  );
  const given = {
    shop,
    pair: { cert: file('merchant.pem'), key: file('merchant.key') },
    modern: pkcs12(OWN).toString('base64'),
    legacy: pkcs12([...OWN, '-legacy']).toString('base64'),
  };
  const output = execFileSync(process.execPath, ['try.mjs', JSON.stringify(given)], { cwd: place, encoding: 'utf8' });
  assert.deepEqual(output.trim().split('\n'), [
    'made',
    'made',
    'made',
    'ERR_CONFIG certificate.wasm cannot be read from the folder of the package, see the cause; if you bundle, import paysign/inline',
  ]);
});
