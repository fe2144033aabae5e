// The checker was closed: a mistake of the program that uses it, or the end of a check that was running.

/** The checker was closed, before the check or while it was running. */
export class CheckerClosedError extends Error {
  override readonly name = 'CheckerClosedError';
  readonly code = 'ERR_CHECKER_CLOSED';

  /** @internal */
  constructor() {
    super('The checker is closed.');
  }
}
