// Node: the module is read from beside this file and compiled at once, so that everything is ready without await.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { start } from './core.js';
import { certificateFetch } from './node/cert-fetch.js';
import { useCertificates } from './options.js';

// The build bundles this file as CommonJS; the ES module beside it passes on the same instance.
start(new WebAssembly.Module(readFileSync(join(__dirname, 'paysign.wasm'))), (memory) => {
  const bytes = Buffer.from(memory);
  return {
    readPlain: (start, end) => bytes.toString('latin1', start, end),
    writeUnits: (text, at) => bytes.write(text, at, 'utf16le'),
  };
});

useCertificates(certificateFetch);

export * from './index.js';
export { answerNode, type NodeRequest, type NodeResponse, nodeHandler, type Parsed } from './node/node-handler.js';
export { readBody } from './node/read-body.js';
