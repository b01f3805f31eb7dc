// The notice handler: reads, verifies, delivers once, and answers as WeChat expects. Nothing throws out of it.
import { harmless, WxPayError } from '../errors.js';
import { NOTICE_BYTES } from '../generated/constants.js';
import { Attempt, delivery } from './delivery.js';
import { checked, type NotifyListeners } from './listeners.js';
import type { NoticeReceiver } from './opener.js';
import { type NoticeReply, type NoticeRequest, Refusal, tooLarge, webRequest } from './request.js';

/** Receives notices: a function from a web `Request` to a `Response`. */
export interface NotifyHandler {
  (request: Request): Promise<Response>;
  /** The same without web objects: what the bridges to other servers call. */
  answer(request: NoticeRequest): Promise<NoticeReply>;
}

/** Makes the handler of a merchant's notices. */
export function notifyHandler(merchant: NoticeReceiver, listeners: NotifyListeners): NotifyHandler {
  const settings = checked(listeners);
  const { onRejected = log, timeoutMs } = settings;
  const deliver = delivery(settings);
  const accepted = reply(200, merchant.accepted);
  // One set of words for everything: a forger learns nothing.
  const words = merchant.refused('refused');

  function answer(request: NoticeRequest): Promise<NoticeReply> {
    return new Promise((resolve) => {
      const attempt = new Attempt();
      const tell = (error: WxPayError) => {
        const rejected = {
          method: request.method,
          header: (name: string) => request.header(name),
          notice: attempt.notice,
        };
        // What the operator's own code does wrong changes no answer.
        Promise.resolve(rejected)
          .then((rejected) => onRejected(error, rejected))
          .catch(() => {});
      };
      const end = (outcome: NoticeReply) => {
        clearTimeout(timer);
        resolve(outcome);
      };
      const refuse = (thrown: unknown) => {
        const { error, status } = thrown instanceof Refusal ? thrown : { error: asError(thrown), status: 200 };
        // A body that breaks off after its time does so because of that.
        if (!attempt.isOver || attempt.isRead) tell(error);
        end(reply(status, words));
        if (!attempt.isRead) abandon(request);
      };
      const timer = setTimeout(() => {
        const refusal = late(attempt, timeoutMs);
        // The listener has succeeded, and only the store still hangs: WeChat need not come again.
        if (attempt.isDelivered) {
          tell(refusal.error);
          end(accepted);
        } else refuse(refusal);
        attempt.end(refusal.error);
      }, timeoutMs);
      receive(request, attempt, tell).then(() => end(accepted), refuse);
    });
  }

  async function receive(request: NoticeRequest, attempt: Attempt, tell: (error: WxPayError) => void): Promise<void> {
    checkHead(request);
    const bytes = await request.read(NOTICE_BYTES);
    if (attempt.isOver) return;
    attempt.isRead = true;
    const opened = await merchant.open(bytes);
    if (attempt.isOver) return;
    attempt.notice = opened.notice;
    await deliver(opened, attempt, tell);
  }

  const handler = async (request: Request) => {
    const { body, ...init } = await answer(webRequest(request));
    return new Response(body, init);
  };
  return Object.assign(handler, { answer });
}

/** Wants no more of a body. A request of a foreign kind may throw at any touch. */
function abandon(request: NoticeRequest): void {
  try {
    request.abandon();
  } catch {
    // It is answered already.
  }
}

/** What is no notice by its head alone is not read. */
function checkHead(request: NoticeRequest): void {
  if (request.method !== 'POST')
    throw new Refusal('ERR_HTTP', `the method is ${quoted(request.method)}, not POST`, 405);
  const encoding = request.header('content-encoding') || 'identity';
  if (encoding.toLowerCase() !== 'identity') {
    throw new Refusal('ERR_HTTP', `the body is encoded (${quoted(encoding)}); what is signed are plain bytes`, 415);
  }
  if (Number(request.header('content-length')) > NOTICE_BYTES) throw tooLarge(NOTICE_BYTES);
}

/** A stranger's text in an error. */
const quoted = (text: string) => JSON.stringify(harmless(text, 32));

function late(attempt: Attempt, timeoutMs: number): Refusal {
  if (attempt.isDelivered) {
    return new Refusal('ERR_STORE', `it is delivered, but the store did not remember it within ${timeoutMs} ms`);
  }
  return attempt.isRead
    ? new Refusal('ERR_TIMEOUT', `the notice was not delivered within ${timeoutMs} ms; WeChat sends it again`)
    : new Refusal('ERR_TIMEOUT', `the body was not complete within ${timeoutMs} ms`, 408);
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

/** An answer of ours, whose words are ASCII. */
function reply(status: number, body: string): NoticeReply {
  const headers = { 'content-type': 'text/xml; charset=utf-8', 'content-length': String(body.length) };
  return { status, headers: status === 405 ? { ...headers, allow: 'POST' } : headers, body };
}

/** One line, whatever the messages are. */
function log({ code, message, cause }: WxPayError): void {
  const why = cause instanceof Error ? ` (${cause.name}: ${cause.message})` : '';
  console.error(harmless(`paysign: notice refused: ${code}: ${message}${why}`, 500));
}
