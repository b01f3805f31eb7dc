// Who is at the other end of a connection, which a Request cannot tell.

/** What is known of the sender besides his request. */
export interface Peer {
  /** Whether the calls that need a client certificate are refused without one. */
  readonly demandsCertificate: boolean;
  /** The merchant number in the client certificate, where one of the gateway's own authority was shown. */
  readonly certificateOf: string | undefined;
  /** There where a browser may show the gateway's page; says whether the body is JSON. */
  readonly browser?: { readonly sendsJson: boolean };
}

/** Somebody of whom no certificate is asked, and who sees no page. */
export const UNCHECKED_PEER: Peer = { demandsCertificate: false, certificateOf: undefined };
