// The tables of docs/json.md, from the JSON Schema of the results.

import { formatResultSchema } from '../../src/config/json-schema.ts';
import { code, formatTable, withLinks } from './blocks.ts';

interface Schema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly const?: unknown;
  readonly $ref?: string;
}

const schema: Schema & { readonly definitions: Readonly<Record<string, Schema>> } = JSON.parse(formatResultSchema());

/** `definition`: unset, the document. */
export function formatKeys(definition?: string): string {
  const { properties = {} } = definition === undefined ? schema : (schema.definitions[definition] ?? {});
  return formatTable(['key', 'type', 'meaning'], rowsOf(properties, ''));
}

function rowsOf(properties: NonNullable<Schema['properties']>, prefix: string): string[][] {
  return Object.entries(properties).flatMap(([name, property]) => {
    const key = `${prefix}${name}`;
    const inner = partsOf(property).find(({ properties }) => properties !== undefined);
    const item = partsOf(property).find(({ items }) => items?.properties !== undefined)?.items;
    return [
      [code(key), typeOf(property), withLinks(meaningOf(property))],
      ...(inner?.properties === undefined ? [] : rowsOf(inner.properties, `${key}.`)),
      ...(item?.properties === undefined ? [] : rowsOf(item.properties, `${key}[].`)),
    ];
  });
}

/** The schema and, if it may be null, what else it may be. */
const partsOf = (property: Schema): readonly Schema[] => [property, ...(property.anyOf ?? [])];

function typeOf(property: Schema): string {
  if (property.$ref !== undefined) return `a ${property.$ref.replace(/.*\//, '')}`;
  if (property.type === 'array') return `list of ${typeOf(property.items ?? {}).replace(/^an? /, '')}s`;
  if (property.type !== undefined) return [property.type].flat().join(' or ');
  return (property.anyOf ?? []).map(typeOf).join(' or ');
}

function meaningOf(property: Schema): string {
  const parts = partsOf(property);
  const description = parts.find((part) => part.description !== undefined)?.description ?? '';
  const values = parts.find((part) => part.enum !== undefined)?.enum;
  if (values === undefined || values.length > 4) return description;
  const list = values.map((value) => code(String(value))).join(', ');
  return description === '' ? list : `${description} ${list}.`;
}
