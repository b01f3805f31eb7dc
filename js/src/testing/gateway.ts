// The local WeChat Pay: one merchant's side, one log-in desk, one phone and their notices around the same books.

import { randomBytes } from 'node:crypto';
import { createMerchants, type GatewayMerchant } from './books/merchants.js';
import { type OrderRecord, orderRecord } from './books/orders.js';
import { type RefundRecord, refundRecord } from './books/refunds.js';
import { type ByHand, createByHand } from './by-hand.js';
import type { OrderComment } from './calls-v2/comments.js';
import { createEnvironment } from './calls-v2/environment.js';
import { alwaysPaid, type DecideMicropay } from './calls-v2/micropay.js';
import { productionPath, sandboxMerchants, signKeyRoutes } from './calls-v2/sandbox.js';
import { clientIdentity, clientTrust, type GatewayClientChoice, type GatewayClientOptions } from './client-options.js';
import { createTell, type GatewayEvent } from './events.js';
import { createFaultChance, type FaultRates } from './faults/by-chance.js';
import type { GatewayFault } from './faults/kinds.js';
import { createFaults, ownFault } from './faults/on-demand.js';
import type { PhoneNumberChoice } from './mini-program/phone-number.js';
import { createMiniProgramServer } from './mini-program/server.js';
import { createNoticeDesk, type NoticeRecord, WECHAT_RETRY_DELAYS_MS } from './notices/desk.js';
import { createNotifyHosts } from './notices/notify-hosts.js';
import { own } from './own.js';
import { createPage } from './page/page.js';
import { createPhone, type PayParams, type PayResult } from './phone.js';
import { createCertificateStore, type GatewayCertificates } from './server/certificates.js';
import { createDoor } from './server/door.js';
import { createListening, type ListenOptions } from './server/listening.js';
import { type Peer, UNCHECKED_PEER } from './server/peer.js';
import type { ListeningGateway } from './server/server.js';
import { shown } from './shown.js';
import { type Clock, realClock } from './wire/clock.js';
import { MINI_PROGRAM_PATHS } from './wire/paths.js';
import { createDice, createRandomText } from './wire/random.js';
import { createTimers } from './wire/timers.js';

/** How a gateway is made. */
export interface GatewayOptions {
  /** Who may call; at least one. */
  merchants: readonly GatewayMerchant[];
  /** The clock of every rule that depends on time; the real one by default. */
  clock?: Clock;
  /** Makes every id and nonce, and every failure by chance, repeatable; by default no two gateways are alike. */
  seed?: string | number;
  /** Failures that happen by chance; none by default. */
  faults?: FaultRates;
  /**
   * How notices are delivered; `globalThis.fetch` by default. Redirects are not followed. Whoever delivers, only hosts that
   * notices may go to are asked: see `allowNotifyHosts`.
   */
  fetch?: typeof fetch;
  /**
   * Hosts that notices may go to beside this machine, such as `shop.test`, or `shop.test:8443` for one port. By default notices
   * go to this machine alone, to any port of it. A notice to another host is not sent, and its one attempt says so.
   */
  allowNotifyHosts?: readonly string[];
  /**
   * Origins whose pages may call from a browser, such as `http://localhost:3000`; only the gateway's own page by default.
   * Programs send no `Origin`: they need no entry. The host of an origin may also be the `Host` of a call.
   */
  allowOrigins?: readonly string[];
  /** How long a merchant has to answer a notice, in milliseconds of real time; 5000 by default. */
  notifyTimeoutMs?: number;
  /** How long to wait before each repeat of a notice; WeChat's schedule of 15 repeats in 24 h 4 min by default. */
  retryDelaysMs?: readonly number[];
  /** How long a refund is under way, in milliseconds of the gateway's clock; 1000 by default. */
  refundDelayMs?: number;
  /** Decides what becomes of each pay code; by default every one is paid at once. It must not throw. */
  micropay?: DecideMicropay;
  /** Is told of everything that happens, as it happens. */
  onEvent?: (event: GatewayEvent) => void;
}

/** A local WeChat Pay. */
export interface Gateway extends ByHand {
  /** The seed, given or made: a gateway with the same one meets the same calls with the same ids and failures. */
  readonly seed: string | number;
  /**
   * The whole gateway as a function: every path of the manual, whatever the host. A malformed request gets WeChat's own
   * answer; no certificate is asked for. A request whose `Origin` or `Sec-Fetch-Site` says that a page elsewhere sent it is
   * refused as over HTTP. Rejects only where the request's body breaks off or is no bytes, since then nobody is left to answer,
   * and where a reset connection was asked for.
   */
  fetch(request: Request): Promise<Response>;
  /** Serves on a port of 127.0.0.1, a free one by default; with TLS where that is asked for. */
  listen(options?: number | ListenOptions): Promise<ListeningGateway>;
  /** The authority's certificate and a client certificate for each merchant; the same whenever it is asked. */
  certificates(): Promise<GatewayCertificates>;
  /**
   * The options of a client of this merchant: `new WechatPay(await gateway.client('1900000109'))` orders, and refunds too. Listens
   * with TLS on a free port where no server with TLS listens yet. Rejects with a TypeError that lists what there is, where
   * nobody has the number.
   */
  client(mch_id: string, choice?: GatewayClientChoice): Promise<GatewayClientOptions>;
  /** What `wx.login` does: gives a `js_code`, single use, good for five minutes. */
  login(who: { appid: string; openid: string }): string;
  /** What the `getPhoneNumber` button does: returns a code for `getPhoneNumber`, single use, good for five minutes. */
  phoneCode(who: PhoneNumberChoice): string;
  /** What `wx.requestPayment` does on the payer's phone. Does not wait for the notice: see `idle`. */
  pay(payment: PayParams): Promise<PayResult>;
  /** What a payer does who comments on an order that he paid: it can be fetched from then on. */
  comment(comment: OrderComment): void;
  /**
   * Lets the next call fail, or the next one of a path: with any `err_code`, unsigned, as HTML, cut, changed, late or not at
   * all; before or after its work. Failures wait in the order given. Throws a TypeError for a path that the gateway does not
   * have.
   */
  failNext(fault: GatewayFault): void;
  /**
   * Lets failures happen by chance from now on, these and no others; `{}` ends them. What the n-th call of a path about the
   * same order meets depends on the seed alone, in whatever order calls come. Throws a TypeError for rates that make no sense.
   */
  faultRates(rates: FaultRates): void;
  /** A copy of every order, oldest first; those of the sandbox after the others. */
  orders(): OrderRecord[];
  /** A copy of every refund, oldest first; those of the sandbox after the others. */
  refunds(): RefundRecord[];
  /** A copy of every notice with its attempts, oldest first. */
  notices(): NoticeRecord[];
  /** Resolves when no delivery of a notice is under way. Does not wait for repeats that are still to come. */
  idle(): Promise<void>;
  /** Ends deliveries, repeats and servers. */
  close(): Promise<void>;
}

/** Makes a local WeChat Pay with empty books. Throws a TypeError where the options make no sense. */
export function createGateway(given: GatewayOptions): Gateway {
  const options = own(given, OPTIONS);
  checkOptions(options);
  const clock = options.clock ?? realClock;
  const merchants = createMerchants(options.merchants);
  const seed = options.seed ?? randomBytes(16).toString('hex');
  const random = createRandomText(seed);
  // Dice of their own: failures that are thrown for do not change the ids.
  const chance = createFaultChance(createDice(`faults ${seed}`), options.faults ?? {});
  const tell = createTell(options.onEvent, () => clock.now());
  const door = createDoor(options.allowOrigins ?? [], tell);
  const timers = createTimers(clock);
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
  const shared = { clock, random, tell, timers, notices, faults };
  const miniProgram = createMiniProgramServer({ ...shared, merchants });
  const { isOfAnother } = miniProgram;
  const rules = {
    isOfAnother,
    refundDelayMs: options.refundDelayMs ?? 1000,
    decideMicropay: options.micropay ?? alwaysPaid,
  };
  const inSandbox = sandboxMerchants(merchants.all(), seed);
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
  const certificates = createCertificateStore(merchants.all().map(({ mch_id }) => mch_id));
  async function handle(request: Request, peer: Peer): Promise<Response> {
    const { pathname } = new URL(request.url);
    const page = peer.browser && (await showPage(pathname, request, peer.browser));
    if (page !== undefined) return page;
    const answered = await miniProgram.answer(request);
    if (answered !== undefined) return answered;
    const answer = await production.api(pathname, request, peer);
    if (answer !== undefined) return answer;
    const path = productionPath(pathname);
    // No certificate is asked for in the sandbox.
    const inside = path === undefined ? undefined : await sandbox.api(path, request, UNCHECKED_PEER);
    return inside ?? notFound();
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
    async client(mch_id, choice) {
      const identity = clientIdentity(merchants.all(), mch_id, choice);
      const { url } = await listening.withTls();
      const trust = clientTrust(await certificates.forClients(), mch_id);
      return { ...identity, baseUrls: [url], loginUrl: url, ...trust };
    },
    certificates: () => certificates.forClients(),
    login: (who) => miniProgram.login(who),
    phoneCode: (who) => miniProgram.phoneCode(who),
    pay: async (payment) => phone.requestPayment(payment),
    failNext(given) {
      const fault = ownFault(given);
      const { path } = fault;
      if (path !== undefined && !MINI_PROGRAM_PATHS.has(path) && !production.paths.has(path)) {
        throw new TypeError(`failNext: the gateway has no path ${shown(path)}`);
      }
      faults.add(fault);
    },
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
    idle: () => notices.idle(),
    async close() {
      timers.close();
      notices.close();
      await Promise.all([notices.idle(), listening.close()]);
    },
  };
  const showPage = createPage({
    ...byHand,
    login: gateway.login,
    phoneCode: gateway.phoneCode,
    state: () => ({
      nowMs: clock.now(),
      seed,
      appids: [...merchants.apps()],
      orders: newest(gateway.orders()),
      refunds: newest(gateway.refunds()),
      notices: newest(gateway.notices()),
    }),
  });
  return gateway;
}

/** As many as a person looks at, the newest first. */
function newest<Item>(items: readonly Item[]): Item[] {
  return items.slice(-200).reverse();
}

/** The longest delay that a timer of Node takes; a longer one would run at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

const OPTIONS = [
  ...(['merchants', 'clock', 'seed', 'faults', 'fetch', 'allowNotifyHosts', 'allowOrigins'] as const),
  ...(['notifyTimeoutMs', 'retryDelaysMs', 'refundDelayMs', 'micropay', 'onEvent'] as const),
];

function checkOptions(options: GatewayOptions): void {
  const { merchants, notifyTimeoutMs = 1, refundDelayMs = 1, retryDelaysMs = [] } = options;
  if (!Array.isArray(merchants) || merchants.length === 0) {
    throw new TypeError('createGateway: merchants must be a list with at least one merchant');
  }
  for (const ms of [notifyTimeoutMs, refundDelayMs, ...retryDelaysMs]) {
    if (!Number.isInteger(ms) || ms < 0 || ms > LONGEST_TIMER_MS) {
      throw new TypeError(
        'createGateway: notifyTimeoutMs, refundDelayMs and retryDelaysMs are whole milliseconds, at most 2 ** 31 - 1',
      );
    }
  }
  for (const name of ['allowOrigins', 'allowNotifyHosts'] as const) {
    const list: unknown = options[name] ?? [];
    if (!Array.isArray(list) || list.some((entry) => typeof entry !== 'string')) {
      throw new TypeError(`createGateway: ${name} is no list of texts; write [] or ['…']`);
    }
  }
}

/** Any other path: what a web server says, not WeChat Pay. */
function notFound(): Response {
  const page =
    '<html>\r\n<head><title>404 Not Found</title></head>\r\n<body><h1>404 Not Found</h1></body>\r\n</html>\r\n';
  return new Response(page, { status: 404, headers: { 'content-type': 'text/html' } });
}
