// The commands of js/docs/rust.md, by a shell and curl, against the gateway in place of WeChat's host.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { WechatPay as WechatPayV2 } from 'paysign';
import { createGateway } from 'paysign/testing';
import { WechatPay } from 'paysign/v3';

const root = fileURLToPath(new URL('../../', import.meta.url));
const page = readFileSync(`${root}/js/docs/rust.md`, 'utf8');
const [ofV2, ofV3] = [...page.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, code]) => code);
/** The merchant and the order that the page names. */
const [appid, mch_id, out_trade_no] = ['wx8888888888888888', '1900000109', '20150806125346'];
const SHOP = { appid, mch_id, key: 'k'.repeat(32), apiV3Key: 'v'.repeat(32) };
const notify_url = 'http://127.0.0.1:9/';
const folder = mkdtempSync(join(tmpdir(), 'paysign-docs-rust-'));
let gateway;
let url;

before(async () => {
  gateway = createGateway({ merchants: [SHOP] });
  ({ url } = await gateway.listen());
});
after(async () => {
  await gateway.close();
  rmSync(folder, { recursive: true });
});

/** Runs lines of the page in a shell, at the top of the project. The gateway is in this process, so the shell runs beside it. */
const shell = (lines, env = {}) =>
  new Promise((resolve) => {
    const options = { cwd: root, encoding: 'utf8', timeout: 600_000, env: { ...process.env, ...env } };
    execFile('bash', ['-c', lines], options, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stdout, stderr }),
    );
  });

/** A text with its parts replaced, each of which is in it. */
const changed = (text, changes) =>
  Object.entries(changes).reduce((whole, [part, other]) => {
    assert.ok(whole.includes(part), part);
    return whole.replace(part, () => other);
  }, text);

test('the lines for APIv2 query an order, and end with 3 for an unknown one', async () => {
  const lines = changed(ofV2, { 'WX_KEY=…': `WX_KEY=${SHOP.key}`, 'https://api.mch.weixin.qq.com': url });
  assert.equal((await shell(lines)).code, 3);
  const pay = new WechatPayV2(await gateway.client(mch_id));
  await pay.pay({ body: 'tea', out_trade_no, total_fee: 1, spbill_create_ip: '::1', openid: 'o1', notify_url });
  const { code, stdout, stderr } = await shell(lines);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^trade_state=NOTPAY$/m);
});

test('the lines for APIv3 query an order, signed with the files of the merchant platform', async () => {
  const { privateKey, certificate, wechatpayKeys, ...options } = await gateway.client(mch_id, { api: 'v3' });
  const [[id, pem]] = Object.entries(wechatpayKeys);
  const files = { 'apiclient_key.pem': privateKey, 'apiclient_cert.pem': certificate, 'pub_key.pem': pem };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const places = Object.fromEntries(Object.keys(files).map((name) => [`=${name}`, `=${join(folder, name)}`]));
  const lines = changed(ofV3, { 'PUB_KEY_ID_…': id, ...places });
  const pay = new WechatPay({ ...options, privateKey, certificate, wechatpayKeys });
  const number = '20150806125347';
  await pay.jsapiOrder({
    description: 'tea',
    out_trade_no: number,
    amount: { total: 1 },
    payer: { openid: 'o1' },
    notify_url,
  });
  const { code, stdout, stderr } = await shell(lines.replaceAll(out_trade_no, number), { WX_HOST: url });
  assert.equal(code, 0, stderr);
  assert.equal(JSON.parse(stdout).trade_state, 'NOTPAY');
});
