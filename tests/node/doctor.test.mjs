// The signature doctor before broken signatures that a program of Python made from the specification alone.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { explainSignature, explainV3Notice, explainV3Payment, explainV3Request } from 'paysign/doctor';
import { outsidePython } from '../../js/scripts/python.mjs';

/** The least share of right first causes. */
const SHARE = 0.95;

/** A net for work without end, and no measure of speed. */
const NET = { timeout: 120_000 };

const APIS = {
  signature: ({ message, key, signature, signType, keys }) =>
    explainSignature(message, {
      key,
      ...(signature !== undefined && { signature }),
      ...(signType !== undefined && { signType }),
      ...(keys !== undefined && { keys }),
    }),
  request: ({ input }) => explainV3Request(input),
  notice: ({ input }) => explainV3Notice(input),
  payment: ({ input }) => explainV3Payment(input),
};

/** Each case with its diagnosis. */
let answered;

before(async () => {
  const program = fileURLToPath(new URL('doctor/broken.py', import.meta.url));
  const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1' };
  const { stdout } = await promisify(execFile)(await outsidePython(), [program], { env, maxBuffer: 2 ** 26 });
  answered = [];
  for (const sample of JSON.parse(stdout)) {
    try {
      answered.push({ sample, diagnosis: await APIS[sample.api](sample) });
    } catch (error) {
      const causes = [{ code: `thrown: ${error.message}`, isCertain: false, message: '', fix: '' }];
      answered.push({ sample, diagnosis: { isRight: false, signedText: '', fields: [], causes } });
    }
  }
}, NET);

const codesOf = (cause) => [cause.code, ...(cause.with ?? [])];

/** Names the fault of a diagnosis. Returns undefined where there is none. */
function fault({ sample, diagnosis: { isRight, causes } }) {
  const [first] = causes;
  if (sample.right) return isRight ? undefined : 'a right signature is called wrong';
  if (isRight && sample.api === 'signature') return 'a wrong signature is called right';
  if (first === undefined) return 'no cause';
  if (!sample.expect.includes(first.code)) return 'another first cause';
  if (!(sample.with ?? []).every((code) => codesOf(first).includes(code))) return 'half of a pair';
  if (sample.certain === true && !first.isCertain) return 'a proven cause is not called certain';
  if (sample.names !== undefined && !first.message.includes(sample.names)) return 'the key is not named';
}

/** The codes that are called certain and are not what was done. */
function falselyCertain({ sample, diagnosis: { causes } }) {
  const { expect = [], with: further = [], may = [], certain } = sample;
  const allowed = certain === false || sample.right ? [] : [...expect, ...further, ...may];
  return causes
    .filter((cause) => cause.isCertain)
    .flatMap(codesOf)
    .filter((code) => !allowed.includes(code));
}

const shown = ({ isRight, causes }) =>
  `${isRight ? 'right ' : ''}[${causes.map((cause) => `${codesOf(cause).join('+')}${cause.isCertain ? '!' : ''}`)}]`;

/** One line for each failing case, of which the first are printed. */
const list = (failing) =>
  failing
    .slice(0, 60)
    .map(({ sample, diagnosis, why }) => `${sample.id}: ${why}; expected [${sample.expect}], found ${shown(diagnosis)}`)
    .concat(failing.length > 60 ? [`and ${failing.length - 60} more`] : [])
    .join('\n');

const percent = (part, whole) => `${part}/${whole} (${((100 * part) / whole).toFixed(1)} %)`;

/** The cases in groups, by a name that each has. */
function grouped(cases, nameOf) {
  const groups = new Map();
  for (const one of cases) groups.set(nameOf(one), [...(groups.get(nameOf(one)) ?? []), one]);
  return [...groups];
}

test('the first cause is right in 95 of 100 broken signatures, over all and in each API', (t) => {
  const broken = answered.filter(({ sample }) => !sample.right).map((one) => ({ ...one, why: fault(one) }));
  const failing = broken.filter(({ why }) => why !== undefined);
  const right = (cases) => cases.filter(({ why }) => why === undefined).length;
  for (const [code, cases] of grouped(
    broken,
    ({ sample }) => `${sample.api} ${sample.with ? 'pairs' : sample.expect[0]}`,
  ))
    t.diagnostic(`${code}: ${percent(right(cases), cases.length)}`);
  const groups = [['all', broken], ...grouped(broken, ({ sample }) => sample.api)];
  for (const [api, cases] of groups) t.diagnostic(`${api}: ${percent(right(cases), cases.length)}`);
  if (failing.length > 0) t.diagnostic(`failing:\n${list(failing)}`);
  for (const [api, cases] of groups)
    assert.ok(right(cases) >= SHARE * cases.length, `${api}: ${percent(right(cases), cases.length)}\n${list(failing)}`);
});

test('no cause that is called certain is a wrong one', () => {
  const failing = answered
    .map((one) => ({ ...one, why: `falsely certain: ${falselyCertain(one)}` }))
    .filter((one) => falselyCertain(one).length > 0);
  assert.equal(failing.length, 0, list(failing));
});

test('right signatures are found right', (t) => {
  const right = answered.filter(({ sample }) => sample.right).map((one) => ({ ...one, why: fault(one) }));
  const failing = right.filter(({ why }) => why !== undefined);
  t.diagnostic(percent(right.length - failing.length, right.length));
  assert.equal(failing.length, 0, list(failing));
});

test('each spelling of a message has the same first cause', () => {
  const spelled = answered.filter(({ sample }) => sample.spelling !== undefined);
  const failing = [];
  for (const [id, cases] of grouped(spelled, ({ sample }) => sample.id.slice(0, sample.id.lastIndexOf('/')))) {
    const found = new Set(
      cases.map(({ diagnosis: { causes } }) => (causes[0] ? codesOf(causes[0]).sort().join('+') : 'right')),
    );
    if (found.size > 1) failing.push(`${id}: ${[...found]}`);
  }
  assert.equal(failing.length, 0, failing.join('\n'));
});

test('no diagnosis shows a key', () => {
  for (const { sample, diagnosis } of answered) {
    const { key, keys = {}, input = {} } = sample;
    const text = JSON.stringify(diagnosis);
    for (const secret of [key?.trim(), ...Object.values(keys), input.apiV3Key?.trim(), input.keyV2, input.privateKey])
      if (secret) assert.ok(!text.includes(JSON.stringify(secret).slice(1, -1)), sample.id);
  }
});

test('a message of a thousand fields, and one of long values, are explained too', NET, () => {
  const many = Object.fromEntries(Array.from({ length: 1000 }, (_, at) => [`coupon_id_${at}`, `${at} 元 &`]));
  const long = {
    appid: 'wx8888888888888888',
    body: ' <茶&> '.repeat(10_000),
    detail: JSON.stringify({ list: Array(5000).fill({ a: 1 }) }),
  };
  for (const message of [many, long]) {
    const { isRight, causes } = explainSignature(message, {
      key: '192006250b4c09247ec02edce69f6a2d',
      signature: 'AB'.repeat(16),
    });
    assert.deepEqual([isRight, causes.some((cause) => cause.isCertain)], [false, false]);
  }
});
