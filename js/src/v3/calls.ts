// The declared calls: a request from its parameters, and its answer judged, decrypted, or followed to a bill.
import { BEIJING_MS } from '../beijing.js';
import type { BillStream } from '../bill/bill.js';
import { WxPayError } from '../errors.js';
import type { DeclaredCalls, PlatformCertificate } from '../generated/api-v3.js';
import type { CallOptions } from '../http/call-options.js';
import { parseJson } from '../json.js';
import { ownMember } from '../own.js';
import { complete, prepare } from '../wasm/v3.js';
import type { MerchantIds } from '../wasm/v3-data.js';
import { openBill, openEncryptedBill } from './bills.js';
import { checkedCertificates } from './certificates.js';
import type { PrivateKey } from './host.js';
import type { WechatpayKeys } from './keys.js';
import { type Sender, textOf } from './sender.js';

/** What the calls of a client need. */
interface Parts {
  merchant: MerchantIds;
  apiV3Keys: readonly string[];
  key: PrivateKey;
  keys: WechatpayKeys;
  sender: Sender;
  nowMs(): number;
}

/** The declared calls of one client, by their names. */
export class Calls implements DeclaredCalls {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Makes a call, and returns its answer with sensitive texts decrypted. */
  async request(api: string, params: object, options?: CallOptions): Promise<unknown> {
    const { merchant, sender, key } = this.#parts;
    const request = this.#prepared(api, params);
    return sender.send(request, options, async ({ body }) => {
      const places = complete(api, merchant, request, body);
      if (places === undefined) return undefined;
      const answer = parseJson(body);
      for (const place of places) await openPlace(answer, place, key);
      return answer;
    });
  }

  /** Makes a call whose answer is the address of a bill. */
  async bill(api: string, params: object, options?: CallOptions): Promise<BillStream> {
    return openBill(this.#parts.sender, api, await this.request(api, withDay(params), options), options);
  }

  /** Makes a call whose answer has the addresses of the parts of an encrypted bill. */
  async encryptedBill(api: string, params: object, options?: CallOptions): Promise<BillStream> {
    return openEncryptedBill(this.#parts.sender, api, await this.request(api, withDay(params), options), options);
  }

  /** Makes the call for platform certificates, whose answer is verified with one of them. */
  async certificates(api: string, params: object, options?: CallOptions): Promise<PlatformCertificate[]> {
    const { merchant, sender, apiV3Keys, keys, nowMs } = this.#parts;
    const request = this.#prepared(api, params);
    const known = (serial: string) => keys.known(serial);
    return sender.sendForKeys(request, options, (reply) => {
      complete(api, merchant, request, reply.body);
      const { data } = parseJson(reply.body) as { data: unknown[] };
      return checkedCertificates(reply, data, { apiV3Keys, known, nowMs });
    });
  }

  #prepared(api: string, params: object) {
    return { ...prepare(api, this.#parts.merchant, textOf('params', params)), api, what: api };
  }
}

/** The parameters of a bill, whose day may be a `Date`: the day in Beijing. */
function withDay(params: object): object {
  const day = ownMember(params as { bill_date?: unknown }, 'bill_date');
  if (!(day instanceof Date) || Number.isNaN(day.getTime())) return params;
  return { ...params, bill_date: new Date(day.getTime() + BEIJING_MS).toISOString().slice(0, 10) };
}

/** Decrypts the text at a place of an answer, such as `download_bill_list/0/encrypt_key`. */
async function openPlace(answer: unknown, place: string, key: PrivateKey): Promise<void> {
  const names = place.split('/');
  const last = names.pop() ?? '';
  // The core has found the place, so each step exists.
  const parent = names.reduce<unknown>((of, name) => (of as Record<string, unknown>)[name], answer);
  const members = parent as Record<string, unknown>;
  members[last] = await openedText(key, members[last], place);
}

/** Decrypts a sensitive text. Throws `ERR_DECRYPT` with the field. */
export async function openedText(key: PrivateKey, text: unknown, field: string): Promise<string> {
  const plain = typeof text === 'string' ? await key.decrypt(text) : undefined;
  try {
    if (plain !== undefined) return new TextDecoder('utf-8', { fatal: true }).decode(plain);
  } catch {
    // It is not text, so the error below is right for it too.
  }
  throw new WxPayError({
    code: 'ERR_DECRYPT',
    outcome: 'unknown',
    message: `${field}: cannot be decrypted; it was encrypted for another certificate of the merchant`,
    field,
  });
}
