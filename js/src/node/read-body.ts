// The raw body of a request in Node, bounded: what was signed are these bytes.
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { WxPayError } from '../errors.js';
import { NOTICE_BYTES } from '../notify.js';

/**
 * Reads the raw body of a request, at most 65536 bytes: no notice is larger. Mount it before any body parser.
 *
 * Throws `ERR_XML` when the body is larger, breaks off, or was read by somebody else already.
 */
export async function readBody(request: IncomingMessage): Promise<Uint8Array> {
  if (!(request instanceof Readable)) throw refusal('the request must be one of node:http');
  if (request.readableDidRead) {
    throw refusal('the body was read already, probably by a body parser; mount the notice before the parser');
  }
  const parts: Buffer[] = [];
  let size = 0;
  try {
    for await (const part of request as AsyncIterable<Buffer | string>) {
      if (typeof part !== 'string' && !(part instanceof Uint8Array)) throw refusal('the body is not made of bytes');
      const bytes = typeof part === 'string' ? Buffer.from(part) : part;
      size += bytes.length;
      // What is left unread is dropped with the connection.
      if (size > NOTICE_BYTES) throw refusal(`the body is larger than ${NOTICE_BYTES} bytes`);
      parts.push(bytes);
    }
  } catch (error) {
    throw error instanceof WxPayError ? error : refusal('the body broke off');
  }
  return Buffer.concat(parts, size);
}

function refusal(message: string): WxPayError {
  return new WxPayError({ code: 'ERR_XML', outcome: 'unknown', message });
}
