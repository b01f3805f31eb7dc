// APIv3 in Node: the transport and the cryptography of Node, ready without await.
import { readModule } from './node/modules.js';
import { nodeCrypto } from './node/v3-crypto.js';
import { useCrypto } from './v3/host.js';
import { v3 } from './wasm/v3.js';

v3.start(() => readModule('v3.wasm'));
useCrypto(nodeCrypto);

export type { RouterListeners } from './notices/listeners.js';
export { type ChooseMerchant, notifyRouter, type UnverifiedIds } from './router/notify-router.js';
export * from './v3.js';
