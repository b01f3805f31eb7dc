// Every declared call of APIv3 against the gateway over TLS, while the merchant moves from certificates to the public key.
import { describe, test } from 'node:test';
import { everyCall } from './v3-gateway-scenarios.mjs';
import { WAYS } from './v3-gateway-support.mjs';

describe('every call makes its round trip', { concurrency: true }, () => {
  for (const way of WAYS.filter(({ keyPhase }) => ['obtained', 'switching'].includes(keyPhase)))
    test(way.name, () => everyCall(way));
});
