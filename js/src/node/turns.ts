// Two turns of the event loop, in which Node hears of connections that their servers have closed.

// Taken when the package is loaded: a test that mocks timers later must not stop a call.
const soon = setImmediate;

/** Waits until Node has asked the system once for what happened to its connections. */
export const turns = (): Promise<void> => new Promise((resolve) => soon(() => soon(resolve)));
