// Asks for the manifest with as few requests as the wanted proof allows, and says how far it came.

import type { Answer } from '../auth/authenticate.ts';
import { type Digest, isDigest } from '../core/digest.ts';
import { failure, type Outcome, success } from '../core/outcome.ts';
import type { Proof, Warning } from '../core/result.ts';
import { cleanText } from '../core/text.ts';
import type { HttpResponse } from '../http/send.ts';
import type { RegistryClient } from '../registry/client.ts';
import { isSigned } from '../registry/error.ts';
import { type Manifest, readManifest } from '../registry/manifest.ts';
import { kindOfMediaType, OCI_MANIFEST } from '../registry/media-type.ts';
import type { Finding, Question } from './finding.ts';
import { judgeAnswer } from './judge-answer.ts';
import { judgeManifest } from './judge-manifest.ts';

export interface Served {
  readonly proof: Proof & ('head' | 'manifest');
  readonly digest: Digest;
  readonly mediaType: string;
  /** Unset when only its headers were asked for. */
  readonly manifest: Manifest | undefined;
  readonly warnings: readonly Warning[];
}

export interface Asked {
  /** The answer the outcome rests on. */
  readonly answer: Answer;
  readonly outcome: Outcome<Served, Finding>;
}

/**
 * `get`: a GET. `head`: a HEAD, and a GET when that is refused or tells too little. `thrifty`: as `head`, and a GET
 * too when the media type could be that of an artifact (for registries that count GETs: doubt alone is worth one).
 */
export type Manner = 'get' | 'head' | 'thrifty';

export async function askManifest(client: RegistryClient, question: Question, manner: Manner): Promise<Asked> {
  const { tag, digest } = question.reference;
  const name = digest ?? (tag as string);
  if (manner !== 'get') {
    const answer = await client.manifest('HEAD', name);
    if (answer.kind !== 'response' || isFinalForHead(answer.response.status)) {
      return { answer, outcome: failure(judgeAnswer(question, answer)) };
    }
    const served = readHead(answer.response, digest, manner);
    if (served !== undefined) return { answer, outcome: success(served) };
  }
  const answer = await client.manifest('GET', name);
  if (answer.kind !== 'response' || answer.response.status !== 200) {
    const registryAnswers = await pingIfUnsigned(client, question, answer);
    return { answer, outcome: failure(judgeAnswer(question, answer, registryAnswers)) };
  }
  return { answer, outcome: readGet(question, answer.response) };
}

/** A HEAD has no body to explain itself: everything else is asked again by GET before it is judged. */
const isFinalForHead = (status: number): boolean =>
  status === 401 || status === 429 || (status >= 500 && status !== 501);

function readHead({ status, headers }: HttpResponse, asked: Digest | undefined, manner: Manner): Served | undefined {
  const digest = headers.get('docker-content-digest');
  const mediaType = headers.mediaType();
  if (status !== 200 || mediaType === undefined || kindOfMediaType(mediaType) === undefined) return undefined;
  if (!isDigest(digest) || (asked !== undefined && digest !== asked)) return undefined;
  if (manner === 'thrifty' && mediaType === OCI_MANIFEST) return undefined;
  return { proof: 'head', digest, mediaType, manifest: undefined, warnings: [] };
}

function readGet(question: Question, response: HttpResponse): Outcome<Served, Finding> {
  const { digest: asked } = question.reference;
  const { body: bytes, truncated, headers } = response;
  const read = readManifest({ bytes, truncated, contentType: headers.mediaType() }, asked);
  const problem = judgeManifest(question, read, asked);
  if (problem !== undefined || !read.ok) return failure(problem as Finding);
  const manifest = read.value;
  return success({
    proof: 'manifest',
    digest: manifest.digest,
    mediaType: manifest.mediaType,
    manifest,
    warnings: digestHeaderWarning(headers.get('docker-content-digest'), manifest.digest),
  });
}

/** By tag the content decides: some registries send a sloppy header. */
function digestHeaderWarning(header: string | undefined, digest: Digest): Warning[] {
  const comparable = header?.split(':')[0] === digest.split(':')[0];
  if (header === undefined || !comparable || header === digest) return [];
  const message = `The registry's header says ${cleanText(header, 100)}, the content is ${digest}.`;
  return [{ code: 'digest-header-mismatch', message }];
}

/** A 404 that no registry signed: `/v2/` tells whether there is one. */
async function pingIfUnsigned(
  client: RegistryClient,
  question: Question,
  answer: Answer,
): Promise<boolean | undefined> {
  if (answer.kind !== 'response' || (answer.response.status !== 404 && answer.response.status !== 410))
    return undefined;
  if (isSigned(answer.response) || question.known.signsNotFound) return undefined;
  const ping = await client.ping();
  if (ping.kind !== 'response') return ping.kind === 'token-refused';
  const { status } = ping.response;
  return (
    isSigned(ping.response) ||
    status === 401 ||
    (status === 200 && !/html/.test(ping.response.headers.mediaType() ?? ''))
  );
}
