// Node: each module is read from beside this file and compiled by its first call, so that everything is ready without await.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { WxPayError } from './errors.js';
import { type Transport, useHost } from './http/host.js';
import type { Send } from './http/send.js';
import { turns } from './node/turns.js';
import { calls } from './wasm/calls.js';
import { core } from './wasm/core.js';
import type { TextAccess } from './wasm/packed.js';

// The build bundles this file as CommonJS; the ES module beside it passes on the same instances.
core.start(() => readModule('paysign.wasm'), access);
calls.start(() => readModule('calls.wasm'));

/** Node's own ways: 48 % of a signature, 23 % of `signedXml`. */
function access(memory: ArrayBufferLike): TextAccess {
  const bytes = Buffer.from(memory);
  return {
    readPlain: (start, end) => bytes.toString('latin1', start, end),
    writeUnits: (text, at) => bytes.write(text, at, 'utf16le'),
  };
}

function readModule(name: string): WebAssembly.Module {
  try {
    return new WebAssembly.Module(readFileSync(join(__dirname, name)));
  } catch (cause) {
    // A stack that ran out here is the caller's, and the next call finds the file.
    if (cause instanceof RangeError) throw cause;
    throw new WxPayError({
      code: 'ERR_CONFIG',
      outcome: 'not-sent',
      message: `${name} cannot be read from beside the package, see the cause; a bundler must leave it there`,
      cause,
    });
  }
}

// Node's own TLS and cryptography are a third of an import, and many programs that import this send nothing.
useHost((route) => {
  const make = () => (require('./node/transport.js') as typeof import('./node/transport.js')).transport(route, turns);
  const { certificate, ca, proxy, agent } = route;
  // Options are checked when the client is made.
  if ([certificate, ca, proxy, agent].some((option) => option !== undefined)) return make();
  let made: Transport | undefined;
  const send: Send = (url, init) => {
    made ??= make();
    return made.send(url, init);
  };
  return { send, sendCertified: undefined };
});

export * from './index.js';
export { answerNode, type NodeRequest, type NodeResponse, nodeHandler, type Parsed } from './node/node-handler.js';
export { readBody } from './node/read-body.js';
