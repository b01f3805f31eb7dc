// The entry paysign/doctor: its forms of messages, its options, and what it never shows.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { explainSignature, WxPayError } from 'paysign/doctor';

const KEY = '192006250b4c09247ec02edce69f6a2d';
const MESSAGE = { appid: 'wxd930ea5d5a258f4f', mch_id: '10000100', body: '茶 & 水', total_fee: 100, attach: '' };
const md5 = (...parts) =>
  createHash('md5')
    .update(Buffer.concat(parts.map((part) => Buffer.from(part))))
    .digest('hex')
    .toUpperCase();
const signedWith = (body) => md5('appid=wxd930ea5d5a258f4f&body=', body, `&mch_id=10000100&total_fee=100&key=${KEY}`);
/** 茶 & 水 in GBK, from the table of the standard. */
const GBK = [0xb2, 0xe8, 0x20, 0x26, 0x20, 0xcb, 0xae];

/** One message in every form in which somebody pastes it. */
const forms = (sign) => ({
  object: { ...MESSAGE, sign },
  json: JSON.stringify({ ...MESSAGE, sign }),
  xml: `<xml><appid>wxd930ea5d5a258f4f</appid><mch_id>10000100</mch_id><body><![CDATA[茶 & 水]]></body><total_fee>100</total_fee><attach></attach><sign>${sign}</sign></xml>`,
  'http dump': `POST /pay/unifiedorder HTTP/1.1\r\nHost: api.mch.weixin.qq.com\r\n\r\n<xml><appid>wxd930ea5d5a258f4f</appid><mch_id>10000100</mch_id><body>茶 &amp; 水</body><total_fee>100</total_fee><attach/><sign>${sign}</sign></xml>`,
  'query text': new URLSearchParams({ ...MESSAGE, sign }).toString(),
  console: Object.entries({ ...MESSAGE, sign })
    .map(([name, value]) => `${name}=${value}`)
    .join('\n'),
});

test('each form of a message has one diagnosis', () => {
  for (const [sign, code] of [
    [signedWith('茶 & 水'), undefined],
    [signedWith('茶 &amp; 水'), 'html-escaped'],
    [signedWith('%E8%8C%B6%20%26%20%E6%B0%B4'), 'url-encoded'],
    [signedWith(Buffer.from(GBK)), 'charset'],
    [signedWith('茶'), 'unknown'],
  ]) {
    const diagnoses = Object.entries(forms(sign)).map(([form, message]) => [
      form,
      explainSignature(message, { key: KEY }),
    ]);
    for (const [form, diagnosis] of diagnoses) {
      assert.deepEqual(diagnosis, diagnoses[0][1], form);
      assert.equal(diagnosis.isRight, code === undefined, form);
      assert.equal(diagnosis.causes[0]?.code, code, form);
      assert.equal(diagnosis.causes[0]?.isCertain ?? true, code !== 'unknown', form);
      assert.equal(diagnosis.rightSignature, signedWith('茶 & 水'), form);
    }
  }
});

test('the second signature of a payment is explained by its own signType', () => {
  const payment = {
    appId: 'wx1',
    timeStamp: '1785028800',
    nonceStr: 'a',
    package: 'prepay_id=wx2',
    signType: 'HMAC-SHA256',
  };
  const text = 'appId=wx1&nonceStr=a&package=prepay_id=wx2&signType=HMAC-SHA256&timeStamp=1785028800';
  const diagnosis = explainSignature({ ...payment, paySign: md5(`${text}&key=${KEY}`) }, { key: KEY });
  assert.equal(diagnosis.signedText, text);
  assert.deepEqual([diagnosis.causes[0].code, diagnosis.causes[0].isCertain], ['second-sign-type', true]);
  assert.deepEqual(
    diagnosis.fields.filter(({ isSigned }) => !isSigned).map(({ name }) => name),
    ['paySign'],
  );
});

test('another key is named by the name that the caller has for it', () => {
  const other = 'k'.repeat(32);
  const sign = md5(`a=1&key=${other}`);
  const { causes } = explainSignature({ a: '1', sign }, { key: KEY, keys: { 'shop-2': other } });
  assert.equal(causes[0].code, 'key-candidate');
  assert.match(causes[0].message, /shop-2/);
  assert.doesNotMatch(JSON.stringify(causes), /kkkk/);
});

test('the messages are English, or Chinese on request', () => {
  const facts = { key: KEY, signature: md5(`a=1&key=${KEY}\n`) };
  assert.match(explainSignature({ a: '1' }, facts).causes[0].message, /^The key had white space/);
  assert.match(explainSignature({ a: '1' }, { ...facts, lang: 'zh' }).causes[0].message, /^密钥的首尾有空白/);
});

test('a key with a line end is named, also where the signer had the same one', () => {
  const key = `${KEY}\n`;
  const { isRight, causes } = explainSignature({ a: '1' }, { key, signature: md5(`a=1&key=${key}`) });
  assert.deepEqual([isRight, causes.length, causes[0]?.code, causes[0]?.isCertain], [true, 1, 'key-whitespace', false]);
  assert.deepEqual(explainSignature({ a: '1' }, { key: KEY, signature: md5(`a=1&key=${KEY}`) }).causes, []);
});

test('what the doctor cannot use is refused, and a misspelt option is named', () => {
  for (const [call, code, field] of [
    [() => explainSignature('', { key: KEY }), 'ERR_PARAM', 'message'],
    [() => explainSignature('no message', { key: KEY }), 'ERR_PARAM', 'message'],
    [() => explainSignature(undefined, { key: KEY }), 'ERR_PARAM', 'message'],
    [() => explainSignature({ a: '1' }, { key: '' }), 'ERR_CONFIG', 'key'],
    [() => explainSignature({ a: '1' }, undefined), 'ERR_CONFIG', 'key'],
    [() => explainSignature({ a: '1' }, { key: KEY, sign_type: 'MD5' }), 'ERR_PARAM', 'sign_type'],
    [() => explainSignature({ a: '1' }, { key: KEY, signType: 'RSA' }), 'ERR_PARAM', 'signType'],
    [() => explainSignature({ a: '1' }, { key: KEY, lang: 'fr' }), 'ERR_PARAM', 'lang'],
    [() => explainSignature({ a: '1' }, { key: KEY, keys: { b: 5 } }), 'ERR_CONFIG', 'keys.b'],
  ])
    assert.throws(call, (error) => {
      assert.ok(error instanceof WxPayError);
      assert.deepEqual([error.code, error.field], [code, field]);
      return true;
    });
});

test('the required entry is the same, and a host that compiles no wasm is named', () => {
  const required = createRequire(import.meta.url)('paysign/doctor');
  const { Module } = WebAssembly;
  try {
    WebAssembly.Module = function Module() {
      throw new WebAssembly.CompileError('Wasm code generation disallowed by embedder');
    };
    assert.throws(() => required.explainSignature({ a: '1' }, { key: KEY }), /this host compiles no wasm from bytes/);
  } finally {
    WebAssembly.Module = Module;
  }
  assert.equal(required.explainSignature({ a: '1', sign: 'A' }, { key: KEY }).causes[0].code, 'unknown');
});

test('a host without zlib unpacks the module by itself', async () => {
  const { getBuiltinModule } = process;
  try {
    process.getBuiltinModule = undefined;
    const again = await import(`${import.meta.resolve('paysign/doctor')}?again`);
    assert.equal(again.explainSignature({ a: '1', sign: 'A' }, { key: KEY }).causes[0].code, 'unknown');
  } finally {
    process.getBuiltinModule = getBuiltinModule;
  }
});

test('the first example of both READMEs names the mistake that it shows', () => {
  const root = fileURLToPath(new URL('../../', import.meta.url));
  const file = join(root, 'target', `doctor-readme-${process.pid}.mjs`);
  const message = JSON.stringify({ a: '1', sign: md5(`a=1&key=${KEY}\n`) });
  for (const name of ['README.md', 'README.zh-CN.md']) {
    const blocks = readFileSync(join(root, name), 'utf8').matchAll(/```js\n([\s\S]*?)```/g);
    const [code] = [...blocks].map(([, text]) => text).filter((text) => text.includes("'paysign/doctor'"));
    const [shown] = code.match(/code: '[^']+', isCertain: true/);
    writeFileSync(
      file,
      code.replace('xmlOrJsonOrLines', () => JSON.stringify(message)),
    );
    try {
      const said = execFileSync(process.execPath, [file], { encoding: 'utf8', env: { ...process.env, WX_KEY: KEY } });
      assert.ok(said.replaceAll(/\s+/g, ' ').includes(shown), `${name}: ${said}`);
      assert.match(said, /The key had white space[\s\S]*Copy the key again/);
    } finally {
      rmSync(file);
    }
  }
});
