// The checker as a program asks for it: plain values in place of flags, checked just as strictly.

import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { Secret } from '../auth/secret.ts';
import { type Checker, createChecker as createCheckerFrom } from '../check/checker.ts';
import { parsePlatform } from '../core/platform.ts';
import { parseReference } from '../core/reference.ts';
import { PROOFS } from '../core/result.ts';
import { parseDuration } from './duration.ts';

const duration = z.union([z.number().positive(), z.string()]).transform((value, context): number => {
  if (typeof value === 'number') return value;
  const parsed = parseDuration(value);
  if (parsed.ok && parsed.value > 0) return parsed.value;
  context.addIssue(parsed.ok ? 'No check can be done in no time.' : parsed.error);
  return z.NEVER;
});

const platform = z.string().superRefine((text, context) => {
  const parsed = text === 'all' ? undefined : parsePlatform(text);
  if (parsed?.ok === false) context.addIssue(parsed.error.message);
});

const optionsSchema = z
  .strictObject({
    proof: z.enum(PROOFS),
    layers: z.boolean(),
    /** `os/arch[/variant]`, or `all`. */
    platform: z.union([platform, z.array(platform)]),
    platforms: z.array(platform),
    username: z.string().min(1),
    password: z.union([z.string(), z.instanceof(Secret)]),
    /** The registries the login is for, as references name them. */
    registries: z.array(z.string()),
    authFile: z.string(),
    anonymous: z.boolean(),
    plainHttp: z.boolean(),
    insecure: z.boolean(),
    /** PEM text. */
    ca: z.string(),
    cert: z.string(),
    key: z.string(),
    /** A file of PEM text. */
    caFile: z.string(),
    /** Milliseconds, or a duration as on the command line. */
    timeout: duration,
    timeoutMs: z.number().positive(),
    retries: z.number().int().nonnegative(),
    concurrency: z.number().int().positive(),
    env: z.record(z.string(), z.string().optional()),
  })
  .partial();

/** The settings of `kairos-pull check` under the names of its flags, in camel case. */
export type LibraryOptions = z.input<typeof optionsSchema>;

/**
 * A checker for many images: it shares connections and tokens, so make one and `close()` it at the end.
 * Throws a TypeError that names the option for a value that cannot be used.
 */
export function createChecker(options: LibraryOptions = {}): Checker {
  const parsed = optionsSchema.safeParse(options);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new TypeError(`createChecker: ${issue?.path.join('.') || 'options'}: ${issue?.message}`);
  }
  const { layers, platform, platforms, username, password, registries, caFile, timeout, ...rest } = parsed.data;
  const wanted = [...(typeof platform === 'string' ? [platform] : (platform ?? [])), ...(platforms ?? [])];
  if ((username === undefined) !== (password === undefined)) {
    throw new TypeError('createChecker: username and password belong together');
  }
  if (username !== undefined && registries === undefined) {
    throw new TypeError('createChecker: registries: name the registries the login is for; it is shown to no other');
  }
  return createCheckerFrom({
    ...rest,
    ...(layers === true && { proof: 'layers' }),
    ...(wanted.length > 0 && { platforms: wanted }),
    ...(timeout !== undefined && { timeoutMs: timeout }),
    ...(caFile !== undefined && { ca: readFileSync(caFile, 'utf8') }),
    ...(username !== undefined &&
      password !== undefined && {
        login: {
          username,
          password: typeof password === 'string' ? new Secret(password) : password,
          registries: (registries ?? []).map(registryName),
        },
      }),
  });
}

/** `index.docker.io` is the registry that references call `docker.io`. */
function registryName(text: string): string {
  const parsed = parseReference(`${text}/x`);
  return parsed.ok ? parsed.value.registry : text;
}
