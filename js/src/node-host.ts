// The parts of Node that both generations of the API need: its transport, and the reader of bills.
import { type Transport, useHost } from './http/host.js';
import type { Send } from './http/send.js';
import { readModule } from './node/modules.js';
import { turns } from './node/turns.js';
import { bills } from './wasm/bills.js';

bills.start(() => readModule('bills.wasm'));

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
