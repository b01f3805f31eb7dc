// Who is at the other end of a connection, which a Request cannot tell.

/** What is known of the sender besides his request. */
export interface Peer {
  /** Whether the calls that need a client certificate are refused without one. */
  readonly demandsCertificate: boolean;
  /** The merchant number in the client certificate, where one of the gateway's own authority was shown. */
  readonly certificateOf: string | undefined;
  /** There where the sender calls this server by a name of this machine: a browser may show the gateway's page. */
  readonly browser?: Browser;
}

/** What a browser says by itself, which no script in it can change. */
export interface Browser {
  /** The origin of the page, such as `http://127.0.0.1:8080`. */
  readonly origin: string;
  /** The origin of whatever sent the request, where it is said. Browsers say it of every POST. */
  readonly sentFrom: string | undefined;
  /** Whether the body is JSON: a browser asks before it sends that to another origin, and is refused here. */
  readonly sendsJson: boolean;
}

/** Somebody of whom no certificate is asked, and who sees no page. */
export const UNCHECKED_PEER: Peer = { demandsCertificate: false, certificateOf: undefined };
