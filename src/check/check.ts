// Checks one image: endpoint, deadline, connection, proof, conclusion.

import { setMaxListeners } from 'node:events';
import type { AuthOutcome } from '../auth/authenticate.ts';
import type { Clock } from '../core/clock.ts';
import { formatPlatform, parsePlatform } from '../core/platform.ts';
import { formatDuration } from '../core/quantity.ts';
import { formatReference, parseReference } from '../core/reference.ts';
import type { RequestRecord, Result } from '../core/result.ts';
import type { Target } from '../core/target.ts';
import { cleanText } from '../core/text.ts';
import { soundsLikePlainHttp } from '../http/failure.ts';
import { apiHostOf, type Endpoint, endpointOf, withPlainHttp } from '../registry/endpoint.ts';
import type { CheckContext } from './check-context.ts';
import { checkMirrors } from './check-mirrors.ts';
import { type CheckRun, connectRegistry } from './connection.ts';
import { type Finding, finding } from './finding.ts';
import { type MirrorAttempt, planMirrors } from './mirror.ts';
import { type ProofSettings, prove } from './prove.ts';
import { buildResult, type Checked, type Conclusion, conclude, concludeFinding } from './result.ts';

/** Rejects only if `signal` aborts, with its reason; every failure of the image is in the result. */
export async function checkTarget(context: CheckContext, target: Target, signal: AbortSignal): Promise<Result> {
  const { clock } = context;
  const startedMs = clock.now();
  const conclusion = await concludeTarget(context, target, signal);
  return buildResult({ target, startedMs, endedMs: clock.now() }, conclusion);
}

async function concludeTarget(context: CheckContext, target: Target, signal: AbortSignal): Promise<Conclusion> {
  const { clock, mirrors, settings } = context;
  const { timeoutMs } = settings;
  if (target.skip !== undefined) {
    const { reason, message } = target.skip;
    return concludeFinding(finding({ reason, cause: null, message }));
  }
  const reference = parseReference(target.text);
  if (!reference.ok) return concludeFinding(invalidReference(reference.error.message));
  const proof = addPlatform(target, settings);
  const checkAt = (attempt: Pick<MirrorAttempt, 'location' | 'text'>, shareMs: number): Promise<Conclusion> =>
    checkLocation(context, attempt, proof, shareMs, signal);
  const plan = planMirrors(reference.value, mirrors);
  if (plan === undefined) {
    return checkAt({ location: { registry: reference.value.registry }, text: target.text }, timeoutMs);
  }
  return checkMirrors({ plan, name: formatReference(reference.value), checkAt, clock, timeoutMs });
}

/** Adds the platform that the source of the target requires; `--proof head` still has precedence. */
function addPlatform({ platform }: Target, settings: ProofSettings): ProofSettings {
  const { proof, platforms = [] } = settings;
  const parsed = platform === undefined ? undefined : parsePlatform(platform);
  if (!parsed?.ok || proof === 'head') return settings;
  const name = formatPlatform(parsed.value);
  if (platforms.some((other) => other !== 'every' && formatPlatform(other) === name)) return settings;
  return { proof, platforms: [...platforms, parsed.value] };
}

/** Checks the image in one place: its registry, or a mirror. */
async function checkLocation(
  context: CheckContext,
  { location, text }: Pick<MirrorAttempt, 'location' | 'text'>,
  proof: ProofSettings,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Conclusion> {
  const { clock, hosts, settings } = context;
  const reference = parseReference(text);
  if (!reference.ok) return concludeFinding(invalidReference(reference.error.message));
  const { registry } = reference.value;
  const own = hosts.get(apiHostOf(location.registry));
  const plainHttp = location.plainHttp ?? own?.plainHttp ?? settings.plainHttp;
  const endpoint = endpointOf(registry, { ...location, plainHttp });
  if (!endpoint.ok) {
    const message = `The registry name "${cleanText(registry, 80)}" ${endpoint.error}.`;
    return concludeFinding(invalidReference(message, 'Check the host and port.'));
  }
  const requests: RequestRecord[] = [];
  const checked = await untilDeadline(clock, timeoutMs, signal, (deadline) => {
    const deadlineMs = clock.now() + timeoutMs;
    return proveAt(
      { context, reference: reference.value, requests, signal: deadline, deadlineMs },
      endpoint.value,
      proof,
    );
  });
  const conclusion =
    checked === undefined
      ? concludeFinding(timedOut(timeoutMs), requests, context.tlsProblems)
      : conclude(checked, requests, context.tlsProblems);
  return conclusion.cause === 'timeout' ? withTimes(conclusion) : conclusion;
}

/** undefined if the deadline passes between two requests, while credentials are looked up. */
async function untilDeadline<T>(
  clock: Clock,
  timeoutMs: number,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T | undefined> {
  // Not AbortSignal.any: its result is kept as long as a signal that outlives many checks.
  const run = new AbortController();
  // Every running request listens, and there may be many.
  setMaxListeners(0, run.signal);
  const deadline = new DOMException('the deadline has passed', 'TimeoutError');
  const stopTimer = clock.startTimer(timeoutMs, () => run.abort(deadline));
  const onAbort = (): void => run.abort(signal.reason);
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await work(run.signal);
  } catch (error) {
    if (error !== deadline) throw error;
    return undefined;
  } finally {
    stopTimer();
    signal.removeEventListener('abort', onAbort);
  }
}

/**
 * A loopback registry that does not use TLS is checked over plain http, as docker does. A handshake that only fell silent
 * is no proof of plain http: if that fails too, the attempt over TLS is judged.
 */
async function proveAt(run: CheckRun, endpoint: Endpoint, settings: ProofSettings): Promise<Checked> {
  const { plainHosts } = run.context;
  const { host } = endpoint.base;
  if (!endpoint.mayFallBack) return proveOver(run, endpoint, settings);
  if (plainHosts.has(host)) return proveOver(run, withPlainHttp(endpoint), settings);
  const overTls = await proveOver(run, endpoint, settings);
  if (!isWithoutTls(overTls.proven.outcome) || run.signal.aborted) return overTls;
  // Only a handshake failed: no request was sent yet.
  const handshakes = run.requests.splice(0);
  const plain = await proveOver(run, withPlainHttp(endpoint), settings);
  if (isPlainHttp(plain)) {
    plainHosts.add(host);
    return plain;
  }
  run.requests.unshift(...handshakes);
  return overTls;
}

function isWithoutTls(outcome: AuthOutcome): boolean {
  if (outcome.kind !== 'failure') return false;
  const { phase, kind, code } = outcome.failure;
  const isCut = phase === 'tls' && (kind === 'timeout' || code === 'ECONNRESET' || code === 'EPIPE');
  return isCut || soundsLikePlainHttp(outcome.failure);
}

/** A server may answer over plain http that it requires TLS. */
const isPlainHttp = ({ proven: { outcome, finding: found } }: Checked): boolean =>
  (outcome.kind !== 'failure' || outcome.from !== 'registry') && found?.cause !== 'tls';

async function proveOver(run: CheckRun, endpoint: Endpoint, settings: ProofSettings): Promise<Checked> {
  const { client, image, warnings } = connectRegistry(run, endpoint);
  const proven = await prove(client, image, settings);
  return { reference: run.reference, platforms: settings.platforms, proven, warnings: await warnings() };
}

const invalidReference = (message: string, hint: string | null = null): Finding =>
  finding({ reason: 'invalid-reference', cause: null, message, hint });

/** Says which of the requests took the time. */
function withTimes<C extends Conclusion>(conclusion: C): C {
  const slow = conclusion.requests.filter(({ durationMs }) => durationMs >= WORTH_SAYING_MS);
  if (slow.length < 2) return conclusion;
  const times = slow.map(({ purpose, durationMs }) => `${purpose} ${formatDuration(durationMs)}`);
  return { ...conclusion, message: `${conclusion.message} The requests took: ${times.join(', ')}.` };
}

const WORTH_SAYING_MS = 1_000;

const timedOut = (timeoutMs: number): Finding =>
  finding({
    reason: 'unreachable',
    cause: 'timeout',
    message: `The check did not finish within ${timeoutMs / 1000} s.`,
    hint: 'Increase --timeout.',
  });
