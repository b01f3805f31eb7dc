// A diagnosis: the signed text, the fields, and the causes, the best first.

/** The language of messages: English, or 简体中文. */
export type Language = 'en' | 'zh';

/** A field of the message. */
export interface DiagnosedField {
  name: string;
  value: string;
  /** Whether it is part of the signed text. */
  isSigned: boolean;
  /** Why it is not signed, or what is odd in it. */
  why?: string;
}

/** One explanation of a wrong signature. */
export interface Cause {
  /** The name of the mistake, such as `key-whitespace`. `unknown` if no explanation reproduces the signature. */
  code: string;
  /** Whether a recomputation reproduces the signature, or the data proves it. */
  isCertain: boolean;
  /** What was done wrong. */
  message: string;
  /** What to do. */
  fix: string;
  /** The codes of further mistakes, where several combine. */
  with?: string[];
}

/** Why a signature is wrong. It never has a key. */
export interface Diagnosis {
  isRight: boolean;
  /** The text that is signed, without a key. That of APIv3 has its line feeds. */
  signedText: string;
  /** The fields of the message, in its order. */
  fields: DiagnosedField[];
  /** The right signature. `explainSignature` alone returns it: its caller has the key. */
  rightSignature?: string;
  /** The causes, the best first. For a right signature it is empty, unless the key itself looks wrong. */
  causes: Cause[];
}
