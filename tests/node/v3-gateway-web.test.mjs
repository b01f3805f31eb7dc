// Every declared call of APIv3 on WebCrypto: the web entry in Node, against the same gateway and the same scenarios.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, describe, test } from 'node:test';
import { init, WechatPay, WxPayError } from '../../pkg/v3-web.mjs';
import { init as initRouter, notifyRouter as router, WxPayError as V2Error } from '../../pkg/web.mjs';
import { everyCall } from './v3-gateway-scenarios.mjs';
import { WAYS } from './v3-gateway-support.mjs';

const wasm = (name) => readFileSync(new URL(`../../pkg/${name}.wasm`, import.meta.url));
before(() => Promise.all([init(wasm('v3'), wasm('bills')), initRouter(wasm('paysign'), wasm('calls'), wasm('bills'))]));

/** A client whose fetch is the gateway: the fetch of Node would not trust its authority. */
const make = ({ ca: _, ...options }, gateway) =>
  new WechatPay({ ...options, fetch: (url, init) => gateway.fetch(new Request(url, init)) });

describe('every call makes its round trip on WebCrypto', { concurrency: true }, () => {
  for (const way of WAYS.filter(({ name }) => name === 'public key' || name.endsWith('downloaded')))
    test(way.name, () => everyCall(way, { make, router, isWhole: way.name === 'public key' }));
});

test('an error of either entry is one of the class of both, and of no class that a shop makes', () => {
  const details = { code: 'ERR_PARAM', outcome: 'not-sent', message: 'x' };
  for (const error of [new WxPayError(details), new V2Error(details)]) {
    assert.ok(error instanceof WxPayError && error instanceof V2Error && error instanceof Error);
    assert.ok(!(error instanceof class extends WxPayError {}));
    assert.ok(!JSON.stringify(error).includes('true'));
  }
  class Own extends WxPayError {}
  assert.ok(new Own(details) instanceof Own && new Own(details) instanceof V2Error);
  for (const value of [undefined, null, new Error('x'), {}, 'text', { name: 'WxPayError', ...details }])
    assert.ok(!(value instanceof WxPayError));
});
