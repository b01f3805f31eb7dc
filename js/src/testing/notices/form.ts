// The form of notices: the headers of a delivery, and which reply accepts it.

import { decodeUtf8 } from '../wire/body.js';
import { readXml } from '../wire/xml.js';
import type { Fake } from './forgery.js';

/** The form of one generation. */
export interface NoticeForm {
  /** The headers of one delivery, made at its time. A promise only where a key must be made first. */
  readonly headers: (body: string, fake: Fake | undefined) => Headers | Promise<Headers>;
  /** Whether each delivery has its own signature in the headers. The record of an attempt then has them. */
  readonly isSignedInHeaders: boolean;
  /** The fault of a reply, or undefined where it accepts the notice. */
  readonly fault: (status: number, bytes: Uint8Array) => string | undefined;
}

type Headers = Record<string, string>;

/** The form of APIv2 (manual: 支付结果通知). */
export const XML_FORM: NoticeForm = {
  headers: () => ({ 'content-type': 'text/xml' }),
  isSignedInHeaders: false,
  fault: (status, bytes) => (status === 200 ? faultOfXml(bytes) : `status ${status}, not 200`),
};

/** The fault of a reply of APIv3, where the status alone decides (docs: 回调通知). */
export function faultOfStatus(status: number): string | undefined {
  return status === 200 || status === 204 ? undefined : `status ${status}, not 200 or 204`;
}

/**
 * The fault of a reply of status 200, or undefined. Nothing may come before the XML, not even a line break or a
 * byte order mark. Such output is a known reason why real notices are repeated although the merchant thinks he answered.
 */
function faultOfXml(bytes: Uint8Array): string | undefined {
  if (bytes.byteLength === 0) return 'empty reply';
  const text = decodeUtf8(bytes);
  if (text === undefined) return 'reply is not UTF-8';
  if (!text.startsWith('<')) return 'reply does not begin with XML';
  const return_code = readXml(text, 'xml')?.get('return_code');
  if (return_code === undefined) return 'reply is not <xml> with a return_code';
  return return_code === 'SUCCESS' ? undefined : 'return_code of the reply is not SUCCESS';
}
