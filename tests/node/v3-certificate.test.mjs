// Certificates as the module v3.wasm reads them, beside Node's own reader.

import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createGateway } from 'paysign/testing';
import * as glue from '../../js/src/generated/v3.js';
import { vectors } from './gateway-support.mjs';
import { bothShop } from './gateway-v3-support.mjs';

before(() => {
  glue.initSync({ module: readFileSync(fileURLToPath(new URL('../../pkg/v3.wasm', import.meta.url))) });
});

/** The name of this kind in a subject as Node prints it. */
const named = (subject, kind) => new RegExp(`^${kind}=(.*)$`, 'm').exec(subject)?.[1] ?? '';

test('serial, names, validity and key of a certificate are those that Node reads', async () => {
  const gateway = createGateway({ merchants: [bothShop] });
  const { certificate } = await gateway.client(bothShop.mch_id, { api: 'v3' });
  await gateway.close();
  for (const pem of [vectors('v3_published').aes_gcm[0].plaintext, certificate]) {
    const expected = new X509Certificate(pem);
    const { spki, ...read } = glue.readCertificate(expected.raw);
    assert.deepEqual(read, {
      serial: expected.serialNumber,
      commonName: named(expected.subject, 'CN'),
      organization: named(expected.subject, 'O'),
      notBeforeMs: Date.parse(expected.validFrom),
      notAfterMs: Date.parse(expected.validTo),
    });
    assert.deepEqual(Buffer.from(spki), expected.publicKey.export({ type: 'spki', format: 'der' }));
  }
});

test('bytes that are no certificate are an error of the configuration, and the module still works', () => {
  const { raw } = new X509Certificate(vectors('v3_published').aes_gcm[0].plaintext);
  for (const bytes of [new Uint8Array(), new Uint8Array(100_000), raw.subarray(1), raw.subarray(0, 500)]) {
    assert.throws(() => glue.readCertificate(bytes), { code: 'ERR_CONFIG', field: 'certificate', outcome: 'not-sent' });
  }
  assert.equal(glue.readCertificate(raw).commonName, 'Tenpay.com sign');
});
