// The person asked for something that cannot be done as asked; the command ends with exit code 2.

export class UsageError extends Error {
  override readonly name = 'UsageError';
}
