// Puts the stack together: credentials and tokens over retry, redirect and record, over undici.

import { setMaxListeners } from 'node:events';
import { createAuthMemory } from '../auth/auth-memory.ts';
import { type Clock, systemClock } from '../core/clock.ts';
import { parsePlatform } from '../core/platform.ts';
import { parseReference } from '../core/reference.ts';
import type { Result } from '../core/result.ts';
import type { Target } from '../core/target.ts';
import { hideUserinfo } from '../core/userinfo.ts';
import { NAME, VERSION } from '../core/version.ts';
import { createCredentialChain } from '../credentials/credential-chain.ts';
import { createPacer, type HostPause } from '../http/pacer.ts';
import { createSecrets, type Secrets } from '../http/secrets.ts';
import { listTlsFolders } from '../http/tls-folder.ts';
import { createTransport } from '../http/transport.ts';
import { isTooManyRequests } from '../registry/rate-limit.ts';
import { knownRegistry } from '../registry/well-known.ts';
import { createAskPlace } from './ask-place.ts';
import type { CheckContext } from './check.ts';
import { checkMirrored } from './check-mirrored.ts';
import type { CheckerOptions } from './checker-options.ts';
import { hostOf, hostSettings } from './host-settings.ts';
import { inOrder } from './in-order.ts';
import { internalError } from './internal-error.ts';
import { createLimit, createLimitByKey } from './limit.ts';
import { routeOf } from './mirror.ts';
import type { RequiredPlatforms } from './prove-platforms.ts';
import type { RateLimitTold } from './tell-rate-limit.ts';

export interface Checker {
  /** Every failure of the image is in the result; rejects only when the signal aborts (its reason) or after `close`. */
  check(input: Target | string, options?: { readonly signal?: AbortSignal }): Promise<Result>;
  /** Results in the order of the inputs, each as soon as it and those before it are there. */
  checkAll(
    inputs: Iterable<Target | string> | AsyncIterable<Target | string>,
    options?: { readonly signal?: AbortSignal },
  ): AsyncIterable<Result>;
  /** Ends every connection and every credential helper. */
  close(): Promise<void>;
}

const PROXY_VARIABLES = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY'].flatMap((name) => [name, name.toLowerCase()]);
const DEFAULT_TIMEOUT_MS = 30_000;
const DEFAULT_RETRIES = 2;
const DEFAULT_CONCURRENCY = 32;
/** Polite to one registry, whatever the whole run may do. */
const CHECKS_PER_REGISTRY = 16;
/** Inputs taken for each check that may run, so that one slow image or registry does not hold up the rest. */
const READ_AHEAD = 4;

/** Whom a checker tells what it meets on its way, and the time it lives in. */
export interface Surroundings {
  readonly onPause?: ((pause: HostPause) => void) | undefined;
  readonly onRateLimit?: ((told: RateLimitTold) => void) | undefined;
  readonly clock?: Clock;
  /** Told of every exception that became the result `internal-error`. */
  readonly onCrash?: ((error: unknown) => void) | undefined;
}

/** Throws a TypeError for a platform that cannot be read; everything else is taken as validated. */
export function createChecker(
  options: CheckerOptions = {},
  { onPause, onRateLimit, clock = systemClock, onCrash }: Surroundings = {},
): Checker {
  const { env = process.env, ca, cert, key, insecure, mirrors = [] } = options;
  const { login, authFile, authFileBytes, pullSecrets, anonymous, tlsFolders = listTlsFolders(env) } = options;
  const hosts = hostSettings(options);
  const userAgent = `${NAME}/${VERSION}`;
  // One round trip and a connection each, saved where all layers are asked for at once; measured to gain nothing else.
  const multiplex = options.proof === 'layers';
  const secrets = secretsOf(options, env);
  const tls = { ca, cert, key, insecure, hosts, tlsFolders };
  const transport = createTransport({ ...tls, env, secrets, userAgent, multiplex });
  const closing = new AbortController();
  const memory = createAuthMemory({
    clock,
    challengeFile: options.noCache ? undefined : options.challengeFile,
    onToken: (token) => secrets.noteToken(token.reveal()),
  });
  const pacer = createPacer({ clock, random: Math.random, isTooMany: isTooManyRequests, onPause });
  const context: CheckContext = {
    send: transport.send,
    open: transport.preconnect,
    credentials: createCredentialChain({
      login,
      authFile,
      authFileBytes,
      pullSecrets,
      anonymous,
      env,
      signal: closing.signal,
    }),
    memory,
    secrets,
    hostsWithoutHead: new Set(),
    pacer,
    onRateLimit,
    plainHosts: new Set(),
    clock,
    random: Math.random,
    settings: {
      proof: options.proof,
      platforms: parsePlatforms(options.platforms),
      expects: options.noCache ? () => undefined : (registry) => knownRegistry(registry).challenge,
      plainHttp: options.plainHttp ?? false,
      timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
      retries: options.retries ?? DEFAULT_RETRIES,
    },
  };
  const { concurrency = DEFAULT_CONCURRENCY } = options;
  const limited = createLimit(concurrency);
  const limitedByRegistry = createLimitByKey(CHECKS_PER_REGISTRY);
  const never = new AbortController().signal;

  const ask = createAskPlace(context, hosts, transport.tlsProblems);

  const check: Checker['check'] = (input, { signal = never } = {}) => {
    // Each check under way listens.
    setMaxListeners(0, signal);
    const named: Target = typeof input === 'string' ? { text: input, foundAt: [] } : input;
    // What is reported as the input is what was written, but for a password in it.
    const target = { ...named, text: hideUserinfo(named.text) };
    const parsed = parseReference(target.text);
    const registry = parsed.ok ? parsed.value.registry : '';
    const route = parsed.ok ? routeOf(parsed.value, mirrors) : undefined;
    const { timeoutMs } = context.settings;
    const startedMs = clock.now();
    const answer = async (): Promise<Result> =>
      !parsed.ok || route === undefined || target.skip !== undefined
        ? ask({ registry }, target, timeoutMs, signal)
        : checkMirrored({
            target,
            reference: parsed.value,
            route,
            ask: ({ place, text }, shareMs) => ask(place, { ...target, text, foundAt: [] }, shareMs, signal),
            clock,
            timeoutMs,
          });
    const firstHost = hostOf(route?.stops[0]?.place.registry ?? registry);
    // Its registry first: who waits for a slow registry, or for its pause, takes no place from the others.
    return limitedByRegistry(registry, async () => {
      // The time of a check begins when its registry can be asked.
      if (parsed.ok && target.skip === undefined) await pacer.ready(firstHost, signal);
      return limited(async () => {
        signal.throwIfAborted();
        try {
          return await answer();
        } catch (error) {
          if (signal.aborted || closing.signal.aborted) throw error;
          onCrash?.(error);
          return internalError(target, error, startedMs, clock.now());
        }
      });
    });
  };

  return {
    check,
    checkAll: (inputs, { signal = never } = {}) => {
      setMaxListeners(0, signal);
      return inOrder(inputs, (input) => check(input, { signal }), concurrency * READ_AHEAD, signal);
    },
    close: async () => {
      closing.abort();
      await Promise.all([transport.close(), memory.challenges.save()]);
    },
  };
}

/** What is known from the start; a stored login is noted when it is found, a token when it is issued. */
function secretsOf({ login }: CheckerOptions, env: NonNullable<CheckerOptions['env']>): Secrets {
  const secrets = createSecrets(PROXY_VARIABLES.map((name) => env[name]));
  if (login !== undefined) secrets.noteLogin(login.username, login.password.reveal());
  const { KAIROS_PULL_USERNAME = '', KAIROS_PULL_PASSWORD = '' } = env;
  secrets.noteLogin(KAIROS_PULL_USERNAME, KAIROS_PULL_PASSWORD);
  return secrets;
}

function parsePlatforms(texts: readonly string[] | undefined): RequiredPlatforms | undefined {
  if (texts === undefined || texts.length === 0) return undefined;
  return texts.map((text) => {
    if (text === 'all') return 'every';
    const parsed = parsePlatform(text);
    if (!parsed.ok) throw new TypeError(parsed.error.message);
    return parsed.value;
  });
}
