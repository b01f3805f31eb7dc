// The APIs of WeChat Pay for merchants: a call is checked in WeChat's order, and its answer is signed.

import { gzipSync } from 'node:zlib';
import { judgeSubMerchant, type Merchant, type Merchants } from '../books/merchants.js';
import type { Tell } from '../events.js';
import type { Exchanges } from '../exchanges.js';
import type { MemberChange } from '../faults/kinds.js';
import type { Faults } from '../faults/on-demand.js';
import { own } from '../own.js';
import type { Peer } from '../server/peer.js';
import { makeAnswer } from '../wire/answer.js';
import { decodeUtf8, readBody } from '../wire/body.js';
import type { RandomText } from '../wire/random.js';
import { type Fields, isSignedWith, readSignType, type SignType, sign } from '../wire/sign.js';
import { readXml, writeXml } from '../wire/xml.js';
import { type CallProblem, failedCall } from './call-problems.js';
import {
  type CallOutcome,
  type FailedOutcome,
  failed,
  plainlyRefused,
  refused,
  type SignedOutcome,
} from './outcome.js';
import type { Parameters } from './parameters.js';

/** A call with a known sender: the merchant exists, and the signature is the merchant's. */
export interface PayCall {
  readonly merchant: Merchant;
  /** The sub-merchant that a service provider acts for. */
  readonly sub_mch_id: string | undefined;
  readonly signType: SignType;
  readonly parameters: Parameters;
}

/** The work of one API: from a signed call to its outcome. */
export type PayEndpoint = (call: PayCall) => CallOutcome;

/** An endpoint, and its exceptions from the usual checks. */
export interface PayRoute {
  readonly endpoint: PayEndpoint;
  /** Whether the merchant's client certificate is needed (manual: API证书). */
  readonly needsCertificate?: boolean;
  /** The only algorithm of the call, without `sign_type` too. Default both. */
  readonly onlySignType?: SignType;
  /** Whether the sender names `mch_id` only. */
  readonly withoutAppid?: boolean;
  /** Whether a service provider may leave out `sub_mch_id`, since the call is about the whole merchant number. */
  readonly wholeMerchant?: boolean;
  /** Whether its answers and refusals are unsigned. */
  readonly unsigned?: boolean;
  /** Makes the answer to a malformed call. Default WeChat's Chinese words. */
  readonly fail?: (problem: CallProblem) => FailedOutcome;
}

/** The parts of the APIs. */
export interface PayApiParts {
  readonly routes: ReadonlyMap<string, PayRoute>;
  readonly merchants: Merchants;
  readonly random: RandomText;
  readonly tell: Tell;
  readonly faults: Faults;
  readonly exchanges: Exchanges;
}

/** Returns the answer to a request, or undefined if no endpoint has the path. */
export type PayApi = (path: string, request: Request, peer: Peer) => Promise<Response | undefined>;

/** Makes the APIs. */
export function createPayApi({ routes, merchants, random, tell, faults, exchanges }: PayApiParts): PayApi {
  function failure(path: string, { return_msg, error_code }: FailedOutcome): Response {
    tell({ type: 'refused', path, reason: return_msg });
    const fields = new Map([
      ['return_code', 'FAIL'],
      ['return_msg', return_msg],
    ]);
    if (error_code !== undefined) fields.set('error_code', error_code);
    return answer(fields);
  }

  function respond(path: string, call: PayCall, outcome: CallOutcome, asked: MemberChange = {}): Response {
    const change = own(asked, ['members', 'signature']);
    if (outcome.kind === 'failed') return failure(path, outcome);
    const reason = refusal(outcome);
    if (reason !== undefined) tell({ type: 'refused', path, reason });
    if (outcome.kind === 'file') return fileAnswer(outcome.text, outcome.gzip);
    if (outcome.kind === 'plain') return answer(changed(new Map([...SUCCESS, ...outcome.fields]), change));
    return answer(signed(changed(commonAnswer(call, outcome, random), change), call, change));
  }

  return async (path, request, peer) => {
    const route = routes.get(path);
    if (route === undefined) return undefined;
    const read = await readCall(request, route, merchants, peer, exchanges);
    if ('problem' in read) {
      const { problem, wrong } = read;
      if (wrong)
        exchanges.refused(request, (doctor, lang) => doctor.explainSignature(wrong.text, { key: wrong.key, lang }));
      return failure(path, (route.fail ?? failedCall)(problem));
    }
    const { call } = read;
    const refuse = route.unsigned ? plainlyRefused : refused;
    return faults.answer(path, {
      about: OWN_NUMBERS.map((name) => call.parameters.get(name) ?? ''),
      answer: (change) => respond(path, call, route.endpoint(call), change),
      fail: (fault) =>
        fault.kind === 'refused'
          ? failure(path, failed(fault.return_msg, fault.error_code))
          : respond(path, call, refuse(fault.err_code, fault.err_code_des ?? '系统错误'), {}),
    });
  };
}

/** The members that name the subject of a call, without the gateway's own numbers. */
const OWN_NUMBERS = ['mch_id', 'sub_mch_id', 'out_trade_no', 'out_refund_no', 'bill_date'];

const SUCCESS: Fields = new Map([
  ['return_code', 'SUCCESS'],
  ['return_msg', 'OK'],
]);

/** WeChat always answers with status 200, and the type of its XML is plain text. */
function answer(fields: Fields): Response {
  return makeAnswer(writeXml(fields), { headers: { 'content-type': 'text/plain' } });
}

/** A compressed bill is a gzip file without a content encoding, so no client unpacks it automatically. */
function fileAnswer(text: string, gzip: boolean): Response {
  const type = gzip ? 'application/x-gzip' : 'text/plain';
  return makeAnswer(gzip ? new Uint8Array(gzipSync(text)) : text, { headers: { 'content-type': type } });
}

function refusal(outcome: Exclude<CallOutcome, FailedOutcome>): string | undefined {
  if (outcome.kind === 'refused') return `${outcome.err_code} ${outcome.err_code_des}`;
  if (outcome.kind !== 'plain' || outcome.fields.get('result_code') !== 'FAIL') return undefined;
  return `${outcome.fields.get('err_code')} ${outcome.fields.get('err_code_des')}`;
}

/** A call, or its problem. `wrong` is the message of a wrong signature, and the key that it should have. */
type ReadCall = { call: PayCall } | { problem: CallProblem; wrong?: { text: string; key: string } };

/**
 * Checks a call in WeChat's order: method, certificate, body, identity, signature. Each of these problems is `return_code` FAIL.
 * The parameters come after the signature, so that only the merchant learns their faults.
 */
async function readCall(
  request: Request,
  route: PayRoute,
  merchants: Merchants,
  peer: Peer,
  exchanges: Exchanges,
): Promise<ReadCall> {
  if (request.method !== 'POST') return { problem: { kind: 'method' } };
  const demanded = route.needsCertificate === true && peer.demandsCertificate;
  if (demanded && peer.certificateOf === undefined) return { problem: { kind: 'no certificate' } };
  const bytes = await readBody(request.body);
  exchanges.sent(request, bytes);
  if (bytes === undefined) return { problem: { kind: 'too long' } };
  if (bytes.byteLength === 0) return { problem: { kind: 'empty' } };
  const text = decodeUtf8(bytes);
  if (text === undefined) return { problem: { kind: 'encoding' } };
  const sent = readXml(text.replace(/^\uFEFF/, ''));
  if (sent === undefined) return { problem: { kind: 'xml' } };
  // An empty element is not signed, and counts as missing.
  const parameters = new Map([...sent].filter(([, value]) => value !== ''));

  const identity = identify(parameters, route, merchants);
  if ('problem' in identity) return identity;
  const { merchant } = identity;
  if (demanded && peer.certificateOf !== merchant.mch_id) return { problem: { kind: 'certificate of another' } };

  const { onlySignType } = route;
  const signType = readSignType(parameters.get('sign_type') ?? onlySignType);
  if (signType === undefined || (onlySignType !== undefined && signType !== onlySignType)) {
    return { problem: { kind: 'sign_type', only: onlySignType } };
  }
  const signature = parameters.get('sign');
  if (signature === undefined) return { problem: { kind: 'missing', name: 'sign' } };
  if (!isSignedWith(signature, parameters, merchant.key, signType))
    return { problem: { kind: 'sign' }, wrong: { text, key: merchant.key } };
  return { call: { merchant, sub_mch_id: parameters.get('sub_mch_id'), signType, parameters } };
}

function identify(
  parameters: Parameters,
  route: PayRoute,
  merchants: Merchants,
): { merchant: Merchant } | { problem: CallProblem } {
  const appid = parameters.get('appid');
  const mch_id = parameters.get('mch_id');
  if (appid === undefined && !route.withoutAppid) return { problem: { kind: 'missing', name: 'appid' } };
  if (mch_id === undefined) return { problem: { kind: 'missing', name: 'mch_id' } };
  const found = appid === undefined ? merchants.identifyByNumber(mch_id) : merchants.identify(appid, mch_id);
  if ('problem' in found) return found;
  const sub_mch_id = parameters.get('sub_mch_id');
  if (sub_mch_id === undefined && found.merchant.sub_merchants && !route.wholeMerchant) {
    return { problem: { kind: 'missing', name: 'sub_mch_id' } };
  }
  const problem = judgeSubMerchant(found.merchant, sub_mch_id, parameters.get('sub_appid'));
  return problem === undefined ? found : { problem };
}

/** Members that WeChat repeats in its answer if the call had them. */
const ECHOED = ['sub_appid', 'sub_mch_id', 'device_info'];

function commonAnswer({ merchant, parameters }: PayCall, outcome: SignedOutcome, random: RandomText): Fields {
  const fields = new Map<string, string | number>([
    ...SUCCESS,
    ['appid', merchant.appid],
    ['mch_id', merchant.mch_id],
    ['nonce_str', random.hex(32)],
  ]);
  for (const name of ECHOED) {
    const value = parameters.get(name);
    if (value !== undefined) fields.set(name, value);
  }
  fields.set('result_code', outcome.kind === 'refused' ? 'FAIL' : 'SUCCESS');
  if (outcome.kind === 'refused') {
    fields.set('err_code', outcome.err_code).set('err_code_des', outcome.err_code_des);
  }
  for (const [name, value] of outcome.fields) fields.set(name, value);
  return fields;
}

/** Signs with the algorithm of the call, which the answer does not repeat. */
function signed(fields: Fields, { merchant, signType }: PayCall, { signature = 'right' }: MemberChange): Fields {
  if (signature === 'none') return fields;
  const key = signature === 'right' ? merchant.key : `not ${merchant.key}`;
  return new Map([...fields, ['sign', sign(fields, key, signType)]]);
}

function changed(fields: Fields, { members = {} }: MemberChange): Fields {
  const all = new Map([...fields, ...Object.entries(members)]);
  return new Map([...all].filter((field): field is [string, string | number] => field[1] !== undefined));
}
