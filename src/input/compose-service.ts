// The fields of a Compose service that name images, with their variables inserted and short forms expanded. Other fields
// are ignored: a variable that only a container needs does not keep an image from being checked.

import {
  type ComposeMap,
  type ComposeNode,
  type ComposeScalar,
  composeNode,
  type ReportProblem,
} from './compose-node.ts';
import { interpolate } from './interpolation.ts';
import { describeMissing, type Lookup, UNKNOWN } from './resolved-text.ts';
import type { YamlMap, YamlNode, YamlScalar } from './yaml-node.ts';

export interface ServiceReader {
  /** The file. */
  readonly source: string;
  readonly lookup: Lookup;
  readonly report: ReportProblem;
}

/** Reads one field; undefined when it does not have the expected shape. */
type Shape = (node: YamlNode, path: string, reader: ServiceReader) => ComposeNode | undefined;

const asIs: Shape = (node, _, { source }) => composeNode(node, source);

/** Inserts variables; `blank` replaces one without a value. */
const text =
  (blank = ''): Shape =>
  (node, path, { source, lookup, report }) => {
    if (node.kind !== 'scalar' || typeof node.value !== 'string') return composeNode(node, source);
    const resolved = interpolate(node.value, lookup, blank);
    const scalar = { ...node, source, written: node.value };
    if (resolved.ok) return { ...scalar, value: resolved.value.text, missing: resolved.value.missing };
    report(scalar, `${path}: ${resolved.error}.`);
    return { ...scalar, value: undefined, missing: [] };
  };

/** `!reset` removes a value of any shape. */
const unlessReset =
  (shape: Shape): Shape =>
  (node, path, reader) =>
    (node.tag === '!reset' ? asIs : shape)(node, path, reader);

/** Of a list; services that extend another have its lists as well. */
const MAX_ITEMS = 500;

const list =
  (item: Shape): Shape =>
  (node, path, reader) => {
    if (node.kind !== 'list') return undefined;
    const { source } = reader;
    if (node.items.length > MAX_ITEMS) {
      reader.report({ ...node, source }, `${path} has more than ${MAX_ITEMS} items.`);
      return undefined;
    }
    const items = node.items.flatMap((each, index) => item(each, `${path}[${index}]`, reader) ?? []);
    return { ...node, source, items };
  };

/** The fields that are present; `shorthand` expands a scalar to a map. */
const map =
  (fields: Readonly<Record<string, Shape>>, shorthand?: (scalar: YamlScalar) => YamlMap): Shape =>
  (node, path, reader) => {
    if (node.kind === 'scalar' && node.value === null) return asIs(node, path, reader);
    const whole = node.kind === 'scalar' ? shorthand?.(node) : node;
    if (whole?.kind !== 'map') return undefined;
    const entries = new Map<string, ComposeNode>();
    for (const [key, shape] of Object.entries(fields)) {
      const entry = whole.entries.get(key);
      const shaped = entry && unlessReset(shape)(entry, `${path}.${key}`, reader);
      if (shaped !== undefined) entries.set(key, shaped);
    }
    return { ...whole, source: reader.source, entries };
  };

/** A map, or a list of `key=value`. */
const table =
  (value: Shape): Shape =>
  (node, path, reader) => {
    if (node.kind === 'scalar') return undefined;
    const entries = new Map<string, ComposeNode>();
    const add = (key: string, entry: YamlNode) => {
      const shaped = value(entry, `${path}.${key}`, reader);
      if (shaped !== undefined) entries.set(key, shaped);
    };
    if (node.kind === 'map') for (const [key, entry] of node.entries) add(key, entry);
    else for (const item of node.items) if (item.kind === 'scalar') add(...cut(item));
    return { ...emptyMap(node, reader.source), entries };
  };

function cut(scalar: YamlScalar): [key: string, value: YamlScalar] {
  const line = String(scalar.value);
  const equals = line.indexOf('=');
  if (equals < 0) return [line, { ...scalar, value: null, text: '' }];
  const value = line.slice(equals + 1);
  return [line.slice(0, equals), { ...scalar, value, text: value }];
}

const wrap =
  (key: string) =>
  (scalar: YamlScalar): YamlMap => ({ kind: 'map', line: scalar.line, entries: new Map([[key, scalar]]) });

const emptyMap = ({ line, tag }: YamlNode, source: string): ComposeMap => ({
  kind: 'map',
  source,
  line,
  ...(tag !== undefined && { tag }),
  entries: new Map(),
});

/** A volume of another type keeps its position, and its target, which an image volume there would lose. */
const volume: Shape = (node, path, reader) => {
  const type = node.kind === 'map' ? node.entries.get('type') : undefined;
  const isImage = type?.kind === 'scalar' && type.value === 'image';
  const shorthand = ({ line }: YamlScalar): YamlMap => ({ kind: 'map', line, entries: new Map() });
  return map(isImage ? { source: text(), target: asIs } : { target: asIs }, shorthand)(node, path, reader);
};

const service = map({
  image: text(),
  platform: text(),
  pull_policy: text(),
  profiles: list(text()),
  extends: map({ service: text(), file: text() }, wrap('service')),
  provider: asIs,
  depends_on: table(asIs),
  build: map(
    {
      dockerfile_inline: text(UNKNOWN),
      target: text(),
      args: table(text(UNKNOWN)),
      additional_contexts: table(text()),
    },
    wrap('context'),
  ),
  volumes: list(volume),
  pre_start: list(map({ image: text() })),
});

/** The services of one document; what cannot be a service is reported, and empty. */
export function readServices(node: YamlNode | undefined, reader: ServiceReader): ComposeMap | undefined {
  const { source, report } = reader;
  if (node === undefined || (node.kind === 'scalar' && node.value === null)) return undefined;
  if (node.kind !== 'map') {
    report({ ...node, source }, 'services is not a mapping of names to services.');
    return undefined;
  }
  const entries = new Map<string, ComposeNode>();
  for (const [name, entry] of node.entries) {
    const shaped = unlessReset(service)(entry, `services.${name}`, reader);
    if (shaped === undefined) report({ ...entry, source }, `services.${name} is not a mapping.`);
    else if (shaped.kind === 'map' || shaped.tag === '!reset') entries.set(name, shaped);
    else entries.set(name, { kind: 'map', source, line: entry.line, entries: new Map() });
  }
  return { ...emptyMap(node, source), entries };
}

/** The texts of a list or of a single scalar, with variables inserted. */
export function readTexts(node: YamlNode | undefined, path: string, reader: ServiceReader): string[] {
  const items = node?.kind === 'list' ? node.items : node === undefined ? [] : [node];
  return items.flatMap((item) => {
    const shaped = text()(item, path, reader);
    return shaped?.kind === 'scalar' ? openText(shaped, path, reader) : [];
  });
}

/** The text, if it is one. With a secret withheld it would name another file or service. */
export function openText(scalar: ComposeScalar, path: string, { report }: Pick<ServiceReader, 'report'>): string[] {
  const withheld = scalar.missing.filter((variable) => variable.isWithheld === true);
  if (withheld.length > 0) report(scalar, `${path}: ${describeMissing(withheld)}`);
  return withheld.length > 0 || typeof scalar.value !== 'string' ? [] : [scalar.value];
}
