// The certificates of one gateway, made at their first use and then kept.

import { type CertifiedKey, createAuthority, type Validity } from './authority.js';

/** The certificates for clients of a gateway with TLS. */
export interface GatewayCertificates {
  /** The authority's certificate as PEM: the `ca` of a client. */
  ca: string;
  /** One client certificate for each merchant number, in the order of the merchants. */
  merchants: MerchantCertificate[];
}

/** The contents of a merchant's `apiclient_cert.pem` and `apiclient_key.pem` (manual: API证书). */
export interface MerchantCertificate {
  mch_id: string;
  /** The certificate as PEM. */
  cert: string;
  /** Its private key as PEM: PKCS#8, not encrypted. */
  key: string;
}

/** The certificates of a gateway and of its server. */
export interface CertificateStore {
  /** Returns the certificates for clients. */
  forClients(): Promise<GatewayCertificates>;
  /** Returns the certificates for the server. */
  forServer(): Promise<CertifiedKey & { readonly ca: string }>;
  /** Makes a platform certificate of APIv3, another one at each call. */
  forPlatform(validity: Validity): Promise<CertifiedKey>;
}

/** Makes the store for these merchant numbers. Certificates are made at their first use. */
export function createCertificateStore(mchIds: readonly string[]): CertificateStore {
  const authority = once(createAuthority);
  const merchants = once(async () => {
    const { certifyMerchant } = await authority();
    const numbers = [...new Set(mchIds)];
    return Promise.all(numbers.map(async (mch_id) => ({ mch_id, ...(await certifyMerchant(mch_id)) })));
  });
  const server = once(async () => (await authority()).certifyServer(['localhost', '127.0.0.1', ...WECHAT_HOSTS]));

  return {
    forClients: async () => {
      const { ca } = await authority();
      return { ca, merchants: structuredClone(await merchants()) };
    },
    forServer: async () => ({ ca: (await authority()).ca, ...(await server()) }),
    forPlatform: async (validity) => (await authority()).certifyPlatform(validity),
  };
}

/** WeChat's own names, for clients that do not look them up in the DNS. */
export const WECHAT_HOSTS = ['api.mch.weixin.qq.com', 'api2.mch.weixin.qq.com', 'api.weixin.qq.com'];

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
