// The merchant's side of APIv3: takes a call, checks it in WeChat's order, and signs the answer.

import type { Merchant, Merchants } from '../books/merchants.js';
import type { Tell } from '../events.js';
import type { Exchanges } from '../exchanges.js';
import type { MemberChange } from '../faults/kinds.js';
import type { Faults } from '../faults/on-demand.js';
import { own } from '../own.js';
import type { V3KeyStore, V3Signer } from '../server/v3-keys.js';
import { shown } from '../shown.js';
import { makeAnswer } from '../wire/answer.js';
import { BODY_LIMIT_BYTES, decodeUtf8, readBody } from '../wire/body.js';
import type { Clock } from '../wire/clock.js';
import { isJsonObject, type JsonObject, readJson, withMember } from '../wire/json.js';
import type { RandomText } from '../wire/random.js';
import { signatureHeaders } from '../wire/sign-v3.js';
import { authorize } from './authorization.js';
import { brokenRule, type Rule, type Rules } from './fields.js';
import {
  fieldProblem,
  problem,
  signProblem,
  statusOf,
  UNKNOWN_MEMBER,
  type V3Problem,
  wordsOfCode,
} from './problems.js';
import { openSecrets, type Secrets } from './secrets.js';

/** A call whose sender is known and whose members have the right form. */
export interface V3Call {
  /** The first mini program of the merchant number. A call may be about another one of the same number. */
  readonly merchant: Merchant;
  /** The values in the path, decoded. */
  readonly path: Readonly<Record<string, string>>;
  /** The members of the query, decoded. */
  readonly query: Readonly<Record<string, string>>;
  /** Its encrypted members are decrypted. */
  readonly body: JsonObject;
  /** The address that the request came to, without a slash at the end. */
  readonly origin: string;
}

/** How a call ends: with an answer, which is signed, or with a problem. Without a body it is a 204. A file is not signed. */
export type V3Outcome = { readonly body?: JsonObject } | V3File | V3Problem;

/** A file and its content type. */
interface V3File {
  readonly file: Uint8Array;
  readonly type: string;
}

/** What one page of the docs describes. */
export interface V3Route {
  readonly method: 'GET' | 'POST';
  /** As the docs write it, with the names of values in braces. */
  readonly path: string;
  /** The rules of the values in the path. */
  readonly values?: Rules;
  /** The rules of the required members of the query. */
  readonly query?: Rules;
  /** The rules of members of the query that may be left out. */
  readonly optionalQuery?: Rules;
  /** The rule of the body. */
  readonly body?: Rule;
  readonly endpoint: (call: V3Call) => V3Outcome;
}

/** What the merchant's side needs. */
export interface V3ApiParts {
  readonly routes: readonly V3Route[];
  readonly merchants: Merchants;
  readonly v3Keys: V3KeyStore;
  readonly clock: Clock;
  readonly random: RandomText;
  readonly tell: Tell;
  readonly faults: Faults;
  readonly exchanges: Exchanges;
  /** Receives the decrypted members of a request. */
  readonly onSecrets: (request: Request, secrets: Secrets) => void;
}

/** Answers a request to any path that begins with `/v3/`. `target` is path and query exactly as sent. */
export type V3Api = (target: string, request: Request, origin: string) => Promise<Response>;

/** Makes the merchant's side. */
export function createV3Api(parts: V3ApiParts): V3Api {
  const { routes, merchants, v3Keys, clock, random, tell, faults, exchanges } = parts;

  function headers(inner = 0): Record<string, string> {
    return { ...COMMON, 'request-id': `${random.hex(44).toUpperCase()}-${inner}` };
  }

  /** Errors are not signed. */
  function refuse(path: string, { status, code, message, inner, detail }: V3Problem): Response {
    tell({ type: 'refused', path, reason: `${code} ${message}` });
    const text = JSON.stringify({ code, ...(detail && { detail }), message });
    return makeAnswer(text, { status, headers: { ...JSON_TYPE, ...headers(inner) } });
  }

  function respond(path: string, signer: V3Signer, outcome: V3Outcome, asked: MemberChange = {}): Response {
    if ('code' in outcome) return refuse(path, outcome);
    if ('file' in outcome) {
      return makeAnswer(new Uint8Array(outcome.file), { headers: { 'content-type': outcome.type, ...headers() } });
    }
    const { members = {}, signature = 'right' } = own(asked, ['members', 'signature']);
    const { body } = outcome;
    const changed = body && Object.entries(members).reduce((all, [name, value]) => withMember(all, name, value), body);
    const text = changed === undefined ? '' : JSON.stringify(changed);
    const signed = signature === 'none' ? {} : signatureHeaders(signer.sign(text, signature));
    if (changed === undefined) return makeAnswer(null, { status: 204, headers: { ...headers(), ...signed } });
    return makeAnswer(text, { status: 200, headers: { ...JSON_TYPE, ...headers(), ...signed } });
  }

  return async (target, request, origin) => {
    const [pathname = '', query = ''] = target.split(/\?(.*)/s);
    const fitting = routes.flatMap((route) => {
      const path = matchPath(route.path, pathname);
      return path === undefined ? [] : [{ route, path }];
    });
    const found = fitting.find(({ route }) => route.method === request.method);
    // A web server says this, and not WeChat Pay: the answer has no body.
    if (found === undefined) {
      const what = fitting.length === 0 ? 'path' : `${shown(request.method)} for this path`;
      tell({ type: 'refused', path: shown(pathname), reason: `this gateway has no such ${what}` });
      return makeAnswer(null, { status: fitting.length === 0 ? 404 : 405, headers: headers() });
    }
    const { route, path } = found;
    const bytes = await readBody(request.body);
    exchanges.sent(request, bytes);
    const missing = judgeHeaders(request) ?? (bytes === undefined ? TOO_LONG : undefined);
    if (missing !== undefined || bytes === undefined) return refuse(route.path, missing ?? TOO_LONG);
    const keys = await v3Keys.load();
    const authorization = request.headers.get('authorization') ?? undefined;
    const sender = authorize({ method: request.method, target, body: bytes, authorization }, keys, clock.now());
    if ('problem' in sender) {
      const [, named = ''] = /mchid="(\d+)"/.exec(authorization ?? '') ?? [];
      const call = { method: request.method, url: target, body: bytes, authorization: authorization ?? ' ' };
      const facts = { ...call, certificate: keys.certificateOf(named), nowMs: clock.now() };
      exchanges.refused(request, (doctor, lang) => doctor.explainV3Request({ ...facts, lang }));
      return refuse(route.path, sender.problem);
    }
    const known = merchants.identifyByNumber(sender.mch_id);
    if ('problem' in known) return refuse(route.path, signProblem('商户号不存在'));
    const read = readMembers(route, query, bytes);
    if ('problem' in read) return refuse(route.path, read.problem);

    const serial = request.headers.get('wechatpay-serial') ?? undefined;
    const signer = await v3Keys.answerSigner(sender.mch_id, serial);
    const opened = openSecrets(read.body, route.body, serial, (named) => keys.openerOf(sender.mch_id, named));
    const secrets = 'secrets' in opened ? opened.secrets : {};
    parts.onSecrets(request, secrets);
    const body = Object.entries(secrets).reduce((all, [place, text]) => withMember(all, place, text), read.body);
    const call: V3Call = { merchant: known.merchant, path, query: read.query, body, origin };
    const claimed = SENDERS.map((name) => read.body[name] ?? read.query[name]).find((mchid) => mchid !== undefined);
    const wrong = () =>
      judgeRules(route, path, read) ??
      (claimed === undefined || claimed === sender.mch_id ? undefined : signProblem(OTHER_MCHID)) ??
      ('problem' in opened ? opened.problem : undefined);
    return faults.answer(route.path, {
      about: aboutOf(sender.mch_id, call),
      answer: (change) => respond(route.path, signer, wrong() ?? route.endpoint(call), change),
      fail: (fault) => {
        if (fault.kind === 'refused') {
          return refuse(route.path, problem(fault.error_code ?? 'INVALID_REQUEST', fault.return_msg));
        }
        const { err_code, err_code_des = wordsOfCode(err_code), status = statusOf(err_code) } = fault;
        return refuse(route.path, { ...problem(err_code, err_code_des), status });
      },
    });
  };
}

const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' };

const COMMON = { server: 'nginx', 'cache-control': 'no-cache, must-revalidate', 'content-language': 'zh-CN' };

/** The members that name the sender: a call has one of them at most. */
const SENDERS = ['mchid', 'sp_mchid', 'combine_mchid'];

const OTHER_MCHID = 'http header中的mchid与post payload中的mchid不匹配';

const TOO_LONG = problem('PARAM_ERROR', `请求体过长：超过 ${BODY_LIMIT_BYTES} 字节`);

/** The values of a path, or undefined where it is another one. A value is a whole segment. */
function matchPath(template: string, pathname: string): Record<string, string> | undefined {
  const [wanted, sent] = [template.split('/'), pathname.split('/')];
  if (wanted.length !== sent.length) return undefined;
  const values: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const segment = sent[index] ?? '';
    const [, name] = /^\{(\w+)\}$/.exec(part) ?? [];
    if (name === undefined && part !== segment) return undefined;
    if (name !== undefined) values[name] = decode(segment);
  }
  return values;
}

/** Text without its percent-encoding. A text with a wrong one stays unchanged, and breaks the rule of its form. */
function decode(sent: string): string {
  try {
    return decodeURIComponent(sent);
  } catch {
    return sent;
  }
}

/** Calls need both headers, and a body is JSON (docs: 基本规则, 请求头). */
function judgeHeaders({ method, headers }: Request): V3Problem | undefined {
  const accepted = (headers.get('accept') ?? '').split(',').map((part) => part.split(';', 1).join('').trim());
  if (!headers.get('user-agent') || !accepted.some((type) => ['application/json', '*/*'].includes(type))) {
    return problem('PARAM_ERROR', 'Http头缺少Accept或User-Agent');
  }
  const isJson = /^application\/json\s*(;|$)/i.test(headers.get('content-type') ?? '');
  return method === 'POST' && !isJson ? problem('PARAM_ERROR', 'Http头Content-Type应为application/json') : undefined;
}

interface ReadMembers {
  readonly body: JsonObject;
  readonly query: Readonly<Record<string, string>>;
}

function readMembers(
  { method }: V3Route,
  query: string,
  bytes: Uint8Array,
): ReadMembers | { readonly problem: V3Problem } {
  const sent = { query: Object.fromEntries(new URLSearchParams(query)) };
  if (method === 'GET') return { ...sent, body: {} };
  const text = decodeUtf8(bytes);
  const body = text === undefined ? undefined : readJson(text);
  if (isJsonObject(body)) return { ...sent, body };
  const issue = text === undefined ? 'should be UTF-8' : 'should be a JSON object';
  return { problem: fieldProblem({ field: '', issue, location: 'body', value: text }) };
}

function judgeRules(
  { values = {}, query = {}, optionalQuery = {}, body }: V3Route,
  path: Readonly<Record<string, string>>,
  sent: ReadMembers,
): V3Problem | undefined {
  const asked = Object.entries(optionalQuery).filter(([name]) => sent.query[name] !== undefined);
  for (const [location, rules, given] of [
    ['uri_template', values, path],
    ['query', { ...query, ...Object.fromEntries(asked) }, sent.query],
  ] as const) {
    for (const [name, rule] of Object.entries(rules)) {
      const broken = brokenRule(given[name], rule, name);
      if (broken !== undefined) return fieldProblem({ ...broken, location }, broken.inner);
    }
  }
  const all = { ...query, ...optionalQuery };
  const strange = Object.keys(sent.query).find((name) => !Object.hasOwn(all, name));
  if (strange !== undefined) {
    const issue = 'is no member of this request';
    return fieldProblem({ field: strange, issue, location: 'query', value: sent.query[strange] }, UNKNOWN_MEMBER);
  }
  const broken = body && brokenRule(sent.body, body);
  return broken && fieldProblem({ ...broken, location: 'body' }, broken.inner);
}

/** In the places that calls of APIv2 have, so that the dice fall by the same numbers. */
function aboutOf(mch_id: string, { path, query, body }: V3Call): string[] {
  const number = (name: string) =>
    path[name] ?? query[name] ?? (typeof body[name] === 'string' ? String(body[name]) : '');
  const order = number('out_trade_no') || number('transaction_id') || number('combine_out_trade_no');
  return [mch_id, number('sub_mchid'), order, number('out_refund_no'), ''];
}
