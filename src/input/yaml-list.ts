// Divides the text of a long list of Kubernetes objects, so that not all of it must be parsed at one time.

export interface DividedList {
  /** The text without the items. */
  readonly header: string;
  /** Lists of items, in order. `linesBefore`: the lines of the text before the part. */
  readonly parts: () => Generator<{ readonly text: string; readonly linesBefore: number }>;
}

/** Characters of a part, as a rule. */
const PART_LENGTH = 100_000;
/** Only a line feed begins a line; `^` would match after other characters, too. */
const ITEMS = /(?<![^\n])items:[ \t\r]*(?:#[^\n]*)?\n(?:[ \t\r]*(?:#[^\n]*)?\n)*( *)-(?=[ \t\r\n])/g;

/** `text`: without document edges. Undefined when it is no list that can be divided. */
export function splitList(text: string): DividedList | undefined {
  const [first, second] = [...text.matchAll(ITEMS)];
  if (first === undefined || second !== undefined) return undefined;
  const indent = first[1]?.length ?? 0;
  const start = first.index + first[0].length - indent - 1;
  // A line that is indented less, other than a comment; of a list in the column of its key, a line without a dash.
  const after = new RegExp(
    `(?<![^\\n]) {0,${indent}}(?! |[\\r\\n#])(?!(?<=(?<![^\\n]) {${indent}})-[ \\t\\r\\n])`,
    'g',
  );
  after.lastIndex = start;
  const end = after.exec(text)?.index ?? text.length;
  return {
    header: text.slice(0, first.index) + text.slice(end),
    *parts() {
      const item = new RegExp(`(?<![^\\n]) {${indent}}-(?=[ \\t\\r\\n])`, 'g');
      let linesBefore = countLines(text, 0, start);
      for (let at = start; at < end; ) {
        item.lastIndex = at + PART_LENGTH;
        const next = Math.min(item.exec(text)?.index ?? end, end);
        yield { text: text.slice(at, next), linesBefore };
        linesBefore += countLines(text, at, next);
        at = next;
      }
    },
  };
}

function countLines(text: string, start: number, end: number): number {
  let lines = 0;
  for (let at = text.indexOf('\n', start); at >= 0 && at < end; at = text.indexOf('\n', at + 1)) lines += 1;
  return lines;
}
