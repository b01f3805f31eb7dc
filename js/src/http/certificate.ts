// The merchant's certificate, as an option of a client.

/** The merchant's certificate (API证书): PEM texts, or the PKCS#12 file and its passphrase. The passphrase is the merchant number. */
export type Certificate = ({ cert: string; key: string } | { pfx: Uint8Array; passphrase: string }) & {
  /** The authority to trust in calls with the certificate, as PEM. Default the client's `ca`, which is for all calls. */
  ca?: string;
};
