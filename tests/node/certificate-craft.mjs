// PKCS#12 files written by hand (RFC 7292), as no tool writes them: any rounds, any nesting, old Java's BER.
import {
  createCipheriv,
  createHash,
  createHmac,
  createPrivateKey,
  pbkdf2Sync,
  scryptSync,
  X509Certificate,
} from 'node:crypto';

const [NUMBER, BYTES, SEQUENCE] = [0x02, 0x04, 0x30];
const SALT = Buffer.from('saltsalt');
const FIRST_BLOCK = Buffer.alloc(16, 7);

/** An element with its length. */
export function der(tag, ...contents) {
  const content = Buffer.concat(contents);
  if (content.length < 0x80) return Buffer.concat([Buffer.from([tag, content.length]), content]);
  const hex = content.length.toString(16);
  const length = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex');
  return Buffer.concat([Buffer.from([tag, 0x80 + length.length]), length, content]);
}

/** The same with an end mark and strings in pieces of `size` bytes, as programs write without knowing the length. */
const endless =
  (size = 300) =>
  (tag, ...contents) => {
    const content = Buffer.concat(contents);
    const isText = tag === BYTES || tag === 0x80;
    const pieces = [];
    for (let at = 0; isText && at < content.length; at += size)
      pieces.push(der(BYTES, content.subarray(at, at + size)));
    return Buffer.concat([Buffer.from([tag | 0x20, 0x80]), ...(isText ? pieces : [content]), Buffer.alloc(2)]);
  };

/** A file in DER as BER, with every length indefinite and every string in pieces; the contents of strings stay. */
export function inBer(text) {
  const made = [];
  for (let at = 0; at < text.length; ) {
    const long = text[at + 1] > 0x80 ? text[at + 1] & 0x7f : 0;
    const from = at + 2 + long;
    const end = from + (long > 0 ? text.readUIntBE(at + 2, long) : text[at + 1]);
    const content = text.subarray(from, end);
    if (text[at] & 0x20) made.push(endless()(text[at], inBer(content)));
    else made.push(text[at] === BYTES ? endless()(BYTES, content) : text.subarray(at, end));
    at = end;
  }
  return Buffer.concat(made);
}

const number = (value) => {
  const hex = BigInt(value).toString(16);
  const bytes = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex');
  return der(NUMBER, bytes[0] >= 0x80 ? Buffer.alloc(1) : Buffer.alloc(0), bytes);
};

const object = (dotted) => {
  const [first, second, ...rest] = dotted.split('.').map(Number);
  const bytes = rest.flatMap((part) => {
    const groups = [part & 0x7f];
    for (let left = part >>> 7; left > 0; left >>>= 7) groups.unshift(0x80 | (left & 0x7f));
    return groups;
  });
  return der(0x06, Buffer.from([first * 40 + second, ...bytes]));
};

const PKCS5 = '1.2.840.113549.1.5';
const PKCS7 = '1.2.840.113549.1.7';
const PKCS12 = '1.2.840.113549.1.12';
const algorithm = (name, ...parameters) => der(SEQUENCE, object(name), ...parameters);
const HASHES = { sha1: '1.3.14.3.2.26', sha256: '2.16.840.1.101.3.4.2.1', sha512: '2.16.840.1.101.3.4.2.3' };
const HMACS = { sha1: '7', sha256: '9', sha512: '11' };
const blockOf = (hash) => (hash === 'sha512' ? 128 : 64);

/** A key out of a passphrase (RFC 7292, B.2). */
function oldKey(hash, passphrase, purpose, rounds, length) {
  const block = blockOf(hash);
  const repeated = (bytes) =>
    Buffer.alloc(Math.ceil(bytes.length / block) * block, bytes.length > 0 ? bytes : undefined);
  let input = Buffer.concat([SALT, Buffer.from(`${passphrase}\0`, 'utf16le').swap16()].map(repeated));
  let key = Buffer.alloc(0);
  while (key.length < length) {
    let made = Buffer.concat([Buffer.alloc(block, purpose), input]);
    for (let round = 0; round < rounds; round += 1) made = createHash(hash).update(made).digest();
    key = Buffer.concat([key, made]);
    const addend = BigInt(`0x${Buffer.alloc(block, made).toString('hex')}`) + 1n;
    const blocks = [];
    for (let at = 0; at < input.length; at += block) {
      const sum = BigInt(`0x${input.subarray(at, at + block).toString('hex')}`) + addend;
      blocks.push(
        Buffer.from(
          sum
            .toString(16)
            .padStart(block * 2, '0')
            .slice(-block * 2),
          'hex',
        ),
      );
    }
    input = Buffer.concat(blocks);
  }
  return key.subarray(0, length);
}

function encrypt(cipher, key, firstBlock, text) {
  const made = createCipheriv(cipher, key, firstBlock);
  return Buffer.concat([made.update(text), made.final()]);
}

/** PBKDF2 as an algorithm. */
export const pbkdf2 = (rounds, { prf = 'sha256', length } = {}) =>
  algorithm(
    `${PKCS5}.12`,
    der(
      SEQUENCE,
      der(BYTES, SALT),
      number(rounds),
      ...(length === undefined ? [] : [number(length)]),
      algorithm(`1.2.840.113549.2.${HMACS[prf]}`),
    ),
  );

const pbes2 = (derivation) =>
  algorithm(`${PKCS5}.13`, der(SEQUENCE, derivation, algorithm('2.16.840.1.101.3.4.1.42', der(BYTES, FIRST_BLOCK))));

/** Encryptions of texts: an algorithm, and the encrypted text. A huge number of rounds is written, not computed. */
export const today = (rounds, { isDone = true, prf = 'sha256' } = {}) => ({
  algorithm: pbes2(pbkdf2(rounds, { prf })),
  encrypt: (text, passphrase) =>
    isDone ? encrypt('aes-256-cbc', pbkdf2Sync(passphrase, SALT, rounds, 32, prf), FIRST_BLOCK, text) : text,
});

export const withScrypt = (N, r, p, { isDone = true } = {}) => ({
  algorithm: pbes2(
    algorithm('1.3.6.1.4.1.11591.4.11', der(SEQUENCE, der(BYTES, SALT), number(N), number(r), number(p))),
  ),
  encrypt: (text, passphrase) =>
    isDone ? encrypt('aes-256-cbc', scryptSync(passphrase, SALT, 32, { N, r, p }), FIRST_BLOCK, text) : text,
});

/** SHA-1 and 3DES, as OpenSSL opens them without its legacy provider. */
export const old = (rounds, { isDone = true } = {}) => ({
  algorithm: algorithm(`${PKCS12}.1.3`, der(SEQUENCE, der(BYTES, SALT), number(rounds))),
  encrypt: (text, passphrase) =>
    isDone
      ? encrypt(
          'des-ede3-cbc',
          oldKey('sha1', passphrase, 1, rounds, 24),
          oldKey('sha1', passphrase, 2, rounds, 8),
          text,
        )
      : text,
});

/** An unknown encryption. */
export const unknown = () => ({ algorithm: algorithm('1.2.3.4', der(SEQUENCE)), encrypt: (text) => text });

const bag = (kind, ...value) => der(SEQUENCE, object(`${PKCS12}.10.1.${kind}`), der(0xa0, ...value));

/** The bag of an encrypted key. */
export const keyBag = (pem, scheme, passphrase) => {
  const key = createPrivateKey(pem).export({ type: 'pkcs8', format: 'der' });
  return bag(2, der(SEQUENCE, scheme.algorithm, der(BYTES, scheme.encrypt(key, passphrase))));
};

/** The bag of a certificate. */
export const certificateBag = (pem) =>
  bag(3, der(SEQUENCE, object('1.2.840.113549.1.9.22.1'), der(0xa0, der(BYTES, new X509Certificate(pem).raw))));

/** Bags in a bag. */
export const bagOfBags = (...bags) => bag(6, der(SEQUENCE, ...bags));

const writer = (isBer) => (isBer ? endless() : der);

/** Bags, unencrypted. */
export const plainSafe = (bags, { isBer = false } = {}) => {
  const write = writer(isBer);
  return write(SEQUENCE, object(`${PKCS7}.1`), write(0xa0, write(BYTES, write(SEQUENCE, ...bags))));
};

/** Bags, encrypted. */
export const encryptedSafe = (bags, scheme, passphrase, { isBer = false } = {}) => {
  const write = writer(isBer);
  const text = scheme.encrypt(write(SEQUENCE, ...bags), passphrase);
  const content = write(SEQUENCE, object(`${PKCS7}.1`), scheme.algorithm, write(0x80, text));
  return write(SEQUENCE, object(`${PKCS7}.6`), write(0xa0, write(SEQUENCE, number(0), content)));
};

/** The MAC of a file; a huge number of rounds is written, not computed. */
export const mac =
  (hash, rounds, { isDone = true } = {}) =>
  (safes, passphrase) => {
    const key = oldKey(hash, passphrase, 3, isDone ? rounds : 1, createHash(hash).digest().length);
    const sum = createHmac(hash, key).update(safes).digest();
    return der(
      SEQUENCE,
      der(SEQUENCE, algorithm(HASHES[hash], der(0x05)), der(BYTES, sum)),
      der(BYTES, SALT),
      ...(rounds === 1 ? [] : [number(rounds)]),
    );
  };

/** The MAC of RFC 9579. */
export const pbmac1 = (derivation) => () =>
  der(
    SEQUENCE,
    der(
      SEQUENCE,
      algorithm(`${PKCS5}.14`, der(SEQUENCE, derivation, algorithm('1.2.840.113549.2.9'))),
      der(BYTES, Buffer.alloc(32)),
    ),
    der(BYTES, SALT),
  );

/** A file of these safes. */
export function craft(safes, passphrase, { made = mac('sha256', 1), isBer = false } = {}) {
  const write = writer(isBer);
  const content = write(SEQUENCE, ...safes);
  const whole = write(SEQUENCE, object(`${PKCS7}.1`), write(0xa0, write(BYTES, content)));
  return write(SEQUENCE, number(3), whole, ...(made ? [made(content, passphrase)] : []));
}
