// Bills block by block: rows, and the end of a bill.
import { WxPayError } from '../errors.js';
import * as core from '../wasm/bills.js';
import { type BillRow, constructorOf } from './row.js';

/** How many bytes are passed to wasm at a time. */
export const BLOCK_BYTES = 256 * 1024;

/** A value of the summary that differs from the sum of its rows. */
export interface BillDifference {
  /** The name in the summary, for example `手续费总金额`. */
  name: string;
  /** The summary's value. */
  stated: string;
  /** The exact sum of the rows; `undefined` if one of their cells is not a decimal number. */
  counted: string | undefined;
}

/** The end of a bill. */
export interface BillEnd {
  summary: Record<string, string>;
  differences: BillDifference[];
  uncompared: string[];
}

/**
 * A bill that is being read. wasm keeps nothing of the bill: a call returns the state as text, and the next call receives this
 * text.
 */
export class Blocks {
  /** The names of the columns, after the header was read. */
  columns: string[] = [];
  /** The end, after the last block was read. */
  end: BillEnd | undefined;
  #state = '';
  #hash: string | undefined;
  /** The SHA-1 that the whole bill must have, in hexadecimal digits. */
  readonly #wanted: string | undefined;

  constructor(sha1?: string) {
    this.#wanted = sha1;
    if (sha1 !== undefined) this.#hash = '';
  }

  /**
   * Reads the whole lines of a block; with `last`, the whole block. Appends the rows, and returns the length in bytes that was
   * read.
   */
  read(block: Uint8Array, last: boolean, rows: BillRow[]): number {
    const { consumed, columns, state, hash, end } = core.readBill(this.#state, this.#hash, block, last, rowsInto(rows));
    this.columns = columns;
    this.#state = state;
    this.#hash = hash ?? undefined;
    if (end && hash !== (this.#wanted?.toLowerCase() ?? null)) throw otherHash();
    if (end) this.end = endOf(end);
    return consumed;
  }
}

/** Reads an answer of comments: its rows, and the offset of the next call. */
export function readComments(body: Uint8Array): { rows: BillRow[]; offset: number } {
  const rows: BillRow[] = [];
  const offset = core.readComments(body, rowsInto(rows));
  return { rows, offset };
}

/** Makes each row an object, and appends it. */
const rowsInto =
  (rows: BillRow[]): core.RowSink =>
  (columns) => {
    const Row = constructorOf(columns);
    return (values) => rows.push(new Row(values));
  };

/** The rows so far were passed on already, and their caller must drop them. */
const otherHash = () =>
  new WxPayError({
    code: 'ERR_BILL',
    outcome: 'unknown',
    message: 'the bill has another hash than WeChat signed; drop its rows, and download it again',
  });

function endOf({ summary, differences, uncompared }: NonNullable<core.BlockRead['end']>): BillEnd {
  const Summary = constructorOf(summary.map(([name]) => name));
  return {
    summary: new Summary(summary.map(([, value]) => value)),
    differences: differences.map(({ name, stated, counted }) => ({ name, stated, counted: counted ?? undefined })),
    uncompared,
  };
}
