// A certificate authority of one gateway: X.509 certificates for its server and merchants (RFC 5280; manual: API证书).

import { createHash, generateKeyPair, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isIP } from 'node:net';
import { promisify } from 'node:util';
import {
  bitString,
  der,
  integer,
  objectIdentifier,
  octetString,
  printableString,
  sequence,
  setOf,
  TRUE,
  time,
  utf8String,
} from './der.js';

/** A certificate and its private key, as PEM. */
export interface CertifiedKey {
  readonly cert: string;
  readonly key: string;
}

/** The authority. */
export interface Authority {
  /** Its own certificate as PEM, for clients that trust it. */
  readonly ca: string;
  /** Makes a server certificate for these host names and addresses. */
  certifyServer(hosts: readonly string[]): Promise<CertifiedKey>;
  /** Makes a client certificate. Its common name is the merchant number, as in real ones. */
  certifyMerchant(mch_id: string): Promise<CertifiedKey>;
  /** Makes a certificate of WeChat Pay's own, 平台证书, which is valid from one time to another. */
  certifyPlatform(validity: Validity): Promise<CertifiedKey>;
}

/** The life of a certificate, in milliseconds since 1970-01-01 UTC. */
export interface Validity {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** Makes a new authority. Its certificates are valid for five years from now, by the machine's clock, if nothing else is asked. */
export async function createAuthority(): Promise<Authority> {
  const { publicKey, privateKey } = await makeKeys('ec', { namedCurve: 'P-256' });
  const issuer = name('Tenpay.com Root CA (paysign gateway)', TENPAY);
  const issuerKeyId = keyId(publicKey);

  function certify(
    subject: Buffer,
    subjectKey: KeyObject,
    extensions: readonly Buffer[],
    { fromMs, untilMs }: Validity = { fromMs: Date.now() - DAY_MS, untilMs: Date.now() + LIFE_MS },
  ): string {
    const content = sequence(
      der(0xa0, integer(Buffer.from([2]))),
      // 20 bytes, as in real ones: 40 hexadecimal digits. The first byte is neither zero nor negative.
      integer(Buffer.concat([Buffer.from([0x40]), randomBytes(19)])),
      ECDSA_WITH_SHA256,
      issuer,
      sequence(time(fromMs), time(untilMs)),
      subject,
      subjectKey.export({ type: 'spki', format: 'der' }),
      der(0xa3, sequence(...extensions, extension(SUBJECT_KEY_ID, octetString(keyId(subjectKey))))),
    );
    const signature = sign('sha256', content, privateKey);
    return pem('CERTIFICATE', sequence(content, ECDSA_WITH_SHA256, bitString(signature)));
  }

  const fromIssuer = extension(AUTHORITY_KEY_ID, sequence(der(0x80, issuerKeyId)));
  const ca = certify(issuer, publicKey, [
    extension(BASIC_CONSTRAINTS, sequence(TRUE), true),
    // keyCertSign and cRLSign.
    extension(KEY_USAGE, bitString(Buffer.from([0x06]), 1), true),
  ]);

  return {
    ca,
    async certifyServer(hosts) {
      const keys = await makeKeys('ec', { namedCurve: 'P-256' });
      const cert = certify(name(hosts[0] ?? ''), keys.publicKey, [
        ...leaf(SERVER_AUTH),
        extension(SUBJECT_ALT_NAME, sequence(...hosts.map(generalName))),
        fromIssuer,
      ]);
      return { cert, key: privatePem(keys.privateKey) };
    },
    async certifyMerchant(mch_id) {
      // The same kind of key as real ones, so that tests cover it.
      const keys = await makeKeys('rsa', { modulusLength: 2048 });
      const cert = certify(name(mch_id), keys.publicKey, [...leaf(CLIENT_AUTH), fromIssuer]);
      return { cert, key: privatePem(keys.privateKey) };
    },
    async certifyPlatform(validity) {
      const keys = await makeKeys('rsa', { modulusLength: 2048 });
      const extensions = [
        extension(BASIC_CONSTRAINTS, sequence(), true),
        // It signs answers and notices, and encrypts members of requests: the first four bits.
        extension(KEY_USAGE, bitString(Buffer.from([0xf0]), 4), true),
        fromIssuer,
      ];
      const cert = certify(name('Tenpay.com sign', TENPAY), keys.publicKey, extensions, validity);
      return { cert, key: privatePem(keys.privateKey) };
    },
  };
}

const makeKeys = promisify(generateKeyPair);

/** How long before the first use a certificate is valid: the clocks of clients may be late. */
export const DAY_MS = 24 * 60 * 60 * 1000;

/** Real certificates last five years (manual: API证书; docs: 平台证书). */
export const LIFE_MS = 5 * 365 * DAY_MS;

const ECDSA_WITH_SHA256 = sequence(objectIdentifier('1.2.840.10045.4.3.2'));
const SUBJECT_KEY_ID = '2.5.29.14';
const KEY_USAGE = '2.5.29.15';
const SUBJECT_ALT_NAME = '2.5.29.17';
const BASIC_CONSTRAINTS = '2.5.29.19';
const AUTHORITY_KEY_ID = '2.5.29.35';
const EXTENDED_KEY_USAGE = '2.5.29.37';
const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';

function extension(id: string, value: Buffer, critical = false): Buffer {
  return sequence(objectIdentifier(id), ...(critical ? [TRUE] : []), octetString(value));
}

/** Extensions of certificates that are not authorities: digitalSignature and keyEncipherment, for one purpose. */
function leaf(purpose: string): Buffer[] {
  return [
    extension(BASIC_CONSTRAINTS, sequence(), true),
    extension(KEY_USAGE, bitString(Buffer.from([0xa0]), 5), true),
    extension(EXTENDED_KEY_USAGE, sequence(objectIdentifier(purpose))),
  ];
}

/** The names of an organisation and of a unit in it. */
type Organisation = readonly [organisation: string, unit: string];

/** As in the certificates of merchants. The unit is the company. */
const MERCHANT: Organisation = ['微信商户系统', '本地测试商户'];

/** As in the certificate of the authority that certifies merchants. */
const TENPAY: Organisation = ['Tenpay.com', 'Tenpay.com CA Center'];

/** A name as real certificates have it: country, organisation, unit, and the name itself. */
function name(commonName: string, [organisation, unit] = MERCHANT): Buffer {
  const part = (id: string, value: Buffer) => setOf(sequence(objectIdentifier(id), value));
  return sequence(
    part('2.5.4.6', printableString('CN')),
    part('2.5.4.10', utf8String(organisation)),
    part('2.5.4.11', utf8String(unit)),
    part('2.5.4.3', utf8String(commonName)),
  );
}

/** Encodes a host name, or an IPv4 address in four bytes. */
function generalName(host: string): Buffer {
  return isIP(host) === 4 ? der(0x87, Buffer.from(host.split('.').map(Number))) : der(0x82, Buffer.from(host, 'ascii'));
}

/** Returns the identifier of a key, which has no security purpose. */
function keyId(key: KeyObject): Buffer {
  return createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest()
    .subarray(0, 20);
}

function privatePem(key: KeyObject): string {
  return String(key.export({ type: 'pkcs8', format: 'pem' }));
}

function pem(label: string, bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}
