// The process of the gateway that all cells share. Its phone pays, and returns the notice of the payment.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { createGateway } from 'paysign/testing';

const MERCHANT = {
  appid: 'wx8888888888888888',
  mch_id: '1900009191',
  key: 'parcel-v2-key-0123456789-abcdefg',
  apiV3Key: 'parcel-v3-key-0123456789-abcdefg',
};
const { appid, mch_id } = MERCHANT;
const ACCEPT = '<xml><return_code><![CDATA[SUCCESS]]></return_code><return_msg><![CDATA[OK]]></return_msg></xml>';

/** The notices by their addresses: none is sent over a socket. @type {Map<string, { headers: object, body: string }>} */
const notices = new Map();
async function fetch(url, { headers, body }) {
  notices.set(`${url}`, { headers: Object.fromEntries(new Headers(headers)), body: await new Response(body).text() });
  return new Response(ACCEPT);
}

const gateway = createGateway({ merchants: [MERCHANT], fetch });

/** The payer pays, and the notice of it arrives. */
async function pay({ payment, notify_url }) {
  const { errMsg } = await gateway.pay({ appId: appid, ...payment });
  const deadline = Date.now() + 10_000;
  while (!notices.has(notify_url)) {
    if (Date.now() > deadline) throw new Error(`no notice came to ${notify_url}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return { errMsg, notice: notices.get(notify_url) };
}

const phone = createServer(async (request, response) => {
  try {
    response.end(JSON.stringify(await pay(await json(request))));
  } catch (error) {
    response.writeHead(500).end(error.stack);
  }
});

/** Returns the PKCS#12 file of the old kind, which OpenSSL 3 opens in its legacy mode alone. */
function legacyFile({ cert, key }) {
  const folder = mkdtempSync(join(tmpdir(), 'paysign-p12-'));
  const at = (name) => join(folder, name);
  try {
    writeFileSync(at('cert.pem'), cert);
    writeFileSync(at('key.pem'), key);
    const made = ['-legacy', '-in', at('cert.pem'), '-inkey', at('key.pem'), '-out', at('file.p12')];
    execFileSync('openssl', ['pkcs12', '-export', ...made, '-passout', `pass:${mch_id}`]);
    return readFileSync(at('file.p12'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const { certificate, ...v2 } = await gateway.client(mch_id);
const v3 = await gateway.client(mch_id, { api: 'v3' });
const { url } = await gateway.listen();
await new Promise((resolve) => phone.listen(0, '127.0.0.1', resolve));
process.on('disconnect', () => process.exit());
process.send({
  phone: `http://127.0.0.1:${phone.address().port}/`,
  url,
  ...{ v2, v3, pfx: legacyFile(certificate).toString('base64') },
});
