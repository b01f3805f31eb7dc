// What every host of WebCrypto must do with the bills and the platform certificates of APIv3, against the gateway.
import assert from 'node:assert/strict';
import { createCipheriv, createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { openWorld, overnight, WAYS } from './v3-gateway-support.mjs';

const FILE = '/v3/billdownload/file';
const DOWNLOADED = WAYS.filter(({ keys, keyPhase }) => keys === 'download' && keyPhase !== 'obtained');

/** The key phases in which a client downloads certificates: before and during the switch. */
export const PHASES = DOWNLOADED.map(({ name }) => name);

/** The calls to the gateway's list of certificates. */
export const downloads = ({ gateway }) =>
  gateway.calls().filter(({ path }) => path.startsWith('/v3/certificates')).length;

/** A gateway in a key phase of `PHASES`. The line to it can change the file of a bill. */
export async function openLine(phase) {
  const world = await openWorld(
    DOWNLOADED.find(({ name }) => name === phase),
    { only: ['direct', 'one sub-merchant'] },
  );
  const line = {
    world,
    change: undefined,
    async fetch(request) {
      const { change } = line;
      const answer = await world.gateway.fetch(request);
      if (change === undefined || !request.url.includes(FILE)) return answer;
      return new Response(change(Buffer.from(await answer.arrayBuffer())), answer);
    },
    /** The options of a client that downloads certificates. The host adds what is its own. */
    async optionsOf({ mch_id, choice }) {
      const how = { api: 'v3', keys: 'download', ...choice };
      const { ca: _, baseUrls: _urls, loginUrl: _login, ...options } = await world.gateway.client(mch_id, how);
      assert.equal(options.downloadCertificates, true);
      return options;
    },
  };
  return line;
}

/**
 * Checks the bills of each kind on a host. `ask(options, nowMs, method, params)` makes a client there and calls it. It returns what the
 * client returns, a bill as `{ rows, summary, differences }`, and an error as `{ error }`.
 */
export async function checkBills(line, ask) {
  const { world } = line;
  const { gateway, clock, sides } = world;
  const [direct, provider] = sides;
  await direct.paid();
  await direct.paid();
  const { transaction_id } = await provider.paid();
  const ofDirect = gateway.orders().filter(({ mch_id }) => mch_id === direct.mch_id);
  const numbers = ofDirect.map((order) => order.transaction_id).sort();
  const bill_date = await overnight(world);
  const [own, others] = [await line.optionsOf(direct), await line.optionsOf(provider)];
  const trade = (more) => ask(own, clock.now(), 'tradeBill', { bill_date, bill_type: 'SUCCESS', ...more });
  const wanted = { bill_date, account_type: 'BASIC' };
  const sub = (more) => ask(others, clock.now(), 'subMerchantFundFlowBill', { ...wanted, ...more });
  for (const tar_type of [undefined, 'GZIP']) {
    const { rows, summary, differences } = await trade({ tar_type });
    assert.deepEqual(rows.map((row) => row.微信订单号).sort(), numbers);
    assert.deepEqual([summary.总交易单数, differences], [String(numbers.length), []]);
    const encrypted = await sub({ tar_type });
    assert.equal(encrypted.error, undefined, JSON.stringify(encrypted.error));
    assert.deepEqual([encrypted.rows.length > 0, encrypted.differences], [true, []]);
    assert.ok(JSON.stringify(encrypted.rows).includes(transaction_id));
    // The whole bill came, and its hash is another one.
    gateway.failNext({ path: '/v3/bill/tradebill', kind: 'members', members: { hash_value: '0'.repeat(40) } });
    const { error } = await trade({ tar_type });
    assert.equal(error?.code, 'ERR_BILL');
    assert.match(error.message, /hash/);
  }
  const flipped = (at) => (bytes) => {
    bytes[at < 0 ? bytes.length + at : at] ^= 1;
    return bytes;
  };
  // WebCrypto checks no tag here: the hash alone finds a change of the text.
  for (const [name, change] of Object.entries({
    'the first byte': flipped(0),
    'the last byte of the text': flipped(-17),
    'cut off': (bytes) => bytes.subarray(0, -1),
    longer: (bytes) => Buffer.concat([bytes, Buffer.alloc(1)]),
    'half a tag': (bytes) => bytes.subarray(-8),
  })) {
    line.change = change;
    const { error } = await sub();
    assert.ok(['ERR_BILL', 'ERR_DECRYPT'].includes(error?.code), `${name}: ${error?.message}`);
  }
  line.change = undefined;
}

/** Checks that a host downloads certificates, and that they verify answers and notices. `ask` is that of `checkBills`. */
export async function checkDownloads(line, ask) {
  const { world } = line;
  const { clock, sides, requests } = world;
  const [direct] = sides;
  const options = await line.optionsOf(direct);
  const serials = new Set();
  const isSwitching = options.wechatpayKeys !== undefined;
  const paid = [];
  for (let orders = 0; serials.size < (isSwitching ? 2 : 1) && orders < 40; orders += 1) {
    paid.push(await direct.paid());
    await world.gateway.idle();
    for (const { headers } of requests) serials.add(headers.get('Wechatpay-Serial'));
  }
  assert.equal(serials.size, isSwitching ? 2 : 1);
  const before = downloads(world);
  const [{ out_trade_no }] = paid;
  assert.equal((await ask(options, clock.now(), 'orderQuery', { out_trade_no })).trade_state, 'SUCCESS');
  assert.equal(downloads(world), before + 1);
  const opened = [];
  for (const { headers, body } of requests) {
    const notice = await ask(options, clock.now(), 'openNotify', { headers: Object.fromEntries(headers), body });
    opened.push(notice.out_trade_no ?? notice.error?.message);
  }
  assert.deepEqual(opened.sort(), paid.map((one) => one.out_trade_no).sort());
  const list = await ask(options, clock.now(), 'certificates');
  assert.deepEqual(
    list.map(({ serial_no }) => serials.has(serial_no)),
    [true],
  );
}

/** The decipher of the package as a script of its own, which exports `counterDecipher`. */
export async function decipherScript() {
  const entry = fileURLToPath(new URL('../../js/src/web/decipher.ts', import.meta.url));
  const { outputFiles } = await build({ entryPoints: [entry], bundle: true, write: false, format: 'esm' });
  return outputFiles[0].text;
}

const SIZES = [1, 2, 15, 16, 17, 31, 100, 255, 512, 999, 1000];

/** Files that node:crypto has encrypted with AES-256-GCM, in base64, and the sizes of the pieces in which each is decrypted. */
export function encryptedFiles(nonceText = 'nonce of 12b') {
  const key = createHash('sha256').update('the key of a bill').digest();
  const nonce = Buffer.from(nonceText);
  return [0, 1, 15, 16, 17, 32, 47, 1000, 2011].flatMap((length) => {
    const plain = Buffer.concat(
      Array.from({ length: Math.ceil(length / 32) }, (_, at) => createHash('sha256').update(`${at}`).digest()),
    ).subarray(0, length);
    const cipher = createCipheriv('aes-256-gcm', key, nonce);
    const bytes = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
    const text = (value) => value.toString('base64');
    const file = { key: text(key), nonce: text(nonce), bytes: text(bytes), plain: text(plain) };
    // All sizes one after the other too.
    return [...SIZES.map((size) => [size]), SIZES].map((sizes) => ({ ...file, sizes }));
  });
}
