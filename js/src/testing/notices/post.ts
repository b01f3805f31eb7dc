// One delivery of a notice: post it, read the reply, and judge it as strictly as WeChat does (manual: 支付结果通知, 返回).

import { shown } from '../shown.js';
import { BODY_LIMIT_BYTES, decodeUtf8, readBody } from '../wire/body.js';
import { readXml } from '../wire/xml.js';

/** What came of one delivery. */
export interface Reply {
  accepted: boolean;
  /** The HTTP status, where there was an answer. */
  status?: number;
  /** The beginning of the body, where there was one. */
  answer?: string;
  /** Why the reply was not accepted. */
  error?: string;
}

/** What one delivery needs. */
export interface NoticePost {
  readonly fetch: typeof fetch;
  readonly notify_url: string;
  readonly body: string;
  /**
   * How long the merchant has for the whole reply, in milliseconds. Real time always: it bounds a real connection, and
   * a manual clock that waits for a delivery could not end it.
   */
  readonly timeoutMs: number;
  /** Ends the delivery early. */
  readonly closing: AbortSignal;
}

/** Posts the notice once. Never rejects: whatever goes wrong is an error of the reply. */
export async function postNotice(post: NoticePost): Promise<Reply> {
  const stop = new AbortController();
  const stopForClosing = () => stop.abort(new Error('gateway closed'));
  const timer = setTimeout(() => stop.abort(new Error('no complete reply in time')), post.timeoutMs);
  post.closing.addEventListener('abort', stopForClosing);
  try {
    // A fetch that was brought along may not heed its signal, so the race heeds it as well.
    return await Promise.race([replyTo(post, stop.signal), whenAborted(stop.signal)]);
  } catch (error) {
    return { accepted: false, error: describe(stop.signal.aborted ? stop.signal.reason : error) };
  } finally {
    clearTimeout(timer);
    post.closing.removeEventListener('abort', stopForClosing);
  }
}

async function replyTo({ fetch, notify_url, body }: NoticePost, signal: AbortSignal): Promise<Reply> {
  const response = await fetch(notify_url, {
    method: 'POST',
    headers: { 'content-type': 'text/xml' },
    body,
    redirect: 'manual',
    signal,
  });
  const { status } = response;
  const bytes = await readBody(response.body);
  if (bytes === undefined) return { accepted: false, status, error: `reply longer than ${BODY_LIMIT_BYTES} bytes` };
  const answer = Buffer.from(bytes).toString('utf8').slice(0, ANSWER_CHARACTERS);
  const error = status === 200 ? findFault(bytes) : `status ${status}, not 200`;
  return error === undefined ? { accepted: true, status, answer } : { accepted: false, status, answer, error };
}

/** How much of a reply is kept for the record. */
const ANSWER_CHARACTERS = 500;

/**
 * What is wrong with a reply of status 200, or undefined. Nothing may stand before the XML, not even a line break or a
 * byte order mark: such output is a known reason why real notices are repeated although the merchant thinks he answered.
 */
function findFault(bytes: Uint8Array): string | undefined {
  if (bytes.byteLength === 0) return 'empty reply';
  const text = decodeUtf8(bytes);
  if (text === undefined) return 'reply is not UTF-8';
  if (!text.startsWith('<')) return 'reply does not begin with XML';
  const return_code = readXml(text, 'xml')?.get('return_code');
  if (return_code === undefined) return 'reply is not <xml> with a return_code';
  return return_code === 'SUCCESS' ? undefined : 'return_code of the reply is not SUCCESS';
}

function whenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason));
  });
}

/** Why there was no reply. The code of a failed connection (`ECONNREFUSED`) says more than the words around it. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return 'no connection';
  const { cause } = error;
  return shown(cause instanceof Error && 'code' in cause ? cause.code : error.message);
}
