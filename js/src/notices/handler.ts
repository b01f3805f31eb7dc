// The notice handler: reads, verifies, delivers once, and answers as WeChat expects. It never throws.
import { changedError, harmless, WxPayError } from '../errors.js';
import { Attempt, delivery } from './delivery.js';
import { checked, type Listeners, type RejectedRequest } from './listeners.js';
import type { NoticeKinds } from './notice.js';
import type { NoticeReceiver } from './opener.js';
import { type NoticeReply, type NoticeRequest, Refusal, tooLarge, webRequest } from './request.js';

/** Receives notices: a function from a web `Request` to a `Response`. */
export interface NotifyHandler {
  (request: Request): Promise<Response>;
  /** Answers a request that is not a web `Request`. The adapters of other servers call it. */
  answer(request: NoticeRequest): Promise<NoticeReply>;
}

/** Returns the handler of a merchant's notices. */
export function notifyHandler<Kinds extends NoticeKinds>(
  receiver: NoticeReceiver,
  listeners: Listeners<Kinds>,
): NotifyHandler {
  // The receiver opens notices of these kinds alone.
  const settings = checked(listeners as unknown as Listeners);
  const { onRejected = log, timeoutMs } = settings;
  const deliver = delivery(settings, receiver.nowMs ?? Date.now);

  function answer(request: NoticeRequest): Promise<NoticeReply> {
    return new Promise((resolve) => {
      const attempt = new Attempt();
      const header = headerOf(request);
      const replies = () => receiver.replies(attempt.body, header);
      const report = (error: WxPayError) => {
        const isProbe = error.code === 'ERR_SIGNATURE' && (receiver.isProbe?.(header) ?? false);
        const rejected = { method: request.method, header, notice: attempt.notice, isProbe };
        // An exception in `onRejected` does not change the answer.
        Promise.resolve(rejected)
          .then((rejected) => onRejected(error, rejected))
          .catch(() => {});
      };
      const end = (outcome: NoticeReply) => {
        clearTimeout(timer);
        resolve(outcome);
      };
      const refuse = (thrown: unknown) => {
        const { error: found, status } =
          thrown instanceof Refusal ? thrown : { error: asError(thrown), status: undefined };
        const { bodyCode } = receiver;
        const isOfBody = bodyCode !== undefined && found.code === 'ERR_XML';
        const error = isOfBody ? changedError(found, { code: bodyCode }) : found;
        // If the body ends early after the time limit, the time limit is the reason, and it was reported already.
        if (!attempt.isOver || attempt.body) report(error);
        end(replies().refused(status));
        if (!attempt.body) abandon(request);
      };
      const timer = setTimeout(() => {
        const timedOut = late(attempt, timeoutMs);
        // The listener has succeeded, and only the store is slow: WeChat need not send the notice again.
        if (attempt.isDelivered) {
          report(timedOut.error);
          end(replies().accepted);
        } else refuse(timedOut);
        attempt.end(timedOut.error);
      }, timeoutMs);
      receive(request, attempt, report).then(() => end(replies().accepted), refuse);
    });
  }

  async function receive(request: NoticeRequest, attempt: Attempt, report: (error: WxPayError) => void): Promise<void> {
    checkHead(request, receiver.limit);
    const body = await request.read(receiver.limit);
    if (attempt.isOver) return;
    attempt.body = body;
    const { url = '' } = request;
    const opened = await receiver.open({ body, url, header: headerOf(request) });
    if (attempt.isOver) return;
    attempt.notice = opened.notice;
    await deliver(opened, attempt, report);
  }

  const handler = async (request: Request) => {
    const { body, ...init } = await answer(webRequest(request));
    return new Response(body, init);
  };
  return Object.assign(handler, { answer });
}

/** The reader of headers. A request object of a foreign kind may throw at any access. */
function headerOf(request: NoticeRequest): NoticeRequest['header'] {
  return (name) => {
    try {
      return request.header(name);
    } catch {
      return undefined;
    }
  };
}

/** Discards the rest of a body. A request object of a foreign kind may throw at any access. */
function abandon(request: NoticeRequest): void {
  try {
    request.abandon();
  } catch {
    // The answer is decided already.
  }
}

/** Refuses a request by its method and headers, before the body is read. */
function checkHead(request: NoticeRequest, limit: number): void {
  if (request.method !== 'POST')
    throw new Refusal('ERR_HTTP', `the method is ${quoted(request.method)}; WeChat sends notices by POST`, 405);
  const encoding = request.header('content-encoding') || 'identity';
  if (encoding.toLowerCase() !== 'identity') {
    throw new Refusal(
      'ERR_HTTP',
      `the body is encoded (${quoted(encoding)}); pass the plain bytes on, since these are signed`,
      415,
    );
  }
  if (Number(request.header('content-length')) > limit) throw tooLarge(limit);
}

/** Quotes foreign text for an error. */
const quoted = (text: string) => JSON.stringify(harmless(text, 32));

function late(attempt: Attempt, timeoutMs: number): Refusal {
  if (attempt.isDelivered) {
    return new Refusal(
      'ERR_STORE',
      `the notice is delivered, but the store did not remember it within ${timeoutMs} ms; check the store`,
    );
  }
  return attempt.body
    ? new Refusal('ERR_TIMEOUT', `the notice was not delivered within ${timeoutMs} ms; WeChat sends it again`)
    : new Refusal(
        'ERR_TIMEOUT',
        `the body was not complete within ${timeoutMs} ms; WeChat sends the notice again`,
        408,
      );
}

function asError(thrown: unknown): WxPayError {
  if (thrown instanceof WxPayError) return thrown;
  return new WxPayError({
    code: 'ERR_HTTP',
    outcome: 'unknown',
    message: 'the request cannot be read; see the cause',
    cause: thrown,
  });
}

/** Writes one line, without control characters. */
function log({ code, message, cause }: WxPayError, { isProbe }: RejectedRequest): void {
  const why = cause instanceof Error ? ` (${cause.name}: ${cause.message})` : '';
  const line = harmless(`paysign: notice refused: ${code}: ${message}${why}`, 500);
  if (isProbe) console.info(line);
  else console.error(line);
}
