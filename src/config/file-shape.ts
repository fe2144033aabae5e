// The shape of a config file: which settings it may hold and whether each is a text, a number, a switch or a list.
// What a text means is the business of schema.ts, for flags, environment and file alike. The JSON Schema is made of this.

import * as z from 'zod';
import { DOUBTS, REFUSALS } from '../core/result.ts';
import { FIELD_PATH } from '../input/field-path.ts';
import { INPUT_FORMATS } from '../input/format.ts';
import { FORMATS } from '../report/reporters.ts';
import { DURATION } from './duration.ts';
import { SETTING_NAMES, type SettingName, settingOf } from './setting.ts';

/** A file does not name another one. */
export const FILE_SETTING_NAMES = SETTING_NAMES.filter((name) => name !== 'config');

/** What may differ from registry to registry, and what it says of one. */
export const REGISTRY_SETTINGS = {
  plainHttp: 'speak http with it',
  insecure: 'accept any TLS certificate of it',
  caFile: 'trust these certificate authorities for it, too',
  cert: 'client certificate for it',
  key: 'key of that client certificate',
} as const satisfies Partial<Record<SettingName, string>>;

export type RegistrySettingName = keyof typeof REGISTRY_SETTINGS;

const expected = (what: string) => ({ error: `expected ${what}` });

const oneOrMore = (item: z.ZodString) => z.union([item, z.array(item)], expected('text, or a list of texts'));

function shapeOf(name: SettingName, description: string) {
  const { value, repeatable, range, choices, default: fallback } = settingOf(name);
  if (value === undefined) return z.boolean(expected('true or false')).meta({ description });
  if (range !== undefined) {
    const [least, most] = range;
    const words = expected(`a whole number from ${least} to ${most}`);
    const count = z.int(words).min(least, words).max(most, words);
    return count.meta({ description, ...(fallback !== undefined && { default: Number(fallback) }) });
  }
  const words = expected(WORDS[value] ?? 'text');
  const text = z.string(words).min(1, words);
  const hints = { ...hintsFor(name), ...(choices !== undefined && { enum: choices }) };
  if (repeatable) return oneOrMore(text.meta(hints)).meta({ description });
  return text.meta({ ...hints, description, ...(fallback !== undefined && { default: fallback }) });
}

const WORDS: Readonly<Record<string, string>> = { duration: 'a duration such as 30s', path: 'a path', pem: 'a path' };

/** For editors that read the JSON Schema: what a text may be. */
function hintsFor(name: SettingName): Readonly<Record<string, unknown>> {
  if (settingOf(name).value === 'duration') return { pattern: DURATION.source };
  if (name === 'format') return { enum: INPUT_FORMATS };
  if (name === 'output') return { pattern: `^(${FORMATS.join('|')})(=.+)?$` };
  if (name === 'warnOn') return { enum: [...REFUSALS, ...DOUBTS] };
  return {};
}

const shapesOf = (descriptions: Readonly<Partial<Record<SettingName, string>>>) =>
  Object.fromEntries(
    Object.entries(descriptions).map(([name, description]) => [
      name,
      shapeOf(name as SettingName, description).optional(),
    ]),
  );

const mirrors = oneOrMore(z.string().min(1))
  .optional()
  .meta({ description: 'asked first, as host[:port][/path]; http:// in front where that is spoken' });

const realms = oneOrMore(z.string().min(1))
  .optional()
  .meta({ description: 'hosts its token service may have, as host[:port]: any other is refused' });

const registryShape = z
  .strictObject({ ...shapesOf(REGISTRY_SETTINGS), mirrors, realms }, expected('settings of the registry'))
  .meta({ description: 'Settings of one registry; they stand before those of the whole file.' });

/** What an entry of `ignore` says. */
export const IGNORE_FIELDS = ['image', 'reason', 'until'] as const;

const isDay = (text: string): boolean =>
  /^\d{4}-\d\d-\d\d$/.test(text) && new Date(`${text}T00:00:00Z`).toJSON()?.startsWith(text) === true;

const filled = (what: string) => z.string(expected(what)).regex(/\S/, expected(what));

const ignoreShape = z.array(
  z.strictObject(
    {
      image: filled('an image; * stands for any characters').meta({
        description: 'an image as files name it; without a tag: every tag; * stands for any characters',
      }),
      reason: filled('why it is ignored').meta({ description: 'why; reports show it' }),
      until: z
        .string(expected('a day, as in 2026-12-31'))
        .regex(/^\d{4}-\d\d-\d\d$/, expected('a day, as in 2026-12-31'))
        .refine(isDay, expected('a day, as in 2026-12-31'))
        .optional()
        .meta({ description: 'the last day it is ignored, in UTC' }),
    } satisfies Record<(typeof IGNORE_FIELDS)[number], z.ZodType>,
    expected('an image and a reason'),
  ),
  expected('a list of images, each with its reason'),
);

/** What an entry of `search` says. */
export const SEARCH_FIELDS = ['kind', 'group', 'path', 'skip'] as const;

const EXPECTED_PATH = 'fields with dots between, as in spec.parts[].image';

const searchShape = z.array(
  z
    .strictObject(
      {
        kind: filled('a kind, as in MyApp').meta({ description: 'kind of the objects it is for' }),
        group: z.string(expected('a group, as in example.com')).optional().meta({
          description: 'only those whose apiVersion has this in front of the slash',
        }),
        path: z.string(expected(EXPECTED_PATH)).regex(FIELD_PATH, expected(EXPECTED_PATH)).optional().meta({
          description: 'where the image is; [] for every item of a list, * for every field, \\. for a dot in a name',
        }),
        skip: z.boolean(expected('true or false')).optional().meta({
          description: 'true: what is there is no image; without a path, nothing in such an object is',
        }),
      } satisfies Record<(typeof SEARCH_FIELDS)[number], z.ZodType>,
      expected('a kind and a path'),
    )
    .refine(({ path, skip }) => path !== undefined || skip === true, {
      ...expected('a path, or skip: true'),
      when: ({ issues }) => issues.length === 0,
    })
    .meta({ anyOf: [{ required: ['path'] }, { required: ['skip'], properties: { skip: { const: true } } }] }),
  expected('a list of kinds, each with its path'),
);

export const fileShape = z.strictObject(
  {
    $schema: z.string().optional().meta({ description: 'The JSON Schema of this file, for editors.' }),
    ...shapesOf(Object.fromEntries(FILE_SETTING_NAMES.map((name) => [name, settingOf(name).description]))),
    ignore: ignoreShape.optional().meta({ description: 'Images that are skipped, and why.' }),
    search: searchShape.optional().meta({ description: 'Where custom resources have their images.' }),
    registries: z
      .record(z.string(), registryShape, expected('registries, each with its settings'))
      .optional()
      .meta({ description: 'Registries as image references name them: docker.io, localhost:5000.' }),
  },
  expected('settings, as in timeout: 30s'),
);
