// Two turns of the event loop, in which Node learns which connections were closed by their servers.
import { setImmediate } from 'node:timers';

// It is read when the package is loaded: a test that mocks timers later must not stop a call.
const soon = setImmediate;

/** Waits until Node has checked all its connections. */
export const turns = (): Promise<void> => new Promise((resolve) => soon(() => soon(resolve)));
