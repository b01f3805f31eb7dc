// One exchange over fetch, with limits of time and size. Each failure says whether money may have moved.

import { type Outcome, WxPayError } from '../errors.js';
import { own, ownMember } from '../own.js';
import { Collected } from './collected.js';
import { type Limit, limited } from './limited.js';
import type { Mask } from './masking.js';
import { networkAdvice } from './network-advice.js';
import { beginning } from './page.js';
import { asBytes, discard, type Pieces, piecesOf } from './pieces.js';
import type { Progress, Reply, Send, Sending } from './send.js';

/** A request to one host, and its limits. */
export interface Outgoing extends Limit {
  /** The address. Its query may contain secrets. */
  url: string;
  init: Sending;
  /** The name of the call in errors. Unlike the URL, this name contains no secrets. */
  where: string;
  /** The function that sends the request. */
  send: Send;
  /** The transport's report of this attempt. */
  progress: Progress;
  /** The longest time of the whole exchange in milliseconds. For a bill, the longest time of each piece. */
  timeoutMs: number;
  /** The largest length of an answer in bytes. */
  limit: number;
  /** Removes the secrets from foreign words that an error repeats. */
  mask: Mask;
  /** Throws the error for an answer of a download whose status is not 200. */
  refused?: ((reply: WholeReply) => never) | undefined;
}

/** Sends the request and returns the body of an answer with status 200. */
export function fetchBytes(outgoing: Outgoing): Promise<Uint8Array> {
  return sent(outgoing, async (signal) => readBytes(await answered(outgoing, signal), outgoing, signal));
}

/** Sends the request and returns the body as a stream. The time limit is for the start of the answer, and for each piece. */
export async function fetchStream(outgoing: Outgoing): Promise<ReadableStream<Uint8Array>> {
  const { where, signal } = outgoing;
  const body = await sent(outgoing, (timed) => answered(outgoing, timed));
  // Between two pieces nothing else checks the caller's signal.
  const onAbort = () => body.cancel();
  const end = () => signal?.removeEventListener('abort', onAbort);
  signal?.addEventListener('abort', onAbort, { once: true });
  // A signal that is aborted already emits no event.
  if (signal?.aborted) body.cancel();
  const source: UnderlyingDefaultSource<Uint8Array> = {
    async pull(controller) {
      try {
        const piece = await limited(where, outgoing, () => nextPiece(body, outgoing));
        if (piece !== undefined) return controller.enqueue(piece);
        end();
        controller.close();
      } catch (error) {
        end();
        body.cancel();
        throw typed(error, outgoing);
      }
    },
    cancel() {
      end();
      body.cancel();
    },
  };
  return new ReadableStream(own(source), own({ highWaterMark: 0 }));
}

/** Makes the error for an answer whose HTTP status is not 200. `begins` says how its body begins. */
export function wrongStatus(
  where: string,
  status: number,
  begins = '',
  advice = 'query before anything else',
): WxPayError {
  return new WxPayError({
    code: 'ERR_HTTP',
    outcome: 'unknown',
    message: `${where}: HTTP status ${status} instead of 200${begins}; ${advice}`,
    status,
  });
}

/** Runs an exchange within its limits. Throws a `WxPayError`; its outcome says whether anything was sent. */
async function sent<T>(outgoing: Outgoing, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { where, signal } = outgoing;
  if (signal?.aborted) {
    const message = `${where}: the caller's signal aborted the call before it was sent`;
    throw failure('ERR_NETWORK', 'not-sent', message, signal.reason);
  }
  try {
    return await limited(where, outgoing, run);
  } catch (error) {
    throw typed(error, outgoing);
  }
}

/** A whole answer of any status. */
export interface WholeReply {
  readonly status: number;
  /** A header by its name in lower case. An absent header is empty. */
  header(name: string): string;
  readonly body: Uint8Array;
}

/** Sends the request and returns the answer, whatever its status is. */
export function fetchReply(outgoing: Outgoing): Promise<WholeReply> {
  return sent(outgoing, async (signal) => {
    const reply = await replied(outgoing, signal);
    const body = reply.body === null ? new Uint8Array() : await readBytes(bodyOf(reply, outgoing), outgoing, signal);
    return { status: reply.status, header: (name) => reply.headers?.get(name) ?? '', body };
  });
}

/** Returns the body of an answer with status 200. */
async function answered(outgoing: Outgoing, signal: AbortSignal): Promise<Pieces> {
  const reply = await replied(outgoing, signal);
  const { status, body } = reply;
  if (status !== 200 && outgoing.refused !== undefined) {
    const bytes = body === null ? new Uint8Array() : await readBytes(bodyOf(reply, outgoing), outgoing, signal);
    return outgoing.refused({ status, header: (name) => reply.headers?.get(name) ?? '', body: bytes });
  }
  // After the time limit nobody reads the answer.
  if (signal.aborted) discard(body);
  if (status !== 200 || signal.aborted)
    throw wrongStatus(outgoing.where, status, signal.aborted ? '' : await beginning(body, outgoing), outgoing.advice);
  return bodyOf(reply, outgoing);
}

/** Sends the request and returns the answer before its body. A fetch of the caller's may return anything. */
async function replied(outgoing: Outgoing, signal: AbortSignal): Promise<Reply> {
  const { url, init, send, progress } = outgoing;
  // Some hosts patch fetch with a cache. No cache may store an answer, or a URL with the AppSecret.
  const whole: Sending = { ...init, redirect: 'manual', cache: 'no-store', signal };
  const response = (await send(url, own(whole), progress)) as Reply | undefined;
  if (typeof response?.status !== 'number') throw foreign(outgoing, 'fetch did not return a Response');
  return response;
}

/** Returns the body of an answer in pieces. */
function bodyOf(response: Reply, outgoing: Outgoing): Pieces {
  const { body, arrayBuffer } = response as Partial<Response>;
  const pieces = piecesOf(body);
  if (pieces !== undefined) return pieces;
  if (typeof arrayBuffer !== 'function') throw foreign(outgoing, 'the body is not a stream');
  // A Response without a stream: it is empty, or its fetch has no streams.
  let isRead = false;
  return {
    async next() {
      if (isRead) return undefined;
      isRead = true;
      return new Uint8Array(await arrayBuffer.call(response as Response));
    },
    cancel() {},
  };
}

async function readBytes(body: Pieces, outgoing: Outgoing, signal: AbortSignal): Promise<Uint8Array> {
  const { where, limit } = outgoing;
  const collected = new Collected(limit);
  // A fetch may ignore its signal, and would then keep the connection.
  signal.addEventListener('abort', () => body.cancel(), { once: true });
  try {
    for (let piece = await nextPiece(body, outgoing); piece !== undefined; piece = await nextPiece(body, outgoing)) {
      if (signal.aborted) throw failure('ERR_TIMEOUT', 'unknown', `${where}: the answer came too late`);
      if (!collected.add(piece))
        throw failure('ERR_HTTP', 'unknown', `${where}: the answer is larger than ${limit} bytes`);
    }
  } catch (error) {
    body.cancel();
    throw error;
  }
  return collected.bytes();
}

async function nextPiece(body: Pieces, outgoing: Outgoing): Promise<Uint8Array | undefined> {
  const piece = await body.next();
  const bytes = asBytes(piece);
  if (piece === undefined || bytes !== undefined) return bytes;
  throw foreign(outgoing, 'the body is not made of bytes (Uint8Array)');
}

/** The error if the caller's fetch does not return a `Response`. The request may have arrived. */
function foreign({ where, advice }: Outgoing, what: string): WxPayError {
  return failure('ERR_HTTP', 'unknown', `${where}: ${what}; check the option fetch, and ${advice}`);
}

/** Makes a `WxPayError` of a failed connection. The message contains the host, but not the query. */
function typed(error: unknown, { where, url, advice, mask, progress }: Outgoing): WxPayError {
  const { mayHaveLeft } = progress;
  if (error instanceof WxPayError)
    return mayHaveLeft === false && error.outcome === 'unknown' ? unconnected(error) : error;
  const { code, syscall } = systemError(error);
  // An open connection can fail with the same codes, after the request was sent. So the code decides only for a fetch.
  const isOfConnecting = NO_ADDRESS_OR_TRUST.test(code) || (syscall === 'connect' && /^E[A-Z]+$/.test(code));
  const neverSent = mayHaveLeft === undefined ? isOfConnecting : !mayHaveLeft;
  const hint = networkAdvice(code);
  const message = [
    `${where}: the connection to ${new URL(url).host} failed (${mask(code) || 'no reason given'})`,
    ...(hint === undefined ? [] : [hint]),
    ...(neverSent ? [] : [advice]),
  ];
  return failure('ERR_NETWORK', neverSent ? 'not-sent' : 'unknown', message.join('; '));
}

/** The error of a call that the time limit or the caller's signal ended before its connection was open. */
function unconnected(error: WxPayError): WxPayError {
  const message = `${error.message.split(';')[0]}; no connection was made, so nothing was sent: check the firewall, and whether a proxy is needed`;
  return new WxPayError({ ...error.toJSON(), outcome: 'not-sent', message, cause: error.cause });
}

/** Codes of failures before the first byte of a request is sent: DNS, connection, and certificates. */
const NO_ADDRESS_OR_TRUST =
  /^(ENOTFOUND|EAI_AGAIN|UND_ERR_CONNECT_TIMEOUT|CERT_.*|ERR_TLS_CERT_ALTNAME_INVALID|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_.*)$/;

/**
 * The code of the system for a failed fetch. undici puts the code into the cause, and the codes of several attempts into
 * `errors`.
 */
function systemError(error: unknown): { code: string; syscall: unknown } {
  for (let at: unknown = error, depth = 0; depth < 4 && typeof at === 'object' && at !== null; depth += 1) {
    const failed: { code?: unknown; syscall?: unknown; cause?: unknown; errors?: unknown[] } = at;
    const [code, syscall] = [ownMember(failed, 'code'), ownMember(failed, 'syscall')];
    const several = ownMember(failed, 'errors')?.[0];
    // A caller's fetch may set any code, even a text that contains the request.
    if (typeof code === 'string' && /^[A-Z0-9_]{1,64}$/.test(code) && several === undefined) return { code, syscall };
    at = several ?? ownMember(failed, 'cause');
  }
  return { code: '', syscall: undefined };
}

// The cause of a failed fetch is left out, since it can contain the URL and a secret.
function failure(
  code: 'ERR_NETWORK' | 'ERR_TIMEOUT' | 'ERR_HTTP',
  outcome: Outcome,
  message: string,
  cause?: unknown,
): WxPayError {
  return new WxPayError({ code, outcome, message, cause });
}
