// The shapes of what goes into the module v3.wasm and comes out of it.

/** The ids of a merchant. */
export interface MerchantIds {
  readonly appid: string;
  readonly mchid: string;
  /** The sub-merchant that a service provider acts for. */
  readonly sub_mchid?: string | undefined;
  /** The sub-merchant's mini program. */
  readonly sub_appid?: string | undefined;
}

/** The signature headers of an answer or a notice. An absent one is empty. */
export interface SignatureHead {
  timestamp: string;
  nonce: string;
  serial: string;
  signature: string;
  signatureType: string;
}

/** An answer that is not a success. */
export interface RefusedReply {
  status: number;
  request_id: string;
  body: Uint8Array;
}

/** A decrypted resource: another event, a payment, a refund, a payment that is paid, or a combined payment. */
export type ResourceKind = 'other' | 'payment' | 'refund' | 'paid' | 'combined';
