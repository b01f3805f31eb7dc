// The contents of a certificate, and the checks of a merchant's one: its kind, and its dates.
import { type PemFile, pemFault } from './pem.js';

/** What a certificate says. */
export interface CertificateFacts {
  /** Hexadecimal digits. */
  readonly serial: string;
  /** The common name (CN) of its owner: the number of a merchant, or `Tenpay.com sign` for WeChat Pay. */
  readonly commonName: string;
  /** The organisation (O) of its owner. */
  readonly organization: string;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
}

/** Refuses a certificate of WeChat in place of the merchant's. */
export function checkIsMerchants(of: PemFile, { commonName }: CertificateFacts): void {
  if (commonName.startsWith('Tenpay.com'))
    throw pemFault(of, `is WeChat's platform certificate (平台证书); pass the merchant's own, ${of.file}`);
}

/** Whether it is a merchant's certificate. */
export const isMerchants = ({ commonName, organization }: CertificateFacts): boolean =>
  /^\d+$/.test(commonName) || organization === '微信商户系统';

/** Refuses a certificate that has expired. `nowMs` is the clock. */
export function checkEnd(of: PemFile, { notAfterMs }: CertificateFacts, nowMs: number): void {
  if (notAfterMs < nowMs)
    throw pemFault(of, `expired on ${day(notAfterMs)}; fetch a new one from the merchant platform (商户平台)`);
}

/** Refuses a certificate that is not valid yet. */
export function checkStart(of: PemFile, { notBeforeMs }: CertificateFacts, nowMs: number): void {
  if (notBeforeMs > nowMs)
    throw pemFault(
      of,
      `is valid from ${day(notBeforeMs)} on, and today is ${day(nowMs)}; check the clock of this machine`,
    );
}

const day = (ms: number) => new Date(ms).toISOString().slice(0, 10);
