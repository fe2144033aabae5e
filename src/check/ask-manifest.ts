// Asks for the manifest with as few requests as the wanted proof allows, and says how far it came.

import type { Answer } from '../auth/authenticate.ts';
import { type Digest, isDigest } from '../core/digest.ts';
import { failure, type Outcome, success } from '../core/outcome.ts';
import type { Proof, Warning } from '../core/result.ts';
import type { HttpResponse } from '../http/send.ts';
import type { RegistryClient } from '../registry/client.ts';
import { isSigned } from '../registry/error.ts';
import { MAX_MANIFEST_BYTES, type Manifest } from '../registry/manifest.ts';
import { isManifestMediaType, OCI_MANIFEST } from '../registry/media-type.ts';
import { isPage } from '../registry/page.ts';
import { limitMet } from '../registry/rate-limit.ts';
import { decide } from './decide.ts';
import type { Finding, Question } from './finding.ts';
import { judgeManifest } from './judge-manifest.ts';

export interface Served {
  readonly digest: Digest;
  readonly mediaType: string;
  /** Unset when only its headers were asked for. */
  readonly manifest: Manifest | undefined;
  readonly warnings: readonly Warning[];
}

export interface Asked {
  /** The answer the outcome rests on, and how far it looked. */
  readonly answer: Answer;
  readonly proof: Proof & ('head' | 'manifest');
  readonly outcome: Outcome<Served, Finding>;
}

/**
 * `get`: a GET. `head`: a HEAD, and a GET when that is refused or tells too little. `thrifty`: as `head`, and a GET
 * too when the media type may be that of an artifact (for registries that count GETs: only doubt is worth one).
 */
export type Manner = 'get' | 'head' | 'thrifty';

export async function askManifest(client: RegistryClient, question: Question, manner: Manner): Promise<Asked> {
  const { tag, digest } = question.reference;
  const name = digest ?? (tag as string);
  const head = manner === 'get' ? undefined : await client.manifest('HEAD', name);
  if (head !== undefined && isFinal(head)) return asked(head, 'head', decide(question, { answer: head }, refuse));
  const served = head?.kind === 'response' ? readHead(head.response, digest) : undefined;
  if (head?.kind === 'response' && served !== undefined && lengthOf(head.response) > MAX_MANIFEST_BYTES) {
    return asked(head, 'head', decide(question, { answer: head }, serveTooLarge));
  }
  const mayBeArtifact = manner === 'thrifty' && served?.mediaType === OCI_MANIFEST;
  if (head !== undefined && served !== undefined && !mayBeArtifact) return asked(head, 'head', success(served));

  const answer = await client.manifest('GET', name);
  // Pulls are used up, but the headers said that it is there.
  if (head !== undefined && served !== undefined && answer.kind === 'response' && limitMet(answer.response)) {
    return asked(head, 'head', success(served));
  }
  const registryAnswers = await pingIfUnsigned(client, question, answer);
  return asked(answer, 'manifest', decide(question, { answer, registryAnswers }, serve));
}

const asked = (answer: Answer, proof: Asked['proof'], outcome: Asked['outcome']): Asked => ({ answer, proof, outcome });

/** A HEAD has no body to explain itself: what is not final is asked again by GET before it is judged. */
const isFinal = (answer: Answer): boolean =>
  answer.kind !== 'response' ||
  (answer.response.status === 401 && !answer.response.crossedOrigin) ||
  FINAL_STATUSES.has(answer.response.status);

const FINAL_STATUSES = new Set([429, 502, 503, 504]);

/** Never called: no final answer to a HEAD is the manifest. */
const refuse = (): never => {
  throw new TypeError('a HEAD has no manifest');
};

function readHead({ status, headers }: HttpResponse, asked: Digest | undefined): Served | undefined {
  const digest = headers.get('docker-content-digest');
  const mediaType = headers.mediaType();
  if (status !== 200 || !isManifestMediaType(mediaType)) return undefined;
  if (!isDigest(digest) || (asked !== undefined && digest !== asked)) return undefined;
  if (lengthOf({ headers }) < SHORTEST_MANIFEST_BYTES) return undefined;
  return { digest, mediaType, manifest: undefined, warnings: [] };
}

/** A manifest names at least one digest. Shorter ones are there by HEAD only: some servers measure an empty body. */
const SHORTEST_MANIFEST_BYTES = 72;

/** NaN when it is not told, or is that of a coding. */
function lengthOf({ headers }: Pick<HttpResponse, 'headers'>): number {
  const length = headers.get('content-length') ?? '';
  return headers.get('content-encoding') === undefined && /^\d+$/.test(length) ? Number(length) : Number.NaN;
}

/** As a manifest that was read up to the limit. */
const serveTooLarge = (question: Question, response: HttpResponse): Outcome<Served, Finding> =>
  serve(question, { ...response, truncated: true });

function serve(question: Question, response: HttpResponse): Outcome<Served, Finding> {
  const judged = judgeManifest(question, response);
  if (!judged.ok) return failure(judged.error);
  const { digest, mediaType } = judged.value;
  return success({ digest, mediaType, manifest: judged.value, warnings: digestHeaderWarning(response, digest) });
}

/** By tag the content decides: some registries send a sloppy header. */
function digestHeaderWarning({ headers, quote }: HttpResponse, digest: Digest): Warning[] {
  const header = headers.get('docker-content-digest');
  const isComparable = header?.split(':')[0] === digest.split(':')[0];
  if (header === undefined || header === digest || !isComparable) return [];
  const message = `The registry says the digest is ${quote(header, 150)}, but the content has ${digest}.`;
  return [{ code: 'digest-header-mismatch', message }];
}

/** A 404 that no registry signed: `/v2/` tells whether there is one; undefined when that tells nothing either. */
async function pingIfUnsigned(
  client: RegistryClient,
  { known }: Question,
  answer: Answer,
): Promise<boolean | undefined> {
  if (answer.kind !== 'response' || ![404, 410].includes(answer.response.status)) return undefined;
  if (isSigned(answer.response) || known.signsNotFound) return undefined;
  const ping = await client.ping();
  if (!ping.ok) return undefined;
  const { status } = ping.value;
  if (isSigned(ping.value) || status === 401) return true;
  if (status === 200) return !isPage(ping.value);
  return status >= 500 || status === 403 || status === 429 ? undefined : false;
}
