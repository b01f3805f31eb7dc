// The published vectors of APIv3 as one suite for hosts with WebCrypto. The library under test is its argument.

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
