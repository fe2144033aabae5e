// YAML text, JSON included, to its documents. One that cannot be read does not hide the others, and none can run the
// program out of stack or memory: depth and merges are bounded, aliases are shared instead of copied.

import { type CST, LineCounter, Parser } from 'yaml';
import { failure, type Outcome, success } from '../core/outcome.ts';
import type { Problem } from './extractor.ts';
import { Refusal } from './refusal.ts';
import { createComposer, withoutErrors, type YamlError } from './yaml-composer.ts';
import { convertDocument, type YamlDocument } from './yaml-conversion.ts';
import { createLexer } from './yaml-lexer.ts';

/** Collections inside each other. The parser recurses: far deeper input would overflow the stack. */
const MAX_DEPTH = 200;
/** Of one document: some 15 MB of a cluster's objects. Each takes 300 bytes of memory until it is read. */
const MAX_LEXEMES = 4_000_000;
/** In the first column `---` begins a document and `...` ends one wherever they stand, even in a block of text. */
const DOCUMENT_EDGE = /^---(?=\s|$)|(?<=^\.\.\.)(?=\s|$)/gm;
/** A line that is more than a comment, a directive or an edge. Only a line feed ends one: others are blanks here. */
const CONTENT = /(?:^|\n)(?!(?:---|\.\.\.)?[ \t\r]*(?:[#%\n]|$))/;
/** What only charts have in double braces; workflow engines write names there, in valid YAML. */
const CHART_ACTION =
  /\{\{-?[ \t]*(?:[.$]|\/\*|(?:include|template|define|if|else|with|range|end|tpl|toYaml|default|printf)\b)/;
/** Said of a document that is nothing to check before somebody fills it in. */
export const UNRENDERED = 'It is a template ({{ … }}) that is not rendered; check the output of helm template.';

/** `isWanted`: by its text, whether a document is worth parsing. Those without content are left out. */
export function* parseYaml(
  text: string,
  isWanted: (document: string) => boolean = () => true,
): Generator<Outcome<YamlDocument, Problem>> {
  let linesBefore = 0;
  for (const part of splitDocuments(text)) {
    if (CONTENT.test(part) && isWanted(part)) yield* readDocument(part, linesBefore);
    linesBefore += countLines(part);
  }
}

function countLines(text: string): number {
  let lines = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines += 1;
  return lines;
}

function* splitDocuments(text: string): Generator<string> {
  let start = 0;
  for (const { index } of text.matchAll(DOCUMENT_EDGE)) {
    if (index === start) continue;
    yield text.slice(start, index);
    start = index;
  }
  yield text.slice(start);
}

function* readDocument(text: string, linesBefore: number): Generator<Outcome<YamlDocument, Problem>> {
  const counter = new LineCounter();
  const lineAt = (offset: number): number => linesBefore + counter.linePos(offset).line;
  // The composer catches what is thrown inside a collection, and reports it once more.
  let first: Refusal | undefined;
  const onError = ({ message, offset }: YamlError): never => {
    first ??= new Refusal(explain(message), offset);
    throw first;
  };
  try {
    for (const { contents } of createComposer(onError).compose(tokensOf(text, counter, onError))) {
      if (contents !== null) yield success(convertDocument(contents, text, lineAt));
    }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const message = CHART_ACTION.test(text) ? UNRENDERED : error.message;
    yield failure({ message, line: lineAt(error.offset) });
  }
}

function* tokensOf(
  text: string,
  counter: LineCounter,
  onError: (error: YamlError) => void,
): Generator<CST.Token, void, unknown> {
  const parser = new Parser(counter.addNewLine);
  counter.addNewLine(0);
  let lexemes = 0;
  for (const lexeme of createLexer().lex(text)) {
    lexemes += 1;
    if (lexemes > MAX_LEXEMES) throw new Refusal('It is too much for one document; split it.', 0);
    yield* withoutErrors(parser.next(lexeme), onError);
    if (parser.stack.length > MAX_DEPTH) {
      throw new Refusal(`It is nested more than ${MAX_DEPTH} deep, which nothing to deploy is.`, parser.offset);
    }
  }
  yield* withoutErrors(parser.end(), onError);
}

/** Nothing of the text is quoted: it may hold secrets. */
function explain(message: string): string {
  const words = message.replace(/["']quote$/, 'quote').replace(/[:"].*$/s, '');
  return `It is not valid YAML: ${words}.`;
}
