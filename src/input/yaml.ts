// Parses YAML or JSON into documents with line numbers. Hostile text cannot exhaust stack,
// memory or time: tokens, depth and what aliases and merge keys expand to are bounded.

import { getHeapStatistics } from 'node:v8';
import { LineCounter } from 'yaml';
import { parseNodes, YamlAbort, type YamlError } from '../file/yaml-parser.ts';
import type { Problem } from './extractor.ts';
import { blankComments } from './json-comments.ts';
import { isListOfObjects, MIN_PARTED, readJson, withItems } from './json-documents.ts';
import { isTemplate, templateProblem } from './template.ts';
import { type Anchors, convertNode, type YamlDocument, type YamlRules } from './yaml-conversion.ts';
import { explainFault } from './yaml-fault.ts';
import { splitList } from './yaml-list.ts';
import type { YamlNode } from './yaml-node.ts';

/** A file that is one document as a rule: a Compose file, JSON. */
export interface YamlFile {
  readonly roots: readonly YamlNode[];
  readonly problems: readonly Problem[];
  /** It is not valid: what else seems wrong may only be unread. */
  readonly isBroken: boolean;
}

/** Kubernetes, GitLab, GitHub: a broken document is lost, and none hides the others. */
const DOCUMENTS: YamlRules = {
  // Some 15 MB of an object.
  maxTokens: 4_000_000,
  isTolerant: false,
  duplicates: 'last',
  keepsTags: false,
  readsActions: true,
  aliasLine: 'alias',
};
/** Compose, JSON: every problem is reported, and whatever can be read is read. */
const FILE: YamlRules = {
  maxTokens: 1_500_000,
  maxNodes: 100_000,
  isTolerant: true,
  duplicates: 'first',
  keepsTags: true,
  readsActions: false,
  aliasLine: 'anchor',
};

/** What a token takes until it is read, and what a JSON value or entry takes. */
const [TOKEN_BYTES, WEIGHT_BYTES] = [300, 70];
/** Of a file. */
const MAX_DOCUMENTS = 1000;
/** In the first column, `---` begins a document and `...` ends one, even inside block text. */
const DOCUMENT_EDGE = /^---(?=\s|$)|(?<=^\.\.\.)(?=\s|$)/gm;
/** A line other than a comment, a directive or an edge. Only a line feed ends a line; other line ends are blanks. */
/** A line break of YAML, as a line feed is. */
const LONE_RETURN = /\r(?!\n)/g;
const CONTENT = /(?:^|\n)(?!(?:---|\.\.\.)?[ \t\r]*(?:[#%\n]|$))/;

/** `isWanted`: whether a document is worth parsing, by its text. Documents without content are skipped. */
export function* parseYaml(
  text: string,
  isWanted: (document: string) => boolean = () => true,
): Generator<YamlDocument> {
  yield* readDocuments(text, DOCUMENTS, 'YAML', isWanted);
}

export function parseYamlFile(text: string, language: 'YAML' | 'JSON' = 'YAML'): YamlFile {
  const roots: YamlNode[] = [];
  const problems: Problem[] = [];
  let documents = 0;
  let isBroken = false;
  for (const document of readDocuments(text, FILE, language)) {
    documents += 1;
    if (documents > MAX_DOCUMENTS) {
      const line = document.root?.line ?? document.problems[0]?.line ?? 1;
      return { roots, problems: [...problems, { message: `More than ${MAX_DOCUMENTS} documents.`, line }], isBroken };
    }
    if (document.root !== undefined) roots.push(document.root);
    for (const problem of document.problems) problems.push(problem);
    isBroken ||= document.isBroken === true;
  }
  // What else is wrong in a template may be right once it is rendered.
  const template = problems.find((problem) => problem.template !== undefined);
  return { roots, problems: template === undefined ? problems : [template], isBroken };
}

function* readDocuments(
  text: string,
  rules: YamlRules,
  language: 'YAML' | 'JSON',
  isWanted?: (document: string) => boolean,
): Generator<YamlDocument> {
  let linesBefore = 0;
  for (const part of splitDocuments(text.replace(LONE_RETURN, '\n'))) {
    if (CONTENT.test(part) && isWanted?.(part) !== false) {
      const json = {
        line: linesBefore + 1,
        rules,
        maxWeight: maxItems(WEIGHT_BYTES),
        allowsComments: language === 'JSON',
      };
      const isJson = yield* readJson(part, json);
      if (!isJson) yield* readYaml(language === 'JSON' ? blankComments(part) : part, { linesBefore, rules, language });
    }
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

interface Reading {
  readonly linesBefore: number;
  readonly rules: YamlRules;
  readonly language: string;
  readonly anchors?: Anchors;
}

/** A text without document edges: a long list in parts. */
function* readYaml(text: string, reading: Reading): Generator<YamlDocument> {
  const list = text.length < MIN_PARTED ? undefined : splitList(text);
  const read = list && [...readDocument(list.header, reading)];
  const header = read?.length === 1 ? read[0]?.root : undefined;
  if (list === undefined || header?.kind !== 'map' || !isListOfObjects(header) || header.entries.has('items')) {
    return yield* readDocument(text, reading);
  }
  const anchors: Anchors = new Map();
  for (const { text: part, linesBefore } of list.parts()) {
    const options = { ...reading, linesBefore: reading.linesBefore + linesBefore, anchors };
    for (const { root, ...document } of readDocument(part, options)) {
      yield { root: root && withItems(header, root), ...document };
    }
  }
}

/** The first error, if any, then what could be read. */
function* readDocument(text: string, { linesBefore, rules, language, anchors }: Reading): Generator<YamlDocument> {
  const lines = new LineCounter();
  const lineAt = (offset: number): number => linesBefore + lines.linePos(offset).line;
  let error: YamlAbort | undefined;
  const faultOf = (found: YamlError): YamlAbort => {
    const { words, offset } = explainFault(found, text);
    return new YamlAbort(`Not valid ${language}: ${words} (column ${lines.linePos(offset).col}).`, offset);
  };
  const onError = ({ message, offset }: YamlError): void => {
    // The composer catches what is thrown inside a collection, and reports it again.
    error ??= faultOf({ message, offset });
    if (!rules.isTolerant) throw error;
  };
  const documents: YamlDocument[] = [];
  const maxTokens = Math.min(rules.maxTokens, maxItems(TOKEN_BYTES));
  try {
    const nodes = parseNodes(text, { lines, maxTokens, onError });
    for (const node of nodes) documents.push(convertNode(node, { text, lineAt, rules, anchors }));
  } catch (thrown) {
    if (!(thrown instanceof YamlAbort)) throw thrown;
    error = thrown;
  }
  if (error !== undefined) {
    const { message, offset } = error;
    const line = lineAt(offset);
    yield {
      root: undefined,
      problems: [isTemplate(text) ? templateProblem(text, line) : { message, line }],
      isBroken: true,
    };
  }
  yield* documents;
}

/** How many things of a size the free half of the heap can take. */
function maxItems(bytes: number): number {
  const { heap_size_limit: limit, used_heap_size: used } = getHeapStatistics();
  return Math.max(10_000, Math.floor((limit - used) / 2 / bytes));
}
