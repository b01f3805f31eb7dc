// The gateway: APIs of WeChat Pay, log-in, phone and notices, which share the same books.

import { randomBytes } from 'node:crypto';
import type { AppPayParams } from './app-payment.js';
import { type ChangeKeyPhase, createKeyPhases } from './books/key-phases.js';
import { createMerchants, type Merchant } from './books/merchants.js';
import { type OrderRecord, orderRecord } from './books/orders.js';
import { alwaysPaid } from './books/pay-codes.js';
import { type RefundRecord, refundRecord } from './books/refunds.js';
import { type ByHand, createByHand } from './by-hand.js';
import type { OrderComment } from './calls-v2/comments.js';
import { createEnvironment } from './calls-v2/environment.js';
import { productionPath, sandboxMerchants, signKeyRoutes } from './calls-v2/sandbox.js';
import { createCallLog, type V3CallRecord } from './calls-v3/call-log.js';
import { v3Routes } from './calls-v3/routes.js';
import { createV3Api } from './calls-v3/v3-api.js';
import { createClients, type MakeClient } from './client-options.js';
import { createTell } from './events.js';
import { createExchanges } from './exchanges.js';
import { createFaultChance, type FaultRates } from './faults/by-chance.js';
import type { GatewayFault } from './faults/kinds.js';
import { createFaults, ownFault } from './faults/on-demand.js';
import { createMask } from './masks.js';
import type { PhoneNumberChoice } from './mini-program/phone-number.js';
import { createMiniProgramServer } from './mini-program/server.js';
import { createNoticeDesk, type NoticeRecord, WECHAT_RETRY_DELAYS_MS } from './notices/desk.js';
import { createLetters } from './notices/letters.js';
import { createNotifyHosts } from './notices/notify-hosts.js';
import { type GatewayOptions, ownOptions } from './options.js';
import { createPageBill } from './page/bill.js';
import { createPage } from './page/page.js';
import { createView } from './page/state.js';
import { createPhone, type PayParams, type PayResult } from './phone.js';
import { createProbe, type Probe } from './probes.js';
import { createCertificateStore, type GatewayCertificates } from './server/certificates.js';
import { createDoor } from './server/door.js';
import { createListening, type ListenOptions } from './server/listening.js';
import { type Peer, UNCHECKED_PEER } from './server/peer.js';
import {
  createPlatformCertificates,
  type RenewalOptions,
  type RenewedCertificate,
} from './server/platform-certificates.js';
import type { ListeningGateway } from './server/server.js';
import { createV3KeyStore } from './server/v3-keys.js';
import { shown } from './shown.js';
import { makeAnswer } from './wire/answer.js';
import { realClock } from './wire/clock.js';
import { MINI_PROGRAM_PATHS } from './wire/paths.js';
import { createDice, createRandomText } from './wire/random.js';
import { createTimers } from './wire/timers.js';
import { createTurnableClock } from './wire/turnable-clock.js';

/** A local WeChat Pay. */
export interface Gateway extends ByHand {
  /** The seed, from the options or new. With the same seed, the same calls get the same ids and failures. */
  readonly seed: string | number;
  /**
   * The whole gateway as a function: every path of the manual, at any host. A malformed request gets WeChat's own answer. No
   * certificate is needed. A request of a page from elsewhere (`Origin`, `Sec-Fetch-Site`) is refused, as over HTTP. Rejects only if
   * the body is not complete or is not bytes, and for a failure that resets the connection.
   */
  fetch(request: Request): Promise<Response>;
  /** Listens on a port of 127.0.0.1, with TLS if `tls` is true. Default a free port. */
  listen(options?: number | ListenOptions): Promise<ListeningGateway>;
  /** Returns the authority's certificate and a client certificate for each merchant. They are the same at each call. */
  certificates(): Promise<GatewayCertificates>;
  client: MakeClient;
  /**
   * Returns WeChat Pay's keys as this merchant number has them in its phase, as PEM. The public key is under its `PUB_KEY_ID_…`, and
   * each platform certificate under its serial. Rejects with a TypeError for an unknown number.
   */
  wechatpayKeys(mch_id: string): Promise<Record<string, string>>;
  /** Changes the key phase of a merchant number. From now on its answers and notices of APIv3 are signed accordingly. */
  keyPhase: ChangeKeyPhase;
  /**
   * Adds a platform certificate to the list of `/v3/certificates`. Answers and notices go on being signed with the old one, or with
   * the new one if `use` is true. A certificate leaves the list when it expires. Rejects with a TypeError for an invalid time.
   */
  renewCertificate(options?: RenewalOptions): Promise<RenewedCertificate>;
  /** Acts as `wx.login`: returns a `js_code`, valid once within five minutes. */
  login(who: { appid: string; openid: string }): string;
  /** Acts as the `getPhoneNumber` button: returns a code for `getPhoneNumber`, valid once within five minutes. */
  phoneCode(who: PhoneNumberChoice): string;
  /** Acts as `wx.requestPayment` on the payer's phone. Does not wait for the notice: see `idle`. */
  pay(payment: PayParams): Promise<PayResult>;
  /** Acts as WeChat's SDK in an app, for an order of `trade_type` APP. The result is that of `pay`. */
  payInApp(payment: AppPayParams): Promise<PayResult>;
  /** Sends a notice of APIv3 with a false signature, as WeChat Pay does (探测流量). The shop must refuse it. */
  probe: Probe;
  /** What a payer does who comments on an order that he paid: it can be fetched from then on. */
  comment(comment: OrderComment): void;
  /**
   * Lets the next call fail, or the next one of a path, before or after its work. Its answer has any `err_code`, or is unsigned,
   * HTML, truncated, changed, late or lost. Failures are used in the order of these calls. Throws a TypeError for an unknown path.
   */
  failNext(fault: GatewayFault): void;
  /**
   * Replaces the rates of failures by chance; `{}` ends them. The failure of the n-th call of a path about an order depends
   * on the seed only. Throws a TypeError for invalid rates.
   */
  faultRates(rates: FaultRates): void;
  /** Returns a copy of every order, oldest first. Those of the sandbox are last. */
  orders(): OrderRecord[];
  /** Returns a copy of every refund, oldest first. Those of the sandbox are last. */
  refunds(): RefundRecord[];
  /** Returns a copy of every notice with its attempts, oldest first. */
  notices(): NoticeRecord[];
  /** Returns a copy of the latest 1000 calls of APIv3, oldest first, with their decrypted members. */
  calls(): V3CallRecord[];
  /** Resolves when no notice is being delivered. Does not wait for later repeats. */
  idle(): Promise<void>;
  /** Stops deliveries, repeats and servers. */
  close(): Promise<void>;
}

/** Makes a gateway with empty books. Throws a TypeError for invalid options. */
export function createGateway(given: GatewayOptions): Gateway {
  const options = ownOptions(given);
  // Signatures and certificates keep the time that clients have, also when a person turns the clock of the books.
  const signingClock = options.clock ?? realClock;
  const clock = createTurnableClock(signingClock);
  const merchants = createMerchants(options.merchants);
  const seed = options.seed ?? randomBytes(16).toString('hex');
  const random = createRandomText(seed);
  // Separate dice: failures must not change the ids.
  const chance = createFaultChance(createDice(`faults ${seed}`), options.faults ?? {});
  const tell = createTell(options.onEvent, () => clock.now());
  const door = createDoor(options.allowOrigins ?? [], tell);
  const timers = createTimers(clock);
  const certificates = createCertificateStore(merchants.all().map(({ mch_id }) => mch_id));
  const phases = createKeyPhases(merchants.all(), seed);
  const platform = createPlatformCertificates({ certificates, clock: signingClock });
  const v3Keys = createV3KeyStore({ certificates, platform, phases, seed, clock: signingClock, random });
  const letters = createLetters({ v3Keys, random, clock });
  const notices = createNoticeDesk({
    clock,
    tell,
    chance,
    // Looked up at each call, so that a test may replace the global one later.
    fetch: options.fetch ?? ((input, init) => globalThis.fetch(input, init)),
    notifyHosts: createNotifyHosts(options.allowNotifyHosts ?? []),
    notifyTimeoutMs: options.notifyTimeoutMs ?? 5000,
    retryDelaysMs: [...(options.retryDelaysMs ?? WECHAT_RETRY_DELAYS_MS)],
  });
  const faults = createFaults({ timers, tell, chance });
  const inSandbox = sandboxMerchants(merchants.all(), seed);
  const mask = createMask([...merchants.all(), ...inSandbox.all()].flatMap(secretsOf));
  const exchanges = createExchanges(clock, mask);
  const shared = { clock, random, tell, timers, notices, letters, v3Keys, faults, exchanges };
  const miniProgram = createMiniProgramServer({ ...shared, merchants });
  const { isOfAnother } = miniProgram;
  const rules = {
    isOfAnother,
    refundDelayMs: options.refundDelayMs ?? 1000,
    decideMicropay: options.micropay ?? alwaysPaid,
    billPartRows: options.billPartRows,
  };
  const sandbox = createEnvironment({
    ...shared,
    ...rules,
    merchants: inSandbox,
    moreRoutes: [],
    onlySignType: 'MD5',
  });
  const moreRoutes = signKeyRoutes(inSandbox, tell);
  const production = createEnvironment({ ...shared, ...rules, merchants, moreRoutes });
  const phone = createPhone({ ...shared, books: [production.orders, sandbox.orders] });
  const byHand = createByHand({ ...shared, phone, production, sandbox });
  const routes = v3Routes({ ...shared, ...rules, ...production, merchants, phases, platform });
  const v3Paths = new Set(routes.map(({ path }) => path));
  const calls = createCallLog(clock);
  const v3 = calls.watch(createV3Api({ ...shared, clock: signingClock, routes, merchants, onSecrets: calls.opened }));
  async function answer(pathname: string, target: string, request: Request, peer: Peer): Promise<Response> {
    if (pathname.startsWith('/v3/')) return v3(target, request, peer.origin ?? new URL(request.url).origin);
    const answered = await miniProgram.answer(request);
    if (answered !== undefined) return answered;
    const answer = await production.api(pathname, request, peer);
    if (answer !== undefined) return answer;
    const path = productionPath(pathname);
    // The sandbox needs no certificate.
    const inside = path === undefined ? undefined : await sandbox.api(path, request, UNCHECKED_PEER);
    return inside ?? notFound();
  }

  async function handle(request: Request, peer: Peer): Promise<Response> {
    const { pathname, search } = new URL(request.url);
    const page = peer.browser && (await showPage(pathname, request, peer.browser));
    if (page !== undefined) return page;
    const target = peer.target ?? pathname + search;
    return exchanges.watch(request, target, () => answer(pathname, target, request, peer));
  }

  const listening = createListening({ handle, door, certificates });
  const gateway: Gateway = {
    seed,
    ...byHand,
    async fetch(request) {
      const { protocol, host, pathname: path } = new URL(request.url);
      const header = (name: string) => request.headers.get(name) ?? undefined;
      const knock = { method: request.method, path, header, protocol, host, port: undefined };
      return door.pass(knock, () => handle(request, UNCHECKED_PEER));
    },
    listen: (options) => listening.listen(options),
    client: createClients({ merchants, listening, certificates, v3Keys }),
    async wechatpayKeys(mch_id) {
      const { publicKey, certificates } = await v3Keys.pemsOf(mch_id);
      return { ...publicKey, ...certificates };
    },
    keyPhase: phases.set,
    renewCertificate: platform.renew,
    certificates: () => certificates.forClients(),
    login: (who) => miniProgram.login(who),
    phoneCode: (who) => miniProgram.phoneCode(who),
    pay: async (payment) => phone.requestPayment(payment),
    payInApp: async (payment) => phone.payInApp(payment),
    failNext(given) {
      const fault = ownFault(given);
      const { path } = fault;
      const isKnown = [MINI_PROGRAM_PATHS, production.paths, v3Paths].some((paths) => paths.has(path ?? ''));
      if (path !== undefined && !isKnown) {
        throw new TypeError(`failNext: the gateway has no path ${shown(path)}`);
      }
      faults.add(fault);
    },
    probe: createProbe({ ...shared, ...production, merchants }),
    faultRates: (rates) => chance.set(rates),
    comment: (comment) => production.comments.comment(comment),
    orders: () => [
      ...production.orders.all().map(orderRecord),
      ...sandbox.orders.all().map((order) => ({ ...orderRecord(order), sandbox: true as const })),
    ],
    refunds: () => [
      ...production.refunds.all().map(refundRecord),
      ...sandbox.refunds.all().map((refund) => ({ ...refundRecord(refund), sandbox: true as const })),
    ],
    notices: () => notices.records(),
    calls: () => calls.all(),
    idle: () => notices.idle(),
    async close() {
      timers.close();
      notices.close();
      await Promise.all([notices.idle(), listening.close()]);
    },
  };
  const view = createView({
    ...gateway,
    ...{ now: clock.now, appids: merchants.apps, merchants: merchants.all(), rates: chance.rates },
    ...{ phases: phases.all, exchanges, mask },
  });
  const bill = createPageBill({ ...production, merchants, clock, tell });
  const showPage = createPage({ ...gateway, ...view, forward: clock.forward, rates: chance.rates, bill });
  return gateway;
}

function secretsOf({ key, apiV3Key, secret, sub_merchants = [] }: Merchant): string[] {
  return [key, apiV3Key, secret, ...sub_merchants.map((sub) => sub.secret)].filter((one) => one !== undefined);
}

/** Makes the answer for any other path: that of a web server, not of WeChat Pay. */
function notFound(): Response {
  const page =
    '<html>\r\n<head><title>404 Not Found</title></head>\r\n<body><h1>404 Not Found</h1></body>\r\n</html>\r\n';
  return makeAnswer(page, { status: 404, headers: { 'content-type': 'text/html' } });
}
