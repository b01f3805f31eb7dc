// The exports of the built modules without the package around them, called with the package's own input. For measuring only.
import { readFileSync } from 'node:fs';
import * as billsGlue from '../../js/src/generated/bills.js';
import * as glue from '../../js/src/generated/glue.js';

const ROOM = 1 << 20;

const compiled = (name) => new WebAssembly.Module(readFileSync(new URL(`../../pkg/${name}`, import.meta.url)));

/** The exports of the main module, which take numbers and return a number, and its buffers. */
function opened({ initSync }, name) {
  const wasm = { ...initSync({ module: compiled(name) }) };
  const inputAt = wasm.inputAddress(ROOM);
  /** Memory that grows has another buffer. */
  let memory = Buffer.alloc(0);
  const bytes = () => {
    if (memory.length === 0) memory = Buffer.from(wasm.memory.buffer);
    return memory;
  };
  return {
    wasm,
    /** Writes text as the package writes values, in UTF-16; returns its length in bytes. */
    writeUnits: (text) => bytes().write(text, inputAt, 'utf16le'),
    /** Writes bytes at an offset of the input; returns their number. */
    writeBytes(source, at = 0) {
      bytes().set(source, inputAt + at);
      return source.length;
    },
    /** Reads the output of a call as ASCII, any number of times. */
    readPlain(length) {
      const at = wasm.outputAddress();
      return bytes().toString('latin1', at, at + length);
    },
    /** The output of the last call, not copied. */
    output(length) {
      const at = wasm.outputAddress();
      return bytes().subarray(at, at + length);
    },
  };
}

export const { wasm, writeUnits, writeBytes, readPlain, output } = opened(glue, 'paysign.wasm');
/** The functions of the module of bills, which is not packed. */
export const bills = { ...billsGlue };
billsGlue.initSync({ module: compiled('bills.wasm') });

/** The result of an export that succeeded. */
export function good(said) {
  if (said < 0) throw new Error('what should be taken was refused');
  return said;
}

/** The result of an export that refused its input; its error stays in the output. */
export function refused(said) {
  if (said >= 0) throw new Error('what should be refused was taken');
  return said;
}

const numbersAt = wasm.endsAddress();
let kept = new Uint32Array();
const numbers = () => {
  if (kept.length === 0) kept = new Uint32Array(wasm.memory.buffer, numbersAt, 1104);
  return kept;
};

/**
 * Parameters as the package packs them.
 * @param {Record<string, unknown>} params
 * @param {string} key
 */
export function packed(params, key) {
  const names = Object.keys(params);
  const values = Object.values(params).map(String);
  const said = good(wasm.listNames(writeBytes(Buffer.from(names.map((name) => `\0${name}`).join('')))));
  const list = Uint8Array.from(output(said >> 1));
  let end = 0;
  const ends = [...values, key].map((value) => {
    end += value.length;
    return end;
  });
  return { text: values.join('') + key, plain: values.join(''), list, ends };
}

/** Writes packed parameters, with their key (`text`) or without it (`plain`); returns the length of the values in bytes. */
export function writeParams({ list, ends }, text) {
  const room = numbers();
  for (let place = 0; place < ends.length; place += 1) room[place] = ends[place];
  const written = writeUnits(text);
  writeBytes(list, written);
  return written;
}
