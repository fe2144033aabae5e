// The documents in a text that is JSON: one value after another. A long list of Kubernetes objects is read in parts, as
// several shorter lists, so that memory does not grow with it.

import { YamlAbort } from '../file/yaml-parser.ts';
import { createJsonParser, type JsonOptions, type JsonParser } from './json-parser.ts';
import type { YamlDocument } from './yaml-conversion.ts';
import { textAt, type YamlMap, type YamlNode } from './yaml-node.ts';

/** Comments of YAML, then a bracket. */
const BEGINNING = /^(?:---(?=\s))?(?:[ \t\r\n]|#[^\n]*\n)*(?=[{[])/;
/** Characters of a text in which lists are read in parts. */
export const MIN_PARTED = 1_000_000;
/** Of a part, in the units of the parser. */
const PART_WEIGHT = 100_000;
/** Longer text that is not JSON is not read as YAML, which takes ten times as long. */
const MAX_RETRIED = 2_000_000;

/** Yields each value, or a problem. Returns false, and yields nothing, if the text is not JSON. */
export function* readJson(text: string, options: JsonOptions): Generator<YamlDocument, boolean> {
  const [beginning] = BEGINNING.exec(text) ?? [];
  if (beginning === undefined) return false;
  const parser = createJsonParser(text, options);
  parser.moveTo({ at: beginning.length, line: options.line + beginning.split('\n').length - 1 });
  let isFirst = true;
  try {
    for (let next = parser.peek(); next !== ''; next = parser.peek()) {
      if (!/[{[]/.test(next)) parser.refuse();
      parser.restart();
      const roots = text.length < MIN_PARTED ? [parser.value()] : readLong(parser);
      // YAML may follow, such as a comment.
      if (isFirst && text.length < MIN_PARTED && !/^[{[]?$/.test(parser.peek())) return false;
      for (const root of roots) yield { root, problems: parser.problems.splice(0) };
      isFirst = false;
    }
  } catch (error) {
    if (!(error instanceof YamlAbort)) throw error;
    if (isFirst && text.length < MAX_RETRIED) return false;
    yield { root: undefined, problems: [{ message: error.message, line: parser.position().line }] };
  }
  return true;
}

/** The value that the parser is at; a list of objects again and again, each time with some of its items. */
function* readLong(parser: JsonParser): Generator<YamlNode> {
  const start = parser.position();
  if (parser.peek() === '[') return yield* readParts(parser);
  const entries = new Map<string, YamlNode>();
  const lists: { readonly line: number; readonly start: typeof start }[] = [];
  for (const [key, line] of parser.keys()) {
    if (key === 'items' && parser.peek() === '[') {
      lists.push({ line, start: parser.position() });
      parser.skip();
    } else parser.entry(entries, key, line);
  }
  const end = parser.position();
  const header: YamlMap = { kind: 'map', entries, line: start.line };
  const [list] = lists;
  if (list === undefined) return yield header;
  if (lists.length > 1 || entries.has('items')) {
    parser.moveTo(start);
    parser.problems.length = 0;
    return yield parser.value();
  }
  parser.moveTo(list.start);
  if (isListOfObjects(header)) yield* readParts(parser, header, list.line);
  else yield withItems(header, parser.value(list.line));
  parser.moveTo(end);
}

/** Whether the images in an item do not depend on the other items. */
export const isListOfObjects = (header: YamlMap): boolean => textAt(header, 'kind').endsWith('List');

/** `header`: the list without its items; unset: an array. */
function* readParts(parser: JsonParser, header?: YamlMap, line?: number): Generator<YamlNode> {
  const listLine = line ?? parser.position().line;
  let items: YamlNode[] = [];
  const part = (): YamlNode => {
    const list: YamlNode = { kind: 'list', items, line: listLine };
    items = [];
    parser.restart();
    return header === undefined ? list : withItems(header, list);
  };
  for (const _ of parser.items()) {
    items.push(parser.value());
    // The path of an image in an object without a kind contains the index of the object.
    const isFree = header !== undefined || items.every((item) => textAt(item, 'kind') !== '');
    if (parser.weight() > PART_WEIGHT && isFree) yield part();
  }
  if (items.length > 0 || header !== undefined) yield part();
}

export const withItems = (header: YamlMap, items: YamlNode): YamlMap => ({
  ...header,
  entries: new Map([...header.entries, ['items', items]]),
});
