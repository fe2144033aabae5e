// A mistake of the program that uses the library.

/** An option or an argument is invalid. */
export class InvalidOptionError extends TypeError {
  override readonly name = 'InvalidOptionError';
  readonly code = 'ERR_INVALID_OPTION';
  /** Its name, such as `timeout`; empty if it is about all of them. */
  readonly option: string;

  /**
   * `problem`: a clause or a sentence about the option.
   *
   * @internal
   */
  constructor(caller: string, option: string, problem: string) {
    super(`${caller}: ${option === '' ? '' : `${option}: `}${problem}`);
    this.option = option;
  }
}
