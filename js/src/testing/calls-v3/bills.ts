// 申请账单: GET /v3/bill/tradebill, fundflowbill and sub-merchant-fundflowbill (docs). Their rows are those of APIv2's bills.

import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { booksOf } from '../books/bill-books.js';
import { type BillDay, readBillDay } from '../books/bill-day.js';
import { fundFlowBill } from '../books/fund-flow-bill.js';
import { judgeSubMerchant } from '../books/merchants.js';
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
import { fieldProblem, NO_RELATION, problem, type V3Problem } from './problems.js';
import type { V3Call, V3Outcome, V3Route } from './v3-api.js';

/** What the calls need. */
export interface BillRouteParts {
  readonly orders: OrderBook;
  readonly refunds: RefundBook;
  readonly v3Keys: V3KeyStore;
  readonly clock: Clock;
  readonly random: RandomText;
  readonly tell: Tell;
}

/** A bill, before it becomes a file. */
interface Bill {
  readonly text: string;
  readonly rows: number;
}

/** The calls that ask for a bill, and the one that downloads it. */
export function billRoutes(parts: BillRouteParts): V3Route[] {
  const { clock, random, tell, v3Keys } = parts;
  const files = createBillFiles(parts);

  /** Makes the bill that a call asks for, or the reason why there is none. */
  function billOf(call: V3Call, bill_type: string, make: (day: BillDay) => Bill | undefined): Bill | V3Problem {
    const { merchant, query } = call;
    const { bill_date = '', sub_mchid } = query;
    if (sub_mchid !== undefined && judgeSubMerchant(merchant, sub_mchid, undefined) !== undefined) {
      return problem('NO_AUTH', '受理关系不存在', NO_RELATION);
    }
    const day = readDay(bill_date, clock.now());
    if ('code' in day) return day;
    const bill = make(day);
    tell({ type: 'bill', mch_id: merchant.mch_id, bill_date, bill_type, rows: bill?.rows ?? 0 });
    return bill ?? problem('NO_STATEMENT_EXIST', '账单文件不存在');
  }

  /** Keeps a bill as a file. `seal` encrypts it after it is compressed. */
  function keep(call: V3Call, bill: Bill, seal = (bytes: Buffer) => bytes): JsonObject {
    const content = Buffer.from(bill.text, 'utf8');
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
        return 'code' in bill ? bill : { body: keep(call, bill) };
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
        return 'code' in bill ? bill : { body: keep(call, bill) };
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
        if ('code' in bill) return bill;
        // No public example shows the file or the key. The official SDK decrypts the key as a text, so it is one here.
        const [key, nonce] = [random.hex(32), random.hex(12)];
        const file = {
          bill_sequence: 1,
          ...keep(call, bill, (bytes) => sealBytes(bytes, key, nonce)),
          encrypt_key: v3Keys.loaded().encryptFor(merchant.mch_id, key),
          nonce,
        };
        return { body: { download_bill_count: 1, download_bill_list: [file] } };
      },
    },
    files.route,
  ];
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
