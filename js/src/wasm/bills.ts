// The module bills.wasm (src/wasm/bills.rs): a typed function for a block, one for comments, and the decoder of src/border/bill_parts.rs.
import * as glue from '../generated/bills.js';
import { Instance } from './instance.js';

/** The module. An entry file starts it. */
export const bills = new Instance(glue.initSync, glue.__wbg_reset_state);

// A byte order mark inside a cell is part of its text, and must be kept.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
/** The size of the three lengths at the start. */
const HEAD_BYTES = 12;

/** The contents of one block besides its rows. */
export type BlockRead = Omit<glue.BlockData, 'rows'>;

/** Makes the receiver of each row's values, in the order of the columns. The array is the same for all rows. */
export type RowSink = (columns: readonly string[]) => (values: readonly string[]) => void;

/**
 * Reads the complete lines of a block, and with `last` also the rest. `state` is empty for the first block, and so is `hash`. Without
 * `hash` no hash is made.
 */
export function readBill(
  state: string,
  hash: string | undefined,
  block: Uint8Array,
  last: boolean,
  sink: RowSink,
): BlockRead {
  const { rows, ...read } = bills.run(() => glue.readBill(state, hash, block, last));
  passAll(rows, read.columns, sink);
  return read;
}

/**
 * Adds bytes to a SHA-1. `state` is empty for the first ones. Returns the next state, and with `last` the hash in hexadecimal
 * digits.
 */
export function hashBill(state: string, bytes: Uint8Array, last: boolean): string {
  return bills.run(() => glue.hashBill(state, bytes, last));
}

/** Reads an answer of comments; returns the offset of the next call. */
export function readComments(body: Uint8Array, sink: RowSink): number {
  const { rows, offset } = bills.run(() => glue.readComments(body));
  passAll(rows, ['time', 'transaction_id', 'stars', 'comment'], sink);
  return offset;
}

/** Passes every row to the sink. */
function passAll(packed: Uint8Array, columns: readonly string[], sink: RowSink): void {
  const [table, plain] = words(packed, 0, HEAD_BYTES) as unknown as [number, number];
  if (table === 0) return;
  const [plainAt, otherAt] = [HEAD_BYTES + table, HEAD_BYTES + table + plain];
  const text = (from: number, to?: number) => decoder.decode(packed.subarray(from, to));
  const changes = words(packed, HEAD_BYTES, plainAt);
  passRows(sink(columns), columns.length, changes, text(plainAt, otherAt), text(otherAt));
}

/** Reads words. Both wasm and every host that runs it are little-endian. */
function words(bytes: Uint8Array, from: number, to: number): Uint32Array {
  return new Uint32Array(bytes.slice(from, to).buffer);
}

/** Decodes rows. An unchanged column keeps the text of the row above, and a repeated text is not decoded again. */
function passRows(
  pass: (values: readonly string[]) => void,
  columns: number,
  changes: Uint32Array,
  plain: string,
  other: string,
): void {
  const values = Array.from({ length: columns }, () => '');
  const texts: string[] = [];
  let [at, plainAt, otherAt] = [0, 0, 0];
  while (at < changes.length) {
    const masks = at;
    at += 2;
    for (let half = 0; half < 2; half += 1) {
      for (let mask = changes[masks + half] as number; mask !== 0; mask &= mask - 1) {
        const entry = changes[at] as number;
        const [kind, end] = [entry & 3, entry >>> 2];
        at += 1;
        let text: string;
        if (kind === 2) {
          text = texts[end] as string;
        } else {
          text = kind === 0 ? plain.slice(plainAt, end) : other.slice(otherAt, end);
          if (kind === 0) plainAt = end;
          else otherAt = end;
          texts.push(text);
        }
        values[half * 32 + 31 - Math.clz32(mask & -mask)] = text;
      }
    }
    pass(values);
  }
}
