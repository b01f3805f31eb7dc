// The wasm module of the doctor, which is inside this program.
import { inflateSync } from 'fflate';
import { WxPayError } from '../errors.js';
import { DOCTOR_TEXT } from '../generated/doctor-text.js';
import { doctor } from '../wasm/doctor.js';

doctor.start(() => {
  const packed = Uint8Array.from(atob(DOCTOR_TEXT), (letter) => letter.charCodeAt(0));
  try {
    return new WebAssembly.Module(inflateSync(packed) as Uint8Array<ArrayBuffer>);
  } catch (cause) {
    throw new WxPayError({
      code: 'ERR_CONFIG',
      outcome: 'not-sent',
      message: 'this host compiles no wasm from bytes, as workers do not; run the doctor in Node or in a page',
      cause,
    });
  }
});

/** The exports of the module. */
export * from '../wasm/doctor.js';
