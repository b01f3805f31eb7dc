// Refusals of WeChat and answers that are none of its own: the words reach the caller, and say what to look at.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WechatPay } from 'paysign';
import { shop, xmlByHand } from './gateway-support.mjs';

const ORDER = {
  body: 't',
  out_trade_no: 'a1',
  total_fee: 1,
  spbill_create_ip: '127.0.0.1',
  trade_type: 'JSAPI',
  openid: 'o',
};

/** The error of an order whose answer is `body`. */
async function errorOf(body) {
  const pay = new WechatPay({ ...shop, notify_url: 'https://shop.example/n', fetch: async () => new Response(body) });
  return pay.unifiedOrder(ORDER).then(
    () => assert.fail('the answer was taken'),
    (error) => error,
  );
}

/** The words of a refusal, and what its advice must name. */
const ADVICE = {
  签名错误: /APIv2 key/,
  'appid and openid not match': /openid is of another app/,
  'appid and mch_id not match': /not bound/,
  appid和mch_id不匹配: /not bound/,
  '证书出错，请登录微信支付商户平台下载证书': /API certificate/,
  'certificate not match': /API certificate/,
  受理机构必须传入sub_mch_id: /service provider/,
  'mch_id and sub_mch_id not match': /does not belong/,
  XML格式错误: /proxies/,
  缺少参数: /parameter that WeChat names/,
  REQUIRE_POST_METHOD: /POST/,
  NOT_UTF8: /UTF-8/,
  调用频率超过限制: /more slowly/,
  请求IP地址不在白名单: /allowed addresses/,
  total_fee参数错误: /whole fen/,
};

test('a refusal keeps the words of WeChat, and its advice names their cause', async () => {
  for (const [words, advice] of Object.entries(ADVICE)) {
    const error = await errorOf(xmlByHand({ return_code: 'FAIL', return_msg: words }));
    assert.deepEqual([error.code, error.outcome, error.return_msg], ['ERR_REFUSED', 'rejected', words], words);
    assert.match(error.message.replace(words, ''), advice, words);
  }
});

test('an answer that is not XML is named by its call and its first characters', async () => {
  const html = await errorOf('<html><head><title>502 Bad Gateway</title></head></html>');
  assert.match(html.message, /\/pay\/unifiedorder.*<html><head><title>502 Bad Gateway/);
  const json = await errorOf(`{"errcode":-1,"errmsg":"${'x'.repeat(300)}"}`);
  assert.match(json.message, /\/pay\/unifiedorder.*begins: \{"errcode":-1,"errmsg":"x+$/);
  assert.ok(json.message.length < 250, json.message);
  for (const empty of ['', ' \n']) assert.match((await errorOf(empty)).message, /unifiedorder: the body is empty/);
  for (const { code, outcome } of [html, json]) assert.deepEqual([code, outcome], ['ERR_XML', 'unknown']);
});

test('an answer that is XML is not shown, since it may hold a key', async () => {
  const { message } = await errorOf('<xml><sandbox_signkey>013467007045764</sandbox_signkey>');
  assert.doesNotMatch(message, /013467007045764/);
});
