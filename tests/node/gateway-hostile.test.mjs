// Hostile bodies: the gateway answers each with WeChat's own refusal, quickly, and stays unchanged.

import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createGateway } from 'paysign/testing';
import { floods } from './floods-support.mjs';
import { callRaw, order, shop, signByHand, xmlByHand } from './gateway-support.mjs';

const PATHS = ['/pay/unifiedorder', '/pay/orderquery', '/pay/closeorder'];
const members = { appid: shop.appid, mch_id: shop.mch_id, nonce_str: 'n', ...order() };
const signed = { ...members, sign: signByHand(members, shop.key) };
const good = xmlByHand(signed);
/** The children of the good order, for bad bodies. */
const inner = good.slice('<xml>'.length, -'</xml>'.length);

async function assertRefusedAs(body, return_msg) {
  const gateway = createGateway({ merchants: [shop] });
  for (const path of PATHS) {
    const { status, fields } = await callRaw(gateway, path, body);
    assert.equal(status, 200, `${path} ${body?.slice(0, 200)}`);
    assert.deepEqual(Object.keys(fields), ['return_code', 'return_msg'], `${path} ${body?.slice(0, 200)}`);
    assert.equal(fields.return_code, 'FAIL', `${path} ${body?.slice(0, 200)}`);
    assert.match(fields.return_msg, return_msg, `${path} ${body?.slice(0, 200)}`);
  }
  assert.deepEqual(gateway.orders(), []);
  assert.equal({}.polluted, undefined);
}

test('the good order that the bad ones are made of is taken', async () => {
  const { fields } = await callRaw(createGateway({ merchants: [shop] }), PATHS[0], good);
  assert.equal(fields.result_code, 'SUCCESS');
});

test('the forms that XML allows are read as the same order', async () => {
  const same = {
    'with a declaration': `<?xml version="1.0" encoding="utf-8"?>\n${good}`,
    'with a byte order mark': `\u{FEFF}${good}`,
    'with white space around elements': `\r\n${good.replaceAll('><', '>\r\n\t <')}\n`,
    'with space inside tags': good.replace('<total_fee>', '<total_fee\n >').replace('</xml>', '</xml >'),
    'with CDATA': good.replace('>88<', '><![CDATA[88]]><'),
    'with CDATA in pieces': good.replace('>88<', '><![CDATA[8]]>8<![CDATA[]]><'),
    'with numeric references': good.replace('>88<', '>&#56;&#x38;<'),
    'with empty elements': good.replace('</xml>', '<device_info/><attach></attach><detail><![CDATA[]]></detail></xml>'),
  };
  for (const [name, body] of Object.entries(same)) {
    const gateway = createGateway({ merchants: [shop] });
    const { fields } = await callRaw(gateway, PATHS[0], body);
    assert.equal(fields.result_code, 'SUCCESS', `${name}: ${fields.return_msg}`);
    assert.equal(gateway.orders()[0].total_fee, 88, name);
  }
});

test('values keep their spaces, leading zeros, entities and markup inside CDATA', async () => {
  const values = {
    body: '  padded\t',
    attach: '<!DOCTYPE x><!-- & --> ]]> &amp; &#65; <?php ?> true 007 1e3',
    detail: '{"goods_detail":[]}',
    device_info: '00012',
    goods_tag: '\n\'"',
  };
  const fields = { ...members, ...values };
  const sign = signByHand(fields, shop.key);
  const inCdata = (text) => `<![CDATA[${text.replaceAll(']]>', ']]]]><![CDATA[>')}]]>`;
  const cdata = Object.entries({ ...fields, sign }).map(([name, value]) => `<${name}>${inCdata(value)}</${name}>`);
  for (const body of [xmlByHand({ ...fields, sign }), `<xml>${cdata.join('')}</xml>`]) {
    const gateway = createGateway({ merchants: [shop] });
    assert.equal((await callRaw(gateway, PATHS[0], body)).fields.result_code, 'SUCCESS', body);
    const [record] = gateway.orders();
    assert.equal(record.body, values.body, body);
    assert.equal(record.attach, values.attach, body);
    assert.equal(record.device_info, values.device_info, body);
  }
});

test('an empty body and a malformed one have different refusals', async () => {
  await assertRefusedAs('', /^post数据为空$/);
  await assertRefusedAs(undefined, /^post数据为空$/);
});

test('bytes that are not strict UTF-8 are refused as such', async () => {
  const withBytes = (...bytes) =>
    Buffer.concat([Buffer.from('<xml><body>'), Buffer.from(bytes), Buffer.from(`</body>${inner}</xml>`)]);
  const shapes = [[0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe4, 0xb8], [0xd6, 0xd0]];
  for (const bytes of shapes) await assertRefusedAs(withBytes(...bytes), /^编码格式错误/);
  await assertRefusedAs(Buffer.from(`\u{FEFF}${good}`, 'utf16le'), /^编码格式错误/);
  const replacement = { ...members, body: '\u{FFFD}' };
  const lenient = xmlByHand({ ...replacement, sign: signByHand(replacement, shop.key) });
  const bytes = Buffer.from(lenient.replace('\u{FFFD}', '\u{1}'), 'utf8').map((byte) => (byte === 1 ? 0xff : byte));
  await assertRefusedAs(bytes, /^编码格式错误/);
});

test('a body over 64 KiB is refused, one of exactly 64 KiB is read', async () => {
  const limit = 64 * 1024;
  const padded = good.replace('</xml>', `${' '.repeat(limit - Buffer.byteLength(good))}</xml>`);
  const { fields } = await callRaw(createGateway({ merchants: [shop] }), PATHS[0], padded);
  assert.equal(fields.result_code, 'SUCCESS');
  await assertRefusedAs(padded.replace('</xml>', ' </xml>'), /^XML格式错误：超过 65536 字节$/);
  await assertRefusedAs('x'.repeat(5_000_000), /^XML格式错误/);
});

test('an endless body is refused without waiting for its end', async () => {
  let cancelled = false;
  const endless = new ReadableStream({
    pull: (controller) => controller.enqueue(new Uint8Array(1024)),
    cancel: () => {
      cancelled = true;
    },
  });
  const request = new Request(`http://gateway${PATHS[0]}`, { method: 'POST', body: endless, duplex: 'half' });
  const response = await createGateway({ merchants: [shop] }).fetch(request);
  assert.match(await response.text(), /XML格式错误/);
  assert.equal(cancelled, true);
});

test('a body in pieces of one byte costs memory by its bytes', async (t) => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc');
  const used = () => {
    collect();
    collect();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  const gateway = createGateway({ merchants: [shop] });
  t.after(() => gateway.close());
  const { url, port } = await gateway.listen();
  const head = `POST ${PATHS[0]} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nTransfer-Encoding: chunked\r\n\r\n`;
  const ask = () => fetch(url + PATHS[0], { method: 'POST', body: '<xml/>' }).then((answer) => answer.text());
  await ask();
  const before = used();
  const sockets = Array.from({ length: 3 }, () => connect(port, '127.0.0.1'));
  for (const socket of sockets) {
    await new Promise((resolve) => socket.write(head + '1\r\nx\r\n'.repeat(65_000), resolve));
  }
  // By then all earlier bytes are read.
  for (let round = 0; round < 30; round += 1) await ask();
  const each = (used() - before) / sockets.length;
  assert.ok(each < 2 ** 20, `${Math.round(each / 1024)} KiB for a body of 64 KiB`);
  const [first] = sockets;
  const answered = new Promise((resolve) => first.once('data', (data) => resolve(data.toString())));
  first.write('0\r\n\r\n');
  assert.match(await answered, /XML格式错误/);
  for (const socket of sockets) socket.destroy();
});

test('a body that is no bytes is a TypeError that says so', async () => {
  for (const piece of ['text', new ArrayBuffer(1), { byteLength: 0 }]) {
    const body = new ReadableStream({
      pull(controller) {
        controller.enqueue(piece);
        controller.close();
      },
    });
    const request = new Request(`http://gateway${PATHS[0]}`, { method: 'POST', body, duplex: 'half' });
    const answered = createGateway({ merchants: [shop] }).fetch(request);
    await assert.rejects(answered, { name: 'TypeError', message: /a body must be bytes/ }, typeof piece);
  }
});

const notFlatXml = {
  'plain text': 'hello',
  'white space': ' \n ',
  JSON: JSON.stringify(signed),
  'a form': new URLSearchParams(signed).toString(),
  HTML: '<html><head><title>502</title></head><body>Bad Gateway</body></html>',
  'a root that another name closes': good.replace('</xml>', '</root>'),
  'a root that another case closes': good.replace('</xml>', '</XML>'),
  'no root': inner,
  'two roots': good + good,
  'a second empty root': `${good}<xml/>`,
  'text before the root': `x${good}`,
  'text after the root': `${good}x`,
  'CDATA before the root': `<![CDATA[x]]>${good}`,
  'CDATA after the root': `${good}<![CDATA[x]]>`,
  'text among the elements': `<xml>text${inner}</xml>`,
  'a no-break space among the elements': `<xml>\u{A0}${inner}</xml>`,
  'CDATA among the elements': `<xml><![CDATA[ ]]>${inner}</xml>`,
  'a DOCTYPE': `<!DOCTYPE xml>${good}`,
  'a DOCTYPE with an entity': `<!DOCTYPE xml [<!ENTITY e SYSTEM "file:///etc/passwd">]>${good.replace('>88<', '>&e;<')}`,
  'a DOCTYPE before another root': `<!DOCTYPE root><root>${inner}</root>`,
  'a DOCTYPE in lower case': `<!doctype xml>${good}`,
  'a DOCTYPE after a declaration': `<?xml version="1.0"?><!DOCTYPE xml>${good}`,
  'a DOCTYPE inside the root': `<xml><!DOCTYPE xml>${inner}</xml>`,
  'a DOCTYPE after the root': `${good}<!DOCTYPE xml>`,
  'an entity declaration': `<!ENTITY e "x">${good}`,
  'a comment': `<xml><!-- c -->${inner}</xml>`,
  'a comment that splits a value': good.replace('>88<', '>8<!-- -->8<'),
  'a processing instruction': `<xml><?php echo 1 ?>${inner}</xml>`,
  'a declaration in the middle': `<xml><?xml version="1.0"?>${inner}</xml>`,
  'two declarations': `<?xml version="1.0"?><?xml version="1.0"?>${good}`,
  'a declaration of another encoding': `<?xml version="1.0" encoding="GBK"?>${good}`,
  'a declaration after white space': ` <?xml version="1.0"?>${good}`,
  'an attribute': good.replace('<total_fee>', '<total_fee a="1">'),
  'an attribute of the root': good.replace('<xml>', '<xml xmlns="x">'),
  'an attribute without value': good.replace('<total_fee>', '<total_fee a>'),
  'an attribute in an end tag': good.replace('</total_fee>', '</total_fee a="1">'),
  'a nested element': good.replace('>88<', '><b>88</b><'),
  'mixed content': good.replace('>88<', '>88<b/><'),
  'a duplicate, same value': `<xml><total_fee>88</total_fee>${inner}</xml>`,
  'a duplicate, first wins': `<xml>${inner}<total_fee>1</total_fee></xml>`,
  'a duplicate, last wins': `<xml><total_fee>1</total_fee>${inner}</xml>`,
  'an element that is not closed': good.replace('</total_fee>', ''),
  'elements that overlap': '<xml><a><b></a></b></xml>',
  'a body that is cut off': good.slice(0, -3),
  'CDATA that is not closed': good.replace('>88<', '><![CDATA[88]]<'),
  'the end mark of CDATA in text': good.replace('>88<', '>88]]><'),
  'a bare ampersand': good.replace('>88<', '>8&8<'),
  'an ampersand at the end': good.replace('>88<', '>88&<'),
  'an unknown entity': good.replace('>88<', '>&nbsp;88<'),
  'an entity without its semicolon': good.replace('>88<', '>&lt 88<'),
  'a reference to NUL': good.replace('>88<', '>88&#0;<'),
  'a reference to a surrogate': good.replace('>88<', '>88&#xD800;<'),
  'a reference beyond Unicode': good.replace('>88<', '>88&#x110000;<'),
  'a reference that wraps': good.replace('>88<', '>8&#4294967352;<'),
  'a reference with a capital X': good.replace('>88<', '>8&#X38;<'),
  'a NUL character': good.replace('>88<', '>88\0<'),
  'a control character in CDATA': good.replace('>88<', '><![CDATA[88\u{8}]]><'),
  'a name that begins with a digit': `<xml><1>x</1>${inner}</xml>`,
  'a name of the parser’s own': `<xml><#text>x</#text>${inner}</xml>`,
  'an element called __proto__': `<xml><__proto__>polluted</__proto__>${inner}</xml>`,
  '__proto__ with children': `<xml><__proto__><polluted>1</polluted></__proto__>${inner}</xml>`,
  'an element called constructor': `<xml><constructor>x</constructor>${inner}</xml>`,
  'an element called prototype': `<xml><prototype>x</prototype>${inner}</xml>`,
};

for (const [name, body] of Object.entries(notFlatXml)) {
  test(`a body with ${name} is XML格式错误`, () => assertRefusedAs(body, /^XML格式错误$/));
}

test('an unsigned element called like a member of every object is a wrong signature, a signed one is a parameter', async () => {
  for (const name of ['toString', 'hasOwnProperty', 'valueOf', 'then', 'toJSON', 'length', '__defineGetter__']) {
    await assertRefusedAs(`<xml><${name}>x</${name}>${inner}</xml>`, /^签名错误$/);
    const fields = { ...members, [name]: 'x' };
    const body = xmlByHand({ ...fields, sign: signByHand(fields, shop.key) });
    const answer = await callRaw(createGateway({ merchants: [shop] }), PATHS[0], body);
    assert.equal(answer.fields.result_code, 'SUCCESS', name);
  }
});

test('bodies made to be slow are refused as any other', { timeout: 120_000 }, async () => {
  let refused = 0;
  for (const [what, body] of floods()) {
    const { status, fields } = await callRaw(createGateway({ merchants: [shop] }), PATHS[0], body);
    assert.deepEqual([status, fields.return_code], [200, 'FAIL'], what);
    refused += 1;
  }
  assert.ok(refused >= 100, `only ${refused} bodies`);
});

test('thousands of mutated orders never reject, never answer but 200 and never place an order that was not signed', async () => {
  const gateway = createGateway({ merchants: [shop] });
  const bytes = Buffer.from(good);
  let state = 20240805;
  const random = (below) => {
    // A small generator of fixed numbers, so that a failure can be repeated.
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return Math.floor((state / 0x80000000) * below);
  };
  // The empty piece leaves some orders unchanged, and those must be accepted.
  const pieces = [
    '',
    '<',
    '>',
    '&',
    ']]>',
    '<![CDATA[',
    '<!DOCTYPE',
    '\0',
    '</xml>',
    '<xml>',
    '"',
    '\u{FEFF}',
    '&#x38;',
  ];
  const placed = [];
  for (let round = 0; round < 3000; round += 1) {
    const at = random(bytes.length);
    const piece = random(2) === 0 ? Buffer.from([random(256)]) : Buffer.from(pieces[random(pieces.length)]);
    const mutated = Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at + random(4))]);
    const { status, fields } = await callRaw(gateway, PATHS[random(3)], mutated);
    assert.equal(status, 200, mutated.toString());
    assert.ok(['SUCCESS', 'FAIL'].includes(fields.return_code), mutated.toString());
    if (fields.prepay_id) placed.push(fields.prepay_id);
  }
  assert.ok(placed.length > 0, 'no mutant was an order any more');
  for (const record of gateway.orders()) {
    assert.equal(record.total_fee, 88, record.out_trade_no);
    assert.equal(record.openid, order().openid, record.out_trade_no);
    assert.equal(record.out_trade_no, order().out_trade_no, record.out_trade_no);
  }
});
