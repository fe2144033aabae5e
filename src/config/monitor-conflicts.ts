// What the `monitor` section must not combine, found in its values before they are validated: every mistake is reported
// together.

import type { Path } from './mistake.ts';

export interface Conflict {
  readonly path: Path;
  readonly problem: string;
}

export function findConflicts(section: unknown, lineOf: (path: Path) => number): readonly Conflict[] {
  if (typeof section !== 'object' || Array.isArray(section)) return [];
  const { resources, ...values } = fieldsOf(section);
  return [
    ...findStores(values),
    ...findAuth(values),
    ...findMaintenances(values),
    ...findResources(resources, values),
    ...findClusters(resources),
    ...findSameIds(itemsOf(resources), lineOf),
    ...findSameNames(values),
  ];
}

type Fields = Readonly<Record<string, unknown>>;

const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};

const itemsOf = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.map(fieldsOf) : []);

function findStores(values: Fields): readonly Conflict[] {
  const [first, second] = ['store', 'storeEnv', 'storeFile'].filter((key) => values[key] !== undefined);
  return second === undefined ? [] : [{ path: [second], problem: `cannot be combined with ${first}` }];
}

function findAuth({ auth }: Fields): readonly Conflict[] {
  const { bearerTokenFile, basicFile } = fieldsOf(auth);
  const isEmpty = typeof auth === 'object' && auth !== null && bearerTokenFile === undefined && basicFile === undefined;
  return isEmpty ? [{ path: ['auth'], problem: 'expected bearerTokenFile or basicFile' }] : [];
}

/** Another text is a mistake of its own. */
const DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d/;

function findMaintenances({ maintenance }: Fields): readonly Conflict[] {
  return itemsOf(maintenance).flatMap(({ weekly, from, to }, index) => {
    const isBackwards =
      weekly === undefined && [from, to].every((time) => DATE.test(String(time))) && String(to) <= String(from);
    return isBackwards ? [{ path: ['maintenance', index, 'to'], problem: 'must be later than from' }] : [];
  });
}

/** A monitor that only serves /probe needs none. */
function findResources(resources: unknown, { probe }: Fields): readonly Conflict[] {
  const isEmpty = resources === undefined || (Array.isArray(resources) && resources.length === 0);
  if (!isEmpty || fieldsOf(probe).enabled === true) return [];
  const path = resources === undefined ? [] : ['resources'];
  return [{ path, problem: 'expected at least one resource, such as - image: nginx:1.27' }];
}

function findClusters(resources: unknown): readonly Conflict[] {
  return itemsOf(resources).flatMap(({ kubernetes, credentials }, index) => {
    const { server, context, secrets } = fieldsOf(kubernetes);
    const at = (...path: readonly string[]): Path => ['resources', index, ...path];
    return [
      ...(server !== undefined && context !== undefined
        ? [{ path: at('kubernetes', 'server'), problem: 'cannot be combined with context' }]
        : []),
      ...(secrets === 'named' && credentials !== undefined
        ? [{ path: at('credentials'), problem: 'cannot be combined with secrets: named' }]
        : []),
    ];
  });
}

/** Two would share one history. */
function findSameIds(resources: readonly Fields[], lineOf: (path: Path) => number): readonly Conflict[] {
  const lines = new Map<string, number>();
  return resources.flatMap((resource, index) => {
    const { id } = resource;
    const kind = ['image', 'http', 'tcp'].find((key) => typeof resource[key] === 'string');
    const isOwn = typeof id === 'string';
    if (!isOwn && kind === undefined) return [];
    const key = isOwn ? `id ${id}` : `${kind} ${resource[kind ?? '']}`;
    const path = ['resources', index, ...(isOwn ? ['id'] : [])];
    const before = lines.get(key);
    lines.set(key, before ?? lineOf(path));
    if (before === undefined) return [];
    const problem = isOwn
      ? `the id is already used in line ${before}; use another one`
      : `the same ${kind} is in line ${before}; give one of them an id`;
    return [{ path, problem }];
  });
}

/** Names of notifiers are labels of metrics, and keys of what is still to be delivered. */
function findSameNames({ notify }: Fields): readonly Conflict[] {
  const names = new Set<unknown>();
  return itemsOf(notify).flatMap(({ name }, index) => {
    const isUsed = name !== undefined && names.has(name);
    names.add(name);
    return isUsed ? [{ path: ['notify', index, 'name'], problem: 'the name is already used; use another one' }] : [];
  });
}
