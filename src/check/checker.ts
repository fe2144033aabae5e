// Creates a checker: the shared context of a run, and the limits on how many checks run concurrently.

import { setMaxListeners } from 'node:events';
import { createAuthMemory } from '../auth/auth-memory.ts';
import type { OnEvent } from '../core/check-event.ts';
import { type Clock, systemClock } from '../core/clock.ts';
import { createLimiter } from '../core/limiter.ts';
import { once } from '../core/once.ts';
import { parsePlatform } from '../core/platform.ts';
import { parseReference, type Reference } from '../core/reference.ts';
import type { Proof, Result } from '../core/result.ts';
import type { Target } from '../core/target.ts';
import { cleanText } from '../core/text.ts';
import { untilAborted } from '../core/until-aborted.ts';
import { hideUserinfo } from '../core/userinfo.ts';
import { NAME, VERSION } from '../core/version.ts';
import { findLoginTool } from '../credentials/login-tool.ts';
import { createKnownSecrets, type KnownSecrets } from '../http/known-secrets.ts';
import { createPacer, type HostPause } from '../http/pacer.ts';
import { patienceOf } from '../http/patience.ts';
import { listTlsFolders } from '../http/tls-folder.ts';
import { createTransport, type OpenedConnection } from '../http/transport.ts';
import { apiHostOf } from '../registry/endpoint.ts';
import { isTooManyRequests } from '../registry/rate-limit.ts';
import { knownRegistry } from '../registry/well-known.ts';
import { checkTarget } from './check.ts';
import type { CheckContext } from './check-context.ts';
import { createCheckCredentials, type OwnCredentials } from './check-credentials.ts';
import type { CheckerSettings } from './checker-settings.ts';
import { CheckerClosedError } from './closed-error.ts';
import { gateOf } from './host-gate.ts';
import { hostSettings, privateAddressRule } from './host-settings.ts';
import { mapInOrder } from './map-in-order.ts';
import { type MirrorRule, planMirrors } from './mirror.ts';
import type { RateLimitReading } from './observe-responses.ts';
import type { RequiredPlatforms } from './prove-platforms.ts';
import { createRegistryLimiter } from './registry-limiter.ts';
import { buildInternalError } from './result.ts';

export interface ImageChecker {
  /**
   * Every failure of the image is in the result. Rejects only if the signal aborts, with its reason, or with a
   * CheckerClosedError.
   */
  check(input: Target | string, options?: CheckOptions): Promise<Result>;
  /**
   * Results in the order of the inputs, each as soon as it and all earlier ones are ready. If the signal aborts, results
   * that are ready are still yielded; then it throws the signal's reason.
   */
  checkAll(
    inputs: Iterable<Target | string> | AsyncIterable<Target | string>,
    options?: Pick<CheckOptions, 'signal' | 'pausesUntilMs'>,
  ): AsyncIterable<Result>;
  /**
   * Ends everything but open connections, and saves what is to be remembered. A process that ends now needs no more.
   */
  finish(): Promise<void>;
  /** The same, and closes every connection. */
  close(): Promise<void>;
}

/** For one check, instead of the options of the checker. */
export interface CheckOptions {
  readonly signal?: AbortSignal | undefined;
  /** No request waits for a pause that ends after this time. In ms since 1970; default: the deadline of the check. */
  readonly pausesUntilMs?: number | undefined;
  readonly proof?: Proof | undefined;
  /** As in the options of the checker. */
  readonly platforms?: readonly string[] | undefined;
  readonly credentials?: OwnCredentials | undefined;
  /** Called with the digests that the index of the image lists, if it was read. */
  readonly onIndex?: ((digests: readonly string[]) => void) | undefined;
}

const PROXY_VARIABLES = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY'].flatMap((name) => [name, name.toLowerCase()]);
const DEFAULT_TIMEOUT_MS = 30_000;
const DEFAULT_RETRIES = 2;
/** Twice what one registry gets at most: a slow one must not hold up the others. */
const DEFAULT_CONCURRENCY = 128;
/** Inputs read for each check that may run, so that one slow image or registry does not hold up the rest. */
const READ_AHEAD = 2;

/** What is reported while checks run, and their clock. */
export interface CheckerObservers {
  readonly onPause?: ((pause: HostPause) => void) | undefined;
  /** A pause that is too long to wait for: checks fail until it ends. */
  readonly onLongPause?: ((pause: HostPause) => void) | undefined;
  readonly onRateLimit?: ((reading: RateLimitReading) => void) | undefined;
  /** Called for every exception that became the result `internal-error`. */
  readonly onCrash?: ((error: unknown) => void) | undefined;
  readonly onConnection?: ((connection: OpenedConnection) => void) | undefined;
  /** Called for every step of every check, as it happens; without it, no event is built. */
  readonly onEvent?: OnEvent | undefined;
  readonly clock?: Clock;
}

/** Throws a TypeError for an invalid platform; all other options must be valid. */
export function createChecker(
  options: CheckerSettings = {},
  { onPause, onLongPause, onRateLimit, onCrash, onConnection, onEvent, clock = systemClock }: CheckerObservers = {},
): ImageChecker {
  const { env = process.env, ca, cert, key, insecure, mirrors = [], concurrency = DEFAULT_CONCURRENCY } = options;
  const { login, authFile, authFileBytes, pullSecrets, anonymous, tlsFolders = listTlsFolders(env) } = options;
  const hosts = hostSettings(options);
  const userAgent = `${NAME}/${VERSION}`;
  // It saves a round trip and a connection each for layers, which are requested concurrently, and nothing elsewhere.
  const multiplex = options.proof === 'layers';
  const secrets = startingSecrets(options, env);
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const allowsPrivate = privateAddressRule(options);
  const transport = createTransport({
    ca,
    cert,
    key,
    insecure,
    hosts,
    tlsFolders,
    env,
    secrets,
    userAgent,
    multiplex,
    connectTimeoutMs: timeoutMs,
    now: clock.now,
    allowsPrivate,
    onConnection,
    onEvent,
  });
  const closing = new AbortController();
  const { signal: closed } = closing;
  const memory = createAuthMemory({
    clock,
    challengeFile: options.noCache ? undefined : options.challengeFile,
    onToken: (token) => secrets.addToken(token.reveal()),
    repeatsSecret: (text) => secrets.hide(text) !== text,
    onEvent,
  });
  const pacer = createPacer({
    clock,
    random: Math.random,
    isTooMany: isTooManyRequests,
    onPause: pausesOf(onPause, onEvent, clock),
    onLongPause,
  });
  const credentialsOf = createCheckCredentials(
    {
      login,
      authFile,
      authFileBytes,
      pullSecrets,
      anonymous,
      env,
      signal: closed,
      helperTimeoutMs: patienceOf(timeoutMs),
      onEvent,
    },
    memory,
    { clock, forgetAfterMs: options.forgetAfterMs },
  );
  const shared: Omit<CheckContext, 'credentials' | 'memory'> = {
    ...gateOf(transport, options.allowsHost),
    connections: transport,
    secrets,
    pacer,
    onRateLimit,
    onEvent,
    loginTool: once(() => options.loginTool ?? findLoginTool(env)),
    plainHosts: new Set(),
    hostsWithoutHead: new Set(),
    hosts,
    mirrors,
    clock,
    random: Math.random,
    settings: {
      proof: options.proof,
      platforms: parsePlatforms(options.platforms),
      knownChallenge: options.noCache ? () => undefined : (registry) => knownRegistry(registry).challenge,
      plainHttp: options.plainHttp ?? false,
      timeoutMs,
      retries: options.retries ?? DEFAULT_RETRIES,
      hintReader: options.hintReader,
    },
  };
  const limited = createLimiter(concurrency);
  const limitedByRegistry = createRegistryLimiter();
  const never = new AbortController().signal;

  const contextOf = ({ proof, platforms, credentials, onIndex, pausesUntilMs }: CheckOptions): CheckContext => {
    const settings = {
      ...shared.settings,
      ...(proof !== undefined && { proof }),
      ...(platforms !== undefined && { platforms: parsePlatforms(platforms) }),
      ...(onIndex !== undefined && { onIndex }),
      ...(pausesUntilMs !== undefined && { pausesUntilMs }),
    };
    return { ...shared, ...credentialsOf(credentials), settings };
  };

  const start = (input: Target | string, { signal = never, ...own }: CheckOptions = {}): Promise<Result> => {
    const given: Target = typeof input === 'string' ? { text: input, foundAt: [] } : input;
    // The result repeats what was written, but not a password in it.
    const target = { ...given, text: hideUserinfo(given.text) };
    const parsed = parseReference(target.text);
    const reference = parsed.ok && target.skip === undefined ? parsed.value : undefined;
    const startedMs = clock.now();
    // By registry first: a check that waits for a slow registry, or for its pause, must not block other registries.
    return limitedByRegistry(parsed.ok ? parsed.value.registry : '', async ({ onResponse, onResult }) => {
      // The time of a check begins when its registry accepts requests.
      if (reference !== undefined) await pacer.ready(firstHostOf(reference, mirrors), signal, own.pausesUntilMs);
      return limited(async () => {
        signal.throwIfAborted();
        if (target.skip === undefined) onEvent?.({ type: 'check', input: cleanText(target.text, 1000) });
        closed.throwIfAborted();
        try {
          const credentials = own.credentials ?? options.credentialsOf?.(given);
          const context = { ...contextOf({ ...own, credentials }), onResponse };
          const result = await checkTarget(context, target, signal, parsed);
          onResult(result);
          if (target.skip === undefined) onEvent?.({ type: 'result', result });
          return result;
        } catch (error) {
          if (signal.aborted) throw error;
          closed.throwIfAborted();
          onCrash?.(error);
          return buildInternalError({ target, startedMs, endedMs: clock.now() }, error);
        }
      });
    });
  };

  const finish = once(() => {
    closing.abort(new CheckerClosedError());
    transport.stop();
    return memory.challenges.save();
  });

  return {
    check: (input, options = {}) => {
      const { signal = never } = options;
      // Every running check listens.
      setMaxListeners(0, signal);
      // A check that waits for its turn ends as soon as the others.
      return untilAborted(start(input, options), signal);
    },
    checkAll: (inputs, options = {}) => {
      const { signal = never } = options;
      setMaxListeners(0, signal);
      return mapInOrder(inputs, (input) => start(input, options), concurrency * READ_AHEAD, signal);
    },
    finish,
    close: async () => {
      await Promise.all([finish(), transport.close()]);
    },
  };
}

function pausesOf(
  onPause: CheckerObservers['onPause'],
  onEvent: OnEvent | undefined,
  clock: Clock,
): CheckerObservers['onPause'] {
  if (onEvent === undefined) return onPause;
  return (pause) => {
    const { host, untilMs } = pause;
    onEvent({ type: 'wait', host, waitMs: untilMs - clock.now(), because: 'the host is rate limiting' });
    onPause?.(pause);
  };
}

const firstHostOf = (reference: Reference, mirrors: readonly MirrorRule[]): string =>
  apiHostOf(planMirrors(reference, mirrors)?.attempts[0]?.location.registry ?? reference.registry);

/** The secrets that are known from the start; others are noted when they are found or issued. */
function startingSecrets({ login }: CheckerSettings, env: NonNullable<CheckerSettings['env']>): KnownSecrets {
  const secrets = createKnownSecrets(PROXY_VARIABLES.map((name) => env[name]));
  if (login !== undefined) secrets.addCredential(login.username, login.password.reveal());
  const { KAIROS_PULL_USERNAME = '', KAIROS_PULL_PASSWORD = '' } = env;
  secrets.addCredential(KAIROS_PULL_USERNAME, KAIROS_PULL_PASSWORD);
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
