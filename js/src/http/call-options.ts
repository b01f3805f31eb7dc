// What one call can be given besides its parameters.

/** What one call can be given besides its parameters. */
export interface CallOptions {
  /** Gives the call up. */
  signal?: AbortSignal | undefined;
}
