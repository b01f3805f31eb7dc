// The notices of both API generations at a route of a real Next.js, which the README shows. It needs no configuration.

import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ACCEPT, appid, assertRefusedWords, forgedNotice, key, mch_id, paidNotice, post } from './notices-support.mjs';
import { mountOf } from './readme-support.mjs';
import { freePort, start, stopAll } from './servers-support.mjs';
import { notice, ORDER, options, stranger } from './v3-support.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const frameworks = join(root, 'tests/node/frameworks/');
const next = createRequire(frameworks).resolve('next/dist/bin/next');
// Where Next.js finds itself.
const folder = mkdtempSync(join(frameworks, '.next-'));
after(async () => {
  await stopAll();
  rmSync(folder, { recursive: true, force: true });
});

test('Next.js delivers a genuine notice of each API generation once, acknowledges a repeated one, and refuses a forged one', async () => {
  const route = mountOf('Next.js').code;
  const [merchantV2, merchantV3] = [{ appid, mch_id, key }, options].map((given) => JSON.stringify(given));
  const files = {
    'next.config.mjs': `export default { turbopack: { root: ${JSON.stringify(root)} } };`,
    'notify.js': `import { appendFileSync } from 'node:fs';
      import { notifyRouter, WechatPay } from 'paysign';
      import { WechatPay as WechatPayV3 } from 'paysign/v3';
      const onPaid = ({ out_trade_no }) => appendFileSync('paid', out_trade_no + ' ');
      const onRejected = ({ code }) => appendFileSync('refused', code + ' ');
      const clients = [new WechatPay(${merchantV2}), new WechatPayV3(${merchantV3})];
      export const notify = notifyRouter(clients, { onPaid, onRejected });`,
    'app/wxpay/notify/route.js': `import { notify } from '../../../notify.js';\n${route}`,
  };
  mkdirSync(join(folder, 'app/wxpay/notify'), { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  // As npm installs it: Next.js takes a link for the shop's own source.
  cpSync(join(root, 'pkg'), join(folder, 'node_modules/paysign'), { recursive: true });
  const port = await freePort();
  const env = { ...process.env, NEXT_TELEMETRY_DISABLED: '1', NODE_ENV: 'development' };
  const args = [next, 'dev', '-H', '127.0.0.1', '-p', `${port}`];
  await start(process.execPath, args, /Ready in/, { cwd: folder, env, signal: 'SIGTERM' });
  const url = `http://127.0.0.1:${port}/wxpay/notify`;
  for (let time = 0; time < 2; time++)
    assert.deepEqual(await post(url, paidNotice()), { status: 200, text: ACCEPT }, `time ${time}`);
  assertRefusedWords((await post(url, forgedNotice('a2'))).text);
  const postV3 = async (by) => {
    const { headers, body } = notice(ORDER, { headers: { seconds: Math.floor(Date.now() / 1000), ...by } });
    return post(url, body, { 'content-type': 'application/json', ...headers });
  };
  for (let time = 0; time < 2; time++)
    assert.deepEqual(await postV3(), { status: 200, text: '{"code":"SUCCESS"}' }, `time ${time}`);
  assert.equal((await postV3({ by: stranger })).status, 500);
  const said = (name) => readFileSync(join(folder, name), 'utf8').trim();
  assert.deepEqual([said('paid'), said('refused')], [`a1 ${ORDER.out_trade_no}`, 'ERR_SIGNATURE ERR_SIGNATURE']);
});
