// The decipher of encrypted bills on the WebCrypto of Node, with files that node:crypto encrypted.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endOfShort, wronglyDeciphered } from '../vectors/web-suite.mjs';
import { decipherScript, encryptedFiles } from './v3-web-support.mjs';

const script = Buffer.from(await decipherScript()).toString('base64');
const { counterDecipher, wholeDecipher } = await import(`data:text/javascript;base64,${script}`);

test('a file is decrypted in pieces of 1 to 1000 bytes as node:crypto encrypted it', async () => {
  assert.deepEqual(await wronglyDeciphered(counterDecipher, encryptedFiles()), []);
});

test('a changed byte of the cipher changes the text, so that its hash is another one', async () => {
  const files = encryptedFiles().filter(({ plain }) => plain !== '');
  const changed = files.map((file) => {
    const bytes = Buffer.from(file.bytes, 'base64');
    bytes[0] ^= 1;
    return { ...file, bytes: bytes.toString('base64') };
  });
  assert.equal((await wronglyDeciphered(counterDecipher, changed)).length, files.length);
});

test('a file that is shorter than its tag has no end', async () => {
  assert.equal(await endOfShort(counterDecipher), 'refused');
});

test('a file with a nonce of another length is decrypted whole, and a changed one has no end', async () => {
  for (const nonce of ['a8607ef79034c49c', 'a nonce of 20 bytes.']) {
    const files = encryptedFiles(nonce);
    assert.deepEqual(await wronglyDeciphered(wholeDecipher, files), []);
    const changed = files.map((file) => ({ ...file, nonce: Buffer.from('another').toString('base64') }));
    assert.equal((await wronglyDeciphered(wholeDecipher, changed)).length, files.length);
  }
  assert.equal(await endOfShort(wholeDecipher), 'refused');
});
