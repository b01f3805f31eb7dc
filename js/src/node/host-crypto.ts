// The random numbers of Node. Node 18 has no global `crypto`, and an environment of tests may hide it.

type Random = Pick<Crypto, 'getRandomValues' | 'randomUUID'>;

function random(): Random {
  const { crypto } = globalThis as { crypto?: Crypto };
  return crypto ?? ((require('node:crypto') as typeof import('node:crypto')).webcrypto as Crypto);
}

/** The build puts it in place of `globalThis.crypto`. Node loads its cryptography at the first use. */
export const hostCrypto: Random = {
  getRandomValues: (bytes) => random().getRandomValues(bytes),
  randomUUID: () => random().randomUUID(),
};
