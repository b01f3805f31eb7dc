// The `init` of Node.

/** Does nothing: Node needs no wait. On other hosts it loads the modules, so the same program runs on all of them. */
export const init = (): Promise<void> => Promise.resolve();
