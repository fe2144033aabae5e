// The person asked for something that cannot be done as asked; the command ends with exit code 2.

export class UsageError extends Error {
  override readonly name = 'UsageError';
  /** Command lines that can be used as they are. */
  readonly examples: readonly string[];

  /** `message`: one line, whatever it quotes. */
  constructor(message?: string, ...examples: readonly string[]) {
    super(message);
    this.examples = examples;
  }
}

/** By its name: the command is two bundles, and each has a class of its own. */
export const isUsageError = (error: unknown): error is UsageError =>
  error instanceof Error && error.name === 'UsageError';
