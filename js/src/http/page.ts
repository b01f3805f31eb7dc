// The beginning of an answer with another status than 200, for the error: words of a proxy or of WeChat.
import { harmless } from '../errors.js';
import { limited } from './limited.js';
import { asBytes, discard, type Pieces, piecesOf } from './pieces.js';

/** The longest wait for the beginning: in milliseconds, and as a part of the whole time limit. */
const PAGE_MS = 1_000;
const PAGE_PART = 0.5;
/** The limits of the bytes to read and the characters to show. */
const PAGE_BYTES = 512;
const SHOWN = 60;

/** Returns how an answer begins, as a clause of an error. It never throws, and it ends the body. */
export async function beginning(
  body: unknown,
  { where, timeoutMs }: { where: string; timeoutMs: number },
): Promise<string> {
  try {
    const pieces = piecesOf(body);
    if (pieces === undefined) return '';
    const bytes = await limited(where, { timeoutMs: Math.min(PAGE_MS, timeoutMs * PAGE_PART), signal: undefined }, () =>
      firstBytes(pieces),
    ).finally(() => pieces.cancel());
    const text = new TextDecoder().decode(bytes).replace(/\s+/g, ' ').trim();
    if (text === '') return '; the answer is empty';
    return `; the answer begins: ${harmless(text, SHOWN)}${text.length > SHOWN ? '…' : ''}`;
  } catch {
    discard(body);
    return '';
  }
}

async function firstBytes(pieces: Pieces): Promise<Uint8Array> {
  const bytes = new Uint8Array(PAGE_BYTES);
  let size = 0;
  while (size < PAGE_BYTES) {
    const piece = asBytes(await pieces.next());
    if (piece === undefined) break;
    const part = piece.subarray(0, PAGE_BYTES - size);
    bytes.set(part, size);
    size += part.length;
  }
  return bytes.subarray(0, size);
}
