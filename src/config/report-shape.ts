// The parts of a report as they are read again. Lenient where a newer version may have more: other keys are dropped, and
// causes, warnings and hints with other codes are kept. result-schema.ts describes exactly what is written.

import * as z from 'zod/mini';
import type { HintCode } from '../core/hint-code.ts';
import {
  type Cause,
  judgementOf,
  PROOFS,
  PURPOSES,
  REASONS,
  type Reason,
  type Result,
  VERDICTS,
  type WarningCode,
} from '../core/result.ts';
import { cleanLine } from '../core/text.ts';

/** The report may come from elsewhere, and is shown on a terminal. */
const text = z.pipe(
  z.string(),
  z.transform((value: string) => cleanLine(value)),
);
const count = z.number().check(z.nonnegative());
const part = z.int().check(z.positive());
const orNull = <T extends z.ZodMiniType>(shape: T) => z._default(z.nullable(shape), null as never);
const list = <T extends z.ZodMiniType>(shape: T) => z._default(z.array(shape), [] as never);
const reasons = REASONS as [Reason, ...Reason[]];

const location = z.pipe(
  z.object({ source: z.string(), line: orNull(count), path: orNull(z.string()) }),
  z.transform(({ source, line, path }) => ({
    source,
    ...(line !== null && { line }),
    ...(path !== null && { path }),
  })),
);

const reference = z.object({
  registry: text,
  repository: text,
  tag: orNull(text),
  digest: orNull(text),
  canonical: text,
});

const request = z.pipe(
  z.object({
    purpose: z.enum(PURPOSES),
    method: z.enum(['GET', 'HEAD', 'POST', 'OPTIONS']),
    url: text,
    status: orNull(z.number()),
    durationMs: count,
    attempt: count,
    error: orNull(text),
  }),
  z.transform(({ error, ...rest }) => ({ ...rest, ...(error !== null && { error }) })),
);

const credential = z.pipe(
  z.object({
    source: text,
    kind: z.enum(['password', 'identity-token', 'registry-token']),
    username: orNull(text),
  }),
  z.transform(({ username, ...rest }) => ({ ...rest, ...(username !== null && { username }) })),
);

const document = z.object({
  input: z.string(),
  foundAt: list(location),
  reference: orNull(reference),
  verdict: z.enum(VERDICTS),
  reason: z.nullable(z.enum(reasons)),
  cause: orNull(text),
  proof: orNull(z.enum(PROOFS)),
  warnings: list(z.object({ code: text, message: text })),
  message: text,
  hint: orNull(text),
  hintCode: orNull(text),
  retryAfterSeconds: orNull(count),
  digest: orNull(text),
  mediaType: orNull(text),
  platforms: orNull(z.array(text)),
  selected: orNull(z.array(z.object({ platform: text, digest: text }))),
  blobs: orNull(z.object({ count, bytes: count })),
  servedBy: orNull(text),
  registryErrors: list(z.object({ code: orNull(text), message: orNull(text) })),
  credential: orNull(credential),
  rateLimit: orNull(
    z.object({ limit: orNull(z.number()), remaining: orNull(z.number()), windowSeconds: orNull(z.number()) }),
  ),
  requests: list(request),
  startedAt: z.string().check(z.refine((time) => !Number.isNaN(Date.parse(time)))),
  durationMs: count,
});

type Document = z.output<typeof document>;

/** An element of `results`. */
export const resultShape: z.ZodMiniType<Result> = z.pipe(
  document.check(
    z.refine(({ verdict, reason }) => verdict === (reason === null ? 'pullable' : judgementOf(reason).verdict), {
      path: ['verdict'],
    }),
  ),
  z.transform(toResult),
);

function toResult({
  verdict: _,
  reason,
  cause,
  selected,
  blobs,
  servedBy,
  warnings,
  hintCode,
  ...rest
}: Document): Result {
  return {
    ...rest,
    warnings: warnings.map(({ code, message }) => ({ code: code as WarningCode, message })),
    hintCode: hintCode as HintCode | null,
    ...(selected !== null && { selected }),
    ...(blobs !== null && { blobs }),
    ...(servedBy !== null && { servedBy }),
    ...(reason === null
      ? { verdict: 'pullable', reason: null, cause: null }
      : judgementOf(reason, cause as Cause | null)),
  };
}

/** An element of `problems`. */
export const problemShape = z.pipe(
  z.object({ source: z.string(), line: orNull(count), message: text }),
  z.transform(({ source, line, message }) => ({ source, message, ...(line !== null && { line }) })),
);

const DEFAULT_POLICY = { expect: 'present' as const, warnOn: [] as Reason[], strict: false };

/** The other keys of a document, and the line at the end of a shard. */
export const runShape = z.pipe(
  z.object({
    exitCode: z.int(),
    interrupted: z.boolean(),
    notChecked: count,
    summary: z.object({ total: count }),
    leftOut: z._default(z.object({ gitignore: count, exclude: count }), { gitignore: 0, exclude: 0 }),
    policy: z._default(
      z.object({ expect: z.enum(['present', 'absent']), warnOn: z.array(z.enum(reasons)), strict: z.boolean() }),
      DEFAULT_POLICY,
    ),
    shard: orNull(
      z
        .object({ current: part, total: part, batch: orNull(text) })
        .check(z.refine(({ current, total }) => current <= total, { path: ['current'] })),
    ),
  }),
  z.transform(({ shard, ...rest }) => ({ ...rest, shard: shard ?? undefined })),
);
