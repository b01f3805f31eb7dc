// The parts of an encrypted bill: each downloaded, decrypted, unpacked, and compared with its signed hash.
import { failure, type Source, sourceOf } from '../bill/sender.js';
import { MAX_BYTES, openSource } from '../bill/source.js';
import { WxPayError } from '../errors.js';
import type { CallOptions } from '../http/call-options.js';
import { hashBill } from '../wasm/bills.js';
import { crypto, type Decipher } from './host.js';
import { isSentUnchanged, type Sender } from './sender.js';

/** Where a bill is: a judged answer, or an entry of its list. The core checks some of its members only. */
export interface BillFile {
  readonly bill_sequence?: unknown;
  readonly hash_type?: unknown;
  readonly hash_value?: unknown;
  readonly download_url?: unknown;
  readonly encrypt_key?: unknown;
  readonly nonce?: unknown;
}

/** The path and the hash of a file. */
export function checkedFile({ hash_type, hash_value, download_url }: BillFile): { path: string; sha1: string } {
  if (hash_type !== 'SHA1') throw mismatch('hash_type', 'is not SHA1, which alone is supported');
  if (typeof hash_value !== 'string' || !/^[0-9a-f]{40}$/i.test(hash_value))
    throw mismatch('hash_value', 'is not a hash of 40 hexadecimal digits');
  const path = typeof download_url === 'string' ? download_url.replace(/^https?:\/\/[^/?#]+/, '') : '';
  if (!isSentUnchanged(path)) throw mismatch('download_url', 'is not an address of WeChat Pay');
  return { path, sha1: hash_value.toLowerCase() };
}

interface Part {
  readonly path: string;
  readonly sha1: string;
  readonly key: Uint8Array;
  readonly nonce: string;
}

/** The plain bytes of all parts, one after the other. */
export function partsOf(
  sender: Sender,
  api: string,
  files: readonly (BillFile | null)[],
  options: CallOptions | undefined,
): Source {
  // The core checks that it is a list, and not each member of its entries.
  const sorted = files.map((file) => file ?? {}).sort((one, other) => sequenceOf(one) - sequenceOf(other));
  const parts = sorted.map((file): Part => ({ ...checkedFile(file), ...cipherOf(file) }));
  let current: Source | undefined;
  let isLeft = false;

  async function opened({ path, sha1, key, nonce }: Part): Promise<Source> {
    const answer = await sender.download(api, path, options);
    const stream = answer.judged(() => sourceOf(answer.body));
    if (isLeft) stream.cancel();
    const plain = await openSource(decrypted(stream, crypto().decipher(key, nonce)), MAX_BYTES);
    return hashed(plain, sha1);
  }

  return {
    async next() {
      while (!isLeft) {
        const part = current === undefined ? parts.shift() : undefined;
        if (part !== undefined) current = await opened(part);
        if (current === undefined) return undefined;
        const piece = await current.next();
        if (piece !== undefined) return piece;
        current = undefined;
      }
      return undefined;
    },
    cancel() {
      isLeft = true;
      current?.cancel();
    },
  };
}

const sequenceOf = ({ bill_sequence }: BillFile) => (typeof bill_sequence === 'number' ? bill_sequence : 0);

/** The key and the nonce of a file. The key is 32 characters; the client has decrypted it. */
function cipherOf({ encrypt_key, nonce }: BillFile): { key: Uint8Array; nonce: string } {
  const key = new TextEncoder().encode(typeof encrypt_key === 'string' ? encrypt_key : '');
  if (key.length !== 32) throw mismatch('encrypt_key', `has ${key.length} bytes instead of 32`);
  if (typeof nonce !== 'string' || nonce === '') throw mismatch('nonce', 'is missing');
  const { length } = new TextEncoder().encode(nonce);
  if (length > NONCE_BYTES) throw mismatch('nonce', `has ${length} bytes, more than ${NONCE_BYTES}`);
  return { key, nonce };
}

/** OpenSSL takes no longer nonce. */
const NONCE_BYTES = 128;

/** The plain bytes of an encrypted file. */
function decrypted(source: Source, decipher: Decipher): Source {
  let isOver = false;
  return {
    async next() {
      while (!isOver) {
        const piece = await source.next();
        isOver = piece === undefined;
        const plain = await (piece === undefined ? decipher.end() : decipher.update(piece));
        if (plain === undefined) throw damaged();
        if (plain.length > 0) return plain;
      }
      return undefined;
    },
    cancel: () => source.cancel(),
  };
}

const damaged = () =>
  new WxPayError({
    code: 'ERR_DECRYPT',
    outcome: 'unknown',
    message: 'the bill: its cipher is cut off or changed; drop its rows, and ask for the bill again',
  });

/** The same bytes, which must have this SHA-1 in the end. */
function hashed(source: Source, sha1: string): Source {
  let state = '';
  return {
    async next() {
      const piece = await source.next();
      state = hashBill(state, piece ?? new Uint8Array(), piece === undefined);
      if (piece === undefined && state !== sha1)
        throw failure('ERR_BILL', 'the bill has another hash than WeChat signed; drop its rows, and download it again');
      return piece;
    },
    cancel: () => source.cancel(),
  };
}

const mismatch = (field: string, fault: string) =>
  new WxPayError({
    code: 'ERR_MISMATCH',
    outcome: 'unknown',
    message: `${field}: of the answer ${fault}; ask for the bill again`,
    field,
  });
