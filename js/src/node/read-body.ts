// The raw body of a request in Node, with a size limit. The signature is over these bytes.
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { NOTICE_BYTES } from '../generated/constants.js';
import { Refusal } from '../notices/request.js';
import { readBytes } from './node-handler.js';

/**
 * Reads the raw body of a request, at most 65536 bytes: no notice is larger. Call this before any body parser.
 *
 * Throws `ERR_XML` if the body is larger, is not complete, or was read already.
 */
export async function readBody(request: IncomingMessage): Promise<Uint8Array> {
  try {
    if (!(request instanceof Readable))
      throw new Refusal('ERR_XML', 'the request must be an IncomingMessage of node:http');
    return await readBytes(request, NOTICE_BYTES);
  } catch (error) {
    throw error instanceof Refusal ? error.error : error;
  }
}
