// Checks an image: the check of `check`, and what its verdict means for the expectation of the resource.

import type { OwnCredentials } from '../../check/check-credentials.ts';
import type { CheckOptions, ImageChecker } from '../../check/checker.ts';
import type { Clock } from '../../core/clock.ts';
import { parseReference } from '../../core/reference.ts';
import type { Result } from '../../core/result.ts';
import type { FoundSecret } from '../../credentials/pull-secret.ts';
import { resultDocument } from '../../report/result-document.ts';
import type { CheckedState } from '../history/check-record.ts';
import type { ImageResource } from '../resource/monitor-resource.ts';
import { compareRunning, type KnownIndexes } from './compare-running.ts';
import type { Connections } from './connections.ts';
import { readPasswordFile, unreadableCredentials } from './password-file.ts';
import type { ProbeResult } from './probe.ts';

export interface ImageProbeOptions {
  readonly checker: Pick<ImageChecker, 'check'>;
  readonly connections: Connections;
  readonly clock: Clock;
  readonly indexes: KnownIndexes;
}

export async function probeImage(
  resource: ImageResource,
  signal: AbortSignal,
  { checker, connections, clock, indexes }: ImageProbeOptions,
): Promise<ProbeResult> {
  const startedMs = clock.elapsed();
  const credentials = await ownCredentials(resource, signal);
  if (typeof credentials === 'string') return unreadableCredentials(resource, credentials);
  let listed: readonly string[] | undefined;
  const options: CheckOptions = {
    signal,
    onIndex: (digests) => {
      listed = digests;
    },
    proof: resource.proof,
    ...(resource.platforms.length > 0 && { platforms: resource.platforms }),
    credentials,
  };
  const result = await checker.check(resource.target, options);
  const drifted = await compareRunning(resource.running ?? [], result, listed, {
    ...{ indexes, check: (text, more) => checker.check(text, { ...options, ...more }) },
  });
  const urls = result.requests.map(({ url }) => url);
  return { ...toProbeResult(result, resource.expect), drifted, ...connections.factsOf(urls, startedMs) };
}

/** undefined: those that `check` finds; a text: why they cannot be read. */
async function ownCredentials(
  { credentials, target }: ImageResource,
  signal: AbortSignal,
): Promise<OwnCredentials | string | undefined> {
  if (credentials === null) return undefined;
  if (credentials.kind === 'auth-file') return { authFile: credentials.path };
  if (credentials.kind === 'pull-secrets') {
    const found = JSON.parse(credentials.documents.reveal()) as FoundSecret[];
    return { pullSecrets: { found, version: credentials.version } };
  }
  const { username, path } = credentials;
  const password = await readPasswordFile(path, signal);
  if (!password.ok) return password.error;
  const reference = parseReference(target);
  const registries = reference.ok ? [reference.value.registry] : [];
  return { login: { username, password: password.value, registries, label: path } };
}

interface Judged {
  readonly state: CheckedState;
  readonly reason: string | null;
  readonly cause: string | null;
  readonly message: string;
  readonly hint: string | null;
  readonly hintCode: string | null;
}

function toProbeResult(result: Result, expect: ImageResource['expect']): Omit<ProbeResult, 'phases' | 'certificates'> {
  return {
    ...(expect === 'absent' ? judgeAbsence(result) : judgePresence(result)),
    digest: result.digest,
    durationMs: result.durationMs,
    verdict: result.verdict,
    isReachable: result.reason !== 'unreachable',
    rateLimit: result.rateLimit,
    document: resultDocument(result),
  };
}

function judgePresence({ verdict, reason, cause, message, hint, hintCode }: Result): Judged {
  const state = verdict === 'pullable' ? 'available' : verdict === 'unpullable' ? 'unavailable' : 'undetermined';
  return { state, reason, cause, message, hint, hintCode };
}

/** As with `--expect absent`: only a registry that definitely says so proves that there is no image. */
function judgeAbsence(result: Result): Judged {
  const { verdict, reason, cause, input } = result;
  const name = result.reference?.canonical ?? input;
  if (verdict === 'pullable') {
    const message = `${name} exists, but was expected to be absent.`;
    const hint = 'Remove it, or correct `expect`.';
    return { state: 'unavailable', reason: 'present', cause: null, message, hint, hintCode: 'remove-image' };
  }
  if (reason === 'not-found' && cause !== 'weak-evidence') {
    const message = `${name} does not exist, as expected.`;
    return { state: 'available', reason: null, cause: null, message, hint: null, hintCode: null };
  }
  return { ...judgePresence(result), state: 'undetermined' };
}
