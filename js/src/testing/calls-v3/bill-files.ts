// 下载账单: GET /v3/billdownload/file (docs), and the files that its tokens name for five minutes.

import type { Clock } from '../wire/clock.js';
import type { RandomText } from '../wire/random.js';
import { text } from './fields.js';
import { problem } from './problems.js';
import type { V3Call, V3Route } from './v3-api.js';

/** The bytes of a bill. */
export interface BillFile {
  readonly bytes: Buffer;
  readonly gzip: boolean;
}

/** The files of one gateway. */
export interface BillFiles {
  /** Keeps a file for the merchant of a call. Returns its `download_url`, at the address that the call came to. */
  keep(call: V3Call, file: BillFile): string;
  /** The call that returns a file. The request is signed over path and query as they are in the URL. */
  readonly route: V3Route;
}

/** Makes an empty store. */
export function createBillFiles({ clock, random }: { readonly clock: Clock; readonly random: RandomText }): BillFiles {
  const kept = new Map<string, BillFile & { readonly mch_id: string; readonly untilMs: number }>();

  function forgetOld(): void {
    // The oldest are first, and all live equally long.
    for (const [token, { untilMs }] of kept) {
      if (untilMs > clock.now()) return;
      kept.delete(token);
    }
  }

  return {
    keep({ merchant, origin }, file) {
      forgetOld();
      const token = random.base64(48).replaceAll('+', '-').replaceAll('/', '_');
      kept.set(token, { ...file, mch_id: merchant.mch_id, untilMs: clock.now() + LIFE_MS });
      return `${origin}${PATH}?token=${token}${file.gzip ? '&tartype=gzip' : ''}`;
    },
    route: {
      method: 'GET',
      path: PATH,
      query: { token: text(2048) },
      optionalQuery: { tartype: text(32) },
      endpoint({ merchant, query }) {
        forgetOld();
        const file = kept.get(query.token ?? '');
        // The facts name no answer for a token that is over or another merchant's.
        if (file?.mch_id !== merchant.mch_id) {
          return problem('INVALID_REQUEST', '账单下载地址无效或已过期，请重新申请账单');
        }
        return { file: file.bytes, type: file.gzip ? 'application/x-gzip' : 'text/plain' };
      },
    },
  };
}

const PATH = '/v3/billdownload/file';

/** The facts say five minutes; older pages say 30 seconds. */
const LIFE_MS = 5 * 60 * 1000;
