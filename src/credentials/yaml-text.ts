// Parses YAML to plain documents. An error gives the line and never quotes the text, which may contain secrets.
//
// The time is linear in the text: reading stops at the first error, aliases share their values, and the depth is bounded.

import {
  type Alias,
  Composer,
  type CST,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type Node,
  type Pair,
  Parser,
} from 'yaml';
import { failure, type Outcome, success } from '../core/outcome.ts';

/** Levels of the parser, which recurses: deep enough input would crash the process. */
const MAX_DEPTH = 200;
/** Limit of what aliases repeat: characters, and one for each value. */
const MAX_REPEATED = 1_000_000;

class YamlError extends Error {}

export function readYamlDocuments(text: string): Outcome<readonly unknown[], string> {
  try {
    return success([...readDocuments(text)]);
  } catch (error) {
    if (error instanceof YamlError) return failure(error.message);
    throw error;
  }
}

function* readDocuments(text: string): Generator<unknown> {
  const lines = new LineCounter();
  lines.addNewLine(0);
  const parser = new Parser(lines.addNewLine);
  // The composer catches an error inside a collection, and reports it again.
  let first: YamlError | undefined;
  const refuse = (offset: number): never => {
    first ??= new YamlError(`it is not valid YAML (line ${lines.linePos(offset).line})`);
    throw first;
  };
  const sound = function* (tokens: Iterable<CST.Token>): Generator<CST.Token> {
    for (const token of tokens) {
      if (token.type === 'error') refuse(token.offset);
      yield token;
    }
  };
  const tokens = function* (): Generator<CST.Token> {
    for (const lexeme of new Lexer().lex(text)) {
      yield* sound(parser.next(lexeme));
      if (parser.stack.length > MAX_DEPTH) throw new YamlError('its YAML is nested too deeply');
    }
    yield* sound(parser.end());
  };
  // The check for duplicate keys takes quadratic time.
  const composer = new Composer({ lineCounter: lines, prettyErrors: false, logLevel: 'silent', uniqueKeys: false });
  Object.assign(composer, {
    onError: (at: number | readonly number[] | { readonly offset: number }, ...[, , isWarning]: unknown[]): void => {
      if (isWarning === true) return;
      refuse(typeof at === 'number' ? at : 'offset' in at ? at.offset : (at[0] ?? 0));
    },
  });
  for (const { contents } of composer.compose(tokens())) yield contents === null ? null : toValue(contents);
}

/** The node as plain data. */
function toValue(root: Node): unknown {
  const anchors = new Map<string, { readonly value: unknown; readonly size: number }>();
  /** Of everything read, and of what aliases repeated. */
  let size = 0;
  let repeated = 0;
  return read(root);

  function read(node: Node | null): unknown {
    const before = size;
    const value = readContent(node);
    size += 1 + (typeof value === 'string' ? value.length : 0);
    const { anchor } = (node ?? {}) as { anchor?: string };
    // Only now: an alias inside its own anchor would form a cycle.
    if (anchor !== undefined) anchors.set(anchor, { value, size: size - before });
    return value;
  }

  function readContent(node: Node | null): unknown {
    if (isAlias(node)) return follow(node);
    if (isSeq(node)) return node.items.map((item) => read(item as Node | null));
    if (!isMap(node)) return isScalar(node) ? node.value : null;
    const pairs = node.items as Pair<Node | null, Node | null>[];
    const entries = pairs.map(
      ({ key, value }) => [isScalar(key) ? String(key.value) : undefined, read(value)] as const,
    );
    // A collection as a key is not a field name.
    return Object.fromEntries(entries.filter(([key]) => key !== undefined));
  }

  function follow({ source }: Alias): unknown {
    const target = anchors.get(source);
    repeated += target?.size ?? 0;
    if (target === undefined || repeated > MAX_REPEATED) throw new YamlError('its YAML aliases cannot be resolved');
    size += target.size;
    return target.value;
  }
}
