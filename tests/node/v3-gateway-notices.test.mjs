// Notices of the gateway to the handlers and the router of clients of APIv3, in every key phase.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { OPENID, OTHER_SUB, ok, openWorld, PROVIDER, SHOP, WAYS } from './v3-gateway-support.mjs';

/** The codes and fields of the errors of refused notices. */
const refusals = ({ rejected }) => rejected.splice(0).map(({ code, field }) => [code, field]);

describe('a false notice reaches no listener, and the true one does', { concurrency: true }, () => {
  // The other ways hear the notices of every call.
  for (const way of WAYS.filter(({ name }) => name === 'public key' || name.endsWith('downloaded'))) {
    test(way.name, async () => {
      const world = await openWorld(way);
      const { gateway, clock, sides, heard, requests } = world;
      try {
        for (const at of sides) {
          for (const notify_url of [undefined, at.router]) {
            const out_trade_no = at.number();
            await at.client.jsapiOrder(at.order(out_trade_no, { notify_url }));
            for (const forgery of ['another key', 'changed amount', 'no signature']) {
              const { accepted, attempts } = await gateway.forgeNotice({ out_trade_no }, forgery);
              assert.deepEqual([accepted, attempts.length], [false, 1], forgery);
              const [[code]] = refusals(world);
              assert.ok(['ERR_SIGNATURE', 'ERR_JSON', 'ERR_DECRYPT'].includes(code), `${forgery}: ${code}`);
            }
            assert.equal((await gateway.probe({ out_trade_no })).accepted, false);
            assert.equal(refusals(world)[0][0], 'ERR_SIGNATURE');
            assert.deepEqual(heard.splice(0), []);
            assert.deepEqual(gateway.payOrder({ out_trade_no }), ok);
            await gateway.idle();
            const out_refund_no = at.number('R');
            await at.client.refund({
              ...{ out_trade_no, out_refund_no, notify_url, amount: { refund: 1, total: 100, currency: 'CNY' } },
              ...at.of,
            });
            await clock.advance(60_000);
            await gateway.idle();
            const [paid, refund] = heard.splice(0);
            const { notice } = paid;
            assert.deepEqual([paid.kind, notice.out_trade_no, notice.total_fee], ['paid', out_trade_no, 100]);
            assert.deepEqual([notice.mch_id, notice.appid], [at.own.mch_id, at.own.appid]);
            assert.deepEqual([refund.kind, refund.notice.refund_fee], ['refund', 1]);
            // A second delivery is accepted, and reaches no listener again.
            assert.equal((await gateway.resendNotice({ out_trade_no })).accepted, true);
            assert.deepEqual(heard.splice(0), []);
          }
        }
        assert.deepEqual(refusals(world), []);
        const serials = requests.flatMap(({ headers }) => headers.get('wechatpay-serial') ?? []);
        const kinds = new Set(serials.map((serial) => serial.startsWith('PUB_KEY_ID_')));
        const expected = { 'public key': [true], switching: [false, true] }[way.keyPhase] ?? [false];
        assert.deepEqual([...kinds].sort(), expected, 'the keys that signed');
      } finally {
        await world.close();
      }
    });
  }
});

test('a notice for another merchant or sub-merchant, or with another amount, reaches no listener', async () => {
  const world = await openWorld(WAYS[0]);
  const { gateway, sides, heard } = world;
  const [direct, fixed, open] = sides;
  const idsOf = { direct: {}, provider: { sub_mchid: OTHER_SUB, payer: { sp_openid: OPENID }, sub_appid: undefined } };
  const wrong = async (at, notify_url, more) => {
    const out_trade_no = at.number();
    await at.client.jsapiOrder(at.order(out_trade_no, { notify_url, ...more }));
    assert.deepEqual(gateway.payOrder({ out_trade_no }), ok);
    await gateway.idle();
    assert.deepEqual(heard.splice(0), []);
    return refusals(world);
  };
  try {
    const at = (place) => direct.router.replace('router', `side-${place.index}`);
    assert.deepEqual(await wrong(direct, at(open)), [['ERR_DECRYPT', 'resource.ciphertext']], 'another APIv3 key');
    assert.deepEqual(await wrong(open, at(fixed), idsOf.provider), [['ERR_MISMATCH', 'sub_mchid']]);
    assert.deepEqual(await wrong(open, at(open), idsOf.provider), [['ERR_MISMATCH', 'sub_mch_id']], 'the stored order');
    assert.deepEqual(await wrong(direct, undefined, { amount: { total: 99 } }), [['ERR_MISMATCH', 'total_fee']]);
    assert.deepEqual(await wrong(direct, direct.router, { amount: { total: 99 } }), [['ERR_MISMATCH', 'total_fee']]);
    // WeChat sends them again, and the shop may know better then.
    assert.ok(gateway.notices().every(({ accepted }) => !accepted));
  } finally {
    await world.close();
  }
});

test('the client that is found by the address opens the notice, with the order that the shop passes', async () => {
  const world = await openWorld(WAYS[5]);
  const { gateway, clock, sides } = world;
  try {
    for (const at of sides) {
      const { out_trade_no } = await at.paid({ attach: '门店=南山' });
      await gateway.idle();
      const { headers, body } = world.requests.at(-1);
      const message = { headers, body };
      const order = { out_trade_no, total_fee: 100, ...(at.of.sub_mchid && { sub_mch_id: at.of.sub_mchid }) };
      const notice = await at.client.openNotify(message, order);
      assert.deepEqual([notice.paid, notice.attach, notice.resource.trade_state], [true, '门店=南山', 'SUCCESS']);
      assert.equal(at.isDirect ? notice.openid : notice.resource.payer.sub_openid, OPENID);
      for (const [wrong, field] of [
        [{ ...order, total_fee: 99 }, 'total_fee'],
        [{ ...order, out_trade_no: 'another-1' }, 'out_trade_no'],
        [{ ...order, mch_id: at.isDirect ? PROVIDER.mch_id : SHOP.mch_id }, 'mch_id'],
        [{ ...order, sub_mch_id: OTHER_SUB }, 'sub_mch_id'],
      ])
        await assert.rejects(at.client.openNotify(message, wrong), { code: 'ERR_MISMATCH', field });
      const other = sides[at.isDirect ? 1 : 0];
      await assert.rejects(other.client.openNotify(message), { code: 'ERR_DECRYPT' });
      await clock.advance(301_000);
      await assert.rejects(at.client.openNotify(message, order), {
        code: 'ERR_SIGNATURE',
        field: 'Wechatpay-Timestamp',
      });
    }
  } finally {
    await world.close();
  }
});
