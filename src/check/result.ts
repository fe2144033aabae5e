// Makes the result of a check: verdict, sentence, hint and warnings. Nothing else makes one.

import type { AuthOutcome } from '../auth/auth-outcome.ts';
import { formatBytes, formatCount } from '../core/quantity.ts';
import { formatReference, parseReference, type Reference } from '../core/reference.ts';
import { describeReference, judgementOf, type Result, type Warning } from '../core/result.ts';
import type { Target } from '../core/target.ts';
import { cleanText } from '../core/text.ts';
import { NAME, VERSION } from '../core/version.ts';
import { describeCredential } from '../credentials/credential.ts';
import type { SentRequest } from '../http/record.ts';
import { besideOf } from '../http/send.ts';
import { readRateLimit } from '../registry/rate-limit.ts';
import type { CheckContext } from './check-context.ts';
import { type Finding, finding } from './finding.ts';
import { advise, type Hint, type HintReader, shownHint } from './hint.ts';
import type { Proven } from './prove.ts';
import type { RequiredPlatforms } from './prove-platforms.ts';
import { requestedWaitMs } from './response-words.ts';

/** A result without its frame: input, reference, times. The hint is rendered last. */
export type Conclusion = WithoutFrame<Result>;
type WithoutFrame<R> = R extends unknown
  ? Omit<R, 'input' | 'foundAt' | 'reference' | 'startedAt' | 'durationMs' | 'hintCode' | 'hint'> & {
      readonly hint: Hint | null;
    }
  : never;

/** What was learned about an image in one place. */
export interface Checked {
  readonly reference: Reference;
  readonly platforms: RequiredPlatforms | undefined;
  readonly proven: Proven;
  /** About the stored credentials. */
  readonly warnings: readonly Warning[];
}

type Connections = CheckContext['connections'];

const UNKNOWN_CONNECTIONS: Connections = { tlsProblems: () => [], isHttp2Only: () => false };

const NOTHING_LEARNED = {
  proof: null,
  digest: null,
  mediaType: null,
  platforms: null,
  credential: null,
  rateLimit: null,
  retryAfterSeconds: null,
} as const;

/** Without a response to judge. */
export function concludeFinding(
  { reason, cause, ...words }: Finding,
  requests: readonly SentRequest[] = [],
  connections: Connections = UNKNOWN_CONNECTIONS,
): Conclusion {
  const warnings = tlsWarnings(requests, connections);
  return {
    ...NOTHING_LEARNED,
    ...judgementOf(reason, cause),
    ...words,
    warnings,
    requests: recordsOf(requests),
  };
}

export function conclude(checked: Checked, requests: readonly SentRequest[], connections: Connections): Conclusion {
  const { reference, proven, platforms } = checked;
  const { outcome, finding, images, blobs } = proven;
  const { used, refused } = outcome.credentials;
  const isPullable = finding === undefined;
  // Refused credentials are reported only if they are the reason.
  const credential = used ?? (isPullable ? undefined : refused[0]?.credential);
  const judged = isPullable
    ? { ...PULLABLE, message: pullableMessage(reference, proven, platforms) }
    : concludeFinding(finding);
  return {
    ...judged,
    proof: outcome.kind === 'response' ? proven.proof : null,
    digest: proven.digest ?? null,
    mediaType: proven.mediaType ?? null,
    platforms: proven.platforms ?? null,
    rateLimit: outcome.kind === 'response' ? readRateLimit(outcome.response) : null,
    retryAfterSeconds: judged.verdict === 'undetermined' ? retryAfterSeconds(outcome) : null,
    credential: credential === undefined ? null : describeCredential(credential),
    warnings: [
      ...(proven.warnings ?? []),
      ...checked.warnings,
      ...registryWarnings(proven),
      ...(isPullable ? [...pullWarnings(reference, proven), ...http2Warnings(requests, connections)] : []),
      ...tlsWarnings(requests, connections),
    ],
    ...(images && {
      selected: images.map(({ platform, manifest }) => ({ platform: platform ?? 'unknown', digest: manifest.digest })),
    }),
    ...(blobs && { blobs }),
    requests: recordsOf(requests),
  };
}

const recordsOf = (requests: readonly SentRequest[]): Result['requests'] => requests.map(({ record }) => record);

const PULLABLE = {
  verdict: 'pullable',
  reason: null,
  cause: null,
  hint: null,
  registryErrors: [],
} as const;

function retryAfterSeconds(outcome: AuthOutcome): number | null {
  const waitMs = waitOf(outcome);
  return waitMs === undefined ? null : Math.ceil(waitMs / 1000);
}

function waitOf(outcome: AuthOutcome): number | undefined {
  if (outcome.kind === 'failure') return outcome.failure.waitMs;
  if (outcome.kind === 'bad-challenge') return undefined;
  return requestedWaitMs(outcome.response);
}

function pullableMessage(
  reference: Reference,
  { images = [], blobs }: Proven,
  required: RequiredPlatforms | undefined,
): string {
  const children = images.map(({ platform, manifest }) => `${platform} (${manifest.digest})`).join(', ');
  const scope = required?.includes('every') ? ' for every platform' : children === '' ? '' : ` for ${children}`;
  const sum =
    blobs === undefined ? '' : `; ${formatCount(blobs.count, 'blob')}, ${formatBytes(blobs.bytes)}, none downloaded`;
  return `${formatReference(reference)} can be pulled${scope}${sum}.`;
}

/** Why a pull may fail although the image is pullable. */
function pullWarnings({ registry }: Reference, { outcome }: Proven): Warning[] {
  const warnings = outcome.credentials.refused.map(({ credential }): Warning => {
    const message = `The credentials for ${registry} from ${cleanText(credential.source)} were rejected; others were accepted. docker tries only one source and fails: renew them there, or remove them.`;
    return { code: 'stale-credentials', message };
  });
  const { used } = outcome.credentials;
  if (used?.kind === 'password' && used.beside === 'registry-token') {
    const message = `${cleanText(used.source)}: the entry for ${registry} has a registry token (registrytoken), which docker and crane send instead of the user name and password; ${registry} does not accept it, so they fail: remove the registry token.`;
    warnings.push({ code: 'credentials-file', message });
  }
  const limit = outcome.kind === 'response' ? readRateLimit(outcome.response) : null;
  if (limit?.remaining !== 0) return warnings;
  const quota = limit.limit === null ? '' : ` (${limit.limit})`;
  const message = `The pull quota${quota} is exhausted: the image exists, but a pull would be refused right now.`;
  return [...warnings, { code: 'quota-exhausted', message }];
}

/** `Warning: 299 - "text"`: distribution-spec "Warnings". */
function registryWarnings({ outcome }: Proven): Warning[] {
  if (outcome.kind !== 'response') return [];
  const { headers, quote } = outcome.response;
  const texts = headers.all('warning').flatMap((field) => {
    const text = /^\s*299 [^\s"]+ "((?:[^"\\]|\\.)*)"/.exec(field)?.[1];
    return text === undefined ? [] : [text.trim()];
  });
  return texts.map((text, at): Warning => {
    // Quoted twice: without its backslashes, a secret that the server escaped would not be recognized.
    const shown = quote(text, text.length, [besideOf(texts, at)]).replace(/\\(.)/g, '$1');
    return { code: 'registry-warning', message: quote(shown) };
  });
}

function http2Warnings(requests: readonly SentRequest[], { isHttp2Only }: Connections): Warning[] {
  const found = requests.filter(({ url }) => url.protocol === 'https:' && isHttp2Only(url.host));
  // A host that a server chose may contain a secret: its record shows it only if it does not.
  const hosts = new Set(
    found.map(({ url, record }) =>
      record.url.includes(`//${url.host}/`) ? url.host : 'A host that the registry names',
    ),
  );
  return [...hosts].map((host) => ({
    code: 'http2-only',
    message: cleanText(
      `${host} refuses HTTP/1.1: skopeo, podman and ctr, which do not support HTTP/2, cannot pull.`,
      500,
    ),
  }));
}

function tlsWarnings(requests: readonly SentRequest[], { tlsProblems }: Connections): Warning[] {
  const urls = requests.map(({ url }) => url).filter(({ protocol }) => protocol === 'https:');
  const problems = new Set(urls.flatMap(({ host }) => tlsProblems(host)));
  return [...problems].map((problem) => ({
    code: 'certificates-file',
    message: cleanText(`${problem}; ignored.`, 500),
  }));
}

/** Where a mirrored image was found, and what is reported about the mirrors before. */
export interface MirrorNotes {
  readonly earlier: readonly Conclusion[];
  readonly warnings: readonly Warning[];
  readonly servedBy?: { readonly registry: string; readonly isMirror: boolean };
}

export function concludeMirrored(last: Conclusion, { earlier, warnings, servedBy }: MirrorNotes): Conclusion {
  const message = servedBy?.isMirror ? `Served by mirror ${servedBy.registry}: ${last.message}` : last.message;
  return {
    ...last,
    message,
    requests: [...earlier, last].flatMap(({ requests }) => requests),
    warnings: [...[...earlier, last].flatMap((conclusion) => conclusion.warnings), ...warnings],
    ...(servedBy && { servedBy: servedBy.registry }),
  };
}

export interface ResultFrame {
  readonly target: Target;
  /** Its text, if that was parsed. */
  readonly parsed?: ReturnType<typeof parseReference>;
  /** Milliseconds since 1970. */
  readonly startedMs: number;
  readonly endedMs: number;
  /** Default: the command. */
  readonly hintReader?: HintReader | undefined;
}

export function buildResult(frame: ResultFrame, { hint, ...conclusion }: Conclusion): Result {
  const { target, startedMs, endedMs, hintReader = 'command' } = frame;
  const { text, foundAt } = target;
  const { parsed: reference = parseReference(text) } = frame;
  const shown = shownHint(hint, hintReader);
  // Spread first, which is much faster than between other properties.
  return {
    ...conclusion,
    input: text,
    foundAt,
    reference: reference.ok ? describeReference(reference.value) : null,
    hint: shown,
    hintCode: shown === null ? null : (hint?.code ?? null),
    warnings: distinctWarnings(conclusion.warnings),
    startedAt: new Date(startedMs).toISOString(),
    durationMs: endedMs - startedMs,
  };
}

/** The same file, or the same mirror, may be read more than once in a check. */
function distinctWarnings(warnings: readonly Warning[]): readonly Warning[] {
  return [...new Map(warnings.map((warning) => [`${warning.code} ${warning.message}`, warning])).values()];
}

/** For a check that threw, which only a bug of ours does. The message of an exception may quote anything: it is not shown. */
export function buildInternalError(frame: ResultFrame, error: unknown): Result {
  const kind = error instanceof Error ? error.name : typeof error;
  const message = `Internal error in ${NAME} ${VERSION} (${kind}, Node ${process.version}): this is a bug and says nothing about the image.`;
  const hint = advise(
    'report-bug',
    'Please report it, with the command you ran; KAIROS_PULL_DEBUG=1 prints the details.',
  );
  return buildResult(frame, concludeFinding(finding({ reason: 'internal-error', cause: null, message, hint })));
}
