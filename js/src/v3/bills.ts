// The bills of APIv3: downloaded from the address in a signed answer, and compared with the signed hash.
import { type BillStream, billOf, readBillMasked } from '../bill/bill.js';
import { WxPayError } from '../errors.js';
import type { CallOptions } from '../http/call-options.js';
import { type BillFile, checkedFile, partsOf } from './bill-parts.js';
import type { Sender } from './sender.js';

/** Downloads a bill. Its rows are read as they come. */
export async function openBill(
  sender: Sender,
  api: string,
  file: unknown,
  options: CallOptions | undefined,
): Promise<BillStream> {
  const { path, sha1 } = checkedFile(file as BillFile);
  const answer = await sender.download(api, path, options);
  return answer.judged(() => readBillMasked(answer.body, { sha1 }, (error) => answer.masked(error)));
}

/**
 * The encrypted bill of a list of files, which are its parts in the order of `bill_sequence`. Each is downloaded when its rows are
 * read, and its address is good for five minutes.
 */
export function openEncryptedBill(
  sender: Sender,
  api: string,
  answer: unknown,
  options: CallOptions | undefined,
): BillStream {
  const { download_bill_count: count, download_bill_list: list = [] } = answer as {
    download_bill_count: number;
    download_bill_list?: readonly (BillFile | null)[];
  };
  if (count !== list.length)
    throw new WxPayError({
      code: 'ERR_MISMATCH',
      outcome: 'unknown',
      message: `download_bill_count: is ${count}, and the list has ${list.length} files; ask for the bill again`,
      field: 'download_bill_count',
    });
  if (count === 0) throw noMovement();
  return billOf(partsOf(sender, api, list, options), {}, (error) => error);
}

/** WeChat answers so where a day has no other bill. */
const noMovement = () =>
  new WxPayError({
    code: 'ERR_FAILED',
    outcome: 'rejected',
    message: 'the bill: no movement of money on that day; an empty day is no failure',
    err_code: 'NO_STATEMENT_EXIST',
  });
