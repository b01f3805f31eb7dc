// One exchange over fetch: time limit, size limit, and failures that say whether money may have moved.
import { type Outcome, WxPayError } from './errors.js';
import { joined } from './joined.js';

/** What an exchange needs besides its request. */
export interface Transport {
  /** The fetch that sends. */
  fetch: typeof globalThis.fetch;
  /** How long the whole exchange may take, in milliseconds. */
  timeoutMs: number;
  /** The caller's own signal. */
  signal: AbortSignal | undefined;
  /** The most bytes of an answer. */
  limit: number;
}

/** Sends and gives the body of an answer with status 200. `where` names the target in errors: never a URL with secrets. */
export async function exchange(
  url: string,
  init: RequestInit,
  where: string,
  transport: Transport,
): Promise<Uint8Array> {
  const timer = AbortSignal.timeout(transport.timeoutMs);
  return guarded(where, transport, timer, async (signal) =>
    readBounded(await answered(url, { ...init, signal }, where, transport), where, transport.limit),
  );
}

/** Sends and gives the body as it comes. The time limit is for the answer to begin; the caller's signal ends the rest. */
export async function download(
  url: string,
  init: RequestInit,
  where: string,
  transport: Omit<Transport, 'limit'>,
): Promise<ReadableStream<Uint8Array>> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), transport.timeoutMs);
  try {
    const response = await guarded(where, transport, late.signal, (signal) =>
      answered(url, { ...init, signal }, where, transport),
    );
    return response.body ?? new ReadableStream({ start: (controller) => controller.close() });
  } finally {
    clearTimeout(timer);
  }
}

async function answered(
  url: string,
  init: RequestInit,
  where: string,
  transport: Omit<Transport, 'limit'>,
): Promise<Response> {
  const response = await transport.fetch(url, { ...init, redirect: 'manual' });
  if (response.status === 200) return response;
  await response.body?.cancel();
  const { status } = response;
  throw new WxPayError({
    code: 'ERR_HTTP',
    outcome: 'unknown',
    message: `${where}: HTTP status ${status} instead of 200; query before anything else`,
    status,
  });
}

/** Runs an exchange under both signals and says of its failure whether anything was sent. */
async function guarded<T>(
  where: string,
  transport: Omit<Transport, 'limit'>,
  timer: AbortSignal,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  if (transport.signal?.aborted) {
    throw failure(
      'ERR_NETWORK',
      'not-sent',
      `${where}: the call was given up before it was sent`,
      transport.signal.reason,
    );
  }
  try {
    return await run(transport.signal ? AbortSignal.any([timer, transport.signal]) : timer);
  } catch (error) {
    if (error instanceof WxPayError) throw error;
    if (timer.aborted) {
      throw failure(
        'ERR_TIMEOUT',
        'unknown',
        `${where}: no answer within ${transport.timeoutMs} ms; query before anything else`,
      );
    }
    if (transport.signal?.aborted) {
      throw failure(
        'ERR_NETWORK',
        'unknown',
        `${where}: the call was given up; it may have arrived`,
        transport.signal.reason,
      );
    }
    const { code, syscall } = systemError(error);
    // An open connection can end with the same codes, after the request left it.
    const neverSent = NO_ADDRESS_OR_TRUST.test(code) || (syscall === 'connect' && /^E[A-Z]+$/.test(code));
    const outcome = neverSent ? 'not-sent' : 'unknown';
    throw failure('ERR_NETWORK', outcome, `${where}: the connection failed (${code || 'no reason given'})`);
  }
}

/** Failures that happen before the first byte of a request leaves: names, connecting, certificates. */
const NO_ADDRESS_OR_TRUST =
  /^(ENOTFOUND|EAI_AGAIN|UND_ERR_CONNECT_TIMEOUT|CERT_.*|ERR_TLS_.*|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_.*)$/;

async function readBounded(response: Response, where: string, limit: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  if (response.body) {
    const reader = response.body.getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      size += part.value.length;
      if (size > limit) {
        await reader.cancel();
        throw failure('ERR_HTTP', 'unknown', `${where}: the answer is larger than ${limit} bytes`);
      }
      parts.push(part.value);
    }
  }
  return joined(parts, size);
}

/** What the system said of a failed fetch: undici hides it in the cause, and several attempts in one cause of causes. */
function systemError(error: unknown): { code: string; syscall: unknown } {
  for (let at: unknown = error, depth = 0; depth < 4 && typeof at === 'object' && at !== null; depth += 1) {
    const { code, syscall, cause, errors } = at as {
      code?: unknown;
      syscall?: unknown;
      cause?: unknown;
      errors?: unknown[];
    };
    const several = errors?.[0];
    if (typeof code === 'string' && several === undefined) return { code, syscall };
    at = several ?? cause;
  }
  return { code: '', syscall: undefined };
}

// The cause of a failed fetch is left out: it can hold the URL, and with it a secret.
function failure(
  code: 'ERR_NETWORK' | 'ERR_TIMEOUT' | 'ERR_HTTP',
  outcome: Outcome,
  message: string,
  cause?: unknown,
): WxPayError {
  return new WxPayError({ code, outcome, message, cause });
}
