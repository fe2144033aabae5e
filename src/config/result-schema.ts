// The schema of the results of `kairos-pull check` as JSON: of the document of `-o json`, and of a line of `-o ndjson`.
// The compiler requires it to describe exactly what src/report/ writes.

import * as z from 'zod';
import { HINT_CODES, type HintCode } from '../core/hint-code.ts';
import {
  CAUSES,
  type Cause,
  DOUBTS,
  PROOFS,
  PURPOSES,
  type Reason,
  SKIPS,
  UNPULLABLE_REASONS,
  VERDICTS,
  WARNING_CODES,
} from '../core/result.ts';

const UNDETERMINED_REASONS = [...DOUBTS, 'internal-error'] as const;

const ALL_CAUSES = [...new Set(Object.values(CAUSES).flat())].filter((cause) => cause !== null) as [Cause, ...Cause[]];

const text = (description: string) => z.string().meta({ description });
const count = (description: string) => z.int().min(0).meta({ description });
const time = (description: string) => z.string().meta({ description, format: 'date-time' });
const isDigest = { pattern: '^[a-z0-9]+(?:[.+_-][a-z0-9]+)*:[0-9a-zA-Z=_-]+$' };

/** Codes that may grow without a new `schemaVersion`: the JSON Schema names today's and admits others. */
const openList = <const T extends readonly [string, ...string[]]>(codes: T, description: string) =>
  z.enum(codes).meta({ description, [OPEN]: true });

/** Marks an open list; `json-schema.ts` removes it. */
export const OPEN = 'x-open';

const foundAt = z.object({
  source: text('A file as it was passed, or - for standard input.'),
  line: z.int().min(1).nullable().meta({ description: 'From 1; null if the format has no lines.' }),
  path: text('The field in the file, such as services.web.image.').nullable(),
});

const reference = z.object({
  registry: text('host[:port], as in the reference; docker.io by default.'),
  repository: text('With library/ for official images of Docker Hub.'),
  tag: text('latest if the reference has neither a tag nor a digest.').nullable(),
  digest: text('The digest in the reference.').nullable(),
  canonical: text('The complete reference, which is the same for every spelling.'),
});

const warning = z.object({
  code: openList(WARNING_CODES, 'Stable; see docs/reasons.md.'),
  message: text('One sentence; the wording may change.'),
});

const request = z.object({
  purpose: z.enum(PURPOSES).meta({ description: 'What it was for.' }),
  method: z.enum(['GET', 'HEAD', 'POST', 'OPTIONS']),
  url: text('Secrets are replaced.'),
  status: z.int().nullable().meta({ description: 'null if there was no complete response.' }),
  durationMs: z.number().min(0),
  attempt: z.int().min(1).meta({ description: '1, or more for a retry.' }),
  error: text('What went wrong if status is null.').nullable(),
});

const credential = z.object({
  source: text('Where it comes from, such as ~/.docker/config.json.'),
  kind: z.enum(['password', 'identity-token', 'registry-token']),
  username: z.string().nullable(),
});

/** An element of `results`, and a line of `-o ndjson`. */
export const resultSchema = z
  .object({
    input: text('The image as it was passed.'),
    foundAt: z.array(foundAt).meta({ description: 'Each place of the image in the files; empty for an operand.' }),
    reference: reference.nullable().meta({ description: 'null if the input is not an image reference.' }),
    verdict: z.enum(VERDICTS).meta({ description: 'A closed list: no value will be added.' }),
    reason: z
      .enum([...UNPULLABLE_REASONS, ...UNDETERMINED_REASONS, ...SKIPS])
      .nullable()
      .meta({ description: 'Why it is not pullable; null if it is.' }),
    cause: openList(ALL_CAUSES, 'Refines the reason where the evidence allows; see docs/reasons.md.').nullable(),
    proof: z.enum(PROOFS).nullable().meta({ description: 'How much was verified; null if nothing was.' }),
    warnings: z.array(warning).meta({ description: 'Problems that do not affect the verdict.' }),
    message: text('What happened, in one or two sentences; the wording may change.'),
    hint: text('What to do next; the wording may change.').nullable(),
    hintCode: openList(
      Object.keys(HINT_CODES) as [HintCode, ...HintCode[]],
      'What kind of step the hint advises; null if there is no hint.',
    ).nullable(),
    retryAfterSeconds: count('How long the registry asks clients to wait.').nullable(),
    digest: z
      .string()
      .meta({ ...isDigest, description: 'Of the manifest or index that was found.' })
      .nullable(),
    mediaType: text('Of the manifest or index that was found.').nullable(),
    platforms: z.array(z.string()).nullable().meta({ description: 'os/arch[/variant] of an index that was read.' }),
    selected: z
      .array(z.object({ platform: z.string(), digest: z.string().meta(isDigest) }))
      .nullable()
      .meta({ description: 'The child manifest for each required platform.' }),
    blobs: z
      .object({ count: count('Config and layers, each once.'), bytes: count('Compressed, as a pull transfers them.') })
      .nullable()
      .meta({ description: 'What --proof layers verified.' }),
    servedBy: text('With mirrors: the host[:port] that served the manifest.').nullable(),
    registryErrors: z
      .array(z.object({ code: z.string().nullable(), message: z.string().nullable() }))
      .meta({ description: "The registry's own words." }),
    credential: credential.nullable().meta({ description: 'The credential that was used, without its secret.' }),
    rateLimit: z
      .object({
        limit: z.number().nullable(),
        remaining: z.number().nullable(),
        windowSeconds: z.number().nullable(),
      })
      .nullable()
      .meta({ description: 'As the registry reports it.' }),
    requests: z.array(request).meta({ description: 'Every request, with retries and redirects.' }),
    startedAt: time('RFC 3339, UTC.'),
    durationMs: z.number().min(0),
  })
  .meta({
    id: 'result',
    description: 'One image: an element of `results`, and a line of `-o ndjson`.',
    allOf: [
      verdictOf('pullable', [null]),
      verdictOf('unpullable', UNPULLABLE_REASONS),
      verdictOf('undetermined', UNDETERMINED_REASONS),
      verdictOf('skipped', SKIPS),
    ],
  });

/** What the compiler knows of a Result, and a flat list of fields cannot say. */
function verdictOf(verdict: string, reasons: readonly (Reason | null)[]) {
  return {
    if: { required: ['verdict'], properties: { verdict: { const: verdict } } },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: { properties: { reason: { enum: reasons } } },
  };
}

/** An element of `problems`, and a line of `-o ndjson` too. */
const problem = z
  .object({
    source: text('A file as it was passed.'),
    line: z.int().min(1).nullable(),
    message: text('Why its images, or some of them, could not be read.'),
  })
  .meta({ id: 'problem', description: 'A file that could not be read, or only in part.' });

/** The document of `-o json`. */
export const documentSchema = z.object({
  schemaVersion: z.literal(1).meta({ description: 'Changes only if a key is removed or changes its meaning.' }),
  results: z.array(resultSchema).meta({ description: 'In the order of the images.' }),
  problems: z.array(problem).meta({ description: 'Files that could not be read, or only in part.' }),
  tool: z.object({ name: z.string(), version: z.string() }),
  exitCode: z.int().meta({ description: 'Of the command; see docs/reasons.md.' }),
  interrupted: z.boolean().meta({ description: 'Whether a signal ended the run early.' }),
  notChecked: count('Images that were found but have no result.'),
  summary: z.object({
    total: count('All results.'),
    pullable: count('Results with this verdict.'),
    unpullable: count('Results with this verdict.'),
    undetermined: count('Results with this verdict.'),
    skipped: count('Results with this verdict.'),
  }),
  skipReasons: z
    .object(Object.fromEntries(SKIPS.map((reason) => [reason, count('Results with this reason.')])))
    .meta({ description: 'The skipped results by their reasons.' }),
  leftOut: z
    .object({ gitignore: count('By .gitignore files.'), exclude: count('By --exclude.') })
    .meta({ description: 'Files and directories that were not read; a directory counts as one.' }),
  policy: z
    .object({
      expect: z.enum(['present', 'absent']).meta({ description: '--expect' }),
      warnOn: z.array(z.enum([...UNPULLABLE_REASONS, ...DOUBTS])).meta({ description: '--warn-on' }),
      strict: z.boolean().meta({ description: '--strict' }),
    })
    .meta({ description: 'What fails the run.' }),
  shard: z
    .object({
      current: z.int().min(1).meta({ description: 'Which part, from 1.' }),
      total: z.int().min(1).meta({ description: 'How many parts.' }),
      batch: z.string().nullable().meta({
        description: 'Equal for all parts of the same images, --platform and --proof; null with --from kubernetes.',
      }),
    })
    .nullable()
    .meta({ description: 'With --shard: the part that was checked.' }),
});
