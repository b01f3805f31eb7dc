// What the module of wasm-pack must return for the programs of APIv3, in any host.
import assert from 'node:assert/strict';
import { vectors } from './gateway-support.mjs';
import { decryptedByHand } from './oaep-by-hand.mjs';

/** The key of WeChat that the program of sensitive members encrypts with. It is a test key. */
export const SEALING = vectors('v3_made').keys.platform_public_key;

/** Checks the results of APIv3. */
export function checkV3({ orderV3: { query, closed }, edgesV3, mchid }) {
  assert.deepEqual([query.status, query.genuine, query.answer.trade_state], [200, true, 'NOTPAY']);
  assert.deepEqual([query.answer.out_trade_no, query.answer.mchid], ['20150806125347', mchid]);
  assert.deepEqual(closed, { status: 204, genuine: true, answer: undefined });
  assert.deepEqual(edgesV3, {
    refused: {
      api: 'ERR_PARAM api not-sent true',
      mchid: 'ERR_CONFIG mchid not-sent true',
      misspelt: 'ERR_PARAM outTradeNo not-sent true',
      map: 'ERR_PARAM params not-sent true',
      list: 'ERR_PARAM params not-sent true',
      bigint: 'ERR_PARAM params not-sent true',
      circle: 'ERR_PARAM params not-sent true',
      half: 'ERR_PARAM params not-sent true',
      other: 'ERR_MISMATCH out_trade_no unknown true',
      lacking: 'ERR_MISMATCH transaction_id unknown true',
      cut: 'ERR_JSON  unknown true',
      empty: 'ERR_JSON  unknown true',
      number: 'ERR_JSON  unknown true',
      large: 'ERR_JSON  unknown true',
      milliseconds: 'ERR_PARAM timestamp not-sent true',
      fraction: 'ERR_PARAM timestamp not-sent true',
      nonce: 'ERR_PARAM nonce not-sent true',
      quote: 'ERR_PARAM serial not-sent true',
      lines: 'ERR_PARAM signature not-sent true',
      package: 'ERR_PARAM package not-sent true',
    },
    header:
      'WECHATPAY2-SHA256-RSA2048 mchid="1",nonce_str="n",signature="AA==",timestamp="1785028800",serial_no="0B47"',
    payment: 'wx1\n1\nn\nprepay_id=wx2\n',
    closed: true,
    own: true,
  });
}

/** Checks a request with sensitive members. */
export function checkSealingV3({ request, sealed, refused, same }) {
  assert.deepEqual(request.secrets, ['110101199003077571', '张三']);
  for (const secret of request.secrets) assert.ok(!request.body.includes(secret) && !sealed.body.includes(secret));
  const { body, secrets, ...rest } = sealed;
  assert.deepEqual(secrets, []);
  assert.deepEqual(rest, (({ body, secrets, ...rest }) => rest)(request));
  const { identity } = JSON.parse(body).payer;
  const opened = [identity.number, identity.name].map((text) => decryptedByHand(SEALING.private_key_pem, text));
  assert.deepEqual(opened, request.secrets);
  assert.deepEqual(refused, {
    few: 'ERR_PARAM encrypted not-sent true',
    many: 'ERR_PARAM encrypted not-sent true',
    plain: 'ERR_PARAM encrypted not-sent true',
    empty: 'ERR_PARAM encrypted not-sent true',
    number: 'ERR_PARAM encrypted not-sent true',
    text: 'ERR_PARAM encrypted not-sent true',
    none: 'ERR_PARAM encrypted not-sent true',
    again: 'ERR_PARAM encrypted not-sent true',
    request: 'ERR_PARAM request not-sent true',
    unsealed: 'ERR_PARAM body not-sent true',
    long: 'ERR_PARAM payer.identity.name not-sent true',
  });
  assert.ok(same);
}

/** Checks the calls of a service provider. */
export function checkProviderV3({ order, query, named, refused, answer }) {
  const { appid, mchid, sub_appid, sub_mchid, ...rest } = JSON.parse(order.body);
  assert.equal(order.path, '/v3/pay/partner/transactions/jsapi');
  assert.deepEqual([appid, mchid, sub_appid, sub_mchid], [undefined, undefined, 'wx9999999999999999', '1900013511']);
  assert.deepEqual([rest.sp_appid, rest.sp_mchid], ['wx8888888888888888', '1900009191']);
  const ids = '?sp_mchid=1900009191&sub_mchid=1900013511';
  assert.equal(query.path, `/v3/pay/partner/transactions/out-trade-no/a1${ids}`);
  assert.equal(named.path, query.path);
  assert.deepEqual(refused, {
    own: 'ERR_CONFIG sub_mchid not-sent true',
    alone: 'ERR_CONFIG sub_mchid not-sent true',
    spelling: 'ERR_CONFIG sub_appid not-sent true',
    other: 'ERR_PARAM sub_mchid not-sent true',
    direct: 'ERR_PARAM payer.openid not-sent true',
    provider: 'ERR_MISMATCH sp_mchid unknown true',
    sub: 'ERR_MISMATCH sub_mchid unknown true',
    lacking: 'ERR_MISMATCH sub_mchid unknown true',
  });
  assert.equal(answer.trade_state, 'NOTPAY');
}
