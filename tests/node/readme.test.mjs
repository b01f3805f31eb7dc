// The README's examples against the gateway, its table against the declarations, and its commands.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { createGateway } from 'paysign/testing';
import { call, otherShop } from './gateway-support.mjs';
import { until } from './notices-support.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const MERCHANT = otherShop;

/** The code of a heading's first block. */
const block = (readme, heading) => readme.split(`\n## ${heading}\n`)[1].match(/```js\n([\s\S]*?)```/)[1];
const codeLines = (code) => code.split('\n').filter((line) => line.trim() !== '').length;

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** Runs the two first examples as one file, with WeChat's hosts and the shop's address led to this machine. */
async function runFirstScreen(readme, headings) {
  const port = await freePort();
  const orders = new Map();
  const shop = {
    find: async (_mch_id, out_trade_no) => orders.get(out_trade_no),
    markPaid: async (_mch_id, out_trade_no) => orders.set(out_trade_no, { ...orders.get(out_trade_no), paid: true }),
  };
  const gateway = createGateway({
    merchants: [MERCHANT],
    allowNotifyHosts: ['shop.example.com'],
    fetch: (url, init) => fetch(String(url).replace('https://shop.example.com', `http://127.0.0.1:${port}`), init),
  });
  const [place, receive] = headings.map((heading) => block(readme, heading));
  const folder = `${root}/target/paysign`;
  mkdirSync(folder, { recursive: true });
  const file = `${folder}/readme-${port}.mjs`;
  // The server is kept so that it can be closed; everything else is the README's text.
  const kept = receive.replace('createServer(', 'export const server = createServer(');
  const through = 'new WechatPay({\n  fetch: globalThis.readme.fetch,';
  const reached = place.replace('new WechatPay({', through);
  assert.ok(reached.includes(through), 'the client asks the gateway');
  writeFileSync(file, `const { orders } = globalThis.readme;\n${reached}\n${kept}`);
  const { appid: WX_APPID, mch_id: WX_MCH_ID, key: WX_KEY, secret: WX_SECRET } = MERCHANT;
  Object.assign(process.env, { WX_APPID, WX_MCH_ID, WX_KEY, WX_SECRET, PORT: String(port) });
  globalThis.readme = { orders: shop, fetch: (url, init) => gateway.fetch(new Request(url, init)) };
  const shopModule = await import(pathToFileURL(file).href);
  try {
    const [out_trade_no, total_fee] = ['20150806125346', 8800];
    orders.set(out_trade_no, { out_trade_no, total_fee });
    const openid = 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o';
    const payment = await shopModule.order(gateway.login({ appid: WX_APPID, openid }), { out_trade_no, total_fee });
    assert.deepEqual(await gateway.pay({ appId: WX_APPID, openid, ...payment }), { errMsg: 'requestPayment:ok' });
    await gateway.idle();
    const [notice] = gateway.notices();
    assert.equal(notice.accepted, true, JSON.stringify(notice.attempts));
    assert.equal(orders.get(out_trade_no).paid, true);

    orders.set('2', { out_trade_no: '2', total_fee: 1 });
    const post = async (body) => (await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body })).text();
    assert.match(await post(notice.body), /SUCCESS/, 'the same notice again');
    for (const body of [notice.body.replace('8800', '1'), notice.body.replace(out_trade_no, '2'), '']) {
      assert.match(await post(body), /FAIL/, body);
    }
    assert.equal(orders.get('2').paid, undefined);
    const another = gateway.login({ appid: WX_APPID, openid });
    const unknown = await shopModule.order(another, { out_trade_no: '3', total_fee });
    await gateway.pay({ appId: WX_APPID, openid, ...unknown });
    await until(() => gateway.notices().some((one) => one.out_trade_no === '3' && one.attempts.length > 0));
    assert.equal(gateway.notices().at(-1).accepted, false, 'no such order here');
  } finally {
    shopModule.server.close();
    await gateway.close();
  }
}

for (const [file, headings] of [
  ['README.md', ['Place an order', 'Receive the notice']],
  ['README.zh-CN.md', ['下单', '接收通知']],
]) {
  const readme = readFileSync(`${root}/${file}`, 'utf8');

  test(`the first examples of ${file} place an order and receive its notice`, () => runFirstScreen(readme, headings));

  test(`the first examples of ${file} are twelve and eight lines`, () => {
    const [place, receive] = headings.map((heading) => codeLines(block(readme, heading)));
    assert.ok(place <= 12 && receive <= 8, `${place} and ${receive}`);
  });

  test(`the table of ${file} is what the declarations say`, () => {
    const table = execFileSync('cargo', ['run', '--quiet', '--locked', '--bin', 'typescript', '--', 'table'], {
      cwd: root,
      encoding: 'utf8',
    });
    const rows = table.trim().split('\n').slice(2);
    assert.ok(rows.length >= 13, `${rows.length} rows`);
    for (const row of rows) assert.ok(readme.includes(row), row);
  });

  test(`every npm command that ${file} names exists`, () => {
    const { scripts } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8'));
    const named = [...readme.matchAll(/npm (?:run (\w+)|(test))/g)].map(([, script, plain]) => script ?? plain);
    assert.ok(named.length > 3);
    for (const name of named) assert.ok(scripts[name], name);
  });
}

/** The code of every block of a language under a heading. */
const blocks = (readme, heading, language) =>
  [
    ...readme
      .split(`\n## ${heading}\n`)[1]
      .split('\n## ')[0]
      .matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g')),
  ].map(([, code]) => code);

for (const [file, heading] of [
  ['README.md', 'A gateway of your own'],
  ['README.zh-CN.md', '自己的网关'],
]) {
  const readme = readFileSync(`${root}/${file}`, 'utf8');

  test(`the examples of the gateway in ${file} pay an order, ask for faults and send its notice again`, async () => {
    const [first, faults] = blocks(readme, heading, 'js');
    const { appid, mch_id, key, secret } = MERCHANT;
    const order = {
      body: 'b',
      out_trade_no: '1',
      total_fee: 2,
      spbill_create_ip: '::1',
      notify_url: 'http://127.0.0.1:9/',
    };
    const openid = 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o';
    const said = [];
    globalThis.readme = { appid, mch_id, key, secret, order, openid, console: { log: (text) => said.push(text) } };
    const module = `${root}/target/paysign/readme-gateway-${file}.mjs`;
    writeFileSync(
      module,
      `import { WechatPay } from 'paysign';\nconst { appid, mch_id, key, secret, order, openid, console } = globalThis.readme;\n${first}\n${faults}\nexport { gateway };\n`,
    );
    const { gateway } = await import(pathToFileURL(module).href);
    try {
      assert.equal(gateway.orders()[0].trade_state, 'REFUND');
      assert.deepEqual(said, [gateway.seed]);
      assert.equal(gateway.notices()[0].attempts.length, 2);
      gateway.faultRates({});
      const refund = { out_trade_no: '1', out_refund_no: 'r', total_fee: '2', refund_fee: '1' };
      const answer = call(gateway, '/secapi/pay/refund', refund, { merchant: MERCHANT });
      await assert.rejects(answer, /the connection was reset/);
      assert.equal(gateway.refunds().at(-1).out_refund_no, 'r', 'done, and its answer lost');
    } finally {
      await gateway.close();
    }
  });

  test(`the commands of the gateway in ${file} start it, and its button is pressed as it says`, async () => {
    const [commands] = blocks(readme, heading, 'sh');
    const lines = commands.trim().split('\n');
    assert.equal(lines.length, 3);
    let pressedOn = 0;
    for (const line of lines) {
      const [, args] = /^npx paysign (.*?) # /.exec(line);
      const child = spawn(process.execPath, [`${root}/pkg/cli.mjs`, ...args.split(' '), '--port', '0']);
      try {
        let said = '';
        while (!/Ctrl-C/.test(said)) said += (await once(child.stdout.setEncoding('utf8'), 'data'))[0];
        const [, url] = /url +(\S+)/.exec(said);
        if (url.startsWith('https')) continue;
        const [, name, value, body, address] = /`curl -H (\S+?):(\S+) -d '(.*?)' (\S+)`/.exec(readme);
        const pressed = address.replace('http://127.0.0.1:8080', url);
        const answer = await (await fetch(pressed, { method: 'POST', headers: { [name]: value }, body })).json();
        assert.deepEqual(answer, { errMsg: 'no order has out_trade_no 1' }, line);
        pressedOn += 1;
      } finally {
        child.kill();
        await once(child, 'exit');
      }
    }
    assert.ok(pressedOn >= 2, `the button was pressed on ${pressedOn} gateways`);
  });
}
