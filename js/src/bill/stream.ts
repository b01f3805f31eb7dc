// The rows of a streamed bill, in constant memory.
import { BLOCK_BYTES, type Blocks } from './blocks.js';
import type { BillRow } from './row.js';
import type { Source } from './sender.js';
import { openSource } from './source.js';

/** The callbacks and limits of the reading. */
export interface Reading {
  maxBytes: number;
  blocks: Blocks;
  /** Called when the whole bill was read. */
  onEnd: () => void;
  /** Returns the error to throw instead of the original error. */
  mask: (error: unknown) => unknown;
}

/**
 * Reads rows until the bill ends or the caller leaves. Leaving does not wait for the sender. An async generator alone would first
 * wait for its pending `next()`, which may be waiting for a stalled sender.
 */
export function rowsOf(stream: Source, reading: Reading): AsyncIterableIterator<BillRow, void, void> {
  const opened: OpenedBill = { source: stream, isLeft: false };
  const rows = read(opened, reading);
  return {
    next: () => rows.next(),
    return() {
      opened.isLeft = true;
      opened.source.cancel();
      return rows.return();
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

interface OpenedBill {
  source: Source;
  isLeft: boolean;
}

async function* read(
  opened: OpenedBill,
  { maxBytes, blocks, onEnd, mask }: Reading,
): AsyncGenerator<BillRow, void, void> {
  try {
    opened.source = await openSource(opened.source, maxBytes);
    let buffer = new Uint8Array(BLOCK_BYTES);
    let filled = 0;
    for (let piece = await opened.source.next(); piece !== undefined; piece = await opened.source.next()) {
      for (let at = 0; at < piece.length; ) {
        const part = piece.subarray(at, at + buffer.length - filled);
        buffer.set(part, filled);
        filled += part.length;
        at += part.length;
        if (filled < buffer.length) continue;
        const rows: BillRow[] = [];
        const consumed = blocks.read(buffer, false, rows);
        for (const row of rows) yield row;
        // The buffer may end inside a line. If it has no whole line, the Rust code checks the limit.
        const rest = buffer.subarray(consumed);
        if (consumed === 0) buffer = new Uint8Array(buffer.length * 2);
        buffer.set(rest);
        filled = rest.length;
      }
    }
    // The stream ended because its reader left; the bill did not end.
    if (opened.isLeft) return;
    const rows: BillRow[] = [];
    blocks.read(buffer.subarray(0, filled), true, rows);
    for (const row of rows) yield row;
    onEnd();
  } catch (error) {
    throw mask(error);
  } finally {
    opened.source.cancel();
  }
}
