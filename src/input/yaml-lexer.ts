// The lexer of the YAML parser, as lenient as those of Kubernetes and Compose: the quote that closes a text of several
// lines may stand in the column of its key, as the bracket around it may.

import { Lexer } from 'yaml';

/** What it is inside, which its types do not show. */
interface Insides {
  readonly buffer: string;
  readonly pos: number;
  readonly indentNext: number;
  /** From the start of a line to where its text goes on; -1 when it is indented too little. */
  continueScalar(offset: number): number;
}

export function createLexer(): Lexer {
  const lexer = new Lexer();
  const insides = lexer as unknown as Insides;
  const strict = insides.continueScalar.bind(lexer);
  const continueScalar = (offset: number): number => {
    const at = strict(offset);
    const { buffer, pos, indentNext } = insides;
    const quote = buffer[pos];
    if (at !== -1 || indentNext < 2 || (quote !== '"' && quote !== "'")) return at;
    const end = offset + indentNext - 1;
    return buffer.slice(offset, end).trim() === '' && buffer[end] === quote ? end : -1;
  };
  return Object.assign(lexer, { continueScalar });
}
