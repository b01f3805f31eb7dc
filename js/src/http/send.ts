// The function that sends a request. It has the shape of fetch, so that any fetch can be used.

/** The options of a request. */
export type Sending = Pick<RequestInit, 'method' | 'headers' | 'body' | 'signal' | 'redirect' | 'cache'>;

/** An answer whose body is not read yet, such as a `Response`. */
export interface Reply {
  readonly status: number;
  readonly headers?: { get(name: string): string | null };
  /** A web stream, a Node stream or another async iterable of bytes. Null if it is empty. */
  readonly body?: unknown;
}

/** Sends one request to one address. */
export type Send = (url: string, init: Sending) => Promise<Reply>;

/** The error for a connection that was not made, so the request was not sent. Its cause has the code of the system. */
export class NeverSent extends Error {}
