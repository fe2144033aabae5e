// The user's options or files are invalid; the command ends with exit code 2.

export class UsageError extends Error {
  override readonly name = 'UsageError';
  /** Lines that follow the message: complete command lines, or further mistakes in the same file. */
  readonly examples: readonly string[];
  /** Whether the help of the command says what to do. */
  readonly refersToHelp: boolean = true;

  /** `message`: one line, even if it quotes several. */
  constructor(message?: string, ...examples: readonly string[]) {
    super(message);
    this.examples = examples;
  }
}

/** By name: each bundle of the command has its own copy of the class. */
export const isUsageError = (error: unknown): error is UsageError =>
  error instanceof Error && error.name === 'UsageError';
