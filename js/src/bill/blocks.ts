// A bill over the border, block by block: what src/border/bill_blocks.rs writes becomes rows.
import { calls } from '../wasm/calls.js';
import { type BillRow, constructorOf } from './row.js';

/** How many bytes cross at a time. */
export const BLOCK_BYTES = 256 * 1024;

/** A value of the summary that the rows do not bear out. */
export interface BillDifference {
  /** The name in the summary, for example `手续费总金额`. */
  name: string;
  /** The summary's value. */
  stated: string;
  /** What the rows add up to, exactly; `undefined` where one of their cells is no decimal number. */
  counted: string | undefined;
}

/** What stands at the end of a bill. */
export interface BillEnd {
  summary: Record<string, string>;
  differences: BillDifference[];
  uncompared: string[];
}

// A byte order mark inside a cell is text of that cell.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
/** The five words before the parts. */
const HEAD_BYTES = 20;

/** One bill on its way. The core keeps nothing of it: its state comes back as text and goes in again. */
export class Blocks {
  /** The names of the columns, once the header was read. */
  columns: string[] = [];
  /** The end, once the last block was read. */
  end: BillEnd | undefined;
  #state = '';

  /** Reads the whole lines of a block, with `last` all of it; appends their rows and gives how many bytes they were. */
  read(block: Uint8Array, last: boolean, rows: BillRow[]): number {
    const state = calls.writeText(this.#state);
    const result = calls.call('readBill', state, calls.writeBytes(block, state), last ? 1 : 0);
    const { consumed, columns, tail } = readParts(result >> 1, rows);
    this.columns = columns;
    if (last) this.end = readEnd(tail);
    else this.#state = tail[0] as string;
    return consumed;
  }
}

/** Reads an answer of comments: its rows, and the next offset as text. */
export function readComments(body: Uint8Array): { rows: BillRow[]; offset: string } {
  const rows: BillRow[] = [];
  const { tail } = readParts(calls.call('readComments', calls.writeBytes(body, 0), 0, 0) >> 1, rows);
  return { rows, offset: tail[0] as string };
}

/** Appends the rows in the output to `rows`. */
function readParts(length: number, rows: BillRow[]): { consumed: number; columns: string[]; tail: string[] } {
  const output = calls.readBytes(length);
  const [consumed, table, plain, other] = words(output, 0, HEAD_BYTES) as unknown as [number, number, number, number];
  const [plainAt, otherAt] = [HEAD_BYTES + table, HEAD_BYTES + table + plain];
  const text = (from: number, to?: number) => decoder.decode(output.subarray(from, to));
  const [names, ...tail] = text(otherAt + other).split('\0') as [string, ...string[]];
  const columns = names === '' ? [] : names.split('\n');
  if (table > 0) {
    const changes = words(output, HEAD_BYTES, plainAt);
    append(rows, columns, changes, text(plainAt, otherAt), text(otherAt, otherAt + other));
  }
  return { consumed, columns, tail };
}

/** Words are little-endian in wasm, and on every host that runs it. */
function words(bytes: Uint8Array, from: number, to: number): Uint32Array {
  return new Uint32Array(bytes.slice(from, to).buffer);
}

/** A column that did not change keeps the text of the row above, and a text that stood in the block before is not made again. */
function append(rows: BillRow[], columns: string[], changes: Uint32Array, plain: string, other: string): void {
  const Row = constructorOf(columns);
  const values = columns.map(() => '');
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
    rows.push(new Row(values));
  }
}

function readEnd(tail: string[]): BillEnd {
  const texts = tail.values();
  const text = () => texts.next().value as string;
  /** A number, and as many things as it says. */
  const list = <T>(read: () => T): T[] => Array.from({ length: Number(text()) }, read);
  const pairs = list(() => [text(), text()] as const);
  const differences = list(() => {
    const [name, stated, counted] = [text(), text(), text()];
    return { name, stated, counted: counted === '' ? undefined : counted };
  });
  const summary = new (constructorOf(pairs.map(([name]) => name)))(pairs.map(([, value]) => value));
  return { summary, differences, uncompared: [...texts] };
}
