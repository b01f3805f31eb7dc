// The entries of the package that the command uses. Each is loaded by the first call that needs it, so the command starts fast.

/** The entry of APIv2. */
export const v2 = () => require('../node.js') as typeof import('../node.js');

/** The entry of APIv3. */
export const v3 = () => require('../v3-node.js') as typeof import('../v3-node.js');

/** The signature doctor. */
export const doctor = () => require('../doctor.js') as typeof import('../doctor.js');

/** The local gateway. It is the largest file of the package. */
export const testing = () => require('../testing/index.js') as typeof import('../testing/index.js');

/** The reader of PKCS#12 files. The entry of APIv3 sets where its module is. */
export const openPkcs12 = (file: Buffer, passphrase: string): { cert: string; key: string } => {
  v3();
  const { nodeCrypto } = require('../node/v3-crypto.js') as typeof import('../node/v3-crypto.js');
  return (nodeCrypto.openPkcs12 as NonNullable<typeof nodeCrypto.openPkcs12>)(file, passphrase);
};
