// The one door to wasm: writes the input, calls, reads the output, and turns failures into WxPayError.
import { WxPayError, type WxPayErrorDetails } from './errors.js';
import * as glue from './generated/glue.js';

/** The packed calls of src/wasm.rs: numbers in; out twice the number of bytes in the output, one more for yes, or -1. */
export type Packed =
  | 'decryptUserData'
  | 'heldNames'
  | 'inputAddress'
  | 'listNames'
  | 'nonce'
  | 'openNotify'
  | 'parseXml'
  | 'readBill'
  | 'readComments'
  | 'replyNotify'
  | 'requestPayment'
  | 'sign'
  | 'signedText'
  | 'verify'
  | 'writeXml';

/** How a host reads and writes text in one buffer of memory. */
export interface TextAccess {
  /** Reads ASCII from one place to another. */
  readPlain(start: number, end: number): string;
  /** Writes text at an even place, two bytes for each of its units. */
  writeUnits(text: string, at: number): void;
}

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

// An ordinary object of the module's exports, whose members are found faster than those of the module's own.
let wasm: glue.InitOutput | undefined;
/** How many instances there were before this one: what is known of an instance is not true of the next. */
export let incarnation = 0;
// True from the start of a call to its good end: what is still inside when the next call begins has broken, even where the
// stack was too short to say so.
let isInside = false;

// Views of the instance's memory. Memory that grows has another buffer, and every view of the old one is void and empty.
let input = new Uint8Array();
let numbers = new Uint32Array();
let memory = new Uint8Array();
let units = new Uint16Array();
const anywhere: TextAccess = {
  readPlain: (start, end) => decoder.decode(memory.subarray(start, end)),
  writeUnits(text, at) {
    for (let place = 0; place < text.length; place += 1) units[(at >> 1) + place] = text.charCodeAt(place);
  },
};
let accessTo: (buffer: ArrayBufferLike) => TextAccess = () => anywhere;
let access = anywhere;
let inputAt = 0;
/** How many numbers there are: src/wasm/fields.rs has room for so many. */
const NUMBERS = 1104;
/** How many calls there were: what was begun before a call may be undone by it. */
export let calls = 0;

/** Gives the module when it is first needed. */
let load: (() => WebAssembly.Module) | undefined;

/**
 * Says where the module comes from; the entry files do so. It is asked for at the first call, since compiling it takes longer than
 * everything else that an import does. `host` is the host's own way to read and write text, where it has a faster one than what all
 * hosts have.
 */
export function start(from: () => WebAssembly.Module, host = accessTo): void {
  load = from;
  accessTo = host;
}

/** Whether the module is ready. */
export function isStarted(): boolean {
  return load !== undefined;
}

/** Writes text at the start of the input; gives its length in bytes. */
export function writeText(text: string): number {
  room(text.length * 3);
  return encoder.encodeInto(text, input).written;
}

/** Writes text at the start of the input as it is, in UTF-16; gives its length in bytes. */
export function writeUnits(text: string): number {
  room(text.length * 2);
  access.writeUnits(text, inputAt);
  return text.length * 2;
}

/** Writes bytes into the input, behind the text that was written last, if any; gives their number. */
export function writeBytes(bytes: Uint8Array, at: number): number {
  const length = byteLength(bytes);
  ready();
  if (at + length > input.length) {
    const before = input.slice(0, at);
    // Growing leaves the old place behind, and the key may stand there.
    input.fill(0, 0, at);
    room(at + length);
    input.set(before);
  }
  input.set(bytes, at);
  return length;
}

/** The true number of bytes of a view, whatever its class or a property of it says. */
export function byteLength(bytes: Uint8Array): number {
  return TRUE_LENGTH.call(bytes);
}

const TRUE_LENGTH = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), 'byteLength')
  ?.get as () => number;

/** Runs a packed call; gives twice the number of bytes in the output, and one more for yes. */
export function call(operation: Packed, a: number, b: number, c: number): number {
  const run = ready()[operation] as (a: number, b: number, c: number) => number;
  let said: number;
  let error: unknown;
  calls += 1;
  isInside = true;
  try {
    said = run(a, b, c);
    if (said < 0) error = glue.takeError();
  } catch (cause) {
    throw broken(cause);
  }
  isInside = false;
  if (said < 0) throw failed(error);
  return said;
}

/** The output of the last call as text, from one byte to another. */
export function readText(start: number, end: number): string {
  const at = outputAddress();
  return decoder.decode(memory.subarray(at + start, at + end));
}

/** The same where it is known to be plain ASCII. */
export function readPlain(start: number, end: number): string {
  const at = outputAddress();
  return access.readPlain(at + start, at + end);
}

/** So many bytes of the output of the last call, where they stand: the next call overwrites them. */
export function readBytes(length: number): Uint8Array {
  const at = outputAddress();
  return memory.subarray(at, at + length);
}

/** The numbers that tell of fields, where they stand: the ends of those that go in, and of those that came out. */
export function fieldNumbers(): Uint32Array {
  ready();
  return numbers;
}

/** Makes the request of an API as data, from names and values in the same order. */
export function prepare(api: string, merchant: MerchantData, names: string[], values: string[]): RequestData {
  return objectCall(() => glue.prepare(api, merchant, names, values) as RequestData);
}

/** Judges an answer: `packed` holds every field as text, `typed` the documented ones. */
export function complete(
  api: string,
  merchant: MerchantData,
  asked: [string, string][],
  body: Uint8Array,
): { packed: string; typed: Record<string, unknown> } {
  return objectCall(() => glue.complete(api, merchant, asked.flat(), body));
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
  wasm ??= loaded();
  if (memory.length === 0) view(wasm);
  return wasm;
}

function loaded(): glue.InitOutput {
  if (load === undefined) {
    throw new WxPayError({
      code: 'ERR_CONFIG',
      outcome: 'not-sent',
      message: 'paysign is not ready: await init() once before the first call',
    });
  }
  return { ...glue.initSync({ module: load() }) };
}

/** The output moves as it likes, so its address is asked for with every reading. */
function outputAddress(): number {
  return address(ready().outputAddress);
}

/** Runs what can only fail by breaking. */
function address(run: () => number): number {
  isInside = true;
  try {
    const at = run();
    isInside = false;
    return at;
  } catch (cause) {
    throw broken(cause);
  }
}

function view(instance: glue.InitOutput): void {
  // The call comes first: it may grow memory, which makes another buffer.
  const at = address(instance.endsAddress);
  const { buffer } = instance.memory;
  numbers = new Uint32Array(buffer, at, NUMBERS);
  units = new Uint16Array(buffer, 0, buffer.byteLength >> 1);
  access = accessTo(buffer);
  // Its place is asked for when it is next needed.
  input = new Uint8Array();
  // Last: where the stack runs out before, the next call begins anew.
  memory = new Uint8Array(buffer);
}

/** A view of the input that is at least so large. */
function room(bytes: number): void {
  ready();
  if (input.length >= bytes && input.length > 0) return;
  const size = Math.max(bytes, 65536);
  const at = call('inputAddress', size, 0, 0);
  const { memory } = ready();
  input = new Uint8Array(memory.buffer, at, size);
  inputAt = at;
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
  wasm = { ...glue.initSync({ module: undefined as never }) };
  incarnation += 1;
  memory = new Uint8Array();
  isInside = false;
}
