// `paysign cert`: what a certificate or key file is, until when it is valid, and whether key and certificate belong together.

import { createPrivateKey, createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readInput } from './input.js';
import type { Text } from './language.js';
import { openPkcs12, v3 } from './packages.js';
import { writePems } from './pem-files.js';
import { PASSPHRASE, PRIVATE_KEY, pemFile, secret } from './secrets.js';
import { print, rowsOf, styled } from './terminal.js';
import type { Command, Given } from './usage.js';

/** The command. */
export const certCommand: Command = {
  summary: { en: 'show a certificate or a key file', zh: '查看证书或密钥文件' },
  usage: ['cert <file> [options]'],
  about: {
    en: 'Reads apiclient_cert.p12, a certificate, or a key as PEM. Prints kind, subject, serial and dates, and nothing of a private key.\nExit code 1: the certificate is not valid now, or the key does not belong to it.',
    zh: '读取 apiclient_cert.p12、证书或 PEM 密钥。输出类型、主体、序列号与有效期，不会输出私钥内容。\n退出码 1：证书不在有效期内，或私钥与证书不匹配。',
  },
  options: [
    { ...PRIVATE_KEY, text: { en: 'the key that should belong to the certificate', zh: '应与证书匹配的私钥' } },
    {
      name: 'mchid',
      value: 'NUMBER',
      text: { en: 'merchant number: the usual passphrase of a p12 file', zh: '商户号，即 p12 文件的默认密码' },
    },
    ...PASSPHRASE,
    {
      name: 'pem',
      value: 'DIR|-',
      text: { en: 'write a p12 file as PEM files, or print them', zh: '把 p12 转换为 PEM 文件，或直接输出' },
    },
    { name: 'force', text: { en: 'overwrite PEM files', zh: '覆盖已有的 PEM 文件' } },
  ],
  examples: [
    'paysign cert apiclient_cert.pem --private-key apiclient_key.pem',
    'paysign cert apiclient_cert.p12 --mchid 1900000109 --pem ./keys',
  ],
  async run(given) {
    const bytes = await readInput(given);
    const { kind, cert, key, publicKey } = await contents(bytes, given);
    const pem = given.text('pem');
    if (pem !== undefined) {
      if (kind !== 'p12' || cert === undefined || key === undefined)
        throw given.wrong({
          en: '--pem needs a p12 file; this file is PEM already',
          zh: '--pem 需要 p12 文件；此文件已是 PEM',
        });
      const names = await writePems({ cert, key }, pem, given);
      if (pem === '-') return true;
      for (const name of names) process.stderr.write(`${name}\n`);
    }
    const { certificate, otherKey } = partsOf(cert, pemFile(given, 'private-key') ?? key, given);
    const facts = factsOf(kind, certificate, otherKey ?? publicKey);
    const isRight = facts.isValidNow !== false && facts.keyBelongs !== false;
    if (given.has('json')) await print(JSON.stringify(facts));
    else await print(...linesOf(facts, given));
    return isRight;
  },
};

type Kind = 'p12' | 'merchant-certificate' | 'platform-certificate' | 'certificate' | 'private-key' | 'public-key';

const KINDS: Readonly<Record<Kind, Text>> = {
  p12: { en: 'PKCS#12 file with certificate and private key', zh: 'PKCS#12 文件（证书与私钥）' },
  'merchant-certificate': { en: 'merchant certificate', zh: '商户 API 证书' },
  'platform-certificate': { en: 'WeChat Pay platform certificate', zh: '微信支付平台证书' },
  certificate: { en: 'certificate, not of a merchant', zh: '其他证书' },
  'private-key': { en: 'private key', zh: '私钥' },
  'public-key': { en: 'public key', zh: '公钥' },
};

interface Contents {
  kind: Kind;
  cert?: string;
  key?: string;
  publicKey?: KeyObject;
}

async function contents(bytes: Buffer, given: Given): Promise<Contents> {
  const text = bytes.toString('utf8');
  if (!text.includes('-----BEGIN ')) {
    const passphrase = given.text('mchid') ?? (await secret(given, 'passphrase'));
    return { kind: 'p12', ...openPkcs12(bytes, passphrase) };
  }
  if (text.includes('-----BEGIN CERTIFICATE-----')) return { kind: 'certificate', cert: text };
  const publicKey = readable(() => createPublicKey(text));
  const isPrivate = /-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text);
  if (publicKey === undefined)
    throw new (v3().WxPayError)({
      code: 'ERR_CONFIG',
      outcome: 'not-sent',
      message: 'the file is damaged or encrypted; copy it again from the merchant platform',
    });
  return isPrivate ? { kind: 'private-key', key: text, publicKey } : { kind: 'public-key', publicKey };
}

function partsOf(cert: string | undefined, key: string | undefined, given: Given) {
  const certificate = cert === undefined ? undefined : readable(() => new X509Certificate(cert));
  const otherKey = key === undefined ? undefined : readable(() => createPrivateKey(key));
  if (cert !== undefined && certificate === undefined)
    throw new Error('the certificate is damaged between its BEGIN and END lines; copy it again');
  if (key !== undefined && otherKey === undefined)
    throw given.wrong({
      en: 'the private key cannot be read; pass apiclient_key.pem',
      zh: '无法读取私钥；请用 apiclient_key.pem',
    });
  return { certificate, otherKey };
}

interface Facts {
  kind: Kind;
  subject?: string;
  issuer?: string;
  serial?: string;
  from?: string;
  until?: string;
  daysLeft?: number;
  isValidNow?: boolean;
  keyBelongs?: boolean;
  keyType?: string;
  keyBits?: number;
}

function factsOf(given: Kind, certificate: X509Certificate | undefined, key: KeyObject | undefined): Facts {
  const details = (key ?? certificate?.publicKey)?.asymmetricKeyDetails;
  const keyType = (key ?? certificate?.publicKey)?.asymmetricKeyType;
  const keyBits = details?.modulusLength;
  const ofKey = { ...(keyType !== undefined && { keyType }), ...(keyBits !== undefined && { keyBits }) };
  if (certificate === undefined) return { kind: given, ...ofKey };
  const [from, until, now] = [Date.parse(certificate.validFrom), Date.parse(certificate.validTo), Date.now()];
  return {
    kind: given === 'certificate' ? kindOf(certificate) : given,
    subject: oneLine(certificate.subject),
    issuer: oneLine(certificate.issuer),
    serial: certificate.serialNumber,
    from: new Date(from).toISOString(),
    until: new Date(until).toISOString(),
    daysLeft: Math.floor((until - now) / 86_400_000),
    isValidNow: from <= now && now <= until,
    ...(key?.type === 'private' && { keyBelongs: certificate.checkPrivateKey(key) }),
    ...ofKey,
  };
}

/** WeChat writes the number of a merchant, or its own name, as the common name. */
function kindOf({ subject }: X509Certificate): Kind {
  if (/^CN=Tenpay\.com/m.test(subject)) return 'platform-certificate';
  return /^CN=\d+$/m.test(subject) || /^O=微信商户系统$/m.test(subject) ? 'merchant-certificate' : 'certificate';
}

const oneLine = (name: string) => name.split('\n').join(', ');

function linesOf(facts: Facts, { say }: Given): string[] {
  const { kind, daysLeft, isValidNow, keyBelongs, keyType, keyBits, ...dated } = facts;
  const yes = (value: boolean) => say(value ? { en: 'yes', zh: '是' } : { en: 'no', zh: '否' });
  const pairs: [Text, string | undefined][] = [
    [{ en: 'kind', zh: '类型' }, say(KINDS[kind])],
    [{ en: 'subject', zh: '主体' }, dated.subject],
    [{ en: 'issuer', zh: '颁发者' }, dated.issuer],
    [{ en: 'serial', zh: '序列号' }, dated.serial],
    [{ en: 'valid from', zh: '生效时间' }, dated.from],
    [{ en: 'valid until', zh: '到期时间' }, dated.until],
    [{ en: 'days left', zh: '剩余天数' }, daysLeft?.toString()],
    [{ en: 'key', zh: '密钥' }, keyType && `${keyType} ${keyBits ?? ''}`.trim()],
    [{ en: 'key belongs', zh: '私钥匹配' }, keyBelongs === undefined ? undefined : yes(keyBelongs)],
  ];
  const known = pairs.flatMap(([name, value]): [string, string][] => (value === undefined ? [] : [[say(name), value]]));
  return [
    ...rowsOf(known),
    ...(isValidNow === false
      ? [styled('red', say({ en: 'The certificate is not valid now.', zh: '证书不在有效期内。' }))]
      : []),
    ...(keyBelongs === false
      ? [styled('red', say({ en: 'The key does not belong to the certificate.', zh: '私钥与证书不匹配。' }))]
      : []),
  ];
}

function readable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
