// The local WeChat Pay: one merchant's side, one log-in desk, one phone and their notices around the same books.

import { type Clock, realClock } from './clock.js';
import { createCloseOrder } from './close-order.js';
import { createTell, type GatewayEvent } from './events.js';
import { createLoginDesk } from './login.js';
import { createMerchants, type GatewayMerchant } from './merchants.js';
import { createNoticeDesk, type NoticeRecord, WECHAT_RETRY_DELAYS_MS } from './notices.js';
import { createOrderQuery } from './order-query.js';
import { createOrderBook, type OrderRecord, orderRecord } from './orders.js';
import { createPayApi } from './pay-api.js';
import { createPhone, type PayParams, type PayResult } from './phone.js';
import { createRandomText } from './random.js';
import { type ListeningGateway, listenOnLoopback } from './server.js';
import { createUnifiedOrder } from './unified-order.js';

/** How a gateway is made. */
export interface GatewayOptions {
  /** Who may call; at least one. */
  merchants: readonly GatewayMerchant[];
  /** The clock of every rule that depends on time; the real one by default. */
  clock?: Clock;
  /** Makes every id and nonce repeatable; by default no two gateways are alike. */
  seed?: string | number;
  /** How notices are delivered; `globalThis.fetch` by default. Redirects are not followed. */
  fetch?: typeof fetch;
  /** How long a merchant has to answer a notice, in milliseconds of real time; 5000 by default. */
  notifyTimeoutMs?: number;
  /** How long to wait before each repeat of a notice; WeChat's schedule of 15 repeats in 24 h 4 min by default. */
  retryDelaysMs?: readonly number[];
  /** Is told of everything that happens, as it happens. */
  onEvent?: (event: GatewayEvent) => void;
}

/** A local WeChat Pay. */
export interface Gateway {
  /**
   * The whole gateway as a function: `/pay/unifiedorder`, `/pay/orderquery`, `/pay/closeorder` and
   * `/sns/jscode2session`, whatever the host. A malformed request gets WeChat's own answer. Rejects only where the
   * request's body breaks off while it is read: then nobody is left to answer.
   */
  fetch(request: Request): Promise<Response>;
  /** Serves on a port of 127.0.0.1, a free one by default. */
  listen(port?: number): Promise<ListeningGateway>;
  /** What `wx.login` does: gives a `js_code`, single use, good for five minutes. */
  login(who: { appid: string; openid: string }): string;
  /** What `wx.requestPayment` does on the payer's phone. Does not wait for the notice: see `idle`. */
  pay(payment: PayParams): Promise<PayResult>;
  /** A copy of every order, oldest first. */
  orders(): OrderRecord[];
  /** A copy of every notice with its attempts, oldest first. */
  notices(): NoticeRecord[];
  /** Resolves when no delivery of a notice is under way. Does not wait for repeats that are still to come. */
  idle(): Promise<void>;
  /** Ends deliveries, repeats and servers. */
  close(): Promise<void>;
}

/** Makes a local WeChat Pay with empty books. Throws a TypeError where the options make no sense. */
export function createGateway(options: GatewayOptions): Gateway {
  checkOptions(options);
  const clock = options.clock ?? realClock;
  const merchants = createMerchants(options.merchants);
  const random = createRandomText(options.seed);
  const tell = createTell(options.onEvent, () => clock.now());
  const orders = createOrderBook(clock);
  const shared = { clock, merchants, random, tell, orders };
  const notices = createNoticeDesk({
    ...shared,
    // Looked up at each call, so that a test may replace the global one later.
    fetch: options.fetch ?? ((input, init) => globalThis.fetch(input, init)),
    notifyTimeoutMs: options.notifyTimeoutMs ?? 5000,
    retryDelaysMs: [...(options.retryDelaysMs ?? WECHAT_RETRY_DELAYS_MS)],
  });
  const logins = createLoginDesk(shared);
  const phone = createPhone({ ...shared, notices });
  const payApi = createPayApi({
    ...shared,
    endpoints: new Map([
      ['/pay/unifiedorder', createUnifiedOrder(shared)],
      ['/pay/orderquery', createOrderQuery(shared)],
      ['/pay/closeorder', createCloseOrder(shared)],
    ]),
  });
  const servers = new Set<ListeningGateway>();

  async function handle(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === '/sns/jscode2session') return logins.code2Session(searchParams);
    return (await payApi(pathname, request)) ?? notFound();
  }

  return {
    fetch: handle,
    async listen(port = 0) {
      const server = await listenOnLoopback(handle, port);
      servers.add(server);
      return server;
    },
    login: (who) => logins.login(who),
    pay: async (payment) => phone(payment),
    orders: () => orders.all().map(orderRecord),
    notices: () => notices.records(),
    idle: () => notices.idle(),
    async close() {
      notices.close();
      await Promise.all([notices.idle(), ...[...servers].map((server) => server.close())]);
    },
  };
}

/** The longest delay that a timer of Node takes; a longer one would run at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

function checkOptions({ merchants, notifyTimeoutMs = 1, retryDelaysMs = [] }: GatewayOptions): void {
  if (!Array.isArray(merchants) || merchants.length === 0) {
    throw new TypeError('createGateway: merchants must be a list with at least one merchant');
  }
  for (const ms of [notifyTimeoutMs, ...retryDelaysMs]) {
    if (!Number.isInteger(ms) || ms < 0 || ms > LONGEST_TIMER_MS) {
      throw new TypeError(
        'createGateway: notifyTimeoutMs and retryDelaysMs are whole milliseconds, at most 2 ** 31 - 1',
      );
    }
  }
}

/** Any other path: what a web server says, not WeChat Pay. */
function notFound(): Response {
  const page =
    '<html>\r\n<head><title>404 Not Found</title></head>\r\n<body><h1>404 Not Found</h1></body>\r\n</html>\r\n';
  return new Response(page, { status: 404, headers: { 'content-type': 'text/html' } });
}
