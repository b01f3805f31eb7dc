// The entry for Node. The first call of each wasm module reads and compiles it, so that nothing needs await.
import { type Transport, useHost } from './http/host.js';
import type { Send } from './http/send.js';
import { readModule } from './node/modules.js';
import { turns } from './node/turns.js';
import { bills } from './wasm/bills.js';
import { calls } from './wasm/calls.js';
import { core } from './wasm/core.js';
import type { TextAccess } from './wasm/packed.js';

// The build bundles this file as CommonJS. The ES module beside it re-exports the same instances.
core.start(() => readModule('paysign.wasm'), access);
calls.start(() => readModule('calls.wasm'));
bills.start(() => readModule('bills.wasm'));

/** Text access with Buffer. It saves 48 % of the time of a signature, and 23 % of `signedXml`. */
function access(memory: ArrayBufferLike): TextAccess {
  const bytes = Buffer.from(memory);
  return {
    readPlain: (start, end) => bytes.toString('latin1', start, end),
    writeUnits: (text, at) => bytes.write(text, at, 'utf16le'),
  };
}

// Loading Node's TLS and cryptography is a third of an import, and many programs send nothing.
useHost((route) => {
  const make = () => (require('./node/transport.js') as typeof import('./node/transport.js')).transport(route, turns);
  const { certificate, ca, proxy, agent } = route;
  // With options the transport is made at once, so that the constructor of the client checks them.
  if ([certificate, ca, proxy, agent].some((option) => option !== undefined)) return make();
  let made: Transport | undefined;
  const send: Send = (...request) => {
    made ??= make();
    return made.send(...request);
  };
  return { send, sendCertified: undefined };
});

// The file v3.cjs reads it. No name of the entry leads to it, and nothing of APIv3 is loaded before.
Object.defineProperty(module.exports, Symbol.for('paysign/v3'), {
  __proto__: null,
  get: () => require('./v3-node.js') as typeof import('./v3-node.js'),
} as PropertyDescriptor);

export * from './index.js';
export { answerNode, type NodeRequest, type NodeResponse, nodeHandler, type Parsed } from './node/node-handler.js';
export { readBody } from './node/read-body.js';
