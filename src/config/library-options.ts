// The library's createChecker: plain values instead of flags, validated just as strictly.

import * as z from 'zod';
import { parseRealmHost } from '../auth/realm-list.ts';
import { type Checker, createChecker as createCheckerFrom } from '../check/checker.ts';
import type { CheckerOptions } from '../check/checker-options.ts';
import type { Outcome } from '../core/outcome.ts';
import { parseReference } from '../core/reference.ts';
import { PROOFS } from '../core/result.ts';
import type { Target } from '../core/target.ts';
import { cleanText } from '../core/text.ts';
import { findSyntaxProblem } from '../credentials/credential.ts';
import { Secret } from '../credentials/secret.ts';
import { readFileTextSync } from '../file/read-file-sync.ts';
import { MAX_DURATION_MS, TOO_LONG } from './duration.ts';
import { parsePlatformChoice, parsePositiveDuration } from './setting-parsers.ts';
import { MAX_BUNDLE_BYTES } from './tls-files.ts';

const milliseconds = z
  .number()
  .positive()
  .max(MAX_DURATION_MS, { error: ({ input }) => `${input} ${TOO_LONG}` });

type Parse<T> = (text: string) => Outcome<T, string>;

const parseWith =
  <T>(parse: Parse<T>, prefix = '') =>
  (text: string, context: z.RefinementCtx): T => {
    const parsed = parse(text);
    if (parsed.ok) return parsed.value;
    context.addIssue(prefix + parsed.error);
    return z.NEVER;
  };

const parseDuration = parseWith(parsePositiveDuration);
const parseOnePlatform = parseWith(parsePlatformChoice);
const realmHost = z.string().transform(parseWith(parseRealmHost, 'expected '));

const optionsSchema = z
  .strictObject({
    proof: z.enum(PROOFS),
    layers: z.boolean(),
    /** `os/arch[/variant]`, or `all`. */
    platform: z
      .union([z.string(), z.array(z.string())])
      .transform((value, context) => [value].flat().map((text) => parseOnePlatform(text, context))),
    platforms: z.array(z.string().transform(parseOnePlatform)),
    username: z.string().min(1),
    password: z.union([z.string(), z.instanceof(Secret)]),
    /** The registries that receive the credentials, as in references; unset: those of the images that are checked. */
    registries: z.array(z.string()),
    /** By registry: the allowed hosts (`host`, `host:port`) of its token service; any other is rejected. */
    realms: z.record(z.string(), z.array(realmHost)),
    authFile: z.string(),
    anonymous: z.boolean(),
    plainHttp: z.boolean(),
    insecure: z.boolean(),
    /** Follow public registries to token services and storage at private addresses. */
    allowPrivate: z.boolean(),
    /** PEM text. */
    ca: z.string(),
    /** Path of a file of PEM text. */
    caFile: z.string(),
    /** PEM text, or the path of a file of it. */
    cert: z.string(),
    key: z.string(),
    /** Milliseconds, or a duration as on the command line. */
    timeout: z
      .union([milliseconds, z.string()])
      .transform((value, context) => (typeof value === 'number' ? value : parseDuration(value, context))),
    timeoutMs: milliseconds,
    /** Path of the file that keeps registries' challenges between runs; unset: they are not kept. */
    challengeFile: z.string(),
    noCache: z.boolean(),
    retries: z.number().int().nonnegative(),
    concurrency: z.number().int().positive(),
    env: z.record(z.string(), z.string().optional()),
  })
  .partial();

/** The options of `kairos-pull check`, in camel case. */
export type LibraryOptions = z.input<typeof optionsSchema>;

/**
 * Creates a checker for any number of images; they share connections and tokens. `close()` it at the end.
 * Throws a TypeError with the name of the option for an invalid value.
 */
export function createChecker(options: LibraryOptions = {}): Checker {
  const parsed = optionsSchema.safeParse(options);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new TypeError(`createChecker: ${issue?.path.join('.') || 'options'}: ${issue?.message}`);
  }
  const { layers, platform, platforms, username, password, registries, realms, caFile, cert, key, timeout, ...rest } =
    parsed.data;
  const required = [...(platform ?? []), ...(platforms ?? [])];
  if ((username === undefined) !== (password === undefined)) {
    throw new TypeError('createChecker: username and password must be given together');
  }
  const login = username === undefined || password === undefined ? undefined : loginOf(username, password);
  // As on the command line: only the registries of the images receive the credentials.
  const loginRegistries = registries?.map(registryName) ?? [];
  const checker = createCheckerFrom({
    plainHints: true,
    ...rest,
    ...(layers === true && { proof: 'layers' }),
    ...(required.length > 0 && { platforms: required }),
    ...(timeout !== undefined && { timeoutMs: timeout }),
    ...(caFile !== undefined && { ca: readPem('caFile', caFile) }),
    ...(cert !== undefined && { cert: pemOf('cert', cert) }),
    ...(key !== undefined && { key: pemOf('key', key) }),
    ...(realms && { registries: registriesOf(realms) }),
    ...(login && { login: { ...login, registries: loginRegistries } }),
  });
  return registries === undefined ? withRegistriesOf(checker, loginRegistries) : checker;
}

function loginOf(username: string, text: string | Secret): { username: string; password: Secret } {
  const password = typeof text === 'string' ? new Secret(text) : text;
  const problem = findSyntaxProblem({ kind: 'password', username, password });
  if (problem !== undefined) throw new TypeError(`createChecker: username and password cannot be sent: ${problem}`);
  return { username, password };
}

/** The same checker; it adds the registry of every image to `registries` before the check. */
function withRegistriesOf(checker: Checker, registries: string[]): Checker {
  const add = <T extends Target | string>(input: T): T => {
    const parsed = parseReference(typeof input === 'string' ? input : input.text);
    if (parsed.ok && !registries.includes(parsed.value.registry)) registries.push(parsed.value.registry);
    return input;
  };
  async function* addAll(inputs: Parameters<Checker['checkAll']>[0]) {
    for await (const input of inputs) yield add(input);
  }
  return {
    ...checker,
    check: (input, options) => checker.check(add(input), options),
    checkAll: (inputs, options) => checker.checkAll(addAll(inputs), options),
  };
}

const pemOf = (option: string, text: string): string => (text.includes('-----BEGIN') ? text : readPem(option, text));

/** Synchronous, because `createChecker` is. */
function readPem(option: string, path: string): string {
  const text = readFileTextSync(path, MAX_BUNDLE_BYTES);
  if (text.ok) return text.value;
  throw new TypeError(`createChecker: ${option}: cannot read ${cleanText(path)}: ${text.error.problem}`);
}

const registriesOf = (realms: Readonly<Record<string, readonly string[]>>): CheckerOptions['registries'] =>
  Object.fromEntries(Object.entries(realms).map(([registry, hosts]) => [registryName(registry), { realms: hosts }]));

/** As in references: `docker.io` for `index.docker.io`. */
function registryName(text: string): string {
  const parsed = parseReference(`${text}/x`);
  return parsed.ok ? parsed.value.registry : text;
}
