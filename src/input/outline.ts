// The keys of a YAML or JSON text to three levels, read without a parser: enough to recognize a format, also in a text
// that is not valid or very long.

export interface Outline {
  /** `list` for any list, `empty` without a value, `scalar` for text, aliases and local tags too. */
  readonly kind: 'scalar' | 'list' | 'map' | 'empty';
  /** The value in the line of the key, without a comment. */
  readonly text: string;
  readonly entries: ReadonlyMap<string, Outline>;
}

interface Node extends Outline {
  kind: Outline['kind'];
  readonly entries: Map<string, Node>;
}

const MAX_LEVELS = 3;
/** A quoted key, or the first character of a plain one. */
const QUOTED = /^(?:"[^"]*"|'[^']*')(?=[ \t]*:)/;
const PLAIN = /^(?:[^\s#"'[\]{}&*!|>%@`,-]|-\S)/;
const FLOW = /["'{}[\],:]|#[^\n]*|[^\s"'{}[\],:#]+/g;
/** A longer key or line is not looked at. */
const MAX_LINE = 2000;

const create = (text: string): Node => ({ kind: text === '' ? 'empty' : 'scalar', text, entries: new Map() });

/** The first document with content. */
export function outlineOf(text: string): Outline {
  const root = create('');
  const start =
    /^(?:[ \t\r]*(?:#[^\n]*|%[^\n]*|---[ \t\r]*(?:#[^\n]*)?)?\n)*(?:---[ \t])?[ \t]*/.exec(text)?.[0].length ?? 0;
  if (text[start] === '{' || text[start] === '[') readFlow(text, start, root, 0);
  else readBlock(text, start, root);
  return root;
}

interface Level {
  readonly indent: number;
  readonly node: Node;
}

function readBlock(text: string, start: number, root: Node): void {
  /** The maps around the current line, outermost first. */
  const levels: Level[] = [];
  let last: { readonly indent: number; readonly node: Node } = { indent: -1, node: root };
  /** Lines that are indented more belong to block text, a list or a map too deep to matter. */
  let skipped: number | undefined;
  const from = text.lastIndexOf('\n', start - 1) + 1;
  for (let at = from, end = 0; at < text.length; at = end + 1) {
    end = text.indexOf('\n', at);
    if (end < 0) end = text.length;
    const line = text.slice(at, Math.min(end, at + MAX_LINE)).trimEnd();
    const indent = line.search(/\S/);
    if (indent < 0 || line[indent] === '#') continue;
    if (indent === 0 && /^(?:---|\.\.\.)(?=\s|$)/.test(line)) return;
    if (skipped !== undefined && indent > skipped) continue;
    skipped = undefined;
    const content = line.slice(indent);
    if (/^-(?:\s|$)/.test(content)) {
      if (last.node.kind === 'empty' && indent >= last.indent) last.node.kind = 'list';
      // A list in the column of its key ends with the next key there.
      skipped = Math.max(indent, last.indent);
      continue;
    }
    const [key, value = ''] = splitEntry(content);
    if (key === undefined) continue;
    while ((levels.at(-1)?.indent ?? -1) > indent) levels.pop();
    if (levels.at(-1)?.indent !== indent) {
      if (last.node.kind !== 'empty' || indent <= last.indent) continue;
      last.node.kind = 'map';
      levels.push({ indent, node: last.node });
    }
    const node = create(value.replace(/(?:^|\s)#.*$/, '').replace(/^&\S+\s*/, ''));
    levels.at(-1)?.node.entries.set(unquote(key), node);
    last = { indent, node };
    if (/^(?:!\S+\s*)?[|>][+\-\d]*$/.test(node.text) || levels.length >= MAX_LEVELS) skipped = indent;
    else if (/^[{[]/.test(node.text)) {
      const open = text.indexOf(node.text[0] ?? '', at + indent + key.length);
      end = text.indexOf('\n', readFlow(text, open, node, levels.length));
      if (end < 0) end = text.length;
    }
  }
}

function splitEntry(content: string): readonly string[] {
  const quoted = QUOTED.exec(content)?.[0];
  if (quoted === undefined && !PLAIN.test(content)) return [];
  const rest = content.slice(quoted?.length ?? 0);
  const colon = rest.search(/:(?=[ \t]|$)/);
  return colon < 0 ? [] : [quoted ?? rest.slice(0, colon).trimEnd(), rest.slice(colon + 1).trim()];
}

const unquote = (key: string): string => (/^["']/.test(key) ? key.slice(1, -1) : key);

/** Behind the closing quote. */
function endOfQuoted(text: string, start: number): number {
  const quote = text[start];
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '\\' && quote === '"') at += 1;
    else if (text[at] === quote) return at + 1;
  }
  return text.length;
}

/** Returns where the collection ends. */
function readFlow(text: string, start: number, root: Node, level: number): number {
  const open: { readonly node: Node; readonly isList: boolean }[] = [];
  let key = '';
  let target: Node = root;
  let isValue = true;
  FLOW.lastIndex = start;
  for (let token = FLOW.exec(text); token !== null; token = FLOW.exec(text)) {
    let [word] = token;
    if (word === '"' || word === "'") {
      FLOW.lastIndex = endOfQuoted(text, token.index);
      word = text.slice(token.index, FLOW.lastIndex);
    }
    const parent = open.at(-1);
    if (word === '{' || word === '[') {
      const isKept = isValue && parent?.isList !== true;
      const node = isKept ? target : create('');
      node.kind = word === '[' ? 'list' : 'map';
      open.push({ node, isList: word === '[' });
      isValue = false;
    } else if (word === '}' || word === ']') {
      open.pop();
      if (open.length === 0) return FLOW.lastIndex;
      isValue = false;
    } else if (word === ':' && parent?.isList === false && !isValue) {
      target = create('');
      if (level + open.length <= MAX_LEVELS) parent.node.entries.set(key, target);
      isValue = true;
    } else if (word === ',') isValue = false;
    else if (word[0] !== '#') {
      if (isValue) {
        target.kind = 'scalar';
        isValue = false;
      } else key = unquote(word);
    }
  }
  return text.length;
}
