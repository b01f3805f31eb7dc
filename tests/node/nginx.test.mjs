// HTTPS by the guide in js/examples/nginx: its own commands, its configuration, a real nginx and a real handler.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { connect } from 'node:tls';
import { nodeHandler } from 'paysign';
import { commands, openMachine } from './nginx-support.mjs';
import { ACCEPT, assertRefusedWords, countingShop, forgedNotice, paidNotice, until } from './notices-support.mjs';
import { stopAll } from './servers-support.mjs';

const [makeKey, rehearse, chain, load, check, mustFail, ocsp] = commands('README.md');
const shop = countingShop();
/** Every request that reached the application. */
const reached = [];
const application = createServer((request, response) => {
  reached.push(request.headers);
  return nodeHandler(shop.handler)(request, response);
});
let machine;
let ca;

before(async () => {
  application.listen(0, '127.0.0.1');
  await once(application, 'listening');
  machine = await openMachine(application.address().port);
  // The rehearsed authority offers OCSP, which the certificate request asks for.
  const offered = `-addext "authorityInfoAccess=OCSP;URI:http://127.0.0.1:${machine.responder}" -out shop.csr`;
  machine.run(makeKey.replace('-out shop.csr', offered), machine.folder);
  machine.run(rehearse);
  machine.run(chain);
  ca = readFileSync(join(machine.folder, 'wxpay/trial-root.pem'));
  machine.configure();
  await machine.start();
});
after(async () => {
  application.close();
  await stopAll();
});

/** Sends bytes over TLS; returns the reply up to the end of the connection. */
async function send(text, options = {}) {
  const socket = connect({ host: '127.0.0.1', port: machine.port, servername: 'localhost', ca, ...options });
  await once(socket, 'secureConnect');
  let answer = '';
  socket.on('data', (part) => {
    answer += part;
  });
  socket.on('error', () => {});
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.write(text);
  await closed;
  return answer;
}

/** A notice as WeChat posts it, with the changes of a test. */
function posted({
  method = 'POST',
  path = '/wxpay/notify',
  host = 'localhost',
  headers = '',
  body = paidNotice(),
} = {}) {
  const length = headers.includes('transfer-encoding') ? '' : `content-length: ${Buffer.byteLength(body)}\r\n`;
  const head = `host: ${host}\r\ncontent-type: text/xml\r\nconnection: close\r\n${length}${headers}`;
  return `${method} ${path} HTTP/1.1\r\n${head}\r\n${body}`;
}

test("the guide's configuration is accepted without a warning, and its key is readable by its owner only", () => {
  const said = machine.run('nginx -t');
  assert.match(said, /test is successful/);
  assert.doesNotMatch(said, /warn|emerg/);
  assert.equal(statSync(join(machine.folder, 'wxpay/shop.key')).mode & 0o077, 0);
});

for (const version of ['TLSv1.2', 'TLSv1.3']) {
  test(`a notice comes through over ${version}, and a forged one is refused`, async () => {
    const only = { minVersion: version, maxVersion: version };
    const accepted = await send(posted(), only);
    assert.ok(accepted.startsWith('HTTP/1.1 200 ') && accepted.endsWith(ACCEPT), accepted);
    const forged = await send(posted({ body: forgedNotice() }), only);
    assertRefusedWords(forged.split('\r\n\r\n')[1]);
    assert.doesNotMatch(forged, /server: nginx\/\d/i);
    assert.deepEqual(shop.calls.paid, ['a1']);
  });
}

test('a notice comes through over HTTP/2, and from a caller that names no host while it connects', async () => {
  const session = connectHttp2(`https://127.0.0.1:${machine.port}`, { ca, servername: 'localhost' });
  const stream = session.request({ ':method': 'POST', ':path': '/wxpay/notify', ':authority': 'localhost' });
  stream.setEncoding('utf8').end(paidNotice('h2'));
  let text = '';
  for await (const part of stream) text += part;
  session.close();
  assert.equal(text, ACCEPT);
  assert.match(
    await send(posted({ body: paidNotice('no-sni') }), { servername: '', checkServerIdentity() {} }),
    /SUCCESS/,
  );
  assert.deepEqual(shop.calls.paid.slice(-2), ['h2', 'no-sni']);
});

test('a request that is no notice is closed without a byte, and does not reach the application', async () => {
  const large = 'x'.repeat(64 * 1024 + 1);
  const before = reached.length;
  const rows = {
    'another path': { path: '/' },
    'a path below': { path: '/wxpay/notify/1' },
    'a path in other letters': { path: '/WXPAY/notify' },
    'a way around': { path: '/wxpay/notify/..%2f..%2fadmin' },
    GET: { method: 'GET', body: '' },
    HEAD: { method: 'HEAD', body: '' },
    PUT: { method: 'PUT' },
    'another host': { host: 'other.example' },
    'the address for a host': { host: '127.0.0.1' },
    'a body over the limit': { body: large },
    'a body over the limit, in chunks': {
      headers: 'transfer-encoding: chunked\r\n',
      body: `${large.length.toString(16)}\r\n${large}\r\n0\r\n\r\n`,
    },
  };
  for (const [what, changes] of Object.entries(rows)) assert.equal(await send(posted(changes)), '', what);
  assert.equal(reached.length, before);
  const padded = paidNotice().replace('</xml>', `${' '.repeat(60_000)}</xml>`);
  assert.match(await send(posted({ body: padded })), /SUCCESS/, 'a body under the limit');
  assert.equal(reached.length, before + 1);
});

test("the sender's address is set by nginx, and no other header of the sender comes through", async () => {
  const claimed = ['X-Real-IP', 'X-Forwarded-For', 'Forwarded', 'X_Real_IP', 'Cookie'].map(
    (name) => `${name}: 6.6.6.6\r\n`,
  );
  await send(posted({ body: forgedNotice(), headers: `User-Agent: Mozilla/4.0\r\n${claimed.join('')}` }));
  const { host, connection, ...headers } = reached.at(-1);
  const length = `${Buffer.byteLength(forgedNotice())}`;
  assert.deepEqual(headers, {
    ...{ 'content-length': length, 'content-type': 'text/xml' },
    ...{ 'user-agent': 'Mozilla/4.0', 'x-real-ip': '127.0.0.1' },
  });
  assert.equal(shop.calls.refused.at(-1).request.header('x-real-ip'), '127.0.0.1');
});

const lines = (block) => block.split('\n').filter((line) => !line.startsWith('#'));

test("the guide's checks pass, and what must fail fails", async () => {
  const [notice, handshake] = lines(check);
  const answer = await machine.ask(notice);
  assert.ok(answer.good, answer.text);
  assertRefusedWords(answer.text);
  const { good, text } = await machine.ask(handshake);
  assert.ok(good, text);
  assert.match(text, /Verify return code: 0 \(ok\)/);
  assert.match(text, /TLSv1\.3/);
  for (const line of lines(mustFail)) assert.equal((await machine.ask(line)).good, false, line);
  assert.match((await machine.ask(lines(mustFail)[1])).text, /alert protocol version/);
});

/** The guide's openssl command with a cipher suite, run by any openssl that supports it. */
const suite = (name) =>
  `openssl s_client -connect shop.example.com:443 -tls1_2 -cipher "${name}:@SECLEVEL=0" </dev/null`;

test('old TLS and ciphers without forward secrecy are refused by the configuration, not by the client that tries', async () => {
  const [, ...old] = [
    ...lines(mustFail),
    suite('AES128-SHA'),
    suite('AES256-GCM-SHA384'),
    suite('ECDHE-RSA-AES128-SHA'),
  ];
  for (const command of old) assert.equal((await machine.ask(command)).good, false, command);
  assert.ok((await machine.ask(suite('ECDHE-RSA-AES128-GCM-SHA256'))).good);
  machine.configure((text) =>
    text
      .replace(/^ssl_protocols .*$/m, 'ssl_protocols TLSv1 TLSv1.1 TLSv1.2;')
      .replace(/^ssl_ciphers .*$/m, 'ssl_ciphers ALL:@SECLEVEL=0;'),
  );
  try {
    machine.run(load);
    for (const command of old) await until(async () => (await machine.ask(command)).good);
  } finally {
    machine.configure();
    machine.run(load);
  }
  await until(async () => !(await machine.ask(old[0])).good);
});

test('a renewed certificate is loaded by the same commands, and no connection is lost', async () => {
  const serial = async () => {
    const socket = connect({ host: '127.0.0.1', port: machine.port, servername: 'localhost', ca });
    await once(socket, 'secureConnect');
    const { serialNumber } = socket.getPeerCertificate();
    socket.destroy();
    return serialNumber;
  };
  const old = await serial();
  // The body of this one comes after the reload.
  const [head, body] = posted({ body: paidNotice('reload') }).split('\r\n\r\n');
  const socket = connect({ host: '127.0.0.1', port: machine.port, servername: 'localhost', ca });
  await once(socket, 'secureConnect');
  socket.write(`${head}\r\n\r\n`);
  machine.run(rehearse.split('\n').at(-1));
  machine.run(chain);
  machine.run(load);
  await until(async () => (await serial()) !== old);
  socket.write(body);
  let answer = '';
  for await (const part of socket) answer += part;
  assert.match(answer, /SUCCESS/);
});

test('where the authority offers OCSP, the answer is stapled', async (t) => {
  const uri = machine.run(ocsp).trim();
  assert.equal(uri, `http://127.0.0.1:${machine.responder}`);
  const responder = await machine.openResponder();
  t.after(() => responder.close());
  machine.configure((text) => text.replaceAll(/^#(ssl_|resolver )/gm, '$1'));
  machine.run(load);
  // nginx queries the responder at its first connection, and staples from then on.
  const handshake = lines(check)[1].replace(' -verify', ' -status -verify');
  await until(async () => /OCSP Response Status: successful/.test((await machine.ask(handshake)).text));
});

test('both guides have the same commands', () => {
  const plain = (blocks) => blocks.map((block) => lines(block));
  assert.deepEqual(plain(commands('README.zh-CN.md')), plain(commands('README.md')));
});
