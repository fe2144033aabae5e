// The checker as a program asks for it: plain values in place of flags, checked just as strictly.

import * as z from 'zod';
import { parseRealmHost } from '../auth/realm-list.ts';
import { type Checker, createChecker as createCheckerFrom } from '../check/checker.ts';
import type { CheckerOptions } from '../check/checker-options.ts';
import { parsePlatform } from '../core/platform.ts';
import { parseReference } from '../core/reference.ts';
import { PROOFS } from '../core/result.ts';
import type { Target } from '../core/target.ts';
import { cleanText } from '../core/text.ts';
import { findSyntaxProblem } from '../credentials/credential.ts';
import { Secret } from '../credentials/secret.ts';
import { readFileTextSync } from '../file/read-file-sync.ts';
import { MAX_DURATION_MS, parseDuration, TOO_LONG } from './duration.ts';

/** A bundle of all public authorities is 0.2 MiB. */
const MAX_PEM_BYTES = 8 * 1024 * 1024;

const milliseconds = z
  .number()
  .positive()
  .max(MAX_DURATION_MS, { error: ({ input }) => `${input} ${TOO_LONG}` });

const duration = z.union([milliseconds, z.string()]).transform((value, context): number => {
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

const realmHost = z.string().transform((text, context): string => {
  const parsed = parseRealmHost(text);
  if (parsed.ok) return parsed.value;
  context.addIssue(`expected ${parsed.error}`);
  return z.NEVER;
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
    /** The registries the login is for, as references name them; unset: those of the images that are checked. */
    registries: z.array(z.string()),
    /** By registry, the hosts (`host`, `host:port`) that its token service may have: any other is refused. */
    realms: z.record(z.string(), z.array(realmHost)),
    authFile: z.string(),
    anonymous: z.boolean(),
    plainHttp: z.boolean(),
    insecure: z.boolean(),
    /** PEM text. */
    ca: z.string(),
    /** A file of PEM text. */
    caFile: z.string(),
    /** PEM text, or a file of it. */
    cert: z.string(),
    key: z.string(),
    /** Milliseconds, or a duration as on the command line. */
    timeout: duration,
    timeoutMs: milliseconds,
    /** Where registries' challenges are remembered from one run to the next; unset: nowhere. */
    challengeFile: z.string(),
    noCache: z.boolean(),
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
  const { layers, platform, platforms, username, password, registries, realms, caFile, cert, key, timeout, ...rest } =
    parsed.data;
  const wanted = [...(typeof platform === 'string' ? [platform] : (platform ?? [])), ...(platforms ?? [])];
  if ((username === undefined) !== (password === undefined)) {
    throw new TypeError('createChecker: username and password belong together');
  }
  const login = username === undefined || password === undefined ? undefined : loginOf(username, password);
  // As on the command line: for the registries of the images that are named, and for no other.
  const named = registries?.map(registryName) ?? [];
  const checker = createCheckerFrom({
    ...rest,
    ...(layers === true && { proof: 'layers' }),
    ...(wanted.length > 0 && { platforms: wanted }),
    ...(timeout !== undefined && { timeoutMs: timeout }),
    ...(caFile !== undefined && { ca: readPem('caFile', caFile) }),
    ...(cert !== undefined && { cert: pemOf('cert', cert) }),
    ...(key !== undefined && { key: pemOf('key', key) }),
    ...(realms && { registries: registriesOf(realms) }),
    ...(login && { login: { ...login, registries: named } }),
  });
  return registries === undefined ? noting(checker, named) : checker;
}

function loginOf(username: string, text: string | Secret): { username: string; password: Secret } {
  const password = typeof text === 'string' ? new Secret(text) : text;
  const problem = findSyntaxProblem({ kind: 'password', username, password });
  if (problem !== undefined) throw new TypeError(`createChecker: username and password cannot be sent: ${problem}`);
  return { username, password };
}

/** The same, with the registry of every image that is asked for put into `registries`. */
function noting(checker: Checker, registries: string[]): Checker {
  const note = <T extends Target | string>(input: T): T => {
    const parsed = parseReference(typeof input === 'string' ? input : input.text);
    if (parsed.ok && !registries.includes(parsed.value.registry)) registries.push(parsed.value.registry);
    return input;
  };
  async function* noted(inputs: Parameters<Checker['checkAll']>[0]) {
    for await (const input of inputs) yield note(input);
  }
  return {
    ...checker,
    check: (input, options) => checker.check(note(input), options),
    checkAll: (inputs, options) => checker.checkAll(noted(inputs), options),
  };
}

const pemOf = (option: string, text: string): string => (text.includes('-----BEGIN') ? text : readPem(option, text));

/** Without a turn in between: what makes a checker returns it. */
function readPem(option: string, path: string): string {
  const text = readFileTextSync(path, MAX_PEM_BYTES);
  if (text.ok) return text.value;
  throw new TypeError(`createChecker: ${option}: cannot read ${cleanText(path)}: ${text.error.problem}`);
}

const registriesOf = (realms: Readonly<Record<string, readonly string[]>>): CheckerOptions['registries'] =>
  Object.fromEntries(Object.entries(realms).map(([registry, hosts]) => [registryName(registry), { realms: hosts }]));

/** `index.docker.io` is the registry that references call `docker.io`. */
function registryName(text: string): string {
  const parsed = parseReference(`${text}/x`);
  return parsed.ok ? parsed.value.registry : text;
}
