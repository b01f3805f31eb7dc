// The merchant's certificate as a client is given it.

/** The merchant's certificate (API证书) as PEM texts, or as the PKCS#12 file and its passphrase, which is the merchant number. */
export type Certificate = ({ cert: string; key: string } | { pfx: Uint8Array; passphrase: string }) & {
  /** The authority that calls with the certificate trust, as PEM. Default the client's `ca`, which serves all calls. */
  ca?: string;
};
