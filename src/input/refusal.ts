// Thrown inside a parser to leave it from any depth; it never leaves the parser's own module.

export class Refusal extends Error {
  override readonly name = 'Refusal';
  /** UTF-16 code units from 0. */
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}
