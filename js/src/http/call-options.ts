// The options of one call.

/** The options of one call, besides its parameters. */
export interface CallOptions {
  /** Ends the call when it aborts. */
  signal?: AbortSignal | undefined;
}
