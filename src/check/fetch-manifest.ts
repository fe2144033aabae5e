// Fetches the manifest with as few requests as the proof allows, and reports how far that went.

import type { AuthOutcome } from '../auth/authenticate.ts';
import { type Digest, isDigest, isSha256 } from '../core/digest.ts';
import { failure, type Outcome, success } from '../core/outcome.ts';
import type { Proof, Warning } from '../core/result.ts';
import { isGzip } from '../http/response.ts';
import type { HttpResponse } from '../http/send.ts';
import type { RegistryClient } from '../registry/client.ts';
import { type Evidence, evidenceOf } from '../registry/evidence.ts';
import { MAX_MANIFEST_BYTES, type Manifest } from '../registry/manifest.ts';
import { OCI_MANIFEST } from '../registry/media-type.ts';
import { readServedType } from '../registry/served-type.ts';
import { decide, judgeOther } from './decide.ts';
import type { CheckedImage, Finding } from './finding.ts';
import { judgeManifest } from './judge-content.ts';
import { notARegistry } from './judge-not-found.ts';
import { rejectedCredential } from './judge-permission.ts';

export interface ServedManifest {
  readonly digest: Digest;
  readonly mediaType: string;
  /** Unset after a HEAD. */
  readonly manifest: Manifest | undefined;
  /** In bytes; after a HEAD as the registry reports it, unset if it does not. */
  readonly size: number | undefined;
  readonly warnings: readonly Warning[];
}

export interface Fetched {
  /** What the judgement is based on, and how far it goes. */
  readonly outcome: AuthOutcome;
  readonly proof: Proof & ('head' | 'manifest');
  readonly served: Outcome<ServedManifest, Finding>;
}

/**
 * `get`: a GET. `head`: a HEAD, and a GET if HEAD is refused or its headers are incomplete. `head-unless-unclear`: as
 * `head`, and a GET too if the media type may be that of an artifact; for registries that count a GET as a pull.
 * `head-or-get`: as `head`, and a GET too if HEAD fails in any way, as runtimes send only that.
 */
export type FetchMethod = 'get' | 'head' | 'head-unless-unclear' | 'head-or-get';

export async function fetchManifest(
  client: RegistryClient,
  image: CheckedImage,
  method: FetchMethod,
): Promise<Fetched> {
  const { tag, digest } = image.reference;
  const name = digest ?? (tag as string);
  const isWeakHead = method === 'head-or-get';
  const head =
    method === 'get'
      ? undefined
      : await client.manifest('HEAD', name, 'manifest', isWeakHead ? { hasAlternative: true } : {});
  if (head !== undefined && needsNoGet(head) && !(isWeakHead && isWithoutAnswer(head)))
    return fetched(head, 'head', failure(judgeOther(image, head)));
  const served = head?.kind === 'response' ? readHead(head.response, digest) : undefined;
  if (head?.kind === 'response' && served !== undefined && lengthOf(head.response) > MAX_MANIFEST_BYTES) {
    // As if it had been read up to the limit.
    return fetched(head, 'head', judgeServed(image, evidenceOf({ ...head.response, truncated: true })));
  }
  const mayBeArtifact = method === 'head-unless-unclear' && served?.mediaType === OCI_MANIFEST;
  if (head !== undefined && served !== undefined && rejectedCredential(head) !== undefined) {
    return fetched(head, 'head', failure(judgeOther(image, head, () => true)));
  }
  if (head !== undefined && served !== undefined && !mayBeArtifact) return fetched(head, 'head', success(served));

  const got = await client.manifest('GET', name);
  // The pull quota is exhausted, but the headers proved that the manifest exists.
  const isLimited = got.kind === 'response' && evidenceOf(got.response).limit !== undefined;
  if (head !== undefined && served !== undefined && isLimited) return fetched(head, 'head', success(served));
  const judged = withHeadWarnings(
    decide(image, got, judgeServed),
    isWeakHead && head?.kind === 'failure' ? undefined : head,
    digest !== undefined,
  );
  const isWeak = !judged.ok && judged.error.cause === 'weak-evidence' && !image.known.explainsNotFound;
  const isDoubtful = isWeak && got.kind === 'response' && !evidenceOf(got.response).isFromRegistry;
  const isNoRegistry = isDoubtful && (await lacksApi(client));
  if (got.kind !== 'response' || !isNoRegistry) return fetched(got, 'manifest', judged);
  return fetched(got, 'manifest', failure(notARegistry(evidenceOf(got.response))));
}

const fetched = (outcome: AuthOutcome, proof: Fetched['proof'], served: Fetched['served']): Fetched => ({
  outcome,
  proof,
  served,
});

/** The response to a HEAD has no error body: unless the status says it all, a GET follows before it is judged. */
function needsNoGet(outcome: AuthOutcome): boolean {
  // Some servers close the connection of any method but GET.
  if (outcome.kind === 'failure') return outcome.failure.kind !== 'tcp' || outcome.failure.phase !== 'headers';
  if (outcome.kind !== 'response') return true;
  const { status, headers, crossedOrigin } = outcome.response;
  const isChallenge = status === 401 && headers.get('www-authenticate') !== undefined && !crossedOrigin;
  return isChallenge || STATUSES_WITHOUT_GET.has(status);
}

/** Of a server that can be connected to. */
const isWithoutAnswer = (outcome: AuthOutcome): boolean =>
  outcome.kind === 'failure'
    ? outcome.failure.phase === 'headers'
    : outcome.kind === 'response' && outcome.response.status > 429;

const STATUSES_WITHOUT_GET = new Set([429, 502, 503, 504]);

function readHead({ status, headers }: HttpResponse, expected: Digest | undefined): ServedManifest | undefined {
  const digest = headers.get('docker-content-digest');
  const { type: mediaType, isOdd } = readServedType(headers.get('content-type') ?? '');
  // What only some runtimes accept is left to a GET.
  if (status !== 200 || mediaType === undefined || isOdd) return undefined;
  if (!isDigest(digest) || !isSha256(digest) || (expected !== undefined && digest !== expected)) return undefined;
  const length = lengthOf({ headers });
  if (length < SHORTEST_MANIFEST_BYTES) return undefined;
  const size = Number.isNaN(length) ? undefined : length;
  return { digest, mediaType, manifest: undefined, size, warnings: codedWarning({ headers }) };
}

/** A manifest contains at least one digest. Some servers send the length of an empty body with a HEAD. */
const SHORTEST_MANIFEST_BYTES = 72;

/** NaN without a length, or if it is the length of an encoded body. */
function lengthOf({ headers }: Pick<HttpResponse, 'headers'>): number {
  const length = headers.get('content-length') ?? '';
  return headers.get('content-encoding') === undefined && /^\d+$/.test(length) ? Number(length) : Number.NaN;
}

function judgeServed(image: CheckedImage, evidence: Evidence): Outcome<ServedManifest, Finding> {
  const judged = judgeManifest(image, evidence);
  if (!judged.ok) return failure(judged.error);
  const { digest, mediaType } = judged.value;
  const { response } = evidence;
  const warnings = [...digestHeaderWarning(response, digest), ...codedWarning(response)];
  return success({ digest, mediaType, manifest: judged.value, size: response.body.length, warnings });
}

/** For a tag the content decides: some registries send a wrong header. */
function digestHeaderWarning({ headers, quote }: HttpResponse, digest: Digest): Warning[] {
  const header = headers.get('docker-content-digest') ?? '';
  if (header === '' || header === digest) return [];
  const message = `The registry reports digest ${quote(header, 150)}, but the content's digest is ${digest}: containerd goes by the header, and fails.`;
  return [{ code: 'digest-header-mismatch', message }];
}

/** No encoding is requested: the response to a HEAD may be encoded too. Without a digest, containerd sends a GET. */
function codedWarning({ headers }: Pick<HttpResponse, 'headers'>): Warning[] {
  const isResolved = (headers.get('docker-content-digest') ?? '') !== '';
  if (!isResolved || !isGzip(headers.get('content-encoding')) || headers.get('content-length') === undefined) return [];
  const message =
    'The manifest is compressed although no client asks for that: containerd takes the Content-Length of a HEAD for the size of the manifest, and may fail.';
  return [{ code: 'manifest-head', message }];
}

function withHeadWarnings(
  judged: Outcome<ServedManifest, Finding>,
  head: AuthOutcome | undefined,
  isPinned: boolean,
): Outcome<ServedManifest, Finding> {
  if (!judged.ok || head === undefined) return judged;
  const { value } = judged;
  if (!isPinned && head.kind === 'response' && isMoved(head.response, value)) return judged;
  const warnings =
    head.kind === 'response'
      ? headWarnings(head.response, value)
      : [headWarning('The registry does not answer HEAD, although it serves the manifest')];
  return success({ ...value, warnings: [...value.warnings, ...warnings] });
}

/** Between HEAD and GET the tag was pushed again: a pull gets either image. */
export function isMoved(
  { status, headers }: Pick<HttpResponse, 'status' | 'headers'>,
  { digest, warnings = [] }: { readonly digest: Digest; readonly warnings?: readonly Warning[] },
): boolean {
  const resolved = headers.get('docker-content-digest');
  const isTrue = warnings.every(({ code }) => code !== 'digest-header-mismatch');
  return status === 200 && isDigest(resolved) && isSha256(resolved) && resolved !== digest && isTrue;
}

/** containerd resolves an image by HEAD. Only after a 405, or without a digest, does it send a GET. */
export function headWarnings(
  response: HttpResponse,
  { digest, mediaType, size }: Pick<ServedManifest, 'digest' | 'mediaType' | 'size'>,
): readonly Warning[] {
  const { status, headers, quote } = response;
  if (status >= 400) {
    return status === 405
      ? []
      : [headWarning(`The registry answers HEAD with ${status}, although it serves the manifest`)];
  }
  if (status !== 200 || (headers.get('docker-content-digest') ?? '') === '') return [];
  const type = headers.get('content-type') ?? '';
  const length = lengthOf(response);
  const wrong = [
    ...(readServedType(type).type === mediaType ? [] : [`Content-Type ${quote(type, 100) || '(none)'}`]),
    ...(size === undefined || Number.isNaN(length) || length === size ? [] : [`Content-Length ${length}`]),
  ];
  const mismatch = digestHeaderWarning(response, digest);
  if (wrong.length === 0) return mismatch;
  return [...mismatch, headWarning(`The response to a HEAD has another ${wrong.join(' and ')} than the manifest`)];
}

const headWarning = (problem: string): Warning => ({
  code: 'manifest-head',
  message: `${problem}: containerd goes by the response to a HEAD, and fails.`,
});

/** Whether the server has no registry API; false if `/v2/` does not tell. */
async function lacksApi(client: RegistryClient): Promise<boolean> {
  const ping = await client.ping();
  if (!ping.ok) return false;
  const { isFromRegistry, page, response } = evidenceOf(ping.value);
  const { status } = response;
  if (isFromRegistry || status === 401) return false;
  if (status === 200) return page !== undefined;
  return status < 500 && status !== 403 && status !== 429;
}
