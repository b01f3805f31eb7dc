// Where the fuzz targets start from: the vectors, as files in the form that each target takes.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seedsOfV3 } from './fuzz-seeds-v3.mjs';
import { root } from './tools.mjs';

/** @param {string} name @returns {any} */
const vectors = (name) => JSON.parse(readFileSync(join(root, 'tests/vectors', `${name}.json`), 'utf8'));

/** After an odd first byte the target signs or encrypts the rest itself; after an even one it does not. */
const asSent = (/** @type {string | Buffer} */ text) => Buffer.concat([Buffer.of(0), Buffer.from(text)]);
const prepared = (/** @type {string | Buffer} */ text) => Buffer.concat([Buffer.of(1), Buffer.from(text)]);

/**
 * Writes the seeds of every target and returns their folders.
 * @param {string} folder
 * @returns {Record<string, string>}
 */
export function writeSeeds(folder) {
  const [xml, notices, bills, user, signing] = ['xml', 'notices', 'bills', 'user_data', 'signing'].map(vectors);
  const body = (/** @type {{ body?: string, base64?: string }} */ one) =>
    one.body === undefined ? Buffer.from(one.base64 ?? '', 'base64') : Buffer.from(one.body);
  const bodies = [...xml.accepted, ...xml.refused].map(body);
  const messages = [...notices.accepted, ...notices.refused].map((one) => one.body ?? '');
  const pairs = (/** @type {{ params: Record<string, string> }} */ { params }) =>
    Object.entries(params).flat().join('\0');
  const sealed = '[A-Za-z0-9+/=]{40,}';
  const infos = messages.flatMap((text) => text.match(new RegExp(`(?<=<req_info>(?:<!\\[CDATA\\[)?)${sealed}`)) ?? []);
  const texts = [...bills.accepted, ...bills.refused, ...bills.comments, ...bills.refused_comments];
  /** @type {Record<string, Buffer[]>} */
  const seeds = {
    xml: [...bodies, ...messages.map((text) => Buffer.from(text))],
    params: signing.cases.map((/** @type {any} */ one) => Buffer.from(pairs(one))),
    notify: messages.flatMap((text) => [asSent(text), prepared(text)]),
    req_info: [...infos.map(asSent), prepared(REFUND), prepared('<root></root>')],
    bills: texts.map(({ text }) => Buffer.concat([Buffer.of(7), Buffer.from(text)])),
    user_data: [
      asSent([user.encryptedData, user.iv, user.session_key].join('\0')),
      prepared(JSON.stringify(user.data)),
    ],
    ...seedsOfV3(jsonOf(['v3_published', 'v3_made'].map(vectors))),
    p12: archives().flatMap((file) => [asSent(file), prepared(contentOf(file))]),
  };
  /** @type {Record<string, string>} */
  const folders = {};
  for (const [target, inputs] of Object.entries(seeds)) {
    folders[target] = join(folder, target);
    rmSync(folders[target], { recursive: true, force: true });
    mkdirSync(folders[target], { recursive: true });
    inputs.forEach((input, index) => {
      writeFileSync(join(folder, target, String(index)), input);
    });
  }
  return folders;
}

/** Every text of the vectors that is JSON itself. @param {unknown} value @returns {string[]} */
function jsonOf(value) {
  if (typeof value === 'string') return /^[[{]/.test(value) ? [value] : [];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(jsonOf) : [];
}

/** The contents of a refund notice of the order that the targets expect. */
const REFUND =
  '<root><transaction_id>1004400740201409030005092168</transaction_id><out_trade_no>1409811653</out_trade_no>' +
  '<refund_id>50000408942018111907145868882</refund_id><out_refund_no>R1</out_refund_no><total_fee>100</total_fee>' +
  '<refund_fee>40</refund_fee><refund_status><![CDATA[SUCCESS]]></refund_status></root>';

/** PKCS#12 files of every encryption, hashed once, since a fuzzer has no time for more. */
function archives() {
  const desk = mkdtempSync(join(tmpdir(), 'paysign-seeds-'));
  const openssl = (/** @type {string} */ command) =>
    execFileSync('openssl', command.split(' '), { cwd: desk, stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    openssl(
      'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout own.key -out own.pem -subj /CN=1900000109',
    );
    return ['-legacy', '-certpbe AES-128-CBC -keypbe AES-128-CBC -macalg sha1', '-certpbe NONE -keypbe NONE'].map(
      (options) =>
        openssl(
          `pkcs12 -export -noiter -nomaciter -inkey own.key -in own.pem -passout pass:1900000109 ${options} -out -`,
        ),
    );
  } finally {
    rmSync(desk, { recursive: true, force: true });
  }
}

/**
 * The text of a file's MAC: PFX, its second element, in it the second, an octet string.
 * @param {Buffer} file
 */
function contentOf(file) {
  const safe = elements(elements(file)[0])[1];
  return elements(elements(safe)[1])[0];
}

/**
 * The contents of consecutive DER elements.
 * @param {Buffer} der
 */
function elements(der) {
  const found = [];
  for (let at = 0; at < der.length; ) {
    const short = der[at + 1];
    const more = short < 128 ? 0 : short - 128;
    const length = more === 0 ? short : der.readUIntBE(at + 2, more);
    const start = at + 2 + more;
    found.push(der.subarray(start, start + length));
    at = start + length;
  }
  return found;
}
