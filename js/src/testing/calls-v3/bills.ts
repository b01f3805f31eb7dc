// 申请账单: GET /v3/bill/tradebill, fundflowbill and sub-merchant-fundflowbill (docs). Their rows are those of APIv2's bills.

import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { booksOf } from '../books/bill-books.js';
import { type BillDay, readBillDay } from '../books/bill-day.js';
import { fundFlowBill } from '../books/fund-flow-bill.js';
import type { Merchants } from '../books/merchants.js';
import type { OrderBook } from '../books/orders.js';
import type { RefundBook } from '../books/refunds.js';
import { type BillType, tradeBill } from '../books/trade-bill.js';
import type { Tell } from '../events.js';
import type { V3KeyStore } from '../server/v3-keys.js';
import { formatBeijingTime } from '../wire/beijing-time.js';
import type { Clock } from '../wire/clock.js';
import type { JsonObject } from '../wire/json.js';
import type { RandomText } from '../wire/random.js';
import { sealBytes } from '../wire/sign-v3.js';
import { createBillFiles } from './bill-files.js';
import { MCHID } from './common-fields.js';
import { form, oneOf, text } from './fields.js';
import { judgeSub } from './partner.js';
import { fieldProblem, problem, type V3Problem } from './problems.js';
import type { V3Call, V3Outcome, V3Route } from './v3-api.js';

/** What the calls need. */
export interface BillRouteParts {
  readonly merchants: Merchants;
  readonly orders: OrderBook;
  readonly refunds: RefundBook;
  readonly v3Keys: V3KeyStore;
  readonly clock: Clock;
  readonly random: RandomText;
  readonly tell: Tell;
  /** The rows in each file of a sub-merchant's bill. One file has all by default. */
  readonly billPartRows: number | undefined;
}

/** A bill, before it becomes a file. */
interface Bill {
  readonly text: string;
  readonly rows: number;
}

/** The calls that ask for a bill, and the one that downloads it. */
export function billRoutes(parts: BillRouteParts): V3Route[] {
  const { merchants, clock, random, tell, v3Keys } = parts;
  const files = createBillFiles(parts);

  /** Makes the bill that a call asks for, or the reason why there is none. */
  function billOf(call: V3Call, bill_type: string, make: (day: BillDay) => Bill | undefined): Bill | V3Problem {
    const { merchant, query } = call;
    const { bill_date = '', sub_mchid } = query;
    const foreign = judgeSub(merchants, merchant.mch_id, sub_mchid);
    if (foreign !== undefined) return foreign;
    const day = readDay(bill_date, clock.now());
    if ('code' in day) return day;
    const bill = make(day);
    tell({ type: 'bill', mch_id: merchant.mch_id, bill_date, bill_type, rows: bill?.rows ?? 0 });
    return bill ?? NO_BILL;
  }

  /** Keeps a bill, or a part of it, as a file. `seal` encrypts it after it is compressed. */
  function keep(call: V3Call, text: string, seal = (bytes: Buffer) => bytes): JsonObject {
    const content = Buffer.from(text, 'utf8');
    const gzip = call.query.tar_type === 'GZIP';
    return {
      hash_type: 'SHA1',
      hash_value: createHash('sha1').update(content).digest('hex'),
      download_url: files.keep(call, { bytes: seal(gzip ? gzipSync(content) : content), gzip }),
    };
  }

  /** The movements of the account. The basic one has all money of these books. */
  const flows = (call: V3Call, account: string) => (day: BillDay) =>
    account === 'BASIC' ? fundFlowBill(books(call), day) : undefined;
  const books = ({ merchant, query }: V3Call) => booksOf({ merchant, sub_mch_id: query.sub_mchid }, parts);

  return [
    {
      method: 'GET',
      path: '/v3/bill/tradebill',
      query: { bill_date: BILL_DATE },
      optionalQuery: { bill_type: oneOf('ALL', 'SUCCESS', 'REFUND'), tar_type: TAR_TYPE, sub_mchid: MCHID },
      endpoint(call) {
        const { bill_type = 'ALL' } = call.query;
        const bill = billOf(call, bill_type, (day) => tradeBill(books(call), day, bill_type as BillType));
        return 'code' in bill ? bill : { body: keep(call, bill.text) };
      },
    },
    {
      method: 'GET',
      path: '/v3/bill/fundflowbill',
      query: { bill_date: BILL_DATE },
      optionalQuery: { account_type: oneOf(...ACCOUNTS), tar_type: TAR_TYPE, sub_mchid: MCHID },
      endpoint(call) {
        const { account_type = 'BASIC' } = call.query;
        const bill = billOf(call, account_type, flows(call, account_type));
        return 'code' in bill ? bill : { body: keep(call, bill.text) };
      },
    },
    {
      method: 'GET',
      path: '/v3/bill/sub-merchant-fundflowbill',
      query: {
        sub_mchid: MCHID,
        bill_date: BILL_DATE,
        account_type: oneOf(...ACCOUNTS, 'DEPOSIT'),
        algorithm: oneOf('AEAD_AES_256_GCM', 'SM4_GCM'),
      },
      optionalQuery: { tar_type: TAR_TYPE },
      endpoint(call): V3Outcome {
        const { merchant, query } = call;
        const { account_type = '', algorithm } = query;
        // The facts name no answer: SM4 belongs to merchants of SM2, and this gateway has RSA alone.
        if (algorithm === 'SM4_GCM') return problem('INVALID_REQUEST', '商户未开通国密算法，请使用 AEAD_AES_256_GCM');
        const bill = billOf(call, account_type, flows(call, account_type));
        // A day without movement is no error of this call.
        if ('code' in bill) return bill.code === NO_BILL.code ? { body: { download_bill_count: 0 } } : bill;
        const list = cutBill(bill, parts.billPartRows).map((text, index) => {
          // No public example shows the file or the key. The official SDK decrypts the key as a text, so it is one here.
          // The nonces of public examples have 12 or 16 characters.
          const [key, nonce] = [random.hex(32), random.hex(index % 2 === 0 ? 12 : 16)];
          return {
            bill_sequence: index + 1,
            ...keep(call, text, (bytes) => sealBytes(bytes, key, nonce)),
            encrypt_key: v3Keys.loaded().encryptFor(merchant.mch_id, key),
            nonce,
          };
        });
        // The docs promise no sequence, so that clients have to sort.
        return { body: { download_bill_count: list.length, download_bill_list: list.reverse() } };
      },
    },
    files.route,
  ];
}

const NO_BILL = problem('NO_STATEMENT_EXIST', '账单文件不存在');

/** The parts of a bill, which is cut at line ends. The header is in the first part, and the summary in the last. */
function cutBill(bill: Bill, rowsInPart = Number.POSITIVE_INFINITY): string[] {
  const lines = bill.text.split(/(?<=\n)/);
  const parts: string[] = [];
  for (let first = 0; first < bill.rows; first += rowsInPart) {
    const [from, to] = [first === 0 ? 0 : first + 1, first + rowsInPart + 1];
    parts.push(lines.slice(from, first + rowsInPart < bill.rows ? to : undefined).join(''));
  }
  return parts;
}

const BILL_DATE = text(10, form(/^\d{4}-\d{2}-\d{2}$/, 'should be a day such as 2019-06-11'));
const TAR_TYPE = oneOf('GZIP');
const ACCOUNTS = ['BASIC', 'OPERATION', 'FEES'] as const;

/** APIv3 offers the bill of a day from ten o'clock of the next one. It is the bill that APIv2 made at nine. */
function readDay(bill_date: string, nowMs: number): BillDay | V3Problem {
  const date = bill_date.replaceAll('-', '');
  const day = readBillDay(date, nowMs);
  const isEarly = typeof day === 'object' ? nowMs < day.endMs + OFFERED_MS : day === 'creating';
  if (isEarly || date === formatBeijingTime(nowMs).slice(0, 8)) return problem('STATEMENT_CREATING', '账单生成中');
  if (typeof day === 'object') return day;
  const issue = 'should be a past day of the last three months';
  return fieldProblem({ field: 'bill_date', issue, location: 'query', value: bill_date });
}

const OFFERED_MS = 10 * 60 * 60 * 1000;
