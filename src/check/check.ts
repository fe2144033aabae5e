// Checks one image: asks, looks as far as was wanted, judges, and writes down how.

import { type Answer, createAuthenticator } from '../auth/authenticate.ts';
import type { Credential } from '../auth/credential.ts';
import { describeCredential } from '../auth/credential.ts';
import type { CredentialChain } from '../auth/credential-chain.ts';
import type { LoginMemory } from '../auth/login-memory.ts';
import type { Clock } from '../core/clock.ts';
import { formatPlatform, type Platform } from '../core/platform.ts';
import { formatReference, parseReference, type Reference } from '../core/reference.ts';
import { judgementOf, type Proof, type RequestRecord, type Result, type Warning } from '../core/result.ts';
import type { Target } from '../core/target.ts';
import { cleanText } from '../core/text.ts';
import { type HttpFailure, soundsLikePlainHttp } from '../http/failure.ts';
import { withRecord } from '../http/record.ts';
import { withRedirect } from '../http/redirect.ts';
import { withRetry } from '../http/retry.ts';
import { type Send, stack } from '../http/send.ts';
import { createRegistryClient, type RegistryClient } from '../registry/client.ts';
import { type Endpoint, endpointOf } from '../registry/endpoint.ts';
import type { Manifest } from '../registry/manifest.ts';
import { limitMet, readRateLimit } from '../registry/rate-limit.ts';
import { knownRegistry } from '../registry/well-known.ts';
import { type Asked, askManifest, type Manner } from './ask-manifest.ts';
import { type Finding, find, type Question } from './finding.ts';
import { judgeAnswer } from './judge-answer.ts';
import { type HeadlessHosts, proveLayers } from './prove-layers.ts';
import { type PlatformImage, provePlatforms, publishedPlatforms, type Wanted } from './prove-platforms.ts';

/** What the checks of one run share. */
export interface CheckContext {
  readonly send: Send;
  readonly credentials: CredentialChain;
  readonly memory: LoginMemory;
  readonly headless: HeadlessHosts;
  /** Loopback registries (`host:port`) that were found to speak plain http. */
  readonly plainHosts: Set<string>;
  readonly clock: Clock;
  readonly random: () => number;
  readonly settings: CheckSettings;
}

export interface CheckSettings {
  readonly proof: Proof | undefined;
  readonly wanted: Wanted | undefined;
  readonly plainHttp: boolean;
  readonly timeoutMs: number;
  readonly retries: number;
}

/** Everything but the frame (input, times, requests) of a result. */
type Findings = Omit<Result, 'input' | 'foundAt' | 'reference' | 'requests' | 'startedAt' | 'durationMs'>;

/** Rejects only when `signal` aborts, with its reason; every failure of the image is in the result. */
export async function checkTarget(context: CheckContext, target: Target, signal: AbortSignal): Promise<Result> {
  const { clock, settings } = context;
  const startedMs = clock.now();
  const requests: RequestRecord[] = [];
  const frame = (reference: Reference | null, findings: Findings): Result =>
    ({
      input: target.text,
      foundAt: target.foundAt,
      reference: reference === null ? null : describeReference(reference),
      ...findings,
      requests,
      startedAt: new Date(startedMs).toISOString(),
      durationMs: clock.now() - startedMs,
    }) as Result;

  const parsed = parseReference(target.text);
  if (!parsed.ok) return frame(null, failed(find('invalid-reference', null, parsed.error.message), null));
  const reference = parsed.value;
  const endpoint = endpointOf(reference.registry, settings.plainHttp);
  if (!endpoint.ok) {
    const message = `The registry name "${cleanText(reference.registry, 80)}" ${endpoint.error}.`;
    return frame(reference, failed(find('invalid-reference', null, message, 'Check the host and port.'), null));
  }
  const deadline = new AbortController();
  const timer = setTimeout(
    () => deadline.abort(new DOMException('the deadline has passed', 'TimeoutError')),
    settings.timeoutMs,
  );
  const run = {
    context,
    reference,
    requests,
    signal: AbortSignal.any([signal, deadline.signal]),
    deadlineMs: startedMs + settings.timeoutMs,
  };
  try {
    return frame(reference, await checkAt(run, endpoint.value));
  } catch (error) {
    if (signal.aborted || !deadline.signal.aborted) throw error;
    // The deadline met us between requests: while a login was looked up.
    const message = `The check did not end within ${settings.timeoutMs / 1000} s.`;
    return frame(
      reference,
      failed(find('unreachable', 'timeout', message, 'Allow it more time with --timeout.'), null),
    );
  } finally {
    clearTimeout(timer);
  }
}

interface Run {
  readonly context: CheckContext;
  readonly reference: Reference;
  readonly requests: RequestRecord[];
  readonly signal: AbortSignal;
  readonly deadlineMs: number;
}

/** A loopback registry that turns out to speak plain http is asked so. */
async function checkAt(run: Run, endpoint: Endpoint): Promise<Findings> {
  const { plainHosts } = run.context;
  const plain = (): URL => new URL(`http://${endpoint.base.host}/`);
  if (!endpoint.mayFallBack) return checkAtBase(run, endpoint.base, () => false);
  if (plainHosts.has(endpoint.base.host)) return checkAtBase(run, plain(), () => false);
  let speaksPlain = false;
  const findings = await checkAtBase(run, endpoint.base, (failure) => {
    speaksPlain = isNotTls(failure);
    return speaksPlain;
  });
  if (!speaksPlain) return findings;
  plainHosts.add(endpoint.base.host);
  // No HTTP request was sent yet: only a handshake failed.
  run.requests.length = 0;
  return checkAtBase(run, plain(), () => false);
}

const isNotTls = (failure: HttpFailure): boolean =>
  soundsLikePlainHttp(failure) ||
  (failure.phase === 'tls' &&
    (failure.kind === 'timeout' || failure.code === 'ECONNRESET' || failure.code === 'EPIPE'));

async function checkAtBase(run: Run, base: URL, givesUp: (failure: HttpFailure) => boolean): Promise<Findings> {
  const { context, reference, requests, signal, deadlineMs } = run;
  const { clock, random, settings, memory } = context;
  const known = knownRegistry(reference.registry);
  const question: Question = { reference, known, host: base.host };
  const noted = new Map<string, Warning>();
  const send = stack(
    [
      withRetry({
        retries: settings.retries,
        deadlineMs,
        clock,
        random,
        isFinal: (response) => isQuota(limitMet(response)),
      }),
      withRedirect(),
      withRecord(requests, clock),
    ],
    context.send,
  );
  const { repository } = reference;
  const ask = createAuthenticator({ send, base, repository, credentials: () => storedLogins(run, noted), memory });
  const client = createRegistryClient({ ask, send, base, repository, signal });
  const proof = wantedProof(settings, known.countsManifestGets === true);
  const asked = await askManifest(client, question, proof.manner);
  if (asked.answer.kind === 'failure' && givesUp(asked.answer.failure))
    return failed(find('unreachable', 'tls', ''), null);
  const findings = await lookFurther(client, question, asked, proof.level, settings.wanted, context.headless);
  return withCircumstances(findings, asked.answer, reference, [...noted.values()]);
}

const isQuota = (limit: ReturnType<typeof limitMet>): boolean => limit === 'pull-quota' || limit === 'login-lockout';

function wantedProof({ proof, wanted }: CheckSettings, countsGets: boolean): { level: Proof; manner: Manner } {
  if (proof === 'layers') return { level: 'layers', manner: 'get' };
  if (proof === 'manifest' || wanted !== undefined) return { level: 'manifest', manner: 'get' };
  if (proof === 'head') return { level: 'head', manner: 'head' };
  return countsGets ? { level: 'head', manner: 'thrifty' } : { level: 'manifest', manner: 'get' };
}

/** The stored logins, one after the other as they are asked for, never past the deadline. */
async function* storedLogins(
  { context, reference, signal }: Run,
  noted: Map<string, Warning>,
): AsyncGenerator<Credential> {
  const { credentials, warnings } = context.credentials.find(reference.registry, reference.repository);
  const logins = credentials[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await untilAborted(logins.next(), signal);
      if (next.done) return;
      yield next.value;
    }
  } finally {
    for (const warning of warnings) noted.set(warning.message, warning);
  }
}

function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

async function lookFurther(
  client: RegistryClient,
  question: Question,
  { answer, outcome }: Asked,
  level: Proof,
  asked: Wanted | undefined,
  headless: HeadlessHosts,
): Promise<Findings> {
  if (!outcome.ok) return failed(outcome.error, answer.kind === 'response' ? 'manifest' : null);
  const { proof, digest, mediaType, manifest, warnings } = outcome.value;
  const about = { digest, mediaType, platforms: platformsOf(manifest), warnings };
  const wanted = asked ?? (level === 'layers' ? 'every' : undefined);
  if (manifest === undefined || wanted === undefined) return { ...pullable(question, proof), ...about };
  const images = await provePlatforms(client, question, manifest, wanted);
  if (!images.ok) return { ...failed(images.error, 'manifest'), ...about };
  const selected = selectedOf(images.value, asked);
  if (level !== 'layers') return { ...pullable(question, 'manifest', { platforms: asked }), ...about, ...selected };
  const [blobs, gone] = await Promise.all([
    proveLayers(client, question, images.value, headless),
    question.reference.digest === undefined ? proveDigest(client, question, digest) : undefined,
  ]);
  if (gone !== undefined) return { ...failed(gone, 'layers'), ...about, ...selected };
  if (!blobs.ok) {
    const { problems, ...finding } = blobs.error;
    return { ...failed(finding, 'layers'), ...about, ...selected, problems };
  }
  return {
    ...pullable(question, 'layers', { platforms: asked, blobs: blobs.value }),
    ...about,
    ...selected,
    blobs: blobs.value,
  };
}

/** Runtimes resolve a tag and then ask by digest: a stale cache has the one and not the other. */
async function proveDigest(client: RegistryClient, question: Question, digest: string): Promise<Finding | undefined> {
  const head = await client.manifest('HEAD', digest);
  if (head.kind === 'response' && head.response.status === 200) return undefined;
  const answer = await client.manifest('GET', digest);
  if (answer.kind === 'response' && answer.response.status === 200) return undefined;
  const { message: _, ...finding } = judgeAnswer(question, answer);
  if (finding.reason !== 'not-found') return undefined;
  return {
    ...finding,
    cause: 'digest',
    message: `The tag ${question.reference.tag} answers, but its digest ${digest} is not served: a stale cache.`,
    hint: 'Runtimes pull by digest, so a pull would fail. Clear the cache, or push the image again.',
  };
}

const selectedOf = (images: readonly PlatformImage[], asked: Wanted | undefined): Pick<Result, 'selected'> =>
  asked === undefined
    ? {}
    : {
        selected: images.map(({ platform, manifest }) => ({
          platform: platform ?? 'unknown',
          digest: manifest.digest,
        })),
      };

const platformsOf = (manifest: Manifest | undefined): readonly string[] | null =>
  manifest?.kind === 'index' ? [...new Set(publishedPlatforms(manifest).map(formatPlatform))] : null;

const NOTHING = {
  warnings: [],
  hint: null,
  digest: null,
  mediaType: null,
  platforms: null,
  registryErrors: [],
  credential: null,
  rateLimit: null,
} as const;

function pullable(
  { reference }: Question,
  proof: Proof,
  { platforms, blobs }: { platforms?: Wanted | undefined; blobs?: { count: number; bytes: number } } = {},
): Findings {
  const names =
    platforms === undefined || platforms === 'every'
      ? []
      : platforms.map((platform: Platform) => formatPlatform(platform));
  const scope = platforms === 'every' ? ' for every platform' : names.length > 0 ? ` for ${names.join(', ')}` : '';
  const sum = blobs === undefined ? '' : `: ${blobs.count} blobs, ${formatMegabytes(blobs.bytes)}, 0 downloaded`;
  const message = `${formatReference(reference)} can be pulled${scope}${sum}.`;
  return { ...NOTHING, verdict: 'pullable', reason: null, cause: null, proof, message };
}

const formatMegabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;

function failed({ reason, cause, message, hint, registryErrors }: Finding, proof: Proof | null): Findings {
  return { ...NOTHING, ...judgementOf(reason, cause), proof, message, hint, registryErrors };
}

/** Adds what does not change the verdict: the login, the limits, the warnings. */
function withCircumstances(
  findings: Findings,
  answer: Answer,
  reference: Reference,
  noted: readonly Warning[],
): Findings {
  const { used, refused } = answer.login;
  // What was refused is named only where it is the trouble.
  const credential = used ?? (findings.verdict === 'pullable' ? undefined : refused[0]?.credential);
  const rateLimit = answer.kind === 'response' ? readRateLimit(answer.response) : null;
  const warnings = [...findings.warnings, ...noted, ...registryWarnings(answer)];
  if (findings.verdict === 'pullable') {
    for (const { credential: login } of refused) {
      const message = `The login for ${reference.registry} from ${login.source} was refused; ${used === undefined ? 'without it' : 'with another'} the image can be pulled. Tools that insist on it will fail.`;
      warnings.push({ code: 'stale-credentials', message });
    }
    if (rateLimit?.remaining === 0) {
      warnings.push({
        code: 'quota-exhausted',
        message: 'The pull quota is used up: the image is there, but a pull now would be refused.',
      });
    }
  }
  return {
    ...findings,
    warnings,
    rateLimit,
    credential: credential === undefined ? null : describeCredential(credential),
  };
}

/** `Warning: 299 - "text"`: the distribution-spec wants it shown. */
function registryWarnings(answer: Answer): Warning[] {
  if (answer.kind !== 'response') return [];
  return answer.response.headers.all('warning').flatMap((field) => {
    const text = /^\s*299 [^\s"]+ "((?:[^"\\]|\\.)*)"/.exec(field)?.[1];
    return text === undefined
      ? []
      : [{ code: 'registry-warning', message: cleanText(text.replace(/\\(.)/g, '$1')) } as const];
  });
}

function describeReference(reference: Reference): NonNullable<Result['reference']> {
  const { registry, repository, tag, digest } = reference;
  return { registry, repository, tag: tag ?? null, digest: digest ?? null, canonical: formatReference(reference) };
}
