// The calls that the gateway keeps for its page: bounded in number and bytes, and without secrets in whatever form.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGateway, createManualClock } from 'paysign/testing';

const MERCHANT = { appid: 'wx1', mch_id: '1900000109', key: 'Key+of/the&merchant<"0123456789>', secret: 'app-secret' };
const JSON_TYPE = { 'content-type': 'application/json' };

async function listening(t, options) {
  const gateway = createGateway({ merchants: [MERCHANT], ...options });
  t.after(() => gateway.close());
  const { url } = await gateway.listen();
  const post = async (path, body, headers) => (await fetch(url + path, { method: 'POST', headers, body })).text();
  const act = async (name, sent) => JSON.parse(await post(`/gateway/${name}`, JSON.stringify(sent), JSON_TYPE));
  const calls = async () => (await (await fetch(`${url}/gateway/state`)).json()).calls;
  return { gateway, url, post, act, calls };
}

test('the latest 200 calls are kept, and of large ones no more than fit in a megabyte', async (t) => {
  const { post, act, calls } = await listening(t);
  for (let index = 0; index < 250; index += 1) await post('/pay/orderquery', '<xml/>');
  const many = await calls();
  assert.equal(many.length, 200);
  assert.deepEqual([many[0].id, many.at(-1).id], [250, 51], 'the newest first');
  assert.match((await act('call', { id: 1 })).errMsg, /kept no longer/);
  const large = `<xml><body>${'x'.repeat(60_000)}</body></xml>`;
  for (let index = 0; index < 40; index += 1) await post('/pay/orderquery', large);
  const kept = await calls();
  assert.ok(kept.length <= 17 && kept.length >= 10, `${kept.length} calls of 60 kB`);
  assert.equal(kept[0].id, 290);
});

test('no secret of a merchant is in a text, however it was sent', async (t) => {
  const { post, act, calls, url } = await listening(t);
  const { key, secret } = MERCHANT;
  const pem = `-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\n-----END PRIVATE KEY-----`;
  const inXml = key.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const bodies = [
    `<xml><attach>${inXml}</attach><key>short</key></xml>`,
    `<xml><attach><![CDATA[${key.toLowerCase()}]]></attach><secret><![CDATA[sh<or>t]]></secret></xml>`,
    `<xml><mch_id>${inXml}</mch_id><detail>${pem}</detail></xml>`,
    JSON.stringify({ key, session_key: 'short', apiV3Key: 'short', privateKey: pem }),
  ];
  for (const body of bodies) await post('/pay/orderquery', body);
  await fetch(`${url}/sns/jscode2session?appid=wx1&secret=${secret}&js_code=x&grant_type=authorization_code`);
  await fetch(`${url}/nothing/${encodeURIComponent(key)}?key=short&access_token=short`);
  await post(
    '/cgi-bin/stable_token',
    JSON.stringify({ appid: 'wx1', secret, grant_type: 'client_credential' }),
    JSON_TYPE,
  );
  const list = await calls();
  assert.equal(list.length, bodies.length + 3);
  const texts = await Promise.all(list.map(({ id }) => act('call', { id })));
  const shown = JSON.stringify([list, texts]).toLowerCase();
  for (const one of [key, JSON.stringify(key).slice(1, -1), inXml, encodeURIComponent(key), secret, 'short', 'sh<or>t'])
    assert.equal(shown.includes(one.toLowerCase()), false, one);
  assert.equal(shown.includes('miievq'), false);
  assert.ok(texts.every(({ request }) => request.includes('***')));
});

test('a manual clock is turned by the page itself, and runs what is due', async (t) => {
  const clock = createManualClock(1_600_000_000_000);
  const { gateway, act } = await listening(t, { clock });
  let ran = 0;
  clock.setTimeout(() => {
    ran += 1;
  }, 60_000);
  assert.deepEqual(await act('clock', { ms: 60_000 }), { errMsg: 'clock:ok' });
  assert.deepEqual([ran, clock.now()], [1, 1_600_000_060_000]);
  assert.equal(gateway.notices().length, 0);
});

test('a failed connection is a call without an answer, and the next one has its own', async (t) => {
  const { gateway, post, calls } = await listening(t);
  gateway.faultRates({ resetBefore: 1 });
  await post('/cgi-bin/stable_token', '{}', JSON_TYPE).catch(() => undefined);
  gateway.faultRates({});
  await post('/pay/orderquery', '');
  const [second, first] = await calls();
  assert.equal(first.status, undefined);
  assert.equal(second.status, 200);
});
