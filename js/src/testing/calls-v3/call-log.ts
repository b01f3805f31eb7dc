// The latest calls of APIv3, for tests and the page: how each ended, and what was encrypted in it.

import type { Clock } from '../wire/clock.js';
import { isJsonObject, readJson } from '../wire/json.js';
import type { Secrets } from './secrets.js';
import type { V3Api } from './v3-api.js';

/** A copy of one call for callers. */
export interface V3CallRecord {
  /** The time of its arrival, in milliseconds since 1970-01-01 UTC, by the gateway's clock. */
  timeMs: number;
  method: string;
  /** Path and query, exactly as sent. */
  path: string;
  /** The merchant number that `Authorization` names, whether or not the signature was right. */
  mch_id?: string;
  /** The HTTP status of the answer. Missing while there is none, and for a connection that was reset. */
  status?: number;
  /** The `code` of a refusal. */
  code?: string;
  /** The decrypted members of the body, by their JSON Pointers. Missing where nothing was encrypted. */
  secrets?: Record<string, string>;
}

/** The log. */
export interface CallLog {
  /** Returns the same API, whose calls are in the log. */
  watch(api: V3Api): V3Api;
  /** Adds the decrypted members of a request. */
  opened(request: Request, secrets: Secrets): void;
  /** Returns a copy of the latest 1000 calls, the oldest first. */
  all(): V3CallRecord[];
}

/** Makes an empty log. */
export function createCallLog(clock: Clock): CallLog {
  const records: V3CallRecord[] = [];
  const ofRequest = new WeakMap<Request, V3CallRecord>();
  return {
    watch: (api) => async (path, request, origin) => {
      const { method, headers } = request;
      const [, mch_id] = /\bmchid="([^"]{1,32})"/.exec(headers.get('authorization') ?? '') ?? [];
      const record: V3CallRecord = { timeMs: clock.now(), method, path, ...(mch_id !== undefined && { mch_id }) };
      if (records.push(record) > MOST) records.shift();
      ofRequest.set(request, record);
      const response = await api(path, request, origin);
      record.status = response.status;
      const body = response.ok ? undefined : readJson(await response.clone().text());
      if (isJsonObject(body) && typeof body.code === 'string') record.code = body.code;
      return response;
    },
    opened(request, secrets) {
      const record = ofRequest.get(request);
      if (record !== undefined && Object.keys(secrets).length > 0) record.secrets = { ...secrets };
    },
    all: () => structuredClone(records),
  };
}

const MOST = 1000;
