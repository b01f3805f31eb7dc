// APIv3 in Node: the transport and the cryptography of Node, ready without await.
import { readModule } from './node/modules.js';
import { useCrypto } from './v3/host.js';
import { v3 } from './wasm/v3.js';

v3.start(() => readModule('v3.wasm'));
// Loading node:crypto is a sixth of an import. The first client loads it.
useCrypto(() => (require('./node/v3-crypto.js') as typeof import('./node/v3-crypto.js')).nodeCrypto);

export * from './v3.js';

/** Does nothing: Node needs no wait. On other hosts it loads the module, so the same program runs on both. */
export const init = (): Promise<void> => Promise.resolve();
