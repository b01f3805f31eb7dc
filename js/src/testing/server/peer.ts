// The sender of a connection, which a Request does not contain.

/** The facts about the sender besides the request. */
export interface Peer {
  /** Whether calls that need a client certificate are refused without one. */
  readonly demandsCertificate: boolean;
  /** The merchant number in a client certificate of the gateway's own authority. */
  readonly certificateOf: string | undefined;
  /** Path and query exactly as sent, which a Request may write in another way; there where there was a connection. */
  readonly target?: string;
  /** The address that the sender called, by its `Host`; there where there was a connection. */
  readonly origin?: string;
  /** There where a browser may show the gateway's page; says whether the body is JSON. */
  readonly browser?: { readonly sendsJson: boolean };
}

/** A sender who needs no certificate and sees no page. */
export const UNCHECKED_PEER: Peer = { demandsCertificate: false, certificateOf: undefined };
