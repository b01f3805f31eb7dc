// Our speed beside hand-written node:crypto in one process: rounds take turns, medians, each as a ratio, so that a slow machine cancels out.
import assert from 'node:assert/strict';
import { parseArgs } from 'node:util';
import * as ours from 'paysign';
import * as byHand from './by-hand.mjs';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '41' } } });
const rounds = Number(values.rounds);
const key = '0123456789abcdefghijklmnopqrstuv';

const order = {
  appid: 'wxd930ea5d5a258f4f',
  mch_id: '1230000109',
  device_info: 'WEB',
  nonce_str: '5K8264ILTKCH16CQ2502SI8ZNMTM67VS',
  body: '腾讯充值中心-QQ会员充值',
  detail: '{"goods_detail":[{"goods_id":"iphone6s_16G","quantity":1,"price":528800}]}',
  attach: '深圳分店',
  out_trade_no: '20150806125346',
  fee_type: 'CNY',
  total_fee: 88,
  spbill_create_ip: '123.12.12.123',
  notify_url: 'https://www.example.com/wxpay/notify',
  trade_type: 'JSAPI',
  openid: 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o',
  sign_type: 'MD5',
};
const paid = {
  appid: order.appid,
  attach: '支付测试-深圳分店',
  bank_type: 'CMB_DEBIT',
  cash_fee: '90',
  cash_fee_type: 'CNY',
  coupon_count: '1',
  coupon_fee: '10',
  coupon_fee_0: '10',
  coupon_id_0: '10000000000',
  device_info: '013467007045764',
  fee_type: 'CNY',
  is_subscribe: 'Y',
  mch_id: order.mch_id,
  nonce_str: '5d2b6c2a8db53831f7eda20af46e531c',
  openid: order.openid,
  out_trade_no: '1217752501201407033233368018',
  result_code: 'SUCCESS',
  return_code: 'SUCCESS',
  settlement_total_fee: '100',
  time_end: '20140903131540',
  total_fee: '100',
  trade_type: 'JSAPI',
  transaction_id: '1004400740201409030005092168',
};
const notice = (signType) => {
  const signed = { ...paid, sign: byHand.sign(paid, key, signType) };
  const fields = Object.entries(signed).map(([name, value]) => `<${name}><![CDATA[${value}]]></${name}>`);
  return Buffer.from(`<xml>${fields.join('\n')}\n</xml>`);
};
const prepay = { appId: order.appid, prepay_id: 'wx2017033010242291fcfe0db70013231072', key };

/** An operation of a library, and what must be true of its result. */
const operations = ['MD5', 'HMAC-SHA256'].flatMap((signType) => {
  const body = notice(signType);
  const tampered = Buffer.from(body.toString().replace('[100]', '[101]'));
  return [
    {
      name: `sign, 15 fields, ${signType}`,
      run: (library) => () => library.sign(order, key, signType),
      check: (sign) => assert.equal(sign, byHand.sign(order, key, signType)),
    },
    {
      name: `requestPayment, ${signType}`,
      run: (library) => () => library.requestPayment({ ...prepay, signType }),
      check: ({ paySign, ...rest }) =>
        assert.equal(paySign, byHand.sign({ appId: prepay.appId, ...rest }, key, signType)),
    },
    {
      name: `signedXml, 15 fields, ${signType}`,
      run: (library) => () => library.signedXml(order, key, signType),
      check: (xml) => assert.ok(xml.includes(byHand.sign(order, key, signType))),
    },
    {
      name: `openNotify, 24 fields, ${signType}`,
      run: (library) => () => library.openNotify(body, { key, signType }),
      check: ({ fields }, library) => {
        assert.equal(fields.transaction_id, paid.transaction_id);
        assert.throws(() => library.openNotify(tampered, { key, signType }));
      },
    },
  ];
});

const median = (numbers) => [...numbers].sort((one, other) => one - other)[numbers.length >> 1];
let sink = 0;
function time(run, times) {
  const start = process.hrtime.bigint();
  for (let index = 0; index < times; index += 1) sink += run() ? 1 : 0;
  return Number(process.hrtime.bigint() - start) / times;
}

console.log(
  `node ${process.version}, ${rounds} rounds, medians; ratio: hand-written time / ours, above 1 is faster than by hand\n`,
);
console.log('| operation | ours, µs | by hand, µs | ratio |\n|---|---:|---:|---:|');
for (const { name, run, check } of operations) {
  const lanes = [ours, byHand].map((library) => {
    check(run(library)(), library);
    const lane = { run: run(library), times: 100, samples: [] };
    for (let warm = 0; warm < 5; warm += 1) lane.times = Math.max(10, Math.round(5e6 / time(lane.run, lane.times)));
    return lane;
  });
  for (let round = 0; round < rounds; round += 1) {
    for (const lane of round % 2 ? lanes : [...lanes].reverse()) lane.samples.push(time(lane.run, lane.times));
  }
  const [mine, theirs] = lanes.map((lane) => lane.samples);
  const ratio = median(mine.map((sample, round) => theirs[round] / sample));
  const micro = (samples) => (median(samples) / 1000).toFixed(2);
  console.log(`| ${name} | ${micro(mine)} | ${micro(theirs)} | ${ratio.toFixed(2)} |`);
}
if (sink === 0) process.exitCode = 1;
