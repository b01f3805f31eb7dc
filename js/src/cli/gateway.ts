// `paysign gateway`: a local WeChat Pay that runs until it is interrupted, and prints what happens.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Gateway, GatewayMerchant, ListeningGateway } from '../testing/index.js';
import { printable } from '../testing/shown.js';
import { eventLine } from './event-line.js';
import { flagName, GATEWAY_HELP } from './gateway-help.js';
import { type GatewayArguments, readGatewayArguments } from './gateway-options.js';
import { writeKeyFiles } from './key-files.js';
import { beginOutages } from './outages.js';
import { testing } from './packages.js';
import { UsageError } from './usage.js';

const { createGateway, createSkewedClock } = testing();

/** The command. */
export const gatewayCommand = { help: GATEWAY_HELP, run };

/** The test merchant. Its key is published, so it is for this machine only. */
const TEST_MERCHANT: GatewayMerchant = {
  appid: 'wx8888888888888888',
  mch_id: '1900000109',
  key: '0123456789abcdef0123456789ABCDEF',
  apiV3Key: 'ABCDEF0123456789abcdef0123456789',
  secret: 'test-app-secret',
};

async function run(args: readonly string[]): Promise<void> {
  const given = readGatewayArguments(args);
  const gateway = create(given);
  try {
    await serve(gateway, given);
  } finally {
    await gateway.close();
  }
  // An open connection to a closed port, or a notice without an answer, does not keep the process.
  process.exit(0);
}

async function serve(gateway: Gateway, given: GatewayArguments): Promise<void> {
  const { port, backupPort, tls, outage } = given;
  const end = interrupted();
  const servers = [await listen(gateway, '--port', port, tls)];
  if (backupPort !== undefined) servers.push(await listen(gateway, '--backup-port', backupPort, tls));
  const named = given.keys ?? given.certificates;
  const folder = named ?? (tls ? mkdtempSync(join(tmpdir(), 'paysign-gateway-')) : undefined);
  if (folder !== undefined) await writeKeyFiles(gateway, folder, merchantsOf(given));
  const urls = servers.map(({ url }) => url);
  const merchants = merchantsOf(given).map(({ appid, mch_id }) => ({ appid, mch_id }));
  if (given.json) print(JSON.stringify({ type: 'listening', urls, seed: gateway.seed, folder, merchants }));
  else for (const line of introduction(given, gateway, servers, folder)) print(line);
  const [server] = servers;
  if (outage !== undefined && server !== undefined) {
    beginOutages({
      server,
      ...outage,
      listenAgain: () => listen(gateway, '--port', server.port, tls),
      print: (line) => print(given.json ? JSON.stringify({ type: 'outage', line }) : line),
    });
  }
  await end;
  if (folder !== undefined && named === undefined) rmSync(folder, { recursive: true, force: true });
}

/** Those that were named, or the test merchant, in their phase. */
function merchantsOf({ merchants, keyPhase }: GatewayArguments): readonly GatewayMerchant[] {
  const all = merchants.length === 0 ? [TEST_MERCHANT] : merchants;
  return all.map((one) => (keyPhase === undefined || one.apiV3Key === undefined ? one : { ...one, keyPhase }));
}

function create(given: GatewayArguments): Gateway {
  const { seed, clockSkewMs, faults, quiet, json } = given;
  try {
    return createGateway({
      merchants: merchantsOf(given),
      clock: createSkewedClock(clockSkewMs),
      faults,
      allowOrigins: given.allowOrigins,
      allowNotifyHosts: given.allowNotifyHosts,
      ...(seed !== undefined && { seed }),
      ...(!quiet && { onEvent: (event) => print(json ? JSON.stringify(event) : eventLine(event)) }),
    });
  } catch (error) {
    // Rates above 1 in total, or merchants that contradict each other. The message says which.
    if (!(error instanceof TypeError)) throw error;
    const message = error.message
      .replace(/^createGateway: allowOrigins/, '--allow-origin')
      .replace(/^createGateway: allowNotifyHosts/, '--allow-notify-host');
    throw new UsageError(message, 'paysign gateway --help');
  }
}

async function listen(gateway: Gateway, flag: string, port: number, tls: boolean): Promise<ListeningGateway> {
  try {
    return await gateway.listen({ port, tls });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    const why = { EADDRINUSE: 'is in use', EACCES: 'is not allowed for this user' }[String(code)];
    if (why === undefined) throw error;
    throw new UsageError(
      `port ${port} ${why}; choose another one with ${flag}, or 0 for any free one`,
      'paysign gateway --help',
    );
  }
}

function introduction(
  given: GatewayArguments,
  { seed }: Gateway,
  servers: readonly ListeningGateway[],
  folder: string | undefined,
): string[] {
  const { merchants, faults, keys, keyPhase } = given;
  const urls = servers.map(({ url }) => url);
  const [url = ''] = urls;
  const { apiV3Key, ...known } = TEST_MERCHANT;
  const test = Object.entries(known).map(([name, value]) => `${name} ${value}`);
  const own = merchants.map(({ appid, mch_id }) => `  merchant      appid ${appid}, mch_id ${mch_id}, with your key`);
  const rates = Object.entries(faults).map(([name, value]) => `${flagName(name)} ${[value].flat().join('-')}`);
  const list = urls.map((one) => `'${one}'`).join(', ');
  return [
    'paysign gateway: a local WeChat Pay',
    `  url           ${urls.join(', backup ')}`,
    `  page          ${url}/  (orders, notices, and buttons)`,
    ...(own.length > 0 ? own : [`  test merchant ${test.join(', ')}`, `  its APIv3 key ${apiV3Key}`]),
    `  seed          ${seed}`,
    ...(rates.length > 0 ? [`  faults        ${rates.join(', ')}`] : []),
    ...(keyPhase === undefined ? [] : [`  key phase     ${keyPhase}`]),
    ...(folder === undefined
      ? []
      : [
          `  ${keys === undefined ? 'certificates' : 'keys        '}  ${folder}  (ca.pem, apiclient_cert.pem and apiclient_key.pem of each mch_id, ${wechatpayFiles(keyPhase)} of APIv3)`,
        ]),
    ...clientLines(merchantsOf(given), `baseUrls: [${list}], loginUrl: '${url}'`),
    'Press Ctrl-C to stop.',
  ];
}

/** A client of each generation of which a merchant has the key. */
function clientLines(merchants: readonly GatewayMerchant[], where: string): string[] {
  const v2 = `  your client   new WechatPay({ appid, mch_id, key, secret, ${where} })  (of paysign, APIv2)`;
  const v3Members = 'appid, mchid, privateKey, certificate, apiV3Key, wechatpayKeys, secret';
  const v3 = `  your client   new WechatPay({ ${v3Members}, ${where} })  (of paysign/v3, APIv3; --keys writes its keys)`;
  return [
    ...(merchants.some(({ key }) => key !== undefined) ? [v2] : []),
    ...(merchants.some(({ apiV3Key }) => apiV3Key !== undefined) ? [v3] : []),
  ];
}

/** The files of WeChat Pay's keys in a phase. */
function wechatpayFiles(keyPhase: GatewayArguments['keyPhase'] = 'public key'): string {
  const publicKey = 'pub_key.pem and pub_key_id.txt';
  if (keyPhase === 'public key') return publicKey;
  const certificate = 'wechatpay_<serial>.pem';
  return keyPhase === 'certificate' ? certificate : `${publicKey}, ${certificate}`;
}

/** Prints one line. Foreign texts in it are escaped. */
function print(line: string): void {
  process.stdout.write(`${printable(line)}\n`);
}

/** Resolves at the first SIGINT or SIGTERM, and when nobody reads the output any more, as with `| head`. A server that listens keeps the process until then. */
function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
    process.stdout.on('error', (error: Error & { code?: string }) => {
      if (error.code !== 'EPIPE') throw error;
      resolve();
    });
  });
}
