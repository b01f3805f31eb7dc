// The hash rounds of a PKCS#12 file (RFC 7292), counted before OpenSSL opens the file.
// OpenSSL has no limit, so a file with many rounds would block the process.
import { configError, type WxPayError } from '../errors.js';
import {
  BerReader,
  BYTES,
  type Element,
  joinedPieces,
  NUMBER,
  OBJECT,
  SEQUENCE,
  TAGGED,
  TAGGED_BYTES,
  Unreadable,
} from './ber.js';
import { type Derivation, decrypted, pbkdf2, scrypt } from './pkcs12-decrypt.js';

/** The largest file that is read, in bytes. A file of the merchant platform has about 3 KiB. */
const FILE_BYTES = 1024 ** 2;
/** The largest number of rounds for one key. OpenSSL's files have 2048, Java's up to 100000. */
const ROUNDS = 1_000_000;
/** The limit for all three parts of a file: its MAC, certificates and key. */
const ROUNDS_IN_ALL = 3 * ROUNDS;
/** The longest key of a MAC, in bytes. A longer one takes more rounds. */
const MAC_KEY_BYTES = 64;

const PKCS7 = '2a864886f70d0107';
const [DATA, ENCRYPTED_DATA] = [`${PKCS7}01`, `${PKCS7}06`];
const BAG = '2a864886f70d010c0a01';
const [SHROUDED_KEY_BAG, SAFE_CONTENTS_BAG] = [`${BAG}02`, `${BAG}06`];
/** The old encryptions of PKCS#12 itself, 1 to 6. */
const OLD_ENCRYPTION = /^2a864886f70d010c010[1-6]$/;
const PKCS5 = '2a864886f70d0105';
const [PBKDF2, PBES2, PBMAC1] = [`${PKCS5}0c`, `${PKCS5}0d`, `${PKCS5}0e`];
const SCRYPT = '2b06010401da47040b';

/**
 * Returns true if all rounds are known: OpenSSL may open the file. Otherwise our own reader opens it and counts meanwhile. Throws
 * `ERR_CONFIG` if there are too many rounds.
 */
export function isForOpenSsl(file: Buffer, passphrase: string): boolean {
  if (file.length > FILE_BYTES)
    throw configError('certificate', 'is larger than 1 MiB; pass the bytes of apiclient_cert.p12');
  const count = new Count(passphrase);
  try {
    count.file(file);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    if (count.hasDecrypted) throw wrongPassphrase();
    throw configError('certificate', 'is not a readable PKCS#12 file; pass the bytes of apiclient_cert.p12');
  }
  return count.isWhole;
}

/** Makes the error for a file that looks complete but does not open. src/pkcs12.rs has the same message. */
export const wrongPassphrase = (): WxPayError =>
  configError(
    'certificate',
    'does not open with this passphrase; it is the merchant number (mch_id) unless you chose another one',
  );

/** The count of a file's rounds. The count follows the order of the bytes. Rounds are counted before they are computed. */
class Count {
  /** Whether all rounds are known. False as soon as a part is found that only our own reader opens. */
  isWhole = true;
  /** Whether a part was decrypted. An unreadable part after that means a wrong passphrase. */
  hasDecrypted = false;
  #rounds = 0;
  readonly #reader = new BerReader();
  readonly #passphrase: string;

  constructor(passphrase: string) {
    this.#passphrase = passphrase;
  }

  /** `PFX`. */
  file(file: Buffer): void {
    const [version, content, mac] = inside(this.#reader.read(file), 2, 3);
    if (number(version) !== 3) throw new Unreadable();
    const [kind, safes] = inside(content, 2, 2);
    if (name(kind) !== DATA) throw new Unreadable();
    if (mac !== undefined) this.#mac(mac);
    for (const safe of inside(this.#reader.read(bytes(tagged(safes))))) this.#safe(safe);
  }

  /** `MacData`. */
  #mac(mac: Element): void {
    const [digest, salt, rounds] = inside(mac, 2, 3);
    const [algorithm] = inside(digest, 2, 2);
    const [kind, parameters] = inside(algorithm, 1, 2);
    bytes(salt);
    this.#spend(rounds === undefined ? 1 : number(rounds));
    if (name(kind) !== PBMAC1) return;
    const [derivation] = inside(parameters, 2, 2);
    const keyBytes = this.#derivation(derivation)?.keyBytes;
    if (keyBytes === undefined || keyBytes > MAC_KEY_BYTES) this.isWhole = false;
  }

  /** `ContentInfo`: plain or encrypted bags. */
  #safe(safe: Element): void {
    const [kind, content] = inside(safe, 2, 2);
    const value = tagged(content);
    if (name(kind) === DATA) {
      this.#bags(this.#reader.read(bytes(value)));
      return;
    }
    if (name(kind) !== ENCRYPTED_DATA) throw new Unreadable();
    const [version, encrypted] = inside(value, 2, 3);
    number(version);
    const [type, algorithm, text] = inside(encrypted, 3, 3);
    name(type);
    const scheme = this.#encryption(algorithm);
    this.hasDecrypted = scheme !== undefined;
    const opened = scheme && decrypted(scheme.cipher, scheme.derivation, this.#passphrase, taggedBytes(text));
    // The encrypted part may contain a key with more rounds, which OpenSSL would compute too. If it does not open here, the count is
    // incomplete.
    if (opened === undefined) this.isWhole = false;
    else {
      try {
        this.#bags(this.#reader.read(opened));
      } finally {
        opened.fill(0);
      }
    }
  }

  /** `SafeContents`. OpenSSL decrypts only the encrypted private keys, in nested bags too. So only their rounds count. */
  #bags(bags: Element): void {
    for (const bag of inside(bags)) {
      const [kind, content] = inside(bag, 2, 3);
      const value = tagged(content);
      if (name(kind) === SAFE_CONTENTS_BAG) this.#bags(value);
      if (name(kind) === SHROUDED_KEY_BAG) {
        const [algorithm] = inside(value, 2, 2);
        this.#encryption(algorithm);
      }
    }
  }

  /** Counts the rounds of a decryption. Returns the cipher and the derivation, if this module knows them. */
  #encryption(algorithm: Element | undefined): { cipher: Element; derivation: Derivation } | undefined {
    const [kind, parameters] = inside(algorithm, 1, 2);
    if (OLD_ENCRYPTION.test(name(kind))) {
      const [salt, rounds] = inside(parameters, 2, 2);
      bytes(salt);
      this.#spend(number(rounds));
      return undefined;
    }
    if (name(kind) !== PBES2) {
      this.isWhole = false;
      return undefined;
    }
    const [key, cipher] = inside(parameters, 2, 2);
    const derivation = this.#derivation(key);
    return derivation && cipher && { cipher, derivation };
  }

  /** Counts the rounds of a key. Returns the derivation, if this module knows it. */
  #derivation(algorithm: Element | undefined): Derivation | undefined {
    const [kind, parameters] = inside(algorithm, 1, 2);
    if (name(kind) === PBKDF2) {
      const [salt, rounds, ...more] = inside(parameters, 2, 4);
      this.#spend(number(rounds));
      const [length, hash] = more[0]?.tag === NUMBER ? more : [undefined, ...more];
      return pbkdf2(bytes(salt), number(rounds), length && number(length), hash && name(inside(hash, 1, 2)[0]));
    }
    if (name(kind) === SCRYPT) {
      const [salt, cost, block, parallel, length] = inside(parameters, 4, 5);
      const [N, r, p] = [number(cost), number(block), number(parallel)];
      // One step of scrypt hashes four blocks, as a round of PBKDF2 does.
      this.#spend(N * r * p);
      return scrypt(bytes(salt), { N, r, p }, length && number(length));
    }
    this.isWhole = false;
    return undefined;
  }

  #spend(rounds: number): void {
    if (rounds === 0) throw new Unreadable();
    this.#rounds += rounds;
    // `!(a <= b)` refuses NaN too.
    for (const [wanted, limit, where] of [
      [rounds, ROUNDS, ''],
      [this.#rounds, ROUNDS_IN_ALL, ' in all'],
    ] as const)
      if (!(wanted <= limit))
        throw configError(
          'certificate',
          `needs more than ${limit} hash rounds${where}; export the file again with fewer iterations`,
        );
  }
}

/** Returns the parts of a SEQUENCE, and checks how many there are. */
function inside(element: Element | undefined, least = 0, most = Number.POSITIVE_INFINITY): readonly Element[] {
  const { parts } = ofTag(element, SEQUENCE);
  if (parts.length < least || parts.length > most) throw new Unreadable();
  return parts;
}

/** Returns the only element in `[0]`. */
function tagged(element: Element | undefined): Element {
  const [value, ...more] = ofTag(element, TAGGED).parts;
  if (value === undefined || more.length > 0) throw new Unreadable();
  return value;
}

/** Returns a string in `[0]`, primitive or constructed. */
const taggedBytes = (element: Element | undefined) =>
  element?.tag === TAGGED ? joinedPieces(element.parts) : ofTag(element, TAGGED_BYTES).bytes;

const bytes = (element: Element | undefined) => ofTag(element, BYTES).bytes;

/** Returns an object identifier, in hex. */
const name = (element: Element | undefined) => ofTag(element, OBJECT).bytes.toString('hex');

/** Returns a number that is not negative. A number above 2^53 is not exact, but exceeds every limit. */
function number(element: Element | undefined): number {
  const digits = ofTag(element, NUMBER).bytes;
  if ((digits[0] ?? 0xff) >= 0x80) throw new Unreadable();
  return digits.reduce((sum, digit) => sum * 256 + digit, 0);
}

function ofTag(element: Element | undefined, tag: number): Element {
  if (element?.tag !== tag) throw new Unreadable();
  return element;
}
