// The README, and the pages of all APIs and the gateway: their examples, tables and commands.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { createGateway, createManualClock } from 'paysign/testing';
import { call, otherShop } from './gateway-support.mjs';
import { until } from './notices-support.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const MERCHANT = otherShop;

/** The code of every block of a language. */
const allBlocks = (text, language) =>
  [...text.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, code]) => code);

/** The code of every block of a language under a heading. */
const blocks = (readme, heading, language) =>
  allBlocks(readme.split(`\n## ${heading}\n`)[1].split('\n## ')[0], language);

const codeLines = (code) => code.split('\n').filter((line) => line.trim() !== '').length;

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** The settings of a merchant, as the examples read them from the environment. */
const SETTINGS = {
  async v2() {
    const { appid: WX_APPID, mch_id: WX_MCH_ID, key: WX_KEY, secret: WX_SECRET } = MERCHANT;
    return { WX_APPID, WX_MCH_ID, WX_KEY, WX_SECRET };
  },
  async v3(gateway) {
    const client = await gateway.client(MERCHANT.mch_id, { api: 'v3' });
    const [[WX_PUB_KEY_ID, WX_PUB_KEY]] = Object.entries(client.wechatpayKeys);
    return {
      ...{ WX_APPID: client.appid, WX_MCHID: client.mchid, WX_API_V3_KEY: client.apiV3Key, WX_SECRET: client.secret },
      ...{ WX_CERTIFICATE: client.certificate, WX_PUB_KEY_ID, WX_PUB_KEY },
      // As an environment variable often has it.
      WX_PRIVATE_KEY: client.privateKey.replaceAll('\n', '\\n'),
    };
  },
};

/** Runs the first examples of one generation as one file. WeChat's hosts and the shop's address lead to this machine. */
async function runFirstScreen(readme, headings, api) {
  const port = await freePort();
  const orders = new Map();
  const shop = {
    find: async (_mch_id, out_trade_no) => orders.get(out_trade_no),
    markPaid: async (_mch_id, out_trade_no) => orders.set(out_trade_no, { ...orders.get(out_trade_no), paid: true }),
  };
  const gateway = createGateway({
    merchants: [{ ...MERCHANT, apiV3Key: 'v'.repeat(32) }],
    allowNotifyHosts: ['shop.example.com'],
    fetch: (url, init) => fetch(String(url).replace('https://shop.example.com', `http://127.0.0.1:${port}`), init),
  });
  const [places, [receive]] = headings.map((heading) => blocks(readme, heading, 'js'));
  const place = places[api === 'v3' ? 0 : 1];
  const folder = `${root}/target/paysign`;
  mkdirSync(folder, { recursive: true });
  const file = `${folder}/readme-${port}.mjs`;
  // The server is kept so that it can be closed; everything else is the README's text.
  const kept = receive.replace('createServer(', 'export const server = createServer(');
  const through = 'new WechatPay({\n  fetch: globalThis.readme.fetch,';
  const reached = place.replace('new WechatPay({', through);
  assert.ok(reached.includes(through), 'the client asks the gateway');
  writeFileSync(file, `const { orders } = globalThis.readme;\n${reached}\n${kept}`);
  const settings = await SETTINGS[api](gateway);
  const { WX_APPID } = settings;
  Object.assign(process.env, settings, { PORT: String(port) });
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
    await gateway.resendNotice({ out_trade_no });
    assert.equal(gateway.notices()[0].attempts.length, 2);
    assert.ok(gateway.notices()[0].accepted, 'the same notice again');
    const post = async (body) => (await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body })).text();
    for (const body of [
      notice.body.replace('8800', '1'),
      notice.body.replace(out_trade_no, '2'),
      notice.body.slice(1),
      '',
    ]) {
      assert.match(await post(body), /FAIL/, body);
    }
    assert.equal((await gateway.forgeNotice({ out_trade_no }, 'another key')).accepted, false);
    assert.equal(orders.get('2').paid, undefined);
    const another = gateway.login({ appid: WX_APPID, openid });
    const unknown = await shopModule.order(another, { out_trade_no: 'unknown-3', total_fee });
    await gateway.pay({ appId: WX_APPID, openid, ...unknown });
    await until(() => gateway.notices().some((one) => one.out_trade_no === 'unknown-3' && one.attempts.length > 0));
    assert.equal(gateway.notices().at(-1).accepted, false, 'no such order here');
  } finally {
    shopModule.server.close();
    await gateway.close();
  }
}

/** Runs both columns of the table that compares the generations, each against a gateway. */
async function runComparison(page) {
  const rows = page.split('\n').filter((line) => line.startsWith('|') && (line.match(/`[^`]+`/g) ?? []).length === 2);
  const lines = rows
    .map((row) => row.match(/`([^`]+)`/g).map((code) => code.slice(1, -1)))
    .filter(([one]) => /\(|^import/.test(one));
  assert.ok(lines.length >= 10, `${lines.length} rows`);
  for (const [column, api] of ['v3', 'v2'].entries()) {
    const clock = createManualClock(Date.now());
    const merchants = [{ ...MERCHANT, apiV3Key: 'v'.repeat(32) }];
    const gateway = createGateway({ merchants, refundDelayMs: 0, clock });
    const options = await gateway.client(MERCHANT.mch_id, api === 'v3' ? { api } : {});
    const code = lines
      .map((line) => line[column])
      .map((line) => {
        if (line.startsWith('import')) return `${line};`;
        if (line.startsWith('new')) return `const pay = ${line.replace('({', '({ ...network,')};`;
        return `said.push(await ${line});`;
      });
    const order = code.findIndex((line) => line.includes('pay.pay('));
    // A second order is paid and refunded, since the first one is closed.
    code.splice(
      code.findIndex((line) => line.includes('pay.settle')) + 1,
      0,
      'out_trade_no = "compare-2";',
      code[order],
    );
    code.splice(
      code.findIndex((line) => line.includes('pay.refund(')),
      0,
      'await paid(said.at(-1));',
    );
    const [path, name] = ['/v3/pay/transactions/out-trade-no/compare-2?mchid=', 'orderQuery'];
    if (api === 'v2')
      code.splice(
        code.findIndex((line) => line.includes('pay.closeOrder')),
        0,
        'later();',
      );
    const { baseUrls, loginUrl, ca, certificate } = options;
    globalThis.readme = {
      ...options,
      network: { baseUrls, loginUrl, ca, ...(api === 'v2' && { certificate }) },
      said: [],
      ...{ description: 'b', body: 'b', total: 2, total_fee: 2, refund: 1, refund_fee: 1, currency: 'CNY' },
      ...{ openid: 'o1', spbill_create_ip: '::1', notify_url: 'http://127.0.0.1:9/', out_refund_no: 'R1' },
      ...{ findOrder() {}, onPaid() {}, onRefund() {} },
      ...{ api: name, params: { out_trade_no: 'compare-2' }, path: path + MERCHANT.mch_id },
      // An order of APIv2 can be closed after five minutes.
      later: () => clock.advance(300_000),
      paid: (payment) => gateway.pay({ appId: MERCHANT.appid, ...payment }),
    };
    const file = `${root}/target/paysign/readme-compare-${api}.mjs`;
    mkdirSync(`${root}/target/paysign`, { recursive: true });
    const names = Object.keys(globalThis.readme).join(', ');
    const [first, ...rest] = code;
    writeFileSync(
      file,
      `${first}\nconst { ${names} } = globalThis.readme;\nlet out_trade_no = 'compare-1';\n${rest.join('\n')}\n`,
    );
    try {
      await import(`${pathToFileURL(file).href}?${Math.random()}`);
      const said = globalThis.readme.said;
      assert.equal(said.length, 9, 'eight calls, and the second order');
      assert.equal(said[1].trade_state, 'NOTPAY');
      assert.equal(said[3].state, 'closed');
      assert.equal(typeof said[7], 'function', 'the handler');
      assert.deepEqual(
        gateway.orders().map(({ trade_state }) => trade_state),
        ['CLOSED', 'REFUND'],
      );
    } finally {
      await gateway.close();
    }
  }
}

for (const [file, headings] of [
  ['README.md', ['Place an order', 'Receive the notice']],
  ['README.zh-CN.md', ['下单', '接收通知']],
]) {
  const readme = readFileSync(`${root}/${file}`, 'utf8');

  for (const api of ['v3', 'v2']) {
    test(`the first examples of ${file} place an order of API${api} and receive its notice`, () =>
      runFirstScreen(readme, headings, api));
  }

  test(`the first examples of ${file} are twelve and eight lines`, () => {
    const [places, [receive]] = headings.map((heading) => blocks(readme, heading, 'js'));
    const lengths = [...places.slice(0, 2), receive].map(codeLines);
    assert.ok(lengths[0] <= 12 && lengths[1] <= 12 && lengths[2] <= 8, String(lengths));
  });
}

for (const file of ['apis.md', 'apis.zh-CN.md']) {
  const page = readFileSync(`${root}/js/docs/${file}`, 'utf8');

  test(`each line of the table of ${file} that compares both generations runs in its own`, () => runComparison(page));

  test(`the tables of ${file} are what the declarations say`, () => {
    for (const [name, least] of Object.entries({ table: 13, 'table-v3': 21 })) {
      const table = execFileSync(
        'cargo',
        ['run', '--quiet', '--locked', '--features', 'typescript', '--bin', 'typescript', '--', name],
        {
          cwd: root,
          encoding: 'utf8',
        },
      );
      const rows = table.trim().split('\n').slice(2);
      assert.ok(rows.length >= least, `${name}: ${rows.length} rows`);
      for (const row of rows) assert.ok(page.includes(row), row);
    }
  });
}

for (const file of ['README.md', 'README.zh-CN.md', 'js/docs/developing.md', 'js/docs/developing.zh-CN.md'])
  test(`every npm command that ${file} names exists`, () => {
    const text = readFileSync(`${root}/${file}`, 'utf8');
    const { scripts } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8'));
    const named = [...text.matchAll(/npm (?:run (\w+)|(test))/g)].map(([, script, plain]) => script ?? plain);
    assert.ok(named.length > 1);
    for (const name of named) assert.ok(scripts[name], name);
  });

for (const file of ['gateway.md', 'gateway.zh-CN.md']) {
  const page = readFileSync(`${root}/js/docs/${file}`, 'utf8');

  test(`the examples of the gateway in ${file} pay an order, ask for faults and send its notice again`, async () => {
    const [, first, faults] = allBlocks(page, 'js');
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
    const [commands] = allBlocks(page, 'sh');
    const lines = commands.trim().split('\n');
    assert.equal(lines.length, 4);
    let pressedOn = 0;
    // One of them writes key files.
    const cwd = `${root}/target/paysign/readme-keys`;
    rmSync(cwd, { recursive: true, force: true });
    mkdirSync(cwd, { recursive: true });
    for (const line of lines) {
      const [, args] = /^npx paysign (.*?) # /.exec(line);
      const child = spawn(process.execPath, [`${root}/pkg/cli.cjs`, ...args.split(' '), '--port', '0'], { cwd });
      try {
        let said = '';
        while (!/Ctrl-C/.test(said)) said += (await once(child.stdout.setEncoding('utf8'), 'data'))[0];
        const [, url] = /url +(\S+)/.exec(said);
        if (url.startsWith('https')) continue;
        const [, name, value, body, address] = /`curl -H (\S+?):(\S+) -d '(.*?)' (\S+)`/.exec(page);
        const pressed = address.replace('http://127.0.0.1:8080', url);
        const answer = await (await fetch(pressed, { method: 'POST', headers: { [name]: value }, body })).json();
        assert.deepEqual(answer, { errMsg: 'no order has out_trade_no 1' }, line);
        if (args.includes('--keys')) await assertOrders(allBlocks(page, 'js')[0], url, cwd);
        pressedOn += 1;
      } finally {
        child.kill();
        await once(child, 'exit');
      }
    }
    assert.ok(pressedOn >= 3, `the button was pressed on ${pressedOn} gateways`);
    const key = readFileSync(`${cwd}/wxpay-keys/1900000109/apiclient_key.pem`, 'utf8');
    assert.match(key, /^-----BEGIN PRIVATE KEY-----\n/);
    assert.match(readFileSync(`${cwd}/wxpay-keys/pub_key_id.txt`, 'utf8'), /^PUB_KEY_ID_\d+\n$/);
  });
}

/** The lines of a page, with another address and other files, make a client that orders there. */
async function assertOrders(code, url, folder) {
  const module = `${folder}/client-${new URL(url).port}.mjs`;
  writeFileSync(
    module,
    code
      .replaceAll('http://127.0.0.1:8080', url)
      .replace('`wxpay-keys/', `\`${folder}/wxpay-keys/`)
      .concat('export { pay };\n'),
  );
  const { pay } = await import(pathToFileURL(module).href);
  const login = { method: 'POST', headers: { 'content-type': 'application/json' } };
  const body = JSON.stringify({ appid: 'wx8888888888888888', openid: 'o1' });
  const { js_code } = await (await fetch(`${url}/gateway/login`, { ...login, body })).json();
  const { openid } = await pay.code2Session(js_code);
  const order = {
    description: 'tea',
    out_trade_no: 'tea-000001',
    amount: { total: 1 },
    notify_url: 'http://127.0.0.1:9/',
  };
  assert.equal((await pay.pay({ ...order, payer: { openid } })).signType, 'RSA');
}
