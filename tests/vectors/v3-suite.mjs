// The vectors of APIv3 as suites for every host of the package. The library under test is their argument.

/**
 * Every case as its name and whether the library is right.
 * @param {Record<string, any>} paysign the library, ready
 * @param {Record<string, any>} vectors the content of v3_published.json
 * @returns {Promise<[name: string, isRight: boolean][]>}
 */
export async function published({ authorization, verifySignature, decryptResource }, vectors) {
  const { test_key, rsa_sign, answer_verify, aes_gcm } = vectors;
  /** @type {[string, boolean][]} */
  const found = [];
  for (const { name, message, signature } of rsa_sign) {
    // The text of an answer has three parts, and any text can be written as three.
    const [timestamp, nonce, ...rest] = message.split('\n');
    const answer = { timestamp, nonce, body: rest.slice(0, -1).join('\n'), signature, key: test_key.public_key_pem };
    found.push([`verify ${name}`, await verifySignature(answer)]);
    found.push([`verify a changed ${name}`, !(await verifySignature({ ...answer, nonce: `${nonce}0` }))]);
    if (!name.startsWith('request ')) continue;
    const [method, url, seconds, nonce_str, ...body] = message.split('\n');
    const header = await authorization({
      ...{ method, url, nonce_str, timestamp: Number(seconds), body: body.slice(0, -1).join('\n') },
      ...{ mchid: '1900007291', serial: '408B07E79B8269FEC3D5D3E6AB8ED163A6A380DB' },
      privateKey: test_key.private_key_pem,
    });
    found.push([`sign ${name}`, header.includes(`signature="${signature}"`)]);
  }
  for (const { headers, body, public_key_pem: key } of answer_verify) {
    const [timestamp, nonce] = [headers['Wechatpay-Timestamp'], headers['Wechatpay-Nonce']];
    const message = { timestamp, nonce, body, key, signature: headers['Wechatpay-Signature'] };
    found.push(['answer', await verifySignature(message)]);
    found.push(['changed answer', !(await verifySignature({ ...message, body: `${body} ` }))]);
    found.push(['cut signature', !(await verifySignature({ ...message, signature: message.signature.slice(4) }))]);
    found.push(['another key', !(await verifySignature({ ...message, key: test_key.public_key_pem }))]);
  }
  for (const { apiv3_key, associated_data, nonce, ciphertext, plaintext } of aes_gcm) {
    const resource = { algorithm: 'AEAD_AES_256_GCM', associated_data, nonce, ciphertext };
    found.push(['certificate', (await decryptResource(resource, apiv3_key)) === plaintext]);
    for (const change of [{ associated_data: '' }, { ciphertext: ciphertext.replace('M', 'N') }]) {
      const code = await decryptResource({ ...resource, ...change }, apiv3_key).catch((error) => error.code);
      found.push([`changed ${Object.keys(change)}`, code === 'ERR_DECRYPT']);
    }
  }
  return found;
}

/** The client of a vector. Its merchant owns the private key of `owner`. */
function clientOf({ WechatPay }, { merchant, keys, apiv3_key }, owner = 'merchant', change = {}) {
  const { id, public_key_pem } = keys.platform_public_key;
  return new WechatPay({
    ...merchant,
    ...{ privateKey: keys[owner].private_key_pem, serial: keys.merchant.serial, apiV3Key: apiv3_key, retries: 0 },
    ...{ wechatpayKeys: { [id]: public_key_pem }, ...change },
  });
}

const outcomeOf = (promise) => promise.catch(({ code, field }) => `${code} ${field}`);

/**
 * Every case of sensitive texts and platform certificates, as its name and whether the library is right.
 * @param {Record<string, any>} paysign the library, ready
 * @param {Record<string, any>} vectors the content of v3_made.json
 * @returns {Promise<[name: string, isRight: boolean][]>}
 */
export async function made(paysign, vectors) {
  const { keys, oaep_sha1, certificates } = vectors;
  const { cases, too_long, sha256 } = oaep_sha1;
  /** @type {[string, boolean][]} */
  const found = [];
  for (const owner of Object.keys(keys)) {
    const pay = clientOf(paysign, vectors, owner);
    for (const { name, key, plaintext, ciphertext } of cases) {
      const wanted = key === owner ? plaintext : 'ERR_DECRYPT text';
      found.push([`${owner}: ${name}`, (await outcomeOf(pay.decrypt(ciphertext))) === wanted]);
      const changed = `${ciphertext.startsWith('A') ? 'B' : 'A'}${ciphertext.slice(1)}`;
      found.push([`${owner}: changed ${name}`, (await outcomeOf(pay.decrypt(changed))) === 'ERR_DECRYPT text']);
    }
    found.push([`${owner}: SHA-256`, (await outcomeOf(pay.decrypt(sha256.ciphertext))) === 'ERR_DECRYPT text']);
  }
  const long = clientOf(paysign, vectors).encrypt('x'.repeat(too_long.plaintext_bytes));
  found.push(['too long', (await outcomeOf(long)) === 'ERR_PARAM text']);
  for (const { name, now, status, headers, body, serials, code, field } of certificates) {
    const fetch = async () => new Response(body, { status, headers });
    const list = clientOf(paysign, vectors, 'merchant', { fetch, nowMs: () => now * 1000 }).certificates();
    const got = await outcomeOf(list.then((list) => list.map(({ serial_no }) => serial_no).join()));
    found.push([name, got === (code === undefined ? serials.join() : `${code} ${field}`)]);
  }
  return found;
}

/**
 * The texts of the vectors as the library encrypts them, for a host with other cryptography to decrypt.
 * @param {Record<string, any>} paysign the library, ready
 * @param {Record<string, any>} vectors the content of v3_made.json
 * @returns {Promise<{ plaintext: string, serial: string, text: string }[]>}
 */
export function encrypted(paysign, vectors) {
  const pay = clientOf(paysign, vectors);
  const texts = vectors.oaep_sha1.cases.map(({ plaintext }) => plaintext).filter((text) => text !== '');
  return Promise.all(texts.map(async (plaintext) => ({ plaintext, ...(await pay.encrypt(plaintext)) })));
}
