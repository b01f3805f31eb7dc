// Each mistake with the keys of APIv3: one message of its own, when the client is made, without a secret.
import assert from 'node:assert/strict';
import { createSign, X509Certificate } from 'node:crypto';
import { before, test } from 'node:test';
import { inspect } from 'node:util';
import { verifySignature, WechatPay } from 'paysign/v3';
import { bytes, file, issue, issueAll, openssl, pkcs12 } from './certificate-support.mjs';
import { shop } from './gateway-support.mjs';
import { options, wechatKeys } from './v3-support.mjs';

const { appid, mch_id: mchid } = shop;
const base = { appid, mchid, apiV3Key: options.apiV3Key, wechatpayKeys: { PUB_KEY_ID_1: wechatKeys.publicKey } };
const files = () => ({ privateKey: file('merchant.key'), certificate: file('merchant.pem') });
const make = (changes) => new WechatPay({ ...base, ...changes });

before(() => {
  issueAll();
  issue('platform', '/C=CN/O=Tenpay.com/OU=Tenpay.com CA Center/CN=Tenpay.com sign', '');
  issue('other', '/CN=1900000999', '');
  openssl('rsa', '-in', 'merchant.key', '-traditional', '-out', 'pkcs1.key');
  openssl('pkcs8', '-topk8', '-in', 'merchant.key', '-passout', 'pass:secret', '-out', 'encrypted.key');
  openssl('genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', 'ec.key');
  openssl('pkey', '-in', 'merchant.key', '-pubout', '-out', 'public.key');
  openssl('genrsa', '-out', 'short.key', '1024');
  openssl('pkey', '-in', 'short.key', '-pubout', '-out', 'short.pub');
  openssl('pkey', '-in', 'ec.key', '-pubout', '-out', 'ec.pub');
  openssl('genrsa', '-out', 'long.key', '4096');
  openssl('pkey', '-in', 'long.key', '-pubout', '-out', 'long.pub');
});

/** Sends nothing, and returns the serial that the Authorization header names. */
async function serialOf(client) {
  let authorization;
  const fetch = async (_, { headers }) => {
    authorization = headers.authorization;
    return new Response('', { status: 404 });
  };
  const pay = new WechatPay({ ...base, ...client, fetch, retries: 0 });
  await pay.orderQuery({ out_trade_no: 'a-1234' }).catch(() => {});
  return /serial_no="(.*?)"/.exec(authorization)[1];
}

test('the key is read from every form that merchants have it in, and the serial from the certificate', async () => {
  const { privateKey, certificate } = files();
  const { serialNumber } = new X509Certificate(certificate);
  const forms = {
    'PKCS#8': { privateKey, certificate },
    'PKCS#1': { privateKey: file('pkcs1.key'), certificate },
    'literal line ends': {
      privateKey: privateKey.replaceAll('\n', '\\n'),
      certificate: certificate.replaceAll('\n', '\\r\\n'),
    },
    'line ends of Windows': { privateKey: privateKey.replaceAll('\n', '\r\n'), certificate },
    indented: { privateKey: privateKey.replaceAll(/^/gm, '  '), certificate: certificate.replaceAll(/$/gm, ' ') },
    'blanks around': { privateKey: `\n ${privateKey} \n`, certificate: `\n${certificate}\n\n` },
    bytes: { privateKey: bytes('merchant.key'), certificate: bytes('merchant.pem') },
    'a chain': { privateKey, certificate: certificate + file('ca.pem') },
    'PKCS#12': { pfx: pkcs12(['-in', 'merchant.pem']) },
    'old PKCS#12': {
      pfx: pkcs12([
        ...['-in', 'merchant.pem', '-legacy', '-certpbe', 'PBE-SHA1-RC2-40'],
        ...['-keypbe', 'PBE-SHA1-3DES', '-macalg', 'sha1'],
      ]),
    },
    'serial alone': { privateKey, serial: serialNumber },
    'serial in other spelling': { privateKey, serial: serialNumber.toLowerCase().match(/../g).join(':') },
    'decimal serial': { privateKey, serial: BigInt(`0x${serialNumber}`).toString() },
    'both, equal': { privateKey, certificate, serial: serialNumber.replace(/^0+/, '') },
  };
  for (const [name, form] of Object.entries(forms)) assert.equal(await serialOf(form), serialNumber, name);
});

test("each mistake with the merchant's key has a message of its own, which names the option", () => {
  const { privateKey, certificate } = files();
  const cut = (text) => text.replace(/.{64}\n.{64}\n/, 'canary\n');
  const mistakes = [
    [{}, 'certificate', /is missing; pass the contents of apiclient_cert\.pem, or its serial/],
    [{ certificate }, 'privateKey', /is missing; pass the contents of apiclient_key\.pem/],
    [{ privateKey }, 'certificate', /is missing/],
    [{ privateKey: '/etc/canary/apiclient_key.pem', certificate }, 'privateKey', /is a path; .*readFileSync/],
    [{ privateKey, certificate: './apiclient_cert.pem' }, 'certificate', /is a path/],
    [{ privateKey: 'C:\\keys\\apiclient_key.pem', certificate }, 'privateKey', /is a path/],
    [{ privateKey: certificate, certificate: privateKey }, 'certificate', /certificate and privateKey are swapped/],
    [{ privateKey: certificate, certificate }, 'privateKey', /is a certificate, not a private key/],
    [{ privateKey, certificate: privateKey }, 'certificate', /is a private key, not a certificate/],
    [{ privateKey: file('encrypted.key'), certificate }, 'privateKey', /is encrypted; decrypt it with: openssl pkey/],
    [{ privateKey: file('public.key'), certificate }, 'privateKey', /is "PUBLIC KEY", not a private key/],
    [{ privateKey: cut(privateKey), certificate }, 'privateKey', /is damaged/],
    [{ privateKey: cut(privateKey), serial: 'ABCDEF' }, 'privateKey', /is damaged/],
    [{ privateKey, certificate: cut(certificate) }, 'certificate', /is damaged/],
    [{ privateKey: file('ec.key'), serial: 'ABCDEF' }, 'privateKey', /is not an RSA key/],
    [{ privateKey: file('short.key'), serial: 'ABCDEF' }, 'privateKey', /has 1024 bits, and 2048 are needed/],
    [{ privateKey: file('other.key'), certificate }, 'certificate', /do not belong together/],
    [{ privateKey: file('platform.key'), certificate: file('platform.pem') }, 'certificate', /platform certificate/],
    [
      { privateKey: file('other.key'), certificate: file('other.pem') },
      'certificate',
      /of the merchant 1900000999, not/,
    ],
    [{ privateKey: file('expired.key'), certificate: file('expired.pem') }, 'certificate', /expired on 2020-01-02/],
    [{ privateKey, certificate, serial: 'ABCDEF' }, 'serial', /is not the one of the certificate/],
    [{ privateKey, serial: 'canary' }, 'serial', /is not the serial of a certificate/],
    [{ privateKey, serial: '0' }, 'serial', /is not the serial of a certificate/],
    [{ privateKey, serial: 'PUB_KEY_ID_1' }, 'serial', /is the id of WeChat's public key/],
    [{ privateKey, serial: 12 }, 'serial', /is a number; give it as text/],
    [{ privateKey: 7, certificate }, 'privateKey', /must be text/],
    [{ privateKey, certificate, pfx: new Uint8Array(1) }, 'pfx', /contains the key and the certificate; leave out/],
    [{ pfx: 'MII canary' }, 'pfx', /must be the bytes of apiclient_cert\.p12/],
    [{ pfx: new Uint8Array() }, 'pfx', /is empty/],
    [{ pfx: Buffer.from(certificate) }, 'pfx', /is PEM text/],
    [{ pfx: pkcs12(['-in', 'merchant.pem'], { passphrase: 'another' }) }, 'pfx', /does not open with this passphrase/],
    [
      { pfx: pkcs12(['-in', 'other.pem'], { key: 'other.key' }) },
      'pfx',
      /its certificate is of the merchant 1900000999/,
    ],
  ];
  const secret = privateKey.split('\n').slice(1, -2);
  for (const [change, field, words] of mistakes) {
    const error = caught(() => make(change));
    assert.deepEqual([error.code, error.outcome, error.field], ['ERR_CONFIG', 'not-sent', field], error.message);
    assert.match(error.message, words);
    const shown = inspect(error, { showHidden: true, depth: 9 });
    for (const line of [...secret, 'canary']) assert.ok(!shown.includes(line), `${error.message} shows ${line}`);
  }
});

test("a certificate that is expired by the client's clock is refused, also if it is valid by the machine's", () => {
  const later = Date.parse(new X509Certificate(file('merchant.pem')).validTo) + 1;
  assert.ok(make({ ...files(), nowMs: () => later - 2000 }));
  assert.match(caught(() => make({ ...files(), nowMs: () => later })).message, /^certificate: expired on/);
});

test("each mistake with WeChat's keys has a message of its own, which names the key", () => {
  const platform = file('platform.pem');
  const { serialNumber } = new X509Certificate(platform);
  const own = files();
  assert.ok(make({ ...own, wechatpayKeys: { [serialNumber]: platform, PUB_KEY_ID_1: wechatKeys.publicKey } }));
  assert.ok(make({ ...own, wechatpayKeys: { [serialNumber.toLowerCase()]: platform.replaceAll('\n', '\\n') } }));
  for (const [keys, words] of [
    [undefined, /is missing; it is \{ 'PUB_KEY_ID_…'/],
    [{}, /is empty/],
    [{ PUB_KEY_ID_1: './pub_key.pem' }, /PUB_KEY_ID_1: is a path/],
    [{ PUB_KEY_ID_1: own.privateKey }, /PUB_KEY_ID_1: is a private key/],
    [{ PUB_KEY_ID_1: '' }, /PUB_KEY_ID_1: is empty/],
    [{ PUB_KEY_ID_1: file('ec.pub') }, /PUB_KEY_ID_1: is not an RSA key/],
    [{ PUB_KEY_ID_1: file('short.pub') }, /PUB_KEY_ID_1: has 1024 bits/],
    [{ PUB_KEY_ID_1: wechatKeys.publicKey.replace(/.{64}\n/, '') }, /PUB_KEY_ID_1: is damaged/],
    [{ [serialNumber]: own.certificate }, /is a merchant's certificate; pass WeChat's own/],
    [{ ABCDEF: platform }, /ABCDEF: is the certificate with the serial/],
    [{ PUB_KEY_ID_1: platform }, /PUB_KEY_ID_1: is the certificate with the serial/],
    [{ 'not a serial': wechatKeys.publicKey }, /is neither PUB_KEY_ID_… nor the serial/],
  ]) {
    const error = caught(() => make({ ...own, wechatpayKeys: keys }));
    assert.deepEqual([error.code, error.field], ['ERR_CONFIG', 'wechatpayKeys'], error.message);
    assert.match(error.message, words);
  }
});

test('the name of a key is sent as WeChat writes it, and a key of 4096 bits verifies', async () => {
  const platform = file('platform.pem');
  const { serialNumber } = new X509Certificate(platform);
  for (const [name, pem, sent] of [
    [serialNumber.toLowerCase().match(/../g).join(':'), platform, serialNumber],
    [serialNumber.replace(/^0+/, ''), platform, serialNumber],
    [' PUB_KEY_ID_1\n', wechatKeys.publicKey, 'PUB_KEY_ID_1'],
  ]) {
    let headers;
    const fetch = async (_, init) => {
      headers = init.headers;
      return new Response('', { status: 404 });
    };
    await make({ ...files(), wechatpayKeys: { [name]: pem }, fetch })
      .orderQuery({ out_trade_no: 'a-1234' })
      .catch(() => {});
    assert.equal(headers['wechatpay-serial'], sent, name);
  }
  const message = { timestamp: '1', nonce: 'n', body: 'b' };
  const signature = createSign('RSA-SHA256').update('1\nn\nb\n').sign(file('long.key'), 'base64');
  assert.equal(await verifySignature({ ...message, signature, key: file('long.pub') }), true);
});

test('an APIv3 key that cannot be one is named with its length, and never shown', () => {
  for (const [apiV3Key, words] of [
    ['canary'.padEnd(31, 'x'), /has 31 bytes; the APIv3 key has 32/],
    [`${'canary'.padEnd(32, 'x')}\n`, /has 33 bytes/],
    ['', /is missing; set the APIv3 key/],
    [[], /is an empty list/],
    [[options.apiV3Key, 'canary'], /has 6 bytes/],
    [Buffer.alloc(32), /is of type object/],
  ]) {
    const error = caught(() => make({ ...files(), apiV3Key }));
    assert.deepEqual([error.code, error.field], ['ERR_CONFIG', 'apiV3Key']);
    assert.match(error.message, words);
    assert.ok(!inspect(error).includes('canary'));
  }
});

function caught(work) {
  try {
    work();
  } catch (error) {
    return error;
  }
  return assert.fail('it was accepted');
}
