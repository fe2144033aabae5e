// Checks one image: endpoint, deadline, connection, proof, conclusion.

import { formatPlatform, parsePlatform } from '../core/platform.ts';
import { formatReference, parseReference, type Reference } from '../core/reference.ts';
import type { Result } from '../core/result.ts';
import type { Target } from '../core/target.ts';
import type { SentRequest } from '../http/record.ts';
import { hasContent } from '../http/response.ts';
import { type Endpoint, withPlainHttp } from '../registry/endpoint.ts';
import { checkContainerdMirrors } from './check-containerd-mirrors.ts';
import type { CheckContext } from './check-context.ts';
import { checkMirrors, type LocationCheck, type LocationTime } from './check-mirrors.ts';
import { type CheckRun, connectRegistry } from './connection.ts';
import { timedOut, untilDeadline, withTimes } from './deadline.ts';
import { isHung } from './hung-mirror.ts';
import { judgeHelper } from './judge-helper.ts';
import { rejectedCredential } from './judge-permission.ts';
import { invalidText, locate } from './locate.ts';
import { type MirrorAttempt, planMirrors } from './mirror.ts';
import { isPlainHttp, mayUsePlainHttp } from './plain-http.ts';
import { type ProofSettings, prove } from './prove.ts';
import { buildResult, type Checked, type Conclusion, conclude, concludeFinding } from './result.ts';

/** Rejects only if `signal` aborts, with its reason; every failure of the image is in the result. */
export async function checkTarget(
  context: CheckContext,
  target: Target,
  signal: AbortSignal,
  /** Of the text of the target. */
  parsed = parseReference(target.text),
): Promise<Result> {
  const { clock, settings } = context;
  const startedMs = clock.now();
  const conclusion = await concludeTarget(context, target, parsed, signal);
  return buildResult({ target, parsed, startedMs, endedMs: clock.now(), hintReader: settings.hintReader }, conclusion);
}

async function concludeTarget(
  context: CheckContext,
  target: Target,
  reference: ReturnType<typeof parseReference>,
  signal: AbortSignal,
): Promise<Conclusion> {
  const { clock, mirrors, settings } = context;
  const { timeoutMs } = settings;
  if (target.skip !== undefined) {
    const { reason, cause = null, message } = target.skip;
    return concludeFinding({ reason, cause, message, hint: null, registryErrors: [] });
  }
  if (!reference.ok) return concludeFinding(invalidText(target.text, reference.error.message));
  const proof = addPlatform(target, settings);
  const checkAt = (attempt: Place, time: LocationTime): Promise<LocationCheck> =>
    checkLocation(context, attempt, proof, time, signal);
  const plan = planMirrors(reference.value, mirrors);
  if (plan === undefined) {
    const { registry } = reference.value;
    const place = { location: { registry }, text: target.text, reference: reference.value };
    return (await checkAt(place, { timeoutMs, hostsAfter: 0 })).conclusion;
  }
  if (plan.usedBy === 'containerd')
    return checkContainerdMirrors({ context, plan, reference: reference.value, proof, signal });
  return checkMirrors({ plan, name: formatReference(reference.value), checkAt, clock, timeoutMs });
}

/** Adds the platform that the source of the target requires; `--proof head` still has precedence. */
function addPlatform({ platform }: Target, settings: ProofSettings): ProofSettings {
  const { proof, platforms = [] } = settings;
  const parsed = platform === undefined ? undefined : parsePlatform(platform);
  if (!parsed?.ok || proof === 'head') return settings;
  const name = formatPlatform(parsed.value);
  if (platforms.some((other) => other !== 'every' && formatPlatform(other) === name)) return settings;
  return { ...settings, platforms: [...platforms, parsed.value] };
}

/** `reference`: its text, if that was parsed. */
type Place = Pick<MirrorAttempt, 'location' | 'text'> & { readonly reference?: Reference };

/** Checks the image in one place: its registry, or a mirror. */
async function checkLocation(
  context: CheckContext,
  place: Place,
  proof: ProofSettings,
  { timeoutMs, hostsAfter }: LocationTime,
  signal: AbortSignal,
): Promise<LocationCheck> {
  const { clock } = context;
  const located = locate(context, place);
  if (!located.ok) return { conclusion: concludeFinding(located.error), as: 'fails' };
  const { reference, endpoint } = located.value;
  const requests: SentRequest[] = [];
  const checked = await untilDeadline(clock, timeoutMs, signal, (deadline) => {
    const deadlineMs = clock.now() + timeoutMs;
    return proveAt({ context, reference, requests, signal: deadline, deadlineMs, hostsAfter }, endpoint, proof);
  });
  if (checked === undefined) {
    return { conclusion: withTimes(concludeFinding(timedOut(timeoutMs), requests, context.connections)), as: 'hangs' };
  }
  const conclusion = conclude(checked, requests, context.connections);
  const isLate = conclusion.cause === 'timeout';
  // A helper that is only slow keeps runtimes waiting as well.
  const hangs = checked.hangs || conclusion.cause === 'credential-helper';
  const as = servesManifest(checked) ? 'serves' : hangs ? 'hangs' : 'fails';
  return { conclusion: isLate ? withTimes(conclusion) : conclusion, as };
}

/** `hangs`: see LocationCheck. */
type CheckedAt = Checked & { readonly hangs: boolean };

/** To a client with the same credentials: rejected ones fail, although the registry serves anonymous clients. */
const servesManifest = ({ proven: { outcome } }: Checked): boolean =>
  outcome.kind === 'response' && hasContent(outcome.response) && rejectedCredential(outcome) === undefined;

/**
 * A loopback registry that does not use TLS is checked over plain HTTP, as docker does. A handshake that only fell silent
 * is no proof of plain HTTP: if that fails too, the attempt over TLS is judged.
 */
async function proveAt(run: CheckRun, endpoint: Endpoint, settings: ProofSettings): Promise<CheckedAt> {
  const { plainHosts } = run.context;
  const { host } = endpoint.base;
  if (endpoint.mayFallBack && plainHosts.has(host)) return proveOver(run, withPlainHttp(endpoint), settings);
  const overTls = await proveOver(run, endpoint, settings);
  if (!mayUsePlainHttp(endpoint, overTls.proven.outcome) || run.signal.aborted) return overTls;
  // Only a handshake failed: no request was sent yet.
  const handshakes = run.requests.splice(0);
  const plain = await proveOver(run, withPlainHttp(endpoint), settings);
  if (isPlainHttp(plain.proven.outcome, overTls.proven.outcome)) {
    plainHosts.add(host);
    return plain;
  }
  run.requests.unshift(...handshakes);
  return { ...overTls, hangs: plain.hangs };
}

async function proveOver(run: CheckRun, endpoint: Endpoint, settings: ProofSettings): Promise<CheckedAt> {
  const connection = connectRegistry(run, endpoint);
  const proven = await prove(connection.client, connection.image, settings);
  const warnings = await connection.warnings();
  const checked = { reference: run.reference, platforms: settings.platforms, proven, warnings };
  return { ...judgeHelper(connection, checked), hangs: isHung(proven.outcome) };
}
