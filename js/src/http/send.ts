// The function that sends a request. It has the shape of fetch, so that each fetch is one.

/** What a request is sent with. */
export type Sending = Pick<RequestInit, 'method' | 'headers' | 'body' | 'signal' | 'redirect' | 'cache'>;

/** An answer, whose body nobody has read yet. A `Response` is one. */
export interface Reply {
  readonly status: number;
  readonly headers?: { get(name: string): string | null };
  /** A web stream, a Node stream or another async iterable of bytes; null for an empty one. */
  readonly body?: unknown;
}

/** Sends one request to one address. */
export type Send = (url: string, init: Sending) => Promise<Reply>;

/** The connection was not made, so the request never left. The cause has the code of the system. */
export class NeverSent extends Error {}
