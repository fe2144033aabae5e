// The schema of the config file: its settings, and whether each is a text, a number, a switch or a list.
// setting-parsers.ts parses the texts, for flags, environment and file alike. json-schema.ts makes the JSON Schema of it.

import * as z from 'zod';
import { DOUBTS, UNPULLABLE_REASONS } from '../core/result.ts';
import { INPUT_FORMATS } from '../input/extractor.ts';
import { FIELD_PATH } from '../input/field-path.ts';
import { FORMATS } from '../report/format.ts';
import { DURATION, missingUnit } from './duration.ts';
import { SETTING_NAMES, type SettingName, settingOf } from './setting.ts';

/** A config file does not refer to another one, its images to ignore have reasons, and every shard reads the same file. */
const NOT_IN_FILE: readonly SettingName[] = ['config', 'ignore', 'shard'];
export const FILE_SETTING_NAMES = SETTING_NAMES.filter((name) => !NOT_IN_FILE.includes(name));

/** The settings that a registry's section may have, with their descriptions. */
export const REGISTRY_SETTINGS = {
  plainHttp: 'use http instead of https for this registry',
  insecure: 'do not verify the TLS certificates of this registry',
  allowPrivate: 'follow this registry to a token service and storage at private addresses',
  caFile: 'additional CA certificates to trust for this registry',
  cert: 'client certificate for this registry',
  key: 'private key of that client certificate',
} as const satisfies Partial<Record<SettingName, string>>;

export type RegistrySettingName = keyof typeof REGISTRY_SETTINGS;

const expected = (what: string) => ({ error: `expected ${what}` });

const oneOrMore = (item: z.ZodString) => z.union([item, z.array(item)], expected('a string or a list of strings'));

function schemaOf(name: SettingName, description: string) {
  const { value, repeatable, range, choices, default: fallback } = settingOf(name);
  if (value === undefined) return z.boolean(expected('true or false')).meta({ description });
  if (range !== undefined) {
    const [least, most] = range;
    const words = expected(`an integer from ${least} to ${most}`);
    const count = z.int(words).min(least, words).max(most, words);
    return count.meta({ description, ...(fallback !== undefined && { default: Number(fallback) }) });
  }
  const words = value === 'duration' ? expectedDuration : expected(EXPECTED[value] ?? 'text');
  const text = z.string(words).min(1, words);
  const hints = { ...hintsFor(name), ...(choices !== undefined && { enum: choices }) };
  if (repeatable) return oneOrMore(text.meta(hints)).meta({ description });
  return text.meta({ ...hints, description, ...(fallback !== undefined && { default: fallback }) });
}

/** A number is a duration without its unit. */
const expectedDuration = {
  error: ({ input }: { readonly input?: unknown }) =>
    typeof input === 'number' && input >= 0 ? missingUnit(String(input)) : 'expected a duration such as 30s',
};

const EXPECTED: Readonly<Record<string, string>> = {
  path: 'a path',
  pem: 'a path',
};

/** Restrictions of a text, for editors that read the JSON Schema. */
function hintsFor(name: SettingName): Readonly<Record<string, unknown>> {
  if (settingOf(name).value === 'duration') return { pattern: DURATION.source };
  if (name === 'format') return { enum: INPUT_FORMATS };
  if (name === 'output') return { pattern: `^(${FORMATS.join('|')})(=.+)?$` };
  if (name === 'warnOn') return { enum: [...UNPULLABLE_REASONS, ...DOUBTS] };
  return {};
}

const schemasOf = (descriptions: Readonly<Partial<Record<SettingName, string>>>) =>
  Object.fromEntries(
    Object.entries(descriptions).map(([name, description]) => [
      name,
      schemaOf(name as SettingName, description).optional(),
    ]),
  );

const mirrors = oneOrMore(z.string().min(1))
  .optional()
  .meta({ description: 'tried first, as host[:port][/path]; with http:// if the mirror does not use https' });

const realms = oneOrMore(z.string().min(1))
  .optional()
  .meta({ description: 'the allowed hosts of its token service, as host[:port]; any other is rejected' });

const registrySchema = z
  .strictObject({ ...schemasOf(REGISTRY_SETTINGS), mirrors, realms }, expected('settings of the registry'))
  .meta({ description: "Settings of one registry; they override the file's global settings." });

/** The fields of an entry of `ignore`. */
export const IGNORE_FIELDS = ['image', 'reason', 'until'] as const;

const isDay = (text: string): boolean =>
  /^\d{4}-\d\d-\d\d$/.test(text) && new Date(`${text}T00:00:00Z`).toJSON()?.startsWith(text) === true;

const nonBlank = (what: string) => z.string(expected(what)).regex(/\S/, expected(what));

const EXPECTED_DAY = 'a day such as 2026-12-31';

/** An entry for the image that was written without its reason. */
const ignoreForm = (input: unknown): string => {
  const image = typeof input === 'string' && /^[\w.:/@*-]{1,80}$/.test(input) ? input : 'nginx:*';
  return `{ image: "${image}", reason: "…" }`;
};

const ignoreSchema = z.array(
  z.strictObject(
    {
      image: nonBlank('an image; * matches any characters').meta({
        description: 'an image as in files; without a tag: every tag; * matches any characters',
      }),
      reason: nonBlank('a reason for ignoring it').meta({ description: 'why; reports show it' }),
      until: z
        .string(expected(EXPECTED_DAY))
        .regex(/^\d{4}-\d\d-\d\d$/, expected(EXPECTED_DAY))
        .refine(isDay, expected(EXPECTED_DAY))
        .optional()
        .meta({ description: 'the last day it is ignored, in UTC' }),
    } satisfies Record<(typeof IGNORE_FIELDS)[number], z.ZodType>,
    { error: (issue) => `expected an image and its reason, such as ${ignoreForm(issue.input)}` },
  ),
  {
    error: ({ input }) => `expected a list of images, each with its reason, such as ignore: [${ignoreForm(input)}]`,
  },
);

/** The fields of an entry of `search`. */
export const SEARCH_FIELDS = ['kind', 'group', 'path', 'skip'] as const;

const EXPECTED_PATH = 'fields separated by dots, such as spec.parts[].image';

const searchSchema = z.array(
  z
    .strictObject(
      {
        kind: nonBlank('a kind such as MyApp').meta({ description: 'kind of the objects' }),
        group: z.string(expected('a group such as example.com')).optional().meta({
          description: 'only objects with this group in their apiVersion, before the slash',
        }),
        path: z.string(expected(EXPECTED_PATH)).regex(FIELD_PATH, expected(EXPECTED_PATH)).optional().meta({
          description: 'where the image is; [] for each item of a list, * for each field, \\. for a dot in a name',
        }),
        skip: z.boolean(expected('true or false')).optional().meta({
          description: 'true: the field is not an image; without a path, such objects contain no images',
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

export const configFileSchema = z.strictObject(
  {
    $schema: z.string().optional().meta({ description: 'The JSON Schema of this file, for editors.' }),
    ...schemasOf(Object.fromEntries(FILE_SETTING_NAMES.map((name) => [name, settingOf(name).description]))),
    ignore: ignoreSchema.optional().meta({ description: 'Images that are skipped, and why.' }),
    search: searchSchema.optional().meta({ description: 'Where custom resources contain images.' }),
    registries: z
      .record(z.string(), registrySchema, expected('registries, each with its settings'))
      .optional()
      .meta({ description: 'Registries as in image references: docker.io, localhost:5000.' }),
    // Validated by the monitor alone.
    monitor: z.unknown().optional(),
  },
  expected('settings such as timeout: 30s'),
);
