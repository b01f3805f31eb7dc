// The parcel: the output of `npm pack` of pkg/, installed elsewhere, with its types.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { CERTIFICATE, LOADED, MODULES, PACKAGE_BYTES, PUBLISHED, placeOf } from '../../js/scripts/modules.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const place = mkdtempSync(join(tmpdir(), 'paysign-parcel-'));
const run = (command, ...args) => execFileSync(command, args, { cwd: place, encoding: 'utf8' });
const installed = join(place, 'node_modules/paysign');

before(() => {
  const [{ filename }] = JSON.parse(run('npm', 'pack', join(root, 'pkg'), '--json'));
  writeFileSync(join(place, 'package.json'), '{ "private": true }');
  run('npm', 'install', '--offline', '--no-audit', '--no-fund', join(place, filename));
});
after(() => rmSync(place, { recursive: true, force: true }));

const EXAMPLE = `sign({ appid: 'wxd930ea5d5a258f4f', mch_id: '10000100', device_info: '1000', body: 'test',
  nonce_str: 'ibuaiVcKdpRxkhJA' }, '192006250b4c09247ec02edce69f6a2d')`;
const SIGN = '9A0A8659F005D6984697E2CA0A9CF3B7\n';

test('the installed parcel signs the documented example when it is imported', () => {
  assert.equal(
    run('node', '--input-type=module', '-e', `import { sign } from 'paysign'; console.log(${EXAMPLE})`),
    SIGN,
  );
});

test('the installed parcel signs the documented example when it is required', () => {
  assert.equal(run('node', '-e', `const { sign } = require('paysign'); console.log(${EXAMPLE})`), SIGN);
});

test('the gateway of the installed parcel starts, listens on loopback and stops', () => {
  const script = `import { createGateway } from 'paysign/testing';
    const gateway = createGateway({ merchants: [{ appid: 'wx1', mch_id: '1', key: 'k'.repeat(32) }] }); const { url } = await gateway.listen();
    console.log((await fetch(url + '/pay/unifiedorder', { method: 'POST', body: '<xml/>' })).status, url.slice(0, 17)); await gateway.close();`;
  assert.equal(run('node', '--input-type=module', '-e', script), '200 http://127.0.0.1:\n');
});

test('the installed parcel brings the command', () => {
  const { version } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
  assert.equal(run('npx', '--offline', 'paysign', '--version'), `${version}\n`);
  assert.match(run('npx', '--offline', 'paysign', 'gateway', '--help'), /--merchant <appid:mch_id:key\[:secret\]>/);
});

test('the parcel depends on nothing, runs nothing at installation, and contains no file that it does not use', () => {
  const manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
  assert.deepEqual(
    [manifest.dependencies, manifest.scripts, manifest.optionalDependencies],
    [undefined, undefined, undefined],
  );
  assert.match(manifest.version, /^\d+\.\d+\.\d+/);
  assert.deepEqual(
    readdirSync(join(place, 'node_modules')).filter((name) => !name.startsWith('.')),
    ['paysign'],
  );
  const top = readdirSync(installed).sort();
  assert.deepEqual(top, [
    'CHANGELOG.md',
    'LICENSE',
    'README.md',
    'README.zh-CN.md',
    'SECURITY.md',
    'THIRD-PARTY.md',
    'bills.wasm',
    'calls.wasm',
    'certificate.wasm.br',
    'certificates.cjs',
    'cli.cjs',
    'common.cjs',
    'docs',
    'doctor-text.mjs',
    'doctor.cjs',
    'doctor.mjs',
    'examples',
    'express-inline.cjs',
    'express-inline.mjs',
    'express.cjs',
    'express.mjs',
    'fastify-inline.cjs',
    'fastify-inline.mjs',
    'fastify.cjs',
    'fastify.mjs',
    'inline-workerd.mjs',
    'inline.cjs',
    'inline.mjs',
    'koa-inline.cjs',
    'koa-inline.mjs',
    'koa.cjs',
    'koa.mjs',
    'miniprogram.mjs',
    'miniprogram_dist',
    'node-all.cjs',
    'node.cjs',
    'node.mjs',
    'package.json',
    'paysign.wasm',
    'testing-all.cjs',
    'testing.cjs',
    'testing.mjs',
    'transport.cjs',
    'types',
    'v3-all.cjs',
    'v3-crypto.cjs',
    'v3-inline.cjs',
    'v3-inline.mjs',
    'v3-web.mjs',
    'v3-workerd.mjs',
    'v3.cjs',
    'v3.mjs',
    'v3.wasm',
    'web-common.mjs',
    'web-workerd.mjs',
    'web.mjs',
  ]);
  const targets = JSON.stringify(manifest.exports)
    .match(/\.\/[\w./-]+/g)
    .filter((path) => /\.\w+$/.test(path) && !path.startsWith('./testing"'));
  assert.ok(targets.length > 10, `${targets.length} files`);
  for (const path of targets) assert.ok(statSync(join(installed, path)).isFile(), path);
});

test('the parcel contains the types that an entry leads to, all of them and no others', () => {
  const { exports, typesVersions } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
  const entries = new Set(JSON.stringify([exports, typesVersions]).match(/types\/[^"]+/g));
  const used = [...entries].map((path) => join(installed, path));
  assert.ok(used.length > 5);
  for (const path of used) {
    for (const [, name] of readFileSync(path, 'utf8').matchAll(/(?:from |import\(|import )['"](\.[^'"]+)\.js['"]/g)) {
      const next = join(path, '..', `${name}.d.ts`);
      if (!used.includes(next)) used.push(next);
    }
  }
  const there = readdirSync(join(installed, 'types'), { recursive: true }).map((name) =>
    join(installed, 'types', name),
  );
  assert.deepEqual(there.filter((path) => /\.m?ts$/.test(path)).sort(), used.sort());
});

test('no module is larger than its limits, raw or compressed, and the parcel is no larger than its own', () => {
  for (const { file, raw, gzip } of MODULES) {
    const wasm = readFileSync(placeOf(file));
    assert.ok(wasm.length <= raw, `${file}: ${wasm.length} bytes`);
    assert.ok(gzipSync(wasm, { level: 9 }).length <= gzip, `${file} compressed`);
  }
  const paths = readdirSync(installed, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const whole = paths.reduce(
    (sum, { parentPath, path, name }) => sum + statSync(join(parentPath ?? path, name)).size,
    0,
  );
  assert.ok(whole > 2_000_000 && whole <= PACKAGE_BYTES, `${whole} bytes`);
});

/** A module that prints, at the end of the program, which files of the package Node loaded or read. */
const WATCH = `const fs = require('node:fs');
  const { readFileSync } = fs;
  const read = new Set();
  fs.readFileSync = (path, ...rest) => { read.add(String(path)); return readFileSync(path, ...rest); };
  process.on('exit', () => {
    const all = new Set([...read, ...Object.keys(require.cache)]);
    const isOurs = (path) => path.includes('/node_modules/paysign/');
    console.log(JSON.stringify([...new Set([...all].filter(isOurs).map((path) => path.split('/').at(-1)))]));
  });`;

/** The programs of LOADED that run in Node. */
const PROGRAMS = {
  'paysign: sign and open notices': `import { openNotify, sign } from 'paysign';
    const key = 'k'.repeat(32);
    const notice = { appid: 'wx1', mch_id: '1', return_code: 'SUCCESS' };
    try { openNotify({ ...notice, sign: sign(notice, key) }, { appid: 'wx1', mch_id: '1', key }) } catch {}`,
  'paysign: orders, refunds and bills': `import { parseBill, sign, WechatPay } from 'paysign';
    import { createGateway } from 'paysign/testing';
    const gateway = createGateway({ merchants: [{ appid: 'wx1', mch_id: '1', key: 'k'.repeat(32) }] });
    await gateway.listen({ tls: true });
    const pay = new WechatPay(await gateway.client('1'));
    await pay.orderQuery({ out_trade_no: '20150806125346' }).catch(() => {});
    parseBill('商户订单号,订单金额\\n\`1,\`0.90\\n总交易单数,订单总金额\\n\`1,\`0.90');
    await gateway.close();`,
  'paysign/v3: orders, notices and bills': `import { createGateway, createManualClock } from 'paysign/testing';
    import { WechatPay } from 'paysign/v3';
    const merchant = { appid: 'wx1', mch_id: '1', apiV3Key: 'k'.repeat(32) };
    const clock = createManualClock(Date.parse('2026-01-01T12:00:00+08:00'));
    const gateway = createGateway({ merchants: [merchant], clock });
    await gateway.listen({ tls: true });
    const pay = new WechatPay({ ...await gateway.client('1', { api: 'v3' }), nowMs: clock.now });
    const order = { out_trade_no: '20260101120000', description: 'tea', amount: { total: 1 }, notify_url: 'http://127.0.0.1:9/' };
    const payment = await pay.pay({ ...order, payer: { openid: 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o' } });
    await gateway.pay({ appId: 'wx1', openid: 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o', ...payment });
    clock.advance(86_400_000);
    for await (const row of await pay.tradeBill({ bill_date: '2026-01-01' })) void row;
    await gateway.close();`,
};

test('each program loads the files that its limit counts, and no others', () => {
  writeFileSync(join(place, 'watch.cjs'), WATCH);
  for (const [program, code] of Object.entries(PROGRAMS)) {
    const args = ['--require', './watch.cjs', '--input-type=module', '-e', code];
    const loaded = JSON.parse(run('node', ...args)).filter((name) => !name.startsWith('testing'));
    const { files } = LOADED.find((entry) => entry.program === program);
    // An ES module is in no cache that a program can look at.
    assert.deepEqual(loaded.sort(), files.filter((name) => !name.endsWith('.mjs')).sort(), program);
  }
});

test('no program loads more than its limit', () => {
  for (const { program, files, most } of LOADED) {
    const size = files.reduce((sum, name) => sum + statSync(join(installed, name)).size, 0);
    assert.ok(size > most / 2 && size <= most, `${program}: ${size} bytes`);
  }
});

test('the entry that is one file works alone in an empty folder, required and imported', () => {
  const alone = mkdtempSync(join(tmpdir(), 'paysign-alone-'));
  try {
    for (const name of ['inline.cjs', 'inline.mjs']) cpSync(join(installed, name), join(alone, name));
    const made = `console.log(all.${EXAMPLE}, typeof all.v3.WechatPay)`;
    const here = (...args) => execFileSync('node', args, { cwd: alone, encoding: 'utf8' });
    const said = `${SIGN.trim()} function\n`;
    assert.equal(here('-e', `const all = require('./inline.cjs'); ${made}`), said);
    assert.equal(here('--input-type=module', '-e', `import * as all from './inline.mjs'; ${made}`), said);
  } finally {
    rmSync(alone, { recursive: true });
  }
});

test('import and require share one instance in Node, and both generations share one error', () => {
  const code = `import { createRequire } from 'node:module'; import * as v2 from 'paysign'; import * as v3 from 'paysign/v3';
    const require = createRequire(process.cwd() + '/');
    console.log(require('paysign').WechatPay === v2.WechatPay, require('paysign/v3').WxPayError === v2.WxPayError, v3.WxPayError === v2.WxPayError);`;
  assert.equal(run('node', '--input-type=module', '-e', code), 'true true true\n');
});

test('each package bundled into the parcel has its licence there', () => {
  const notices = readFileSync(join(installed, 'THIRD-PARTY.md'), 'utf8');
  for (const name of ['fast-xml-parser', 'hpagent', 'proxy-from-env'])
    assert.match(notices, new RegExp(`## ${name} \\d`));
  assert.match(notices, /Permission is hereby granted/);
});

const pages = () =>
  readdirSync(installed, { recursive: true }).filter((path) => /\.md$/.test(path) && path !== 'THIRD-PARTY.md');

test('every link of its pages leads to a file in the parcel, or to the web', () => {
  const names = pages().sort();
  for (const name of ['README.md', 'README.zh-CN.md', 'docs/from-v2-to-v3.md', 'examples/nginx/README.zh-CN.md'])
    assert.ok(names.includes(name), name);
  for (const name of names) {
    const text = readFileSync(join(installed, name), 'utf8');
    const targets = [...text.matchAll(/\]\(([^)]+)\)/g)].map(([, target]) => target);
    if (/README/.test(name)) assert.ok(targets.length > 1, name);
    for (const target of targets.filter((target) => !/^https?:/.test(target)))
      assert.ok(existsSync(join(installed, name, '..', target.split('#')[0])), `${name}: ${target}`);
    for (const [, path] of text.matchAll(/`((?:examples|docs)\/[\w./-]+)`/g))
      assert.ok(existsSync(join(installed, path)), `${name}: ${path}`);
  }
  const [english, chinese] = ['README.md', 'README.zh-CN.md'].map((name) =>
    readFileSync(join(installed, name), 'utf8'),
  );
  for (const [text, other] of [
    [english, 'README.zh-CN.md'],
    [chinese, 'README.md'],
  ])
    assert.ok(text.includes(`](${other})`), other);
  const headings = (text) => text.match(/^#+ /gm);
  assert.deepEqual(headings(english), headings(chinese));
  const frameworks = readFileSync(join(installed, 'docs/frameworks.md'), 'utf8');
  assert.match(frameworks, /\[`examples\/nginx`\]\(\.\.\/examples\/nginx\) is a configuration/);
});

const WALKED = /the books of the shop and the gateway agree\nAPIv2 proven: .*\nAPIv3 proven: /;

test('the examples of the parcel run from a copy, and the shop in its own place too', () => {
  cpSync(join(installed, 'examples'), join(place, 'examples'), { recursive: true });
  assert.match(run('node', 'examples/shop/walk.mjs'), WALKED);
  assert.match(run('node', join(installed, 'examples/shop/walk.mjs')), WALKED);
  writeFileSync(
    join(place, 'moving.mjs'),
    `import { WechatPay } from 'paysign';
    import { createGateway } from 'paysign/testing';
    import { WechatPay as WechatPayV3 } from 'paysign/v3';
    import { emptyTables, openShop } from './examples/moving/shop.mjs';
    const [appid, mch_id] = ['wx8888888888888888', '1900000109'];
    const gateway = createGateway({ merchants: [{ appid, mch_id, key: 'k'.repeat(32), apiV3Key: 'a'.repeat(32) }] });
    await gateway.listen();
    const v2 = new WechatPay(await gateway.client(mch_id));
    const v3 = new WechatPayV3(await gateway.client(mch_id, { api: 'v3' }));
    const tables = emptyTables();
    for (const share of [0, 1]) {
      const shop = await openShop({ clients: { v2, v3 }, tables, share });
      const { payment } = await shop.order({ openid: 'buyer-1', title: 'tea', total_fee: 100 });
      console.log(payment.signType);
      await shop.close();
    }
    await gateway.close();`,
  );
  assert.equal(run('node', 'moving.mjs'), 'HMAC-SHA256\nRSA\n');
});

test('the server of the mini program can be imported from the parcel, and from a copy', () => {
  cpSync(join(installed, 'examples'), join(place, 'examples'), { recursive: true });
  for (const folder of [place, installed]) {
    const url = pathToFileURL(join(folder, 'examples/miniprogram/server.mjs')).href;
    const code = `import { openServer } from ${JSON.stringify(url)}; console.log(typeof openServer);`;
    assert.equal(run('node', '--input-type=module', '-e', code), 'function\n');
  }
});

test('the installed parcel is its phone side when it is imported or required by that name', () => {
  const code = "requestPayment({}).catch(({ message }) => console.log(message.split(';')[0]))";
  const said = 'wx.requestPayment is missing\n';
  assert.equal(run('node', '-e', `const { requestPayment } = require('paysign/miniprogram'); ${code}`), said);
  const imported = `import { requestPayment } from 'paysign/miniprogram'; ${code}`;
  assert.equal(run('node', '--input-type=module', '-e', imported), said);
});

test('no path of the building machine is in the parcel', () => {
  const modules = PUBLISHED.map(({ file }) => file).filter((file) => file !== CERTIFICATE);
  for (const name of [
    ...modules,
    'common.cjs',
    'doctor.cjs',
    'inline.mjs',
    'web-common.mjs',
    'testing.cjs',
    'cli.cjs',
  ]) {
    const text = readFileSync(join(installed, name), 'latin1');
    for (const path of [root, '/.cargo/', '/rustlib/', '/home/', '/root/'])
      assert.ok(!text.includes(path), `${name} holds ${path}`);
  }
});

test('the types say what the Rust declarations say, in the same sentences', () => {
  const declaration = readFileSync(join(root, 'src/v2/api/unified_order.rs'), 'utf8');
  const types = readFileSync(join(installed, 'types/generated/api.d.ts'), 'utf8');
  const sentences = [...declaration.matchAll(/^\s+\/\/\/ (.+)$/gm)].map(([, sentence]) => sentence);
  assert.ok(sentences.length > 20);
  for (const sentence of sentences) assert.ok(types.includes(sentence), sentence);
});

test('each module is compiled by its first call, not by the import, and a missing one is a typed error', () => {
  const copy = mkdtempSync(join(tmpdir(), 'paysign-lazy-'));
  try {
    cpSync(join(root, 'pkg'), copy, { recursive: true });
    const script = `
      let made = 0;
      const { Module } = WebAssembly;
      WebAssembly.Module = class extends Module { constructor(bytes) { super(bytes); made += 1 } };
      const { sign, WechatPay } = await import(${JSON.stringify(pathToFileURL(join(copy, 'node.mjs')).href)});
      const key = 'k'.repeat(32), said = [made];
      const calls = [() => sign({ a: '1' }, key), () => new WechatPay({ appid: 'wx1', mch_id: '1', key })];
      for (const call of [...calls, ...calls]) try { call(); said.push(made) } catch (error) { said.push(error.code) }
      console.log(JSON.stringify(said));`;
    const run = () => {
      const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
        encoding: 'utf8',
      });
      assert.ok(stdout, stderr);
      return JSON.parse(stdout);
    };
    assert.deepEqual(run(), [0, 1, 2, 2, 2]);
    rmSync(join(copy, 'calls.wasm'));
    assert.deepEqual(run(), [0, 1, 'ERR_CONFIG', 1, 'ERR_CONFIG']);
    rmSync(join(copy, 'paysign.wasm'));
    assert.deepEqual(run(), [0, 'ERR_CONFIG', 'ERR_CONFIG', 'ERR_CONFIG', 'ERR_CONFIG']);
  } finally {
    rmSync(copy, { recursive: true });
  }
});
