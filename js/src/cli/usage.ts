// The shape of all commands, their options, and the error of a wrong call.

import type { Language, Text } from './language.js';

/** An option of a command. */
export interface Option {
  /** Without the two hyphens. */
  readonly name: string;
  /** The word for its value in the help. Without it the option is a switch. */
  readonly value?: string;
  /** What it does. */
  readonly text: Text;
  /** The values that it may have. */
  readonly choices?: readonly string[];
  /** Whether it may be repeated. */
  readonly isRepeated?: true;
}

/** The parsed arguments of a command. */
export interface Given {
  /** The file to read, or `-` for the standard input. */
  readonly file: string | undefined;
  /** Returns the value of an option. */
  text(name: string): string | undefined;
  /** Returns all values of an option that may be repeated. */
  all(name: string): readonly string[];
  /** Whether a switch is set. */
  has(name: string): boolean;
  readonly language: Language;
  /** Returns the text in the chosen language. */
  say(text: Text): string;
  /** Returns the error of a wrong call. */
  wrong(text: Text): UsageError;
}

/** A command with a table of options. */
export interface Command {
  /** One line. */
  readonly summary: Text;
  /** The forms of the call, without `paysign`. */
  readonly usage: readonly string[];
  /** What a newcomer needs to know. */
  readonly about: Text;
  readonly options: readonly Option[];
  readonly examples: readonly string[];
  /** The words that may follow, if they are not a file. */
  readonly words?: readonly string[];
  /** Does the work. Returns whether all was right. Rejects with a `UsageError` if the arguments are invalid. */
  readonly run: (given: Given) => Promise<boolean>;
}

/** The arguments are invalid. The message says which and why. */
export class UsageError extends Error {
  /** The command to try, such as `paysign gateway --help`: it explains the right arguments. */
  readonly help: string;

  constructor(message: string, help: string) {
    super(message);
    this.help = help;
  }
}
