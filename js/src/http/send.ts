// The function that sends a request. It has the shape of fetch, so that any fetch can be used.

/** The options of a request. The types of Node have no `cache`, and a program may lack those of the DOM. */
export type Sending = Pick<RequestInit, 'method' | 'headers' | 'body' | 'signal' | 'redirect'> & { cache?: 'no-store' };

/** An answer whose body is not read yet, such as a `Response`. */
export interface Reply {
  readonly status: number;
  readonly headers?: { get(name: string): string | null };
  /** A web stream, a Node stream or another async iterable of bytes. Null if the body is empty. */
  readonly body?: unknown;
}

/** How far an attempt has come. */
export interface Progress {
  /**
   * Whether the request may have left. A transport sets this to false, and to true when the connection is open. A fetch leaves it
   * undefined.
   */
  mayHaveLeft?: boolean;
}

/** Sends one request to one address. A fetch ignores `progress`. */
export type Send = (url: string, init: Sending, progress?: Progress) => Promise<Reply>;
