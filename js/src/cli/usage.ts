// What the commands have in common: their shape, and the error of a command that was called wrongly.

/** A command of `paysign`. */
export interface Command {
  /** One line. */
  readonly summary: string;
  /** What `--help` prints. */
  readonly help: string;
  /** Does the work. Rejects with a `UsageError` where the arguments make no sense. */
  readonly run: (args: readonly string[]) => Promise<void>;
}

/** The arguments make no sense. The message says which and why. */
export class UsageError extends Error {
  /** The command that tells how it is called. */
  readonly help: string;

  constructor(message: string, help: string) {
    super(message);
    this.help = help;
  }
}
