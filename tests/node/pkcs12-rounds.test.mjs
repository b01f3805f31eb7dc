// The work that a PKCS#12 file requires: every count in it is checked before anything is hashed.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { WechatPay } from 'paysign';
import {
  bagOfBags,
  certificateBag,
  craft,
  encryptedSafe,
  keyBag,
  mac,
  old,
  pbkdf2,
  pbmac1,
  plainSafe,
  today,
  unknown,
  withScrypt,
} from './certificate-craft.mjs';
import { errorOf, file, issueAll, pkcs12 } from './certificate-support.mjs';
import { shop } from './gateway-support.mjs';

const PASS = shop.mch_id;
const MILLION = 1_000_000;
/** Written in a file, never hashed. */
const notDone = { isDone: false };

let certificate;
let key;
before(() => {
  issueAll();
  certificate = certificateBag(file('merchant.pem'));
  key = (scheme) => keyBag(file('merchant.key'), scheme, PASS);
});

const opened = (pfx, passphrase = PASS) => new WechatPay({ ...shop, certificate: { pfx, passphrase } });
async function refused(pfx, words, title) {
  const error = await errorOf(() => opened(pfx)).catch(() => assert.fail(`${title} was taken`));
  assert.deepEqual([error.code, error.outcome, error.field], ['ERR_CONFIG', 'not-sent', 'certificate'], title);
  assert.match(error.message, words, title);
}
const TOO_MANY = /needs more than 1000000 hash rounds; export the file again with fewer iterations/;

test('OpenSSL’s exports with more than a million rounds are refused, in MAC and encryption, old and new', async () => {
  const own = ['-in', 'merchant.pem', '-iter', '1000001'];
  for (const options of [
    ['-nomac'],
    ['-certpbe', 'NONE', '-nomaciter'],
    ['-keypbe', 'NONE', '-nomaciter'],
    ['-certpbe', 'NONE', '-keypbe', 'PBE-SHA1-3DES', '-nomaciter'],
    ['-certpbe', 'NONE', '-keypbe', 'NONE'],
    ['-legacy', '-nomaciter'],
  ])
    await refused(pkcs12([...own, ...options]), TOO_MANY, options.join(' '));
});

test('a count that would take minutes is refused at every place in a file', async () => {
  for (const rounds of [MILLION + 1, 2 ** 31 - 1, 2 ** 32 + 1, 2n ** 64n + 1n, 2n ** 4000n]) {
    const huge = today(rounds, notDone);
    const plain = plainSafe([key(today(1))]);
    const cases = {
      'the MAC': craft([plain], PASS, { made: mac('sha256', rounds, notDone) }),
      'the MAC of RFC 9579': craft([plain], PASS, { made: pbmac1(pbkdf2(rounds, { length: 32 })) }),
      'the key': craft([plainSafe([certificate, key(huge)])], PASS),
      'an old key': craft([plainSafe([certificate, key(old(rounds, notDone))])], PASS),
      'the second of two keys': craft([plainSafe([key(today(1)), certificate, key(huge)])], PASS),
      'the certificates': craft([encryptedSafe([certificate], huge, PASS), plain], PASS),
      'old certificates': craft([encryptedSafe([certificate], old(rounds, notDone), PASS), plain], PASS),
      'the last of three safes': craft([plain, plain, encryptedSafe([certificate], huge, PASS)], PASS),
      'a key in a bag of bags': craft([plainSafe([bagOfBags(bagOfBags(certificate, key(huge)))])], PASS),
      scrypt: craft([plainSafe([key(withScrypt(rounds, 1, 1, notDone))])], PASS),
      'scrypt of many lanes': craft([plainSafe([key(withScrypt(2, 1, rounds, notDone))])], PASS),
      'scrypt of certificates': craft([encryptedSafe([certificate], withScrypt(2, rounds, 1, notDone), PASS)], PASS),
      'a file without a MAC': craft([plainSafe([certificate, key(huge)])], PASS, { made: null }),
    };
    for (const [where, pfx] of Object.entries(cases)) await refused(pfx, TOO_MANY, `${where}: ${rounds}`);
  }
});

test('a key in encrypted bags is counted too, although it is visible only after their decryption', async () => {
  for (const [title, hidden] of [
    ['today', today(MILLION + 1, notDone)],
    ['old', old(2 ** 31 - 1, notDone)],
    ['scrypt', withScrypt(2 ** 20, 8, 1, notDone)],
  ]) {
    for (const [around, scheme] of [
      ['PBKDF2 with SHA-256', today(2048)],
      ['PBKDF2 with SHA-512', today(2, { prf: 'sha512' })],
      ['scrypt', withScrypt(1024, 8, 1)],
      ['old', old(2)],
    ]) {
      for (const bags of [[certificate, key(hidden)], [bagOfBags(key(hidden), certificate)]]) {
        const pfx = craft([encryptedSafe(bags, scheme, PASS)], PASS);
        // Our own reader, which opens old files, supports neither scrypt nor nested bags.
        const words =
          around === 'old' ? /more than 1000000|not a readable PKCS#12 file|exactly one private key/ : TOO_MANY;
        await refused(pfx, words, `${title} inside of ${around}`);
      }
    }
  }
});

test('many counts, each within the limit, are refused together', async () => {
  const safe = encryptedSafe([certificate], today(MILLION, notDone), PASS);
  await refused(
    craft(Array(4).fill(plainSafe([key(today(MILLION, notDone))])), PASS),
    /more than 3000000 hash rounds in all/,
  );
  await refused(craft([...Array(50).fill(plainSafe([key(today(100_000, notDone))])), safe], PASS), /in all/);
});

test('lengths without end and strings in pieces hide no count', async () => {
  const isBer = true;
  const huge = today(MILLION + 1, notDone);
  for (const [where, pfx] of Object.entries({
    'the key': craft([plainSafe([certificate, key(huge)], { isBer })], PASS, { isBer }),
    'the certificates': craft([encryptedSafe([certificate], huge, PASS, { isBer })], PASS, { isBer }),
    inside: craft([encryptedSafe([certificate, key(huge)], today(2), PASS, { isBer })], PASS, { isBer }),
    'the MAC': craft([plainSafe([certificate], { isBer })], PASS, { isBer, made: mac('sha1', MILLION + 1, notDone) }),
  }))
    await refused(pfx, TOO_MANY, where);
});

test('genuine files open: of many rounds, in BER as old Java programs write it, with every hash, old and new', () => {
  for (const isBer of [false, true]) {
    for (const [around, own, hash] of [
      [today(2048), today(2048), 'sha256'],
      [today(10_000, { prf: 'sha1' }), old(100), 'sha1'],
      [today(2, { prf: 'sha512' }), today(2, { prf: 'sha512' }), 'sha512'],
      [withScrypt(16384, 8, 1), withScrypt(16384, 8, 1), 'sha256'],
      // These are opened by our own reader.
      [old(100), old(100), 'sha1'],
      [old(100), today(2048), 'sha256'],
    ]) {
      const safes = [encryptedSafe([certificate], around, PASS, { isBer }), plainSafe([key(own)], { isBer })];
      opened(craft(safes, PASS, { made: mac(hash, 100), isBer }));
    }
  }
  for (const options of [
    ['-iter', '1000000'],
    ['-macalg', 'sha512'],
    ['-certpbe', 'AES-128-CBC', '-keypbe', 'AES-192-CBC'],
    ['-certpbe', 'DES-EDE3-CBC', '-keypbe', 'DES-EDE3-CBC'],
    ['-certpbe', 'PBE-SHA1-3DES'],
    ['-certpbe', 'NONE'],
    ['-keypbe', 'NONE'],
    ['-legacy', '-iter', '50000'],
  ])
    opened(pkcs12(['-in', 'merchant.pem', ...options]));
});

test('an unknown encryption is not left to OpenSSL, which may do any number of rounds for it', async () => {
  await refused(craft([encryptedSafe([certificate], unknown(), PASS)], PASS), /not a readable PKCS#12 file; convert/);
  await refused(craft([plainSafe([certificate, key(unknown())])], PASS), /not a readable PKCS#12 file; convert/);
  const long = pbmac1(pbkdf2(1000, { length: 2 ** 20 }));
  await refused(craft([plainSafe([certificate, key(today(1))])], PASS, { made: long }), /not a readable PKCS#12 file/);
});

test('a file of more than 1 MiB is refused, and a deep or fragmented one is not read whole', async () => {
  await refused(Buffer.alloc(2 ** 20 + 1, 0x30), /is larger than 1 MiB; pass the bytes of apiclient_cert.p12/);
  for (const piece of [
    [0x30, 0x80],
    [0x24, 0x80],
    [0x30, 0],
    [0x05, 0],
    [0xa0, 0x80],
  ]) {
    const cut = Buffer.alloc(2 ** 20 - 4, Buffer.from(piece));
    await refused(cut, /is not a readable PKCS#12 file/);
    await refused(Buffer.concat([Buffer.from([0x30, 0x80]), cut]), /is not a readable PKCS#12 file/);
  }
});

test('a file with any byte changed is refused or opens, old or new, in DER or BER', () => {
  for (const isBer of [false, true]) {
    for (const scheme of [today(1), old(1)]) {
      const safes = [encryptedSafe([certificate], scheme, PASS, { isBer }), plainSafe([key(scheme)], { isBer })];
      const whole = craft(safes, PASS, { isBer });
      for (let at = 0; at < whole.length; at += 23) {
        for (const mask of [0x01, 0xff]) {
          const changed = Buffer.from(whole);
          changed[at] ^= mask;
          try {
            opened(changed);
          } catch (error) {
            assert.equal(error.code, 'ERR_CONFIG', `${at}: ${error.stack}`);
          }
        }
      }
    }
  }
});
