// Bills (downloadbill, downloadfundflow) and comments (batchquerycomment): whole, or streamed in constant memory.

import { atCaller } from '../caller.js';
import { paramError, WxPayError } from '../errors.js';
import { checkNames, type Names } from '../names.js';
import { own } from '../own.js';
import { plainView } from '../wasm/bodies.js';
import { isWellFormed } from '../well-formed.js';
import { type BillDifference, type BillEnd, BLOCK_BYTES, Blocks, readComments } from './blocks.js';
import type { BillRow } from './row.js';
import { type Source, sourceOf } from './sender.js';
import { MAX_BYTES } from './source.js';
import { rowsOf } from './stream.js';

export type { BillDifference } from './blocks.js';
export type { BillRow } from './row.js';

/**
 * A bill. The keys of its rows are WeChat's own names of the columns (`商户订单号`), whose brackets are always full-width
 * (`收支金额（元）`). The columns differ by kind and year.
 *
 * Amounts are **yuan** as decimal text (`0.90`). Fees have up to five decimals and may be negative. `fen` converts an amount
 * to the unit of the rest of this package. Times are Beijing time. Text of buyers or the shop is unchanged.
 * Before a spreadsheet opens it, prefix cells that begin with `=`, `+`, `-` or `@`.
 */
export interface Bill {
  /** The names of the columns, in the bill's order. */
  columns: string[];
  /** A row for each payment, refund or movement of funds. */
  rows: BillRow[];
  /** The last line: totals in yuan, and counts, which may be written `20.0`. Blanks after a value are kept. */
  summary: Record<string, string>;
  /**
   * Where the summary differs from the exact sum of the rows. It is not an error. WeChat rounds the sum of fees, and
   * a bill of one kind may total rows of another kind. A different number of rows deserves a second download.
   */
  differences: BillDifference[];
  /**
   * The summary's names whose values were not compared with the rows. Their name is unknown, their column is missing, or the name
   * is English and the value no number. Every other value equals the sum of the rows or is in `differences`.
   */
  uncompared: string[];
}

/** Options of `readBill`. */
export interface ReadBillOptions {
  /** The most bytes of the unpacked bill. Default 1 GiB. */
  maxBytes?: number | undefined;
}

const READ_OPTIONS: Names<ReadBillOptions> = { maxBytes: true };

/** A bill that is read row by row, and only one time. Names and summary throw if they are not read yet. */
export interface BillStream extends AsyncIterable<BillRow> {
  /** The names of the columns; available from the first row on. */
  readonly columns: string[];
  /** The last line; available after the last row. */
  readonly summary: Record<string, string>;
  /** Where the summary differs from the sum of the rows; available after the last row. */
  readonly differences: BillDifference[];
  /** The summary's names whose values were not compared with the rows; available after the last row. See `Bill`. */
  readonly uncompared: string[];
}

/** A comment of a buyer on an order. */
export interface OrderComment {
  /** When, as `yyyy-MM-dd HH:mm:ss`, Beijing time. */
  time: string;
  /** WeChat's number of the payment. */
  transaction_id: string;
  /** 1 to 5. */
  stars: number;
  /** The buyer's own words, unchanged; line ends are line feeds. */
  comment: string;
}

/** One answer of `batchquerycomment`. */
export interface Comments {
  /** The `offset` of the next call. It is not the sum of `offset` and the number of comments. */
  offset: number;
  /** The comments, oldest first. The list is empty at the end. */
  comments: OrderComment[];
}

/**
 * Reads a whole bill that is not compressed. Throws `ERR_BILL` for a bill that is truncated or malformed, and for WeChat's
 * error message. Then `err_code` is `NO_BILL_EXIST` for an empty day and `BILL_CREATING` before 10:00 Beijing time.
 */
export const parseBill = atCaller(function parseBill(data: string | Uint8Array): Bill {
  const bytes = dataBytes(data);
  const blocks = new Blocks();
  const rows: BillRow[] = [];
  for (let [at, size] = [0, BLOCK_BYTES]; !blocks.end; ) {
    const consumed = blocks.read(bytes.subarray(at, at + size), at + size >= bytes.length, rows);
    at += consumed;
    // If there is no whole line, the Rust code decides whether the limit is exceeded.
    size = consumed === 0 ? size * 2 : BLOCK_BYTES;
  }
  return { columns: blocks.columns, rows, ...blocks.end };
});

/**
 * Reads a bill from a stream, in constant memory. The stream is a web `ReadableStream` (`response.body`) or any async iterable of
 * bytes (a Node stream). The first bytes show whether it is gzip. Errors are those of `parseBill`, and `ERR_NETWORK` when the stream fails.
 *
 * Use the rows only after the loop has ended without an error: a truncated bill throws at its end. Leaving the loop early cancels
 * the stream, and does not wait for its sender.
 *
 * ```ts
 * const bill = readBill(response.body);
 * for await (const row of bill) await store(row['商户订单号'], fen(row['订单金额']));
 * console.log(bill.summary, bill.differences);
 * ```
 */
export const readBill = atCaller(function readBill(
  stream: ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>,
  options: ReadBillOptions = {},
): BillStream {
  checkNames(options ?? {}, READ_OPTIONS, { error: paramError });
  return readBillMasked(stream, options, (error) => error);
});

/**
 * `readBill` for a client. `mask` returns the error to throw, because an error may contain the signed text. With `sha1`, the unpacked
 * bill must have this hash.
 */
export function readBillMasked(
  stream: ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>,
  options: ReadBillOptions & { sha1?: string | undefined },
  mask: (error: unknown) => unknown,
): BillStream {
  return billOf(sourceOf(stream), options, mask);
}

/** The bill of a source of bytes. */
export function billOf(
  source: Source,
  options: ReadBillOptions & { sha1?: string | undefined },
  mask: (error: unknown) => unknown,
): BillStream {
  const { maxBytes = MAX_BYTES, sha1 } = own(options ?? {});
  if (typeof maxBytes !== 'number' || !(maxBytes > 0))
    throw paramError('maxBytes', 'must be a number of bytes above zero');
  const blocks = new Blocks(sha1);
  let end: BillEnd | undefined;
  const onEnd = () => {
    end = blocks.end;
  };
  let rows: AsyncIterableIterator<BillRow> | undefined = rowsOf(source, { maxBytes, blocks, onEnd, mask });
  const atEnd = () => end ?? tooEarly('the bill was not read to its end; read all rows first');
  return {
    get columns() {
      return blocks.columns.length > 0 ? blocks.columns : tooEarly('the bill was not read yet; read a row first');
    },
    get summary() {
      return atEnd().summary;
    },
    get differences() {
      return atEnd().differences;
    },
    get uncompared() {
      return atEnd().uncompared;
    },
    [Symbol.asyncIterator]() {
      const once = rows ?? tooEarly('a streamed bill can be read only once');
      rows = undefined;
      return once;
    },
  };
}

/** Reads an answer of `batchquerycomment`. The answer has no end mark, so a truncated last comment cannot be noticed. */
export const parseComments = atCaller(function parseComments(data: string | Uint8Array): Comments {
  const { rows, offset } = readComments(dataBytes(data));
  const comments = rows.map(({ time = '', transaction_id = '', stars, comment = '' }) => {
    return { time, transaction_id, stars: Number(stars), comment };
  });
  return { offset, comments };
});

/**
 * Yuan as text, as in bills, converted to fen without floats: `fen('0.90') === 90`. Throws `ERR_PARAM` unless the text is a
 * decimal number of whole fen: for a fee of `0.00600` too. Blanks may follow the number, as they do in some bills.
 */
export const fen = atCaller(function fen(yuan: string): number {
  const found =
    typeof yuan === 'string' && yuan.length < 40 ? /^(-?\d{1,13})(?:\.(\d\d?)0{0,4})?[ \t\r\n\f]*$/.exec(yuan) : null;
  const amount = found ? Number(`${found[1]}${(found[2] ?? '').padEnd(2, '0')}`) : Number.NaN;
  if (!Number.isSafeInteger(amount)) throw paramError('yuan', 'must be yuan with at most two decimals');
  // This changes -0 to 0.
  return amount + 0;
});

function dataBytes(data: string | Uint8Array): Uint8Array {
  if (data instanceof Uint8Array) return plainView(data);
  if (typeof data !== 'string') throw paramError('data', 'must be text or bytes; readBill reads streams');
  if (!isWellFormed(data)) {
    throw new WxPayError({
      code: 'ERR_BILL',
      outcome: 'unknown',
      message: 'the text contains half of a surrogate pair, which is not a character; pass the raw bytes',
    });
  }
  return new TextEncoder().encode(data);
}

function tooEarly(what: string): never {
  throw paramError('bill', what);
}
