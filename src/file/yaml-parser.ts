// The parser of the yaml package with bounds, errors reported as they come, and the leniency of Kubernetes and Compose.
// Private parts of the package are overridden here and nowhere else.

import { Composer, type CST, Lexer, type LineCounter, type Node, Parser } from 'yaml';

export interface YamlError {
  /** In the parser's words, which may quote the text. */
  readonly message: string;
  /** UTF-16 code units from 0. */
  readonly offset: number;
}

/** Thrown to leave the parser from any depth; it never leaves the YAML reader. */
export class YamlAbort extends Error {
  override readonly name = 'YamlAbort';
  /** UTF-16 code units from 0. */
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

export interface ParserOptions {
  readonly lines: LineCounter;
  readonly maxTokens: number;
  /** May throw to stop parsing. A hostile text has millions of errors, so none is kept here. */
  readonly onError: (error: YamlError) => void;
}

/** Collections inside each other. The parser is recursive: far deeper input would overflow the stack. */
export const MAX_DEPTH = 200;
export const TOO_DEEP = `Nested more than ${MAX_DEPTH} levels deep.`;

/** The root node of each document. Throws a YamlAbort beyond a bound. */
export function* parseNodes(text: string, options: ParserOptions): Generator<Node> {
  for (const { contents } of createComposer(options).compose(tokensOf(text, options))) {
    if (contents !== null) yield contents;
  }
}

function* tokensOf(text: string, { lines, maxTokens, onError }: ParserOptions): Generator<CST.Token, void, unknown> {
  const parser = new Parser(lines.addNewLine);
  lines.addNewLine(0);
  const valid = function* (parsed: Iterable<CST.Token>): Generator<CST.Token> {
    for (const token of parsed) {
      if (token.type === 'error') onError(token);
      else yield token;
    }
  };
  let tokens = 0;
  for (const token of createLexer().lex(text)) {
    tokens += 1;
    if (tokens > maxTokens) throw new YamlAbort('Too large for one document; split it.', 0);
    yield* valid(parser.next(token));
    if (parser.stack.length > MAX_DEPTH) throw new YamlAbort(TOO_DEEP, parser.offset);
  }
  yield* valid(parser.end());
}

/** As the parser locates an error: an offset, a range or a token. */
type ErrorLocation = number | readonly number[] | { readonly offset: number };

const offsetOf = (at: ErrorLocation): number =>
  typeof at === 'number' ? at : 'offset' in at ? at.offset : (at[0] ?? 0);

/** libyaml and go-yaml accept a comment right behind a quote, a bracket or a comma. */
const ADJACENT_COMMENT = /^Comments must be separated/;

/** Duplicate keys are not looked for: the composer would compare each key with each. */
function createComposer({ onError }: ParserOptions): Composer {
  const composer = new Composer({ uniqueKeys: false, prettyErrors: false, logLevel: 'silent' });
  return Object.assign(composer, {
    onError: (at: ErrorLocation, _code: string, message: string, isWarning = false): void => {
      if (!isWarning && !ADJACENT_COMMENT.test(message)) onError({ message, offset: offsetOf(at) });
    },
  });
}

/** Private members of the Lexer. */
interface LexerInternals {
  readonly buffer: string;
  readonly pos: number;
  indentNext: number;
  /** From the start of a line to where its text continues; -1 when it is not indented enough. */
  continueScalar(offset: number): number;
  /** One step of a collection in brackets; returns what follows. */
  parseFlowCollection(): Generator<string, unknown>;
}

/** As libyaml and go-yaml, which ignore indentation inside quotes and brackets. */
function createLexer(): Lexer {
  const lexer = new Lexer();
  const internals = lexer as unknown as LexerInternals;
  const continueScalar = internals.continueScalar.bind(lexer);
  const parseFlowCollection = internals.parseFlowCollection.bind(lexer);
  /** Without a required indentation, only the edges of documents end text and collections. */
  const withoutIndent = <T>(read: () => T): T => {
    const { indentNext } = internals;
    internals.indentNext = 0;
    const result = read();
    internals.indentNext = indentNext;
    return result;
  };
  return Object.assign(lexer, {
    continueScalar(offset: number): number {
      const quote = internals.buffer[internals.pos];
      return quote === '"' || quote === "'" ? withoutIndent(() => continueScalar(offset)) : continueScalar(offset);
    },
    *parseFlowCollection() {
      const { indentNext } = internals;
      internals.indentNext = 0;
      const next = yield* parseFlowCollection();
      internals.indentNext = indentNext;
      return next;
    },
  });
}
