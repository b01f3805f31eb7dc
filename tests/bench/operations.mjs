// The operations of the comparison: the work of a contestant, and the checks of its result before timing.
import assert from 'node:assert/strict';
import * as byHand from './by-hand.mjs';
import { bill, fieldsOf, messages, orderOf } from './messages.mjs';

const { key, payments, prepay, refund } = messages;
const { appId, prepay_id } = prepay;

/**
 * Each has a letter of bars.json, and the method of a contestant that it needs. `run` returns the work that is timed. `check`
 * throws where a contestant's result is wrong, or where it accepts a message that it must refuse.
 * @param {{ rows: number }} size of the bill
 */
export function operations({ rows }) {
  const order = orderOf('MD5');
  return [
    signing('a', 'MD5'),
    signing('b', 'HMAC-SHA256'),
    {
      id: 'c',
      needs: 'requestPayment',
      run: (it) => () => it.requestPayment({ appId, prepay_id, key, signType: 'MD5' }),
      check: async (it) => payable(await it.requestPayment({ appId, prepay_id, key, signType: 'MD5' })),
    },
    payment('d1', 'MD5'),
    payment('d2', 'HMAC-SHA256'),
    {
      id: 'e',
      needs: 'signedXml',
      run: (it) => () => it.signedXml(order, key, 'MD5'),
      async check(it) {
        const sign = byHand.sign(order, key, 'MD5');
        const xml = await it.signedXml(order, key, 'MD5');
        assert.ok(/<\/xml>\s*$/.test(xml), 'ends with its root');
        const text = Object.entries({ ...order, sign }).map(([name, value]) => [name, String(value)]);
        assert.deepEqual({ ...byHand.readXml(xml) }, Object.fromEntries(text));
      },
    },
    {
      id: 'f',
      needs: 'openRefund',
      run(it) {
        const body = Buffer.from(refund);
        return () => it.openRefund(refund, key, body);
      },
      async check(it) {
        const fields = await it.openRefund(refund, key, Buffer.from(refund));
        assert.equal(fields.refund_id, '50000408942018111907145868882');
        assert.equal(fields.refund_recv_accout, '支付用户零钱');
      },
    },
    reading(rows),
  ];
}

const signing = (id, signType) => {
  const order = orderOf(signType);
  return {
    id,
    needs: 'sign',
    run: (it) => () => it.sign(order, key, signType),
    check: async (it) => assert.equal(await it.sign(order, key, signType), byHand.sign(order, key, signType)),
  };
};

/** Signed over its only field, the app's id. */
function payable({ appId: app = appId, timeStamp, nonceStr, package: name, signType, paySign }) {
  assert.equal(name, `prepay_id=${prepay_id}`);
  const signed = { appId: app, timeStamp, nonceStr, package: name, signType };
  assert.equal(paySign, byHand.sign(signed, key, 'MD5'));
}

/** A contestant that reads text gets the text, ready; ours decodes the bytes. */
const payment = (id, signType) => {
  const xml = payments[signType];
  const open = (it, text) => it.openPayment(text, key, signType, Buffer.from(text));
  return {
    id,
    needs: 'openPayment',
    run(it) {
      const body = Buffer.from(xml);
      return () => {
        const fields = it.openPayment(xml, key, signType, body);
        return typeof fields.then === 'function' ? fields.then(looked) : looked(fields);
      };
    },
    async check(it) {
      const fields = Object.fromEntries(
        Object.entries(await open(it, xml)).map(([name, value]) => [name, String(value)]),
      );
      const { sign, ...signed } = fieldsOf(xml);
      // Some contestants leave the signature out of their result.
      assert.deepEqual({ sign, ...fields }, { sign, ...signed });
      assert.equal(sign, byHand.sign(signed, key, signType));
      const changed = xml.replace('<total_fee>100<', '<total_fee>101<');
      assert.notEqual(changed, xml);
      await assert.rejects(async () => open(it, changed), undefined, 'a changed amount is taken for genuine');
    },
  };
};

/** The fields that a shop reads: a contestant that decodes late must decode here. */
const looked = (fields) =>
  fields.out_trade_no &&
  fields.transaction_id &&
  fields.total_fee &&
  fields.openid &&
  fields.result_code &&
  fields.time_end;

const reading = (rows) => {
  let bytes;
  return {
    id: 'g',
    slow: true,
    needs: 'parseBill',
    instead: 'parseBillArrays',
    run(it) {
      bytes ??= Buffer.concat([...bill(rows)]);
      return () => (it.parseBill ?? it.parseBillArrays)(bytes);
    },
    async check(it) {
      if (it.parseBill === undefined) return;
      const { rows: read, summary } = await it.parseBill(Buffer.concat([...bill(100)]));
      assert.equal(read.length, 100);
      assert.equal(read[99].微信订单号, '4200000263201902167700000099');
      assert.equal(read[99].商品名称, '腾讯充值中心-会员充值2');
      assert.equal(summary.总交易单数, '100.0');
    },
  };
};
