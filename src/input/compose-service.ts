// What of a Compose service names images, in one shape whichever of its short forms was written, with its variables.
// Other fields are not looked at: a variable that only a container needs does not keep an image from being checked.

import { interpolate } from './interpolation.ts';
import { describeMissing, type Lookup, UNKNOWN } from './resolved-text.ts';
import type { Leaf, Mapping, Tree } from './yaml-tree.ts';

export interface ServiceReader {
  readonly lookup: Lookup;
  /** Something at that place cannot be used. */
  readonly report: (place: Tree, message: string) => void;
}

type Shape = (tree: Tree, path: string, reader: ServiceReader) => Tree | undefined;

/** Variables put in; `blank` stands for one without a value. */
const text =
  (blank = ''): Shape =>
  (tree, path, { lookup, report }) => {
    if (tree.kind !== 'leaf' || typeof tree.value !== 'string') return tree;
    const value = interpolate(tree.value, lookup, blank);
    if (value.ok) return { ...tree, value: value.value.text, missing: value.value.missing, written: tree.value };
    report(tree, `${path}: ${value.error}.`);
    return { ...tree, value: undefined };
  };

const asIs: Shape = (tree) => tree;

/** What `!reset` stands before is nothing, whatever its shape. */
const unlessReset =
  (shape: Shape): Shape =>
  (tree, path, reader) =>
    tree.tag === '!reset' ? tree : shape(tree, path, reader);

/** Of a list; services that extend another have its lists, too. */
const MAX_ITEMS = 500;

const list =
  (item: Shape): Shape =>
  (tree, path, reader) => {
    if (tree.kind !== 'sequence') return undefined;
    if (tree.items.length > MAX_ITEMS) {
      reader.report(tree, `${path} has more than ${MAX_ITEMS} items.`);
      return undefined;
    }
    const items = tree.items.flatMap((each, index) => item(each, `${path}[${index}]`, reader) ?? []);
    return { ...tree, items };
  };

/** Those of the fields that are there; `shorthand` makes a mapping of what is none. */
const mapping =
  (fields: Readonly<Record<string, Shape>>, shorthand?: (leaf: Leaf) => Mapping): Shape =>
  (tree, path, reader) => {
    if (tree.kind === 'leaf' && tree.value === null) return tree;
    const whole = tree.kind === 'leaf' ? shorthand?.(tree) : tree;
    if (whole?.kind !== 'mapping') return undefined;
    const entries = new Map<string, Tree>();
    for (const [key, shape] of Object.entries(fields)) {
      const entry = whole.entries.get(key);
      const shaped = entry && unlessReset(shape)(entry, `${path}.${key}`, reader);
      if (shaped !== undefined) entries.set(key, shaped);
    }
    return { ...whole, entries };
  };

/** A mapping, or a list of `key=value`. */
const table =
  (value: Shape): Shape =>
  (tree, path, reader) => {
    if (tree.kind === 'leaf') return undefined;
    const entries = new Map<string, Tree>();
    const add = (key: string, entry: Tree) => {
      const shaped = value(entry, `${path}.${key}`, reader);
      if (shaped !== undefined) entries.set(key, shaped);
    };
    if (tree.kind === 'mapping') for (const [key, entry] of tree.entries) add(key, entry);
    else for (const item of tree.items) if (item.kind === 'leaf') add(...cut(item));
    return { kind: 'mapping', source: tree.source, line: tree.line, tag: tree.tag, entries };
  };

function cut(leaf: Leaf): [key: string, value: Leaf] {
  const line = String(leaf.value);
  const equals = line.indexOf('=');
  return equals < 0
    ? [line, { ...leaf, value: null }]
    : [line.slice(0, equals), { ...leaf, value: line.slice(equals + 1) }];
}

const wrap =
  (key: string) =>
  (leaf: Leaf): Mapping => ({ kind: 'mapping', source: leaf.source, line: leaf.line, entries: new Map([[key, leaf]]) });

/** A volume of another type keeps its place, and its target, which it takes from an image. */
const volume: Shape = (tree, path, reader) => {
  const empty: Mapping = { kind: 'mapping', source: tree.source, line: tree.line, entries: new Map() };
  const type = tree.kind === 'mapping' ? tree.entries.get('type') : undefined;
  const isImage = type?.kind === 'leaf' && type.value === 'image';
  return mapping(isImage ? { source: text(), target: asIs } : { target: asIs }, () => empty)(tree, path, reader);
};

const service = mapping({
  image: text(),
  platform: text(),
  pull_policy: text(),
  profiles: list(text()),
  extends: mapping({ service: text(), file: text() }, wrap('service')),
  provider: asIs,
  depends_on: table((tree) => tree),
  build: mapping(
    {
      dockerfile_inline: text(UNKNOWN),
      target: text(),
      args: table(text(UNKNOWN)),
      additional_contexts: table(text()),
    },
    wrap('context'),
  ),
  volumes: list(volume),
  pre_start: list(mapping({ image: text() })),
});

/** The services of one document; what cannot be a service is reported and empty. */
export function readServices(tree: Tree | undefined, reader: ServiceReader): Mapping | undefined {
  if (tree === undefined || (tree.kind === 'leaf' && tree.value === null)) return undefined;
  if (tree.kind !== 'mapping') {
    reader.report(tree, 'services is not a mapping of names to services.');
    return undefined;
  }
  const entries = new Map<string, Tree>();
  for (const [name, entry] of tree.entries) {
    const shaped = unlessReset(service)(entry, `services.${name}`, reader);
    if (shaped === undefined) reader.report(entry, `services.${name} is not a mapping.`);
    else if (shaped.kind === 'mapping' || shaped.tag === '!reset') entries.set(name, shaped);
    else entries.set(name, { kind: 'mapping', source: entry.source, line: entry.line, entries: new Map() });
  }
  return { ...tree, entries };
}

/** The texts of a list or of a single text, with their variables. */
export function readTexts(tree: Tree | undefined, path: string, reader: ServiceReader): string[] {
  const items = tree?.kind === 'sequence' ? tree.items : tree === undefined ? [] : [tree];
  return items.flatMap((item) => {
    const shaped = text()(item, path, reader);
    return shaped?.kind === 'leaf' ? openText(shaped, path, reader) : [];
  });
}

/** The text, if it is one; without a secret it would name another file or service. */
export function openText(leaf: Leaf, path: string, { report }: Pick<ServiceReader, 'report'>): string[] {
  const withheld = (leaf.missing ?? []).filter((one) => one.isWithheld === true);
  if (withheld.length > 0) report(leaf, `${path}: ${describeMissing(withheld, '')}`);
  return withheld.length > 0 || typeof leaf.value !== 'string' ? [] : [leaf.value];
}
