// The types of the module's text, which the build writes.

/** The wasm module of the doctor: base64 of DEFLATE. */
export declare const DOCTOR_TEXT: string;
