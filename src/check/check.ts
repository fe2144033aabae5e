// Checks one image: where to ask, by which stack, until when; what came of it becomes a Result.

import { setMaxListeners } from 'node:events';
import type { AuthMemory } from '../auth/auth-memory.ts';
import { createAuthenticator, type SentCredential } from '../auth/authenticate.ts';
import type { KnownChallenge } from '../auth/challenge.ts';
import type { Clock } from '../core/clock.ts';
import { formatPlatform, parsePlatform } from '../core/platform.ts';
import { formatReference, parseReference, type Reference } from '../core/reference.ts';
import type { RequestRecord, Result, Warning } from '../core/result.ts';
import type { Target } from '../core/target.ts';
import { cleanText } from '../core/text.ts';
import { untilAborted } from '../core/until-aborted.ts';
import { type Credential, secretOf } from '../credentials/credential.ts';
import type { CredentialChain } from '../credentials/credential-chain.ts';
import { type HttpFailure, soundsLikePlainHttp } from '../http/failure.ts';
import type { Pacer } from '../http/pacer.ts';
import { withRecord } from '../http/record.ts';
import { withRedirect } from '../http/redirect.ts';
import { withRetry } from '../http/retry.ts';
import type { Secrets } from '../http/secrets.ts';
import { type HttpResponse, type Quote, type Send, stack } from '../http/send.ts';
import type { Transport } from '../http/transport.ts';
import { createRegistryClient } from '../registry/client.ts';
import { type Endpoint, endpointOf } from '../registry/endpoint.ts';
import { limitMet } from '../registry/rate-limit.ts';
import { knownRegistry } from '../registry/well-known.ts';
import { type Conclusion, conclude, concludeWithout } from './conclude.ts';
import { finding } from './finding.ts';
import { foreignRealmWarnings } from './foreign-realm.ts';
import { type ProofSettings, type Proven, prove } from './prove.ts';
import { type RateLimitTold, tellRateLimit } from './tell-rate-limit.ts';

/** What the checks of one run share. */
export interface CheckContext {
  readonly send: Send;
  /** Begins to open the connection that a request to this URL will go over. */
  readonly open: Transport['preconnect'];
  readonly credentials: CredentialChain;
  readonly memory: AuthMemory;
  readonly secrets: Secrets;
  /** `host[:port]` of the registries that serve blobs only by GET. */
  readonly hostsWithoutHead: Set<string>;
  readonly pacer: Pacer;
  /** Told of every answer that says what is left. */
  readonly onRateLimit?: ((told: RateLimitTold) => void) | undefined;
  /** Loopback registries (`host:port`) that were found to speak plain http. */
  readonly plainHosts: Set<string>;
  readonly clock: Clock;
  readonly random: () => number;
  readonly settings: CheckSettings;
}

export interface CheckSettings extends ProofSettings {
  /** What a registry is known to ask for, before it says so. */
  readonly expects: (registry: string) => KnownChallenge | undefined;
  /** The hosts that the registry's token service may have; unset: any. */
  readonly realms?: readonly string[] | undefined;
  readonly plainHttp: boolean;
  readonly timeoutMs: number;
  readonly retries: number;
}

/** Rejects only when `signal` aborts, with its reason; every failure of the image is in the result. */
export async function checkTarget(context: CheckContext, target: Target, signal: AbortSignal): Promise<Result> {
  const { clock } = context;
  const startedMs = clock.now();
  const requests: RequestRecord[] = [];
  const reference = parseReference(target.text);
  const conclusion =
    target.skip !== undefined
      ? concludeWithout(finding({ reason: target.skip.reason, cause: null, message: target.skip.message }))
      : reference.ok
        ? await checkReference(withPlatformOf(target, context), reference.value, requests, signal)
        : concludeWithout(finding({ reason: 'invalid-reference', cause: null, message: reference.error.message }));
  return {
    input: target.text,
    foundAt: target.foundAt,
    reference: reference.ok ? describeReference(reference.value) : null,
    ...conclusion,
    requests,
    startedAt: new Date(startedMs).toISOString(),
    durationMs: clock.now() - startedMs,
  } as Result;
}

/** The platform its place asks for, beside those asked for every image; `--proof head` still has the last word. */
function withPlatformOf({ platform }: Target, context: CheckContext): CheckContext {
  const { platforms = [], proof } = context.settings;
  const parsed = platform === undefined ? undefined : parsePlatform(platform);
  if (!parsed?.ok || proof === 'head') return context;
  const name = formatPlatform(parsed.value);
  if (platforms.some((one) => one !== 'every' && formatPlatform(one) === name)) return context;
  return { ...context, settings: { ...context.settings, platforms: [...platforms, parsed.value] } };
}

/** One check under way. */
interface Run {
  readonly context: CheckContext;
  readonly reference: Reference;
  readonly requests: RequestRecord[];
  /** Aborts at the deadline, or with the caller's signal. */
  readonly signal: AbortSignal;
  readonly deadlineMs: number;
}

async function checkReference(
  context: CheckContext,
  reference: Reference,
  requests: RequestRecord[],
  signal: AbortSignal,
): Promise<Conclusion> {
  const { clock, settings } = context;
  const { timeoutMs } = settings;
  const endpoint = endpointOf(reference.registry, settings.plainHttp);
  if (!endpoint.ok) {
    const message = `The registry name "${cleanText(reference.registry, 80)}" ${endpoint.error}.`;
    return concludeWithout(
      finding({ reason: 'invalid-reference', cause: null, message, hint: 'Check the host and port.' }),
    );
  }
  // Not AbortSignal.any: what it makes of a signal that outlives many checks is kept as long as that signal.
  const run = new AbortController();
  // Every request under way listens, and there may be many.
  setMaxListeners(0, run.signal);
  const deadline = new DOMException('the deadline has passed', 'TimeoutError');
  const stopTimer = clock.startTimer(timeoutMs, () => run.abort(deadline));
  const onAbort = (): void => run.abort(signal.reason);
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    const deadlineMs = clock.now() + timeoutMs;
    return await checkAt({ context, reference, requests, signal: run.signal, deadlineMs }, endpoint.value);
  } catch (error) {
    if (error !== deadline) throw error;
    // It met us between requests: while a login was looked up.
    const message = `The check did not end within ${timeoutMs / 1000} s.`;
    return concludeWithout(
      finding({ reason: 'unreachable', cause: 'timeout', message, hint: 'Allow more time with --timeout.' }),
    );
  } finally {
    stopTimer();
    signal.removeEventListener('abort', onAbort);
  }
}

/** A loopback registry that turns out to speak plain http is asked so, as docker does. */
async function checkAt(run: Run, { base, mayFallBack }: Endpoint): Promise<Conclusion> {
  const { plainHosts } = run.context;
  const { host } = base;
  if (mayFallBack && !plainHosts.has(host)) {
    const { conclusion, proven } = await checkAtBase(run, base);
    const { outcome } = proven;
    if (outcome.kind !== 'failure' || !isNotTls(outcome.failure) || run.signal.aborted) return conclusion;
    plainHosts.add(host);
    // Only a handshake failed: no request was sent yet.
    run.requests.length = 0;
  }
  const asked = mayFallBack ? new URL(`http://${host}/`) : base;
  return (await checkAtBase(run, asked)).conclusion;
}

const isNotTls = (failure: HttpFailure): boolean =>
  soundsLikePlainHttp(failure) ||
  (failure.phase === 'tls' &&
    (failure.kind === 'timeout' || failure.code === 'ECONNRESET' || failure.code === 'EPIPE'));

async function checkAtBase(run: Run, base: URL): Promise<{ conclusion: Conclusion; proven: Proven }> {
  const { context, reference, requests, signal, deadlineMs } = run;
  const { clock, random, settings, memory, hostsWithoutHead } = context;
  const { repository } = reference;
  const noted: Warning[] = [];
  // What the person named is no secret, though a weak password may be a part of it.
  const hide = (text: string): string => context.secrets.hide(text, [base.host, repository]);
  const sent: SentCredential[] = [];
  const send = stack(
    [
      withRetry({ retries: settings.retries, deadlineMs, clock, random, isFinal: isQuota }),
      withRedirect(),
      context.pacer.withPacing(deadlineMs),
      tellRateLimit(reference.registry, context.onRateLimit),
      withRecord(requests, clock, hide),
    ],
    context.send,
  );
  const credentials = (): AsyncIterable<Credential> => storedLogins(run, noted);
  const ask = createAuthenticator({
    send,
    base,
    repository,
    credentials,
    memory,
    expected: base.protocol === 'https:' ? settings.expects(reference.registry) : undefined,
    realms: settings.realms,
    onCredentialSent: (login) => sent.push(login),
    open: context.open,
  });
  const client = createRegistryClient({ ask, send, base, repository, hostsWithoutHead, signal });
  const quote: Quote = (text, maxLength) => cleanText(hide(text), maxLength);
  const known = knownRegistry(reference.registry);
  const question = { reference, known, host: base.host, quote };
  const proven = await prove(client, question, settings);
  const asked = { registry: reference.registry, base, known, realms: settings.realms, quote };
  noted.push(...(await foreignRealmWarnings(sent, asked)));
  return { conclusion: conclude(reference, proven, settings.platforms, noted), proven };
}

/** Waiting does not mend a used-up quota nor a locked login. */
function isQuota(response: HttpResponse): boolean {
  const limit = limitMet(response);
  return limit === 'pull-quota' || limit === 'login-lockout';
}

/** The stored logins, one after the other as they are asked for, never past the deadline. */
async function* storedLogins({ context, reference, signal }: Run, noted: Warning[]): AsyncGenerator<Credential> {
  const { credentials, warnings } = context.credentials.find(reference.registry, reference.repository);
  const logins = credentials[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await untilAborted(logins.next(), signal);
      if (next.done) return;
      noteSecret(context.secrets, next.value);
      yield next.value;
    }
  } finally {
    const isNew = ({ message }: Warning): boolean => noted.every((other) => other.message !== message);
    noted.push(...warnings.filter(isNew));
  }
}

function noteSecret(secrets: Secrets, credential: Credential): void {
  const { username = '' } = credential;
  secrets.noteLogin(username, secretOf(credential).reveal());
}

export function describeReference(reference: Reference): NonNullable<Result['reference']> {
  const { registry, repository, tag, digest } = reference;
  return { registry, repository, tag: tag ?? null, digest: digest ?? null, canonical: formatReference(reference) };
}
