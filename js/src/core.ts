// The one door to wasm: writes the input, calls, reads the output, and turns failures into WxPayError.
import { WxPayError, type WxPayErrorDetails } from './errors.js';
import * as glue from './generated/glue.js';
import type { PackedParams } from './params.js';

/** The packed calls of src/wasm.rs: numbers in, the length of the output or -1 back. */
export type Packed =
  | 'buildXml'
  | 'decryptUserData'
  | 'inputAddress'
  | 'nonce'
  | 'openNotify'
  | 'outputAddress'
  | 'parseXml'
  | 'readBill'
  | 'readComments'
  | 'replyNotify'
  | 'requestPayment'
  | 'sign'
  | 'signedText'
  | 'signedXml'
  | 'verify';

/** A request as data. */
export interface RequestData {
  path: string;
  body: string;
  certificate: boolean;
  repeatable: boolean;
  asked: [string, string][];
}

/** A merchant as the core takes it. */
export interface MerchantData {
  appid: string;
  mch_id: string;
  key: string;
  signType: string;
  sub_appid: string;
  sub_mch_id: string;
}

const encoder = new TextEncoder();
// A byte order mark inside a field is text of that field.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

let wasm: glue.InitOutput | undefined;
// True from the start of a call to its good end: what is still inside when the next call begins has broken, even where the
// stack was too short to say so.
let isInside = false;
let input = new Uint8Array();
let output = new Uint8Array();
// Where the output stands, and the length of the largest one that was read there.
let address = 0;
let largest = 0;

/** Makes the module ready; the entry files call it. A second call changes nothing. */
export function start(module: WebAssembly.Module): void {
  wasm = glue.initSync({ module });
}

/** Whether the module is ready. */
export function isStarted(): boolean {
  return wasm !== undefined;
}

/** Writes text at the start of the input; gives its length in bytes. */
export function writeText(text: string): number {
  ready();
  room(text.length * 3);
  return encoder.encodeInto(text, input).written;
}

/** Writes bytes into the input, behind the text that was written last, if any. */
export function writeBytes(bytes: Uint8Array, at: number): void {
  ready();
  if (at + bytes.length > input.length) {
    const before = input.slice(0, at);
    // Growing leaves the old place behind, and the key may stand there.
    input.fill(0, 0, at);
    room(at + bytes.length);
    input.set(before);
  }
  input.set(bytes, at);
}

/** Runs a packed call; gives the number of bytes in the output. */
export function call(operation: Packed, a: number, b: number, c: number): number {
  const run = ready()[operation] as (a: number, b: number, c: number) => number;
  let length: number;
  let error: unknown;
  isInside = true;
  try {
    length = run(a, b, c);
    if (length < 0) error = glue.takeError();
  } catch (cause) {
    throw broken(cause);
  }
  isInside = false;
  if (length < 0) {
    // What was written before the error may have moved the output.
    largest = 0;
    output = new Uint8Array();
    throw failed(error);
  }
  return length;
}

/** The output of the last call as text. */
export function readText(length: number): string {
  return decoder.decode(readBytes(length));
}

/** The output of the last call, where it stands: the next call overwrites it. */
export function readBytes(length: number): Uint8Array {
  if (output.length !== length || output.byteLength === 0) view(length);
  return output;
}

/** Makes the request of an API as data. */
export function prepare(api: string, merchant: MerchantData, params: PackedParams): RequestData {
  return objectCall(() => glue.prepare(api, merchant, encoder.encode(params.text), params.fields) as RequestData);
}

/** Judges an answer: `packed` holds every field as text, `typed` the documented ones. */
export function complete(
  api: string,
  merchant: MerchantData,
  asked: [string, string][],
  body: Uint8Array,
): { packed: string; typed: Record<string, unknown> } {
  return objectCall(() => glue.complete(api, merchant, asked, body));
}

/** Checks a merchant's configuration. */
export function checkMerchant(merchant: MerchantData): void {
  objectCall(() => glue.checkMerchant(merchant));
}

function objectCall<T>(run: () => T): T {
  ready();
  isInside = true;
  try {
    const result = run();
    isInside = false;
    return result;
  } catch (thrown) {
    if (typeof thrown !== 'object' || thrown === null || thrown instanceof Error) throw broken(thrown);
    // What the core throws is a plain object; anything else is a trap.
    isInside = false;
    throw failed(thrown);
  }
}

function ready(): glue.InitOutput {
  if (isInside) replace();
  // Memory that grew has another buffer, and every view of the old one is void.
  if (input.byteLength === 0) input = new Uint8Array();
  if (wasm === undefined) {
    throw new WxPayError({
      code: 'ERR_CONFIG',
      outcome: 'not-sent',
      message: 'paysign is not ready: await init() once before the first call',
    });
  }
  return wasm;
}

/** A view of the input that is at least so large. Growing memory moves every view. */
function room(bytes: number): void {
  if (input.length >= bytes && input.byteLength > 0) return;
  const size = Math.max(bytes, 65536);
  // The call comes first: it may grow memory, which makes another buffer.
  const at = call('inputAddress', size, 0, 0);
  input = new Uint8Array(ready().memory.buffer, at, size);
}

/** The output stays where it is unless a result was larger than any before, or memory grew. */
function view(length: number): void {
  if (length > largest || output.byteLength === 0) {
    address = call('outputAddress', 0, 0, 0);
    largest = length;
  }
  output = new Uint8Array(ready().memory.buffer, address, length);
}

function failed(details: unknown): WxPayError {
  return new WxPayError(details as WxPayErrorDetails);
}

/** After a trap, or a stack that ran out inside, the instance's state is not to be trusted. */
function broken(cause: unknown): WxPayError {
  return new WxPayError({
    code: 'ERR_INTERNAL',
    outcome: 'unknown',
    message:
      'the wasm module broke; the next call gets a fresh one (see the cause: the stack ran out, or please report it)',
    cause,
  });
}

function replace(): void {
  glue.__wbg_reset_state();
  wasm = glue.initSync({ module: undefined as never });
  input = new Uint8Array();
  output = new Uint8Array();
  largest = 0;
  isInside = false;
}
