// The library's createChecker: validates the options, and reads the files that they name.

import { parseRealmHost } from '../auth/realm-list.ts';
import { createChecker as createImageChecker } from '../check/checker.ts';
import type { CheckerSettings } from '../check/checker-settings.ts';
import { MAX_DURATION_MS, TOO_LONG } from '../config/duration.ts';
import { parsePlatformChoice, parsePositiveDuration } from '../config/setting-parsers.ts';
import { failure, type Outcome, success } from '../core/outcome.ts';
import { KNOWN_PLATFORMS, platformDoubt } from '../core/platform.ts';
import { PROOFS } from '../core/result.ts';
import { suggest } from '../core/suggestion.ts';
import { cleanText } from '../core/text.ts';
import { findSyntaxProblem } from '../credentials/credential.ts';
import { Secret } from '../credentials/secret.ts';
import type { Checker } from './checker.ts';
import type { CheckerOptions, RateLimitPause } from './checker-options.ts';
import { withoutFormerSpellings } from './former-spelling.ts';
import { InvalidOptionError } from './invalid-option-error.ts';
import { authFileOf, tlsOf } from './option-files.ts';
import {
  boolean,
  callback,
  count,
  environment,
  listOf,
  oneOf,
  oneOrMore,
  parsed,
  pathOrBytes,
  type Read,
  type ReadValues,
  readOptions,
  recordOf,
  registryName,
  someOf,
  text,
} from './read-options.ts';
import type { RequestData } from './result.ts';
import { outside, registryCollector, requestListener, wrapChecker } from './wrap-checker.ts';

const CALLER = 'createChecker';

const timeout: Read<number> = (value) => {
  if (typeof value !== 'number')
    return parsed(parsePositiveDuration, 'milliseconds or a duration such as "10s"')(value);
  if (Number.isNaN(value)) return failure('expected milliseconds or a duration such as "10s", not NaN.');
  if (value > MAX_DURATION_MS) return failure(`${value} ${TOO_LONG}`);
  return value > 0 ? success(value) : failure('must be greater than 0 milliseconds.');
};

const password: Read<string | Secret> = (value) => (value instanceof Secret ? success(value) : text(value));

const realmHost = parsed((host) => {
  const realm = parseRealmHost(host);
  return realm.ok ? realm : failure(`expected ${realm.error}`);
}, 'a host');

/** An unknown platform that resembles none may be new. */
function knownPlatform(text: string): Outcome<string, string> {
  const suggestion = platformDoubt(text) === undefined ? '' : suggest(text, KNOWN_PLATFORMS);
  if (suggestion === '') return parsePlatformChoice(text);
  return failure(`"${cleanText(text, 60)}" ${platformDoubt(text)}.${suggestion}`);
}

const READERS = {
  proof: oneOf(PROOFS),
  platform: oneOrMore(parsed(knownPlatform, 'a platform such as "linux/arm64", or an array of them')),
  timeout,
  retries: count(0),
  concurrency: count(1),
  username: text,
  password,
  registries: someOf(registryName),
  authFile: pathOrBytes,
  anonymous: boolean,
  realms: recordOf(listOf(realmHost), registryName),
  plainHttp: boolean,
  insecure: boolean,
  allowPrivate: boolean,
  caFile: pathOrBytes,
  cert: pathOrBytes,
  key: pathOrBytes,
  challengeFile: text,
  noCache: boolean,
  env: environment,
  onRequest: callback<(request: RequestData) => void>(),
  onPause: callback<(pause: RateLimitPause) => void>(),
} satisfies { readonly [Name in keyof CheckerOptions]-?: Read<unknown> };

/**
 * Creates a checker for any number of images. It opens no connection before the first check, and reads only the files of
 * `caFile`, `cert` and `key`.
 *
 * @throws {@link InvalidOptionError}, a TypeError that names the option, for an invalid value, an unknown name, or a
 * certificate file that cannot be read.
 */
export function createChecker(options: CheckerOptions = {}): Checker {
  const values = readOptions(CALLER, withoutFormerSpellings(CALLER, options), READERS, (name) => OTHER_NAMES[name]);
  refuseConflicts(values);
  const { platform, timeout, registries, realms, caFile, cert, key, onRequest, onPause } = values;
  const { proof, retries, concurrency, anonymous, plainHttp, insecure, allowPrivate, challengeFile, noCache } = values;
  // As on the command line: only the registries of the images receive the credentials.
  const loginRegistries = [...(registries ?? [])];
  const login = loginOf(values);
  const checker = createImageChecker(
    {
      hintReader: 'library',
      proof,
      platforms: platform,
      timeoutMs: timeout,
      retries,
      concurrency,
      anonymous,
      plainHttp,
      insecure,
      allowPrivate,
      challengeFile,
      noCache,
      env: values.env,
      ...authFileOf(values.authFile),
      ...tlsOf(CALLER, { caFile, cert, key }),
      ...(realms && { registries: registriesOf(realms) }),
      ...(login && { login: { ...login, registries: loginRegistries, label: 'the username option' } }),
    },
    { onEvent: onRequest && requestListener(onRequest), onPause: onPause && outside(onPause) },
  );
  return wrapChecker(checker, registries === undefined ? registryCollector(loginRegistries) : () => undefined);
}

/** Names that callers may expect, and that resemble the right one too little. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  signal: ' It is an option of check and checkAll.',
};

function refuseConflicts({ anonymous, username, authFile, registries, cert, key }: ReadValues<typeof READERS>): void {
  if (registries !== undefined && username === undefined) {
    throw new InvalidOptionError(CALLER, 'registries', 'requires username and password, which are not set.');
  }
  if (anonymous === true && (username !== undefined || authFile !== undefined)) {
    const other = username === undefined ? 'authFile' : 'username';
    throw new InvalidOptionError(CALLER, 'anonymous', `cannot be combined with ${other}.`);
  }
  if (key !== undefined && cert === undefined) {
    throw new InvalidOptionError(CALLER, 'key', 'requires cert, which is not set.');
  }
}

function loginOf({ username, password: given }: ReadValues<typeof READERS>) {
  if (username === undefined && given === undefined) return undefined;
  if (username === undefined || given === undefined) {
    const lacking = username === undefined ? 'username' : 'password';
    throw new InvalidOptionError(CALLER, lacking, 'username and password must be given together.');
  }
  const password = typeof given === 'string' ? new Secret(given) : given;
  const problem = findSyntaxProblem({ kind: 'password', username, password });
  if (problem === undefined) return { username, password };
  throw new InvalidOptionError(CALLER, 'username', `username and password cannot be sent: ${problem}`);
}

const registriesOf = (realms: Readonly<Record<string, readonly string[]>>): CheckerSettings['registries'] =>
  Object.fromEntries(Object.entries(realms).map(([registry, hosts]) => [registry, { realms: hosts }]));
