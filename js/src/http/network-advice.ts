// Advice for a connection that failed, by the code of the system.

/** The codes of a certificate whose authority is not known. */
const UNTRUSTED =
  /^(UNABLE_TO_(VERIFY_LEAF_SIGNATURE|GET_ISSUER_CERT(_LOCALLY)?)|SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|CERT_UNTRUSTED|INVALID_CA)$/;
const UNTRUSTED_ADVICE =
  "its certificate is signed by an authority that this machine does not trust. Name that authority's PEM file in NODE_EXTRA_CA_CERTS, or pass it as the option ca";

const NO_ADDRESS = 'the name server has no address for this host; check the name, and the name server of this machine';
const BUSY_NAMES = 'the name server did not answer; check the network and the name server of this machine';
const NO_ROUTE = 'the host was not reached; check the firewall, and whether this machine needs a proxy';
const CLOCK = 'check the clock of this machine first, then the host';
const NO_TLS = 'the other side does not speak TLS at this port; check the address, and each proxy on the way';

/** The advice by code. */
const ADVICE: ReadonlyMap<string, string> = new Map([
  ['ENOTFOUND', NO_ADDRESS],
  ['EAI_NONAME', NO_ADDRESS],
  ['EAI_AGAIN', BUSY_NAMES],
  ['ECONNREFUSED', 'nothing listens at this address; check host and port, and the firewall'],
  ['ETIMEDOUT', NO_ROUTE],
  ['UND_ERR_CONNECT_TIMEOUT', NO_ROUTE],
  ['EHOSTUNREACH', NO_ROUTE],
  ['ENETUNREACH', NO_ROUTE],
  ['CERT_HAS_EXPIRED', `its certificate has expired; ${CLOCK}`],
  ['CERT_NOT_YET_VALID', `its certificate is not valid yet; ${CLOCK}`],
  [
    'ERR_TLS_CERT_ALTNAME_INVALID',
    'its certificate is for another name; check the address, and each proxy and name server on the way',
  ],
  ['EPROTO', NO_TLS],
  ['ERR_SSL_WRONG_VERSION_NUMBER', NO_TLS],
]);

/** Returns the advice for a code, if there is any. */
export const networkAdvice = (code: string): string | undefined =>
  UNTRUSTED.test(code) ? UNTRUSTED_ADVICE : ADVICE.get(code);
