// The command `paysign gateway` as a real process of the built package: output, port, faults, certificates, end.

import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { Agent, get } from 'node:https';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { WechatPay } from 'paysign';
import { order, shop, signByHand, xmlByHand } from './gateway-support.mjs';
import { authorization } from './gateway-v3-support.mjs';

const root = fileURLToPath(new URL('../../pkg/', import.meta.url));
const { bin, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const command = join(root, bin.paysign);
const env = { ...process.env, LC_ALL: 'C' };
const merchant = ['appid', 'mch_id', 'key', 'secret'].map((name) => shop[name]).join(':');

/** Runs the command to its end. */
async function run(...args) {
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [command, ...args], { timeout: 20_000, env });
    return { code: 0, stdout };
  } catch ({ code, stdout, stderr }) {
    return { code, stdout, stderr };
  }
}

/** Starts the gateway and reads its introduction; `line` waits for a printed line. */
async function start(t, ...args) {
  const child = spawn(process.execPath, [command, 'gateway', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const exit = once(child, 'exit');
  t.after(() => child.kill('SIGKILL'));
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (data) => {
    printed += data;
  });
  child.stderr.setEncoding('utf8').on('data', (data) => {
    printed += data;
  });
  const line = async (form) => {
    for (;;) {
      const found = form.exec(printed);
      if (found) return found;
      await Promise.race([once(child.stdout, 'data'), exit.then(() => assert.fail(`ended early: ${printed}`))]);
    }
  };
  await line(/Press Ctrl-C to stop\.\n/);
  const said = (name) => new RegExp(`^ +${name} +(.*)$`, 'm').exec(printed)?.[1];
  return { child, exit, line, said, url: said('url').split(', ')[0], printed: () => printed };
}

const clientOf = (url, known = shop) => new WechatPay({ ...known, signType: 'MD5', baseUrls: [url], loginUrl: url });

const prepared = (changes) => {
  const { trade_type, ...members } = order(changes);
  return { ...members, total_fee: Number(members.total_fee) };
};

test('with no argument it listens on 8080 for a merchant that it prints, or says that the port is taken', async (t) => {
  const probe = createServer();
  const free = await new Promise((resolve) => {
    probe.once('error', () => resolve(false));
    probe.listen(8080, '127.0.0.1', () => resolve(true));
  });
  if (free) await new Promise((resolve) => probe.close(resolve));
  if (!free) {
    const { code, stderr } = await run('gateway');
    assert.deepEqual([code, /port 8080 is in use; choose another one with --port/.test(stderr)], [2, true]);
    return;
  }
  const { url, said } = await start(t);
  assert.equal(url, 'http://127.0.0.1:8080');
  assert.match(said('page'), /^http:\/\/127\.0\.0\.1:8080\/ /);
  const known = Object.fromEntries(
    said('test merchant')
      .split(', ')
      .map((part) => part.split(' ')),
  );
  const payment = await clientOf(url, known).pay(prepared());
  assert.match(payment.package, /^prepay_id=wx/);
});

test('it answers its merchant, prints what happens, and ends cleanly on SIGINT and on SIGTERM', async (t) => {
  for (const signal of ['SIGINT', 'SIGTERM']) {
    const { child, exit, line, url, said, printed } = await start(t, '--port', '0', '--merchant', merchant);
    const client = clientOf(url);
    await client.pay(prepared());
    assert.equal((await client.orderQuery({ out_trade_no: prepared().out_trade_no })).trade_state, 'NOTPAY', signal);
    await line(
      new RegExp(
        `^\\d\\d:\\d\\d:\\d\\d order +mch_id=${shop.mch_id} out_trade_no=20150806125346 total_fee=88 .*$`,
        'm',
      ),
    );
    assert.match(said('your client'), new RegExp(`baseUrls: \\['${url}'\\], loginUrl: '${url}'`), signal);
    assert.doesNotMatch(printed(), new RegExp(`${shop.key}|${shop.secret}`), 'a key that was given is not printed');
    child.kill(signal);
    assert.deepEqual(await exit, [0, null], printed());
    await assert.rejects(fetch(url), (error) => error.cause.code === 'ECONNREFUSED', signal);
  }
});

test('a seed repeats the ids and the faults, and the faults are seen by the client', async (t) => {
  const args = ['--port', '0', '--merchant', merchant, '--seed', '7', '--fault', 'system-error-before=0.5'];
  const days = [];
  for (let round = 0; round < 2; round += 1) {
    const { url, said } = await start(t, ...args, '--quiet');
    assert.equal(said('faults'), 'system-error-before 0.5', `round ${round}`);
    const client = new WechatPay({ ...shop, signType: 'MD5', baseUrls: [url], retries: 0 });
    const day = [];
    for (let number = 0; number < 12; number += 1) {
      const placed = client.unifiedOrder({ ...prepared({ out_trade_no: `n${number}` }), trade_type: 'JSAPI' });
      // At midnight the day in an id may differ; its random part comes from the seed.
      day.push(
        await placed.then(
          ({ prepay_id }) => prepay_id.slice(16),
          (error) => error.err_code,
        ),
      );
    }
    days.push(day);
  }
  assert.deepEqual(days[0], days[1]);
  assert.equal(new Set(days[0]).has('SYSTEMERROR'), true);
  assert.ok(new Set(days[0]).size > 2, String(days[0]));
});

test('its clock can be wrong', async (t) => {
  const { line, url } = await start(t, '--port', '0', '--merchant', merchant, '--clock-skew=-2h');
  const expected = new Date(Date.now() - 7_200_000).toTimeString().slice(0, 2);
  await clientOf(url).pay(prepared());
  const [, hour] = await line(/^(\d\d):\d\d:\d\d order /m);
  const later = new Date(Date.now() - 7_200_000).toTimeString().slice(0, 2);
  assert.ok([expected, later].includes(hour), `${hour}, not ${expected}`);
});

test('with TLS it writes what its clients need, and the folder is theirs or is removed', async (t) => {
  const place = mkdtempSync(join(tmpdir(), 'paysign-cli-'));
  t.after(() => rmSync(place, { recursive: true, force: true }));
  const { url, child, exit, said } = await start(
    t,
    '--port',
    '0',
    '--tls',
    '--certificates',
    place,
    '--merchant',
    merchant,
  );
  assert.match(url, /^https:/);
  const file = (name) => readFileSync(join(place, name));
  const agent = new Agent({
    ca: file('ca.pem'),
    cert: file(`${shop.mch_id}/apiclient_cert.pem`),
    key: file(`${shop.mch_id}/apiclient_key.pem`),
  });
  const [response] = await once(get(`${url}/pay/orderquery`, { agent }), 'response');
  assert.match(await text(response), /<return_code><!\[CDATA\[FAIL\]\]>/);
  assert.equal(statSync(join(place, `${shop.mch_id}/apiclient_key.pem`)).mode & 0o077, 0);
  assert.ok(said('certificates').startsWith(place));
  agent.destroy();
  child.kill('SIGTERM');
  await exit;
  assert.ok(existsSync(join(place, 'ca.pem')));
  const other = await start(t, '--port', '0', '--tls');
  const [temporary] = other.said('certificates').split('  ');
  assert.ok(existsSync(join(temporary, 'ca.pem')));
  other.child.kill('SIGTERM');
  await other.exit;
  assert.equal(existsSync(temporary), false);
});

test('a merchant with an APIv3 key alone is known by its certificate, and WeChat Pay’s public key is a file', async (t) => {
  const place = mkdtempSync(join(tmpdir(), 'paysign-cli-'));
  t.after(() => rmSync(place, { recursive: true, force: true }));
  const v3Key = `${shop.mch_id}:${'k'.repeat(32)}`;
  const args = ['--port', '0', '--tls', '--certificates', place, '--merchant', `${shop.appid}:${shop.mch_id}`];
  const { url, printed } = await start(t, ...args, '--api-v3-key', v3Key);
  assert.doesNotMatch(printed(), /k{32}/);
  const file = (name) => readFileSync(join(place, name), 'utf8');
  assert.match(file('pub_key.pem'), /^-----BEGIN PUBLIC KEY-----\n/);
  assert.match(file('pub_key_id.txt'), /^PUB_KEY_ID_01\d{26}\n$/);
  const sender = {
    mchid: shop.mch_id,
    privateKey: file(`${shop.mch_id}/apiclient_key.pem`),
    certificate: file(`${shop.mch_id}/apiclient_cert.pem`),
    nowMs: () => Date.now(),
  };
  const headers = {
    authorization: authorization(sender, 'GET', '/v3/certificates', ''),
    accept: 'application/json',
    'user-agent': 'shop',
  };
  const [response] = await once(get(`${url}/v3/certificates`, { headers, ca: file('ca.pem') }), 'response');
  assert.equal(JSON.parse(await text(response)).code, 'RESOURCE_NOT_EXISTS');
});

test('key files are written for each phase, with or without TLS, and private ones are the owner’s alone', async (t) => {
  const phases = {
    'public-key': ['ca.pem', 'pub_key.pem', 'pub_key_id.txt'],
    certificate: ['ca.pem', 'wechatpay.pem'],
    obtained: ['ca.pem', 'pub_key.pem', 'pub_key_id.txt', 'wechatpay.pem'],
    switching: ['ca.pem', 'pub_key.pem', 'pub_key_id.txt', 'wechatpay.pem'],
  };
  for (const [phase, names] of Object.entries(phases)) {
    const place = mkdtempSync(join(tmpdir(), 'paysign-cli-'));
    t.after(() => rmSync(place, { recursive: true, force: true }));
    const folder = join(place, 'keys');
    mkdirSync(join(folder, '1900000109'), { recursive: true });
    const private_ = join(folder, '1900000109/apiclient_key.pem');
    writeFileSync(private_, 'an older file', { mode: 0o644 });
    const { url, said, child, exit } = await start(t, '--port', '0', '--keys', folder, '--key-phase', phase);
    assert.match(url, /^http:/);
    assert.ok(said('keys').startsWith(folder));
    assert.equal(said('key phase').replace(' ', '-'), phase);
    assert.equal(said('its APIv3 key').length, 32);
    const written = readdirSync(folder).filter((name) => name !== '1900000109');
    assert.deepEqual(
      written.map((name) => name.replace(/^wechatpay_[0-9A-F]{40}\.pem$/, 'wechatpay.pem')).toSorted(),
      names,
    );
    assert.equal(statSync(private_).mode & 0o777, 0o600);
    const file = (name) => readFileSync(join(folder, name), 'utf8');
    const sender = {
      mchid: '1900000109',
      privateKey: readFileSync(private_, 'utf8'),
      certificate: file('1900000109/apiclient_cert.pem'),
      nowMs: () => Date.now(),
    };
    const headers = {
      authorization: authorization(sender, 'GET', '/v3/certificates', ''),
      accept: '*/*',
      'user-agent': 'shop',
    };
    const response = await fetch(`${url}/v3/certificates`, { headers });
    assert.equal(response.status, phase === 'public-key' ? 404 : 200);
    const serial = response.headers.get('wechatpay-serial');
    if (phase !== 'public-key') {
      assert.equal(new X509Certificate(file(`wechatpay_${serial}.pem`)).serialNumber, serial);
      assert.deepEqual(
        (await response.json()).data.map(({ serial_no }) => serial_no),
        [serial],
      );
    }
    child.kill('SIGTERM');
    assert.deepEqual(await exit, [0, null]);
    assert.ok(existsSync(private_));
  }
});

test('the main port goes down and comes back, while the backup port answers', async (t) => {
  const args = ['--port', '0', '--backup-port', '0', '--outage', '700ms/300ms', '--merchant', merchant];
  const { line, said, url } = await start(t, ...args);
  const backup = said('url').split(', backup ')[1];
  await clientOf(url).pay(prepared());
  await line(/is down for 0\.3 s/);
  const { out_trade_no } = prepared();
  assert.equal((await clientOf(backup).orderQuery({ out_trade_no })).trade_state, 'NOTPAY');
  await line(/is back/);
  assert.equal((await clientOf(url).orderQuery({ out_trade_no })).trade_state, 'NOTPAY');
});

test('a foreign page and a foreign notify host are refused and named, and let in by a flag', {
  timeout: 20_000,
}, async (t) => {
  const origin = 'http://localhost:3000';
  const notify_url = 'https://shop.invalid:8443/n';
  const at = ['--port', '0', '--merchant', merchant];
  const flags = ['--allow-origin', origin, '--allow-notify-host', 'shop.invalid:8443'];
  for (const [args, status, result] of [
    [at, 403, 'not sent: shop.invalid is not this machine;.*--allow-notify-host shop.invalid'],
    [[...at, ...flags], 200, '(ENOTFOUND|EAI_AGAIN|E\\w+|fetch failed|UND_\\w+)'],
  ]) {
    const { line, url } = await start(t, ...args);
    await clientOf(url).pay(prepared({ notify_url }));
    const headers = { origin, 'content-type': 'application/json' };
    const body = JSON.stringify({ out_trade_no: prepared().out_trade_no });
    assert.equal((await fetch(`${url}/gateway/pay`, { method: 'POST', headers, body })).status, status, `${args}`);
    if (status === 403) {
      await line(
        / refused +path=\/gateway\/pay reason="a page of http:\/\/localhost:3000 sent this;.*--allow-origin http/,
      );
      delete headers.origin;
      await fetch(`${url}/gateway/pay`, { method: 'POST', headers, body });
    }
    await line(new RegExp(` notice .* accepted=false result="?${result}`));
  }
});

test('a stranger’s input is printed as text, without control characters, extra lines or reversed text', {
  timeout: 20_000,
}, async (t) => {
  const { line, url, printed } = await start(t, '--port', '0', '--merchant', merchant);
  const strange = '\u009b31m\u0085\u202e\u2066\u200b\u2028\u{e0041}';
  const notify_url = `http://127.0.0.1:9/${strange.replace('\u2028', '')}`;
  const members = { appid: shop.appid, mch_id: shop.mch_id, nonce_str: 'n', ...order({ notify_url }) };
  const body = xmlByHand({ ...members, sign: signByHand(members, shop.key) });
  await fetch(`${url}/pay/unifiedorder`, { method: 'POST', body });
  const json = { method: 'POST', headers: { 'content-type': 'application/json' } };
  const ask = async (path, body) => (await fetch(url + path, { ...json, body: JSON.stringify(body) })).text();
  await ask('/gateway/login', { appid: shop.appid, openid: strange });
  const answers = [
    await ask('/gateway/pay', { out_trade_no: strange }),
    await (await fetch(`${url}/gateway/state`)).text(),
  ];
  await ask('/gateway/pay', { out_trade_no: prepared().out_trade_no });
  await line(/ login .* openid="\\u009b31m\\u0085\\u202e\\u2066\\u200b\\u2028\\udb40\\udc41"/);
  await line(/ notice .* notify_url="http:.*\\u009b31m\\u0085\\u202e\\u2066/);
  for (const text of [printed(), ...answers]) {
    assert.doesNotMatch(text.replaceAll('\n', ''), /[\p{Cc}\p{Cf}\u2028\u2029]/u, text.slice(0, 200));
  }
});

test('help is printed for the command and for the gateway, and names every option and every fault', async () => {
  for (const args of [[], ['--help'], ['help']]) {
    const { code, stdout } = await run(...args);
    assert.deepEqual([code, /gateway +a local WeChat Pay/.test(stdout)], [0, true], String(args));
  }
  const { stdout } = await run('gateway', '--help');
  const names = ['port', 'tls', 'merchant', 'seed', 'clock-skew', 'fault', 'outage', 'backup-port', 'quiet'];
  for (const name of [...names, 'allow-origin', 'allow-notify-host', 'api-v3-key', 'key-phase', 'keys']) {
    assert.match(stdout, new RegExp(`^  --${name} `, 'm'), name);
  }
  assert.match(stdout, /reset-after, .*system-error-before/s);
  assert.match(stdout, /notice-forged/);
  assert.equal((await run('--version')).stdout, `${version}\n`);
});

test('a wrong option is named in one line, with the flag, and ends with 2', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address();
  try {
    for (const [args, words] of [
      [['doctors'], /unknown command doctors; use one of: sign, .*, gateway/],
      [['constructor'], /unknown command constructor/],
      [['gateway', '--prot', '1'], /Unknown option '--prot'/],
      [['gateway', 'now'], /Unexpected argument 'now'/],
      [['gateway', '--port', '65536'], /--port must be a port, 0 to 65535, not 65536/],
      [['gateway', '--port', String(port)], new RegExp(`port ${port} is in use`)],
      [['gateway', '--port', '0', '--backup-port', String(port)], /choose another one with --backup-port/],
      [['gateway', '--merchant', 'wx1:1'], /--merchant must be appid:mch_id:key or appid:mch_id:key:secret/],
      [['gateway', '--api-v3-key', `${shop.mch_id}:short`], /--api-v3-key must be mch_id:key/],
      [
        ['gateway', '--api-v3-key', `${shop.mch_id}:${'k'.repeat(32)}`],
        /--api-v3-key names \d+, which needs --merchant/,
      ],
      [['gateway', '--merchant', merchant, '--merchant', `wx2:${shop.mch_id}:another`], /two keys for one mch_id/],
      [['gateway', '--fault', 'reset=0.1'], /--fault has no reset; use one of delay, reset-before/],
      [['gateway', '--fault', 'cut'], /cut needs a share from 0 to 1, such as cut=0\.05/],
      [['gateway', '--fault', 'cut=2'], /cut needs a share/],
      [['gateway', '--fault', 'cut=0.6', '--fault', 'html=0.6'], /add up to 1 at most/],
      [['gateway', '--delay', '9-1'], /--delay must be two numbers of milliseconds/],
      [['gateway', '--clock-skew', 'soon'], /--clock-skew must be a time such as 90s/],
      [['gateway', '--outage', '10s/60s'], /--outage must be <every>\/<for>/],
      [['gateway', '--certificates', '.'], /--certificates needs --tls/],
      [['gateway', '--keys', '.', '--certificates', '.', '--tls'], /--keys writes what --certificates writes/],
      [['gateway', '--key-phase', 'grey'], /--key-phase must be one of public-key, certificate, obtained, switching/],
      [
        ['gateway', '--merchant', merchant, '--key-phase', 'obtained'],
        /--key-phase needs a merchant with --api-v3-key/,
      ],
      [['gateway', '--allow-origin', '*'], /: --allow-origin has '\*'; name each origin in full, as in http:/],
      [['gateway', '--allow-notify-host', 'http://a'], /: --allow-notify-host has 'http:\/\/a'; name each host alone/],
      [['\u202e\u009b31m'], /unknown command \\u202e\\u009b31m;/],
    ]) {
      const { code, stdout, stderr } = await run(...args);
      assert.deepEqual([code, stdout], [2, ''], `${args}: ${stderr}`);
      assert.match(stderr, words, `${args}`);
      assert.match(stderr, /^paysign: .*\nTry: paysign .*--help\n$/, 'one line and what to try');
      assert.doesNotMatch(stderr, new RegExp(shop.key), `${args}`);
    }
  } finally {
    taken.close();
  }
});

test('a merchant of APIv3 alone gets the line of its client, and key files of an earlier start are removed', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'paysign-keys-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const stale = ['pub_key_id.txt', `wechatpay_${'A'.repeat(40)}.pem`];
  for (const name of [...stale, 'wechatpay_mine.pem']) writeFileSync(join(folder, name), 'old');
  const args = ['--merchant', 'wx1:19', '--api-v3-key', `19:${'k'.repeat(32)}`, '--key-phase', 'certificate'];
  const { said } = await start(t, '--port', '0', ...args, '--keys', folder);
  assert.match(said('your client'), /^new WechatPay\(\{ appid, mchid, privateKey, .*apiV3Key.*paysign\/v3/);
  const names = readdirSync(folder);
  assert.deepEqual(
    stale.filter((name) => names.includes(name)),
    [],
  );
  assert.ok(names.includes('wechatpay_mine.pem'));
});

test('when nobody reads its output any more, it ends quietly', { timeout: 20_000 }, async (t) => {
  const { child, exit, url, printed } = await start(t, '--port', '0', '--merchant', merchant);
  child.stdout.destroy();
  await clientOf(url)
    .pay(prepared())
    .catch(() => undefined);
  assert.deepEqual(await exit, [0, null]);
  assert.doesNotMatch(printed(), /EPIPE/);
});
