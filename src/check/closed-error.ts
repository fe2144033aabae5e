// The checker was closed: a mistake of the program that uses it, or the end of a check that was running.

export class CheckerClosedError extends Error {
  override readonly name = 'CheckerClosedError';
  readonly code = 'ERR_CHECKER_CLOSED';

  constructor() {
    super('The checker is closed.');
  }
}
