// The shape of all commands, and the error of a wrong call.

/** A command of `paysign`. */
export interface Command {
  /** One line. */
  readonly summary: string;
  /** The output of `--help`. */
  readonly help: string;
  /** Does the work. Rejects with a `UsageError` if the arguments are invalid. */
  readonly run: (args: readonly string[]) => Promise<void>;
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
