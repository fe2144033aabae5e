// The keys of the `monitor` section as its JSON Schema has them, in the form of the tables in docs/monitor.md.

import { readText } from './project-file.ts';

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly description?: string;
}

export interface KnownKey {
  /** In order: the alternatives of an entry that have it. */
  readonly of: readonly string[];
  /** As the description says: `(default: 5m)`. */
  readonly fallback: string | undefined;
}

export type KnownKeys = ReadonlyMap<string, KnownKey>;

const monitor: Schema = JSON.parse(readText('schema/kairos-pull.schema.json')).properties.monitor;

const LISTS = ['resources', 'notify', 'maintenance'] as const;

/** Of the section itself: `auth.basicFile`. */
export const sectionKeys = (): KnownKeys =>
  new Map([...keysOf(monitor, LISTS)].map(([key, fallback]) => [key, { of: [], fallback }]));

/** Of the entries of a list. `kindOf` names an alternative by its keys. */
export function entryKeys(list: (typeof LISTS)[number], kindOf: (keys: readonly string[]) => string): KnownKeys {
  const known = new Map<string, KnownKey>();
  for (const entry of monitor.properties?.[list]?.items?.anyOf ?? []) {
    const keys = keysOf(entry);
    for (const [key, fallback] of keys) {
      const before = known.get(key);
      known.set(key, { of: [...(before?.of ?? []), kindOf([...keys.keys()])], fallback: before?.fallback ?? fallback });
    }
  }
  return known;
}

/** Each with its default. A key with keys of its own is listed only if it also has a plain value. */
function keysOf(schema: Schema, asWhole: readonly string[] = [], prefix = ''): Map<string, string | undefined> {
  const keys = new Map<string, string | undefined>();
  for (const { properties = {} } of [schema, ...(schema.anyOf ?? [])]) {
    for (const [name, value] of Object.entries(properties)) {
      const path = `${prefix}${name}`;
      const inner = asWhole.includes(path) ? [] : keysOf(value, asWhole, `${path}.`);
      const isPlain = [value, ...(value.anyOf ?? [])].some((one) => !one.properties && !one.anyOf);
      if (isPlain || [...inner].length === 0) {
        keys.set(path, /default: ([^\s;)]+)/.exec(value.description ?? '')?.[1]);
      }
      for (const [key, fallback] of inner) keys.set(key, fallback);
    }
  }
  return keys;
}
