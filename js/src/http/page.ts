// The beginning of an answer with another status than 200, for the error: words of a proxy or of WeChat.
import { harmless } from '../errors.js';
import { limited } from './limited.js';
import type { Mask } from './masking.js';
import { asBytes, discard, type Pieces, piecesOf } from './pieces.js';

/** The longest wait for the beginning: in milliseconds, and as a part of the whole time limit. */
const PAGE_MS = 1_000;
const PAGE_PART = 0.5;
/** The limits of the bytes to read and the characters to show. */
const PAGE_BYTES = 512;
const SHOWN = 60;

/** Returns how an answer begins, as a clause of an error without secrets. It never throws, and it ends the body. */
export async function beginning(
  body: unknown,
  { where, timeoutMs, advice, mask }: { where: string; timeoutMs: number; advice: string; mask: Mask },
): Promise<string> {
  try {
    const pieces = piecesOf(body);
    if (pieces === undefined) return '';
    const limit = { timeoutMs: Math.min(PAGE_MS, timeoutMs * PAGE_PART), signal: undefined, advice };
    const bytes = await limited(where, limit, () => firstBytes(pieces)).finally(() => pieces.cancel());
    const read = new TextDecoder().decode(bytes.subarray(0, PAGE_BYTES));
    // Masked before the cut, and before the words of the error: those are never masked.
    const text = mask(read).replace(/\s+/g, ' ').trim();
    if (text === '') return '; the answer is empty';
    const isCut = bytes.length > PAGE_BYTES || [...text].length > SHOWN;
    return `; the answer begins: ${harmless(text, SHOWN)}${isCut ? '…' : ''}`;
  } catch {
    discard(body);
    return '';
  }
}

/** Reads one byte more than is shown: it says that there is more. */
async function firstBytes(pieces: Pieces): Promise<Uint8Array> {
  const bytes = new Uint8Array(PAGE_BYTES + 1);
  let size = 0;
  while (size < bytes.length) {
    const piece = asBytes(await pieces.next());
    if (piece === undefined) break;
    const part = piece.subarray(0, bytes.length - size);
    bytes.set(part, size);
    size += part.length;
  }
  return bytes.subarray(0, size);
}
