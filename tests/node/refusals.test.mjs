// Refusals of WeChat and answers of others: the caller sees the words and an advice.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { parseBill, WechatPay } from 'paysign';
import { shop, signByHand, xmlByHand } from './gateway-support.mjs';

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
  'appid and openid not match': /openid belongs to another app/,
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
  assert.match(json.message, /\/pay\/unifiedorder.*begins: \{"errcode":-1,"errmsg":"x+…$/);
  assert.ok(json.message.length < 250, json.message);
  for (const empty of ['', ' \n']) assert.match((await errorOf(empty)).message, /unifiedorder: the body is empty/);
  for (const { code, outcome } of [html, json]) assert.deepEqual([code, outcome], ['ERR_XML', 'unknown']);
});

test('no answer that may contain a key is shown', async () => {
  const pay = new WechatPay({ ...shop, notify_url: 'https://shop.example/n', fetch: async () => new Response(shown) });
  let shown = '';
  for (const [name, body] of Object.entries({
    xml: '<xml><sandbox_signkey>CANARY</sandbox_signkey>',
    'after a byte order mark': '\ufeff<xml><k>CANARY</k>',
    'in capitals': '<XML><k>CANARY</k></XML>',
    'another root': '<root><k>CANARY</k></root>',
  })) {
    shown = body;
    for (const call of [() => pay.unifiedOrder(ORDER), () => pay.sandboxSignKey()])
      await assert.rejects(call, ({ message }) => !message.includes('CANARY'), name);
  }
  shown = '{"sandbox_signkey":"CANARY"}';
  await assert.rejects(pay.sandboxSignKey(), ({ message }) => !message.includes('CANARY'));
});

test('an unsigned code that says that money may have moved makes the outcome unknown', async () => {
  for (const err_code of ['SYSTEMERROR', 'ORDERPAID', 'USERPAYING']) {
    const { code, outcome } = await errorOf(xmlByHand({ return_code: 'FAIL', err_code }));
    assert.deepEqual([code, outcome], ['ERR_REFUSED', 'unknown'], err_code);
  }
});

test('an unsigned answer never decides what became of an order', async () => {
  const body = xmlByHand({ return_code: 'FAIL', err_code: 'ORDERNOTEXIST' });
  const pay = new WechatPay({ ...shop, fetch: async () => new Response(body) });
  const options = { pausesMs: [1], missingMs: 20, signal: AbortSignal.timeout(200) };
  await assert.rejects(pay.settle('a1', options), { code: 'ERR_REFUSED' });
});

test('a client whose members are changed during a call judges its answer as it asked', async () => {
  const fields = {
    return_code: 'SUCCESS',
    result_code: 'SUCCESS',
    appid: shop.appid,
    mch_id: shop.mch_id,
    nonce_str: 'n1',
  };
  const all = { ...fields, trade_type: 'JSAPI', prepay_id: 'wx1' };
  const sign = signByHand(all, shop.key, 'HMAC-SHA256');
  const pay = new WechatPay({
    ...shop,
    notify_url: 'https://shop.example/n',
    fetch: async () => {
      Object.assign(pay, { mch_id: 'wx 1', appid: '', signType: 5 });
      return new Response(xmlByHand({ ...all, sign }));
    },
  });
  assert.equal((await pay.unifiedOrder(ORDER)).prepay_id, 'wx1');
});

test('a long name of a payer does not end the process when a call fails', () => {
  const script = `
    import { WechatPay } from 'paysign';
    const fetch = async () => { throw new TypeError('fetch failed') };
    const client = new WechatPay({ ...${JSON.stringify(shop)}, fetch, retries: 0, notify_url: 'https://shop.example/n' });
    const error = await client.unifiedOrder({ ...${JSON.stringify(ORDER)}, user_truename: 'x'.repeat(5000) }).catch((thrown) => thrown);
    console.log(error.code);`;
  const args = ['--input-type=module', '-e', script];
  const output = execFileSync(process.execPath, args, { cwd: import.meta.dirname, encoding: 'utf8' });
  assert.equal(output.trim(), 'ERR_NETWORK');
});

test('a bill is whole whatever a foreign script put on Object.prototype', () => {
  const rows = Array.from({ length: 20_000 }, (_, at) => `\`2024-08-05 10:33:40,\`a${at},\`0.90\n`).join('');
  const bill = `交易时间,商户订单号,应结订单金额\n${rows}总交易单数,应结订单总金额\n\`20000,\`18000.00\n`;
  Object.defineProperty(Object.prototype, 'end', {
    configurable: true,
    writable: true,
    value: { summary: [], differences: [], uncompared: [] },
  });
  try {
    assert.equal(parseBill(bill).rows.length, 20_000);
    assert.throws(() => parseBill(bill.slice(0, bill.length / 2)), { code: 'ERR_BILL' });
  } finally {
    delete Object.prototype.end;
  }
});

/** The error of a refund whose answer is `body`. */
async function refundError(body) {
  const pay = new WechatPay({
    ...shop,
    certFetch: async () => new Response(body),
    fetch: async () => new Response(body),
  });
  return pay.refund({ out_trade_no: 'a1', out_refund_no: 'r1', total_fee: 1, refund_fee: 1 }).then(
    () => assert.fail('the answer was taken'),
    (error) => error,
  );
}

test('a refusal in words of a busy service leaves the outcome unknown', async () => {
  for (const words of [
    'SYSTEMERROR',
    'SYSTEM_ERROR',
    '系统繁忙，请稍后再试',
    '系统超时',
    '支付结果未知',
    'USERPAYING',
  ]) {
    const error = await refundError(xmlByHand({ return_code: 'FAIL', return_msg: words }));
    assert.deepEqual([error.code, error.outcome, error.return_msg], ['ERR_REFUSED', 'unknown', words], words);
  }
});

test('a FAIL answer with a right signature is a refusal, and one with a wrong signature keeps its words', async () => {
  const { appid, mch_id, key } = shop;
  const fields = { return_code: 'FAIL', return_msg: '签名错误', appid, mch_id };
  for (const type of ['MD5', 'HMAC-SHA256']) {
    const error = await refundError(xmlByHand({ ...fields, sign: signByHand(fields, key, type) }));
    assert.deepEqual([error.code, error.return_msg], ['ERR_REFUSED', '签名错误'], type);
  }
  const forged = await refundError(xmlByHand({ ...fields, sign: signByHand(fields, 'f'.repeat(32)) }));
  assert.deepEqual([forged.code, forged.outcome, forged.return_msg], ['ERR_SIGNATURE', 'unknown', '签名错误']);
  assert.match(forged.message, /^sign: does not match/);
  const result = await refundError(xmlByHand({ return_code: 'FAIL', return_msg: 'x', refund_id: '1' }));
  assert.deepEqual([result.code, result.field, result.return_msg], ['ERR_SIGNATURE', 'refund_id', 'x']);
});

test('words in other members are kept where return_code is missing, and beside a return_msg of OK', async () => {
  const missing = await refundError(xmlByHand({ retcode: '1', retmsg: '没有权限' }));
  assert.deepEqual([missing.code, missing.return_msg, missing.err_code], ['ERR_MISMATCH', '没有权限', '1']);
  const ok = await refundError(xmlByHand({ return_code: 'FAIL', return_msg: 'OK', retmsg: '没有权限' }));
  assert.deepEqual([ok.code, ok.return_msg, ok.outcome], ['ERR_REFUSED', '没有权限', 'unknown']);
});

test('advice is about the cause that the words name', async () => {
  for (const [words, right] of Object.entries({
    '缺少参数 sub_mch_id': /Add the parameter/,
    '缺少参数 total_fee': /Add the parameter/,
    'user in blacklist': /Check key, ids/,
    商品编码错误: /Check key, ids/,
    退款金额大于可退金额: /refund_fee/,
  })) {
    const error = await errorOf(xmlByHand({ return_code: 'FAIL', return_msg: words }));
    assert.match(error.message.replace(words, ''), right, words);
  }
});
