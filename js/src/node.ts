// Node: each module is read from beside this file and compiled by its first call, so that everything is ready without await.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { configError, WxPayError } from './errors.js';
import { useHost } from './http/host.js';
import { isLoopback } from './http/web-address.js';
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

// Node's own TLS and cryptography are a third of an import, and most programs that import this never show a certificate.
useHost({
  certificateFetch(...given) {
    const { certificateFetch } = require('./node/cert-fetch.js') as typeof import('./node/cert-fetch.js');
    return certificateFetch(...given);
  },
  fetch(input, init) {
    // The built-in fetch obeys this setting, and then anybody in between can read the AppSecret and answer in WeChat's place.
    if (process.env.NODE_TLS_REJECT_UNAUTHORIZED === '0' && !isLoopback(new URL(String(input)).hostname)) {
      throw configError(
        'NODE_TLS_REJECT_UNAUTHORIZED',
        'is 0 in the environment, which switches TLS checks off; remove it, or name your own authority with NODE_EXTRA_CA_CERTS',
      );
    }
    return globalThis.fetch(input, init);
  },
});

export * from './index.js';
export { answerNode, type NodeRequest, type NodeResponse, nodeHandler, type Parsed } from './node/node-handler.js';
export { readBody } from './node/read-body.js';
