// One delivery of a notice: the post, and a judgement of the reply as strict as WeChat's (manual: 支付结果通知, 返回).

import { shown } from '../shown.js';
import { BODY_LIMIT_BYTES, readBody } from '../wire/body.js';
import type { NoticeForm } from './form.js';

/** The result of one delivery. */
export interface Reply {
  accepted: boolean;
  /** The HTTP status, if there was a reply. */
  status?: number;
  /** The beginning of the body, if there was one. */
  answer?: string;
  /** Why the reply was not accepted. */
  error?: string;
}

/** The parts of one delivery. */
export interface NoticePost {
  readonly fetch: typeof fetch;
  readonly notify_url: string;
  readonly body: string;
  readonly headers: Record<string, string>;
  /** The fault of a reply, or undefined where it accepts the notice. */
  readonly fault: NoticeForm['fault'];
  /**
   * The time limit of the whole reply, in milliseconds. It is always real time, since a manual clock that waits for a delivery
   * cannot end it.
   */
  readonly timeoutMs: number;
  /** Ends the delivery early. */
  readonly closing: AbortSignal;
}

/** Posts the notice once. It never rejects: each failure is the `error` of the reply. */
export async function postNotice(post: NoticePost): Promise<Reply> {
  const stop = new AbortController();
  const stopForClosing = () => stop.abort(new Error('gateway closed'));
  const timer = setTimeout(() => stop.abort(new Error('no complete reply in time')), post.timeoutMs);
  post.closing.addEventListener('abort', stopForClosing);
  try {
    // The caller's fetch may ignore its signal, so the race has it too.
    return await Promise.race([replyTo(post, stop.signal), whenAborted(stop.signal)]);
  } catch (error) {
    return { accepted: false, error: describe(stop.signal.aborted ? stop.signal.reason : error) };
  } finally {
    clearTimeout(timer);
    post.closing.removeEventListener('abort', stopForClosing);
  }
}

async function replyTo({ fetch, notify_url, body, headers, fault }: NoticePost, signal: AbortSignal): Promise<Reply> {
  const response = await fetch(notify_url, {
    method: 'POST',
    headers,
    body,
    redirect: 'manual',
    signal,
  });
  const { status } = response;
  const bytes = await readBody(response.body);
  if (bytes === undefined) return { accepted: false, status, error: `reply longer than ${BODY_LIMIT_BYTES} bytes` };
  const answer = Buffer.from(bytes).toString('utf8').slice(0, ANSWER_CHARACTERS);
  const error = fault(status, bytes);
  return error === undefined ? { accepted: true, status, answer } : { accepted: false, status, answer, error };
}

/** The longest beginning of a reply in the record. */
const ANSWER_CHARACTERS = 500;

function whenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason));
  });
}

/** Returns why there was no reply. The code of a failed connection, such as `ECONNREFUSED`, comes first. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return 'no connection';
  const { cause } = error;
  return shown(cause instanceof Error && 'code' in cause ? cause.code : error.message);
}
