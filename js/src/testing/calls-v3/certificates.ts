// 获取平台证书列表: GET /v3/certificates (docs: 平台证书), encrypted for one merchant; in the phase of the public key there is none.

import type { KeyPhases } from '../books/key-phases.js';
import type { PlatformCertificates } from '../server/platform-certificates.js';
import type { RandomText } from '../wire/random.js';
import { formatRfc3339 } from '../wire/rfc3339.js';
import { sealResource } from '../wire/sign-v3.js';
import { oneOf } from './fields.js';
import { problem } from './problems.js';
import type { V3Route } from './v3-api.js';

/** What the call needs. */
export interface CertificateRouteParts {
  readonly phases: KeyPhases;
  readonly platform: PlatformCertificates;
  readonly random: RandomText;
}

/** The call that lists the certificates. The answer is signed like every other one of its merchant. */
export function certificatesRoute({ phases, platform, random }: CertificateRouteParts): V3Route {
  return {
    method: 'GET',
    path: '/v3/certificates',
    optionalQuery: { algorithm_type: oneOf('RSA', 'SM2', 'ALL') },
    endpoint({ merchant, query }) {
      const { mch_id, apiV3Key } = merchant;
      if (phases.of(mch_id) === 'public key' || apiV3Key === undefined) {
        return problem('RESOURCE_NOT_EXISTS', '无可用的平台证书，请在商户平台-API安全申请使用微信支付公钥');
      }
      // The facts name no answer for it: this gateway has RSA alone.
      if (query.algorithm_type === 'SM2') return problem('RESOURCE_NOT_EXISTS', '证书不存在');
      const data = platform.valid().map(({ serial, pem, fromMs, untilMs }) => {
        const nonce = random.hex(12);
        return {
          serial_no: serial,
          effective_time: formatRfc3339(fromMs),
          expire_time: formatRfc3339(untilMs),
          encrypt_certificate: {
            algorithm: 'AEAD_AES_256_GCM',
            nonce,
            associated_data: ASSOCIATED_DATA,
            ciphertext: sealResource(pem, apiV3Key, nonce, ASSOCIATED_DATA),
          },
        };
      });
      return { body: { data } };
    },
  };
}

const ASSOCIATED_DATA = 'certificate';
