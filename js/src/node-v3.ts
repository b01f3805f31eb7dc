// APIv3 in Node, from wherever the wasm modules come: the transport and the cryptography of Node, ready without await.
import './node-host.js';
import { readModule } from './node/modules.js';
import { useCrypto } from './v3/host.js';
import { v3 } from './wasm/v3.js';

v3.start(() => readModule('v3.wasm'));
// Loading node:crypto is a sixth of an import. The first client loads it.
useCrypto(() => (require('./node/v3-crypto.js') as typeof import('./node/v3-crypto.js')).nodeCrypto);

export { init } from './node/init.js';
export * from './v3.js';
