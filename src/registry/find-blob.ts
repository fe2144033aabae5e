// Finds out whether a blob exists, with as few bytes as can prove it: by HEAD, then by its first byte, then by its
// beginning.

import type { AuthOutcome } from '../auth/authenticate.ts';
import { type BlobEvidence, readBlobBody, readBlobHead } from './blob-evidence.ts';
import type { Descriptor } from './manifest-schema.ts';

/** `head` and `first-byte` read no body; `beginning` requests the whole blob, as a pull does, and reads the first part. */
export type BlobExtent = 'head' | 'first-byte' | 'beginning';

/** `url`: where a foreign layer is stored; unset: in the registry. */
export type SendForBlob = (extent: BlobExtent, url?: URL) => Promise<AuthOutcome>;

export interface FoundBlob {
  readonly outcome: AuthOutcome;
  /** Unset: no response, or not one that could contain the blob. */
  readonly evidence?: BlobEvidence;
  /** The first URL of the descriptor that does not serve the blob, although it was found elsewhere. */
  readonly failedUrl?: FailedUrl;
}

export interface FailedUrl {
  /** `host[:port]` */
  readonly host: string;
  readonly outcome: AuthOutcome;
}

const MAX_FOREIGN_URLS = 3;
const FIRST_BYTE_STATUSES = [200, 206, 416];

/** `hostsWithoutHead`: registries that serve blobs only by GET. They are remembered, so that the next blob begins with it. */
export async function findBlob(
  send: SendForBlob,
  descriptor: Descriptor,
  host: string,
  hostsWithoutHead: Set<string>,
): Promise<FoundBlob> {
  const urls = (descriptor.urls ?? []).filter(isWebAddress).slice(0, MAX_FOREIGN_URLS);
  if (urls.length > 0) {
    const foreign = await findForeign(send, descriptor, urls);
    if (isPresent(foreign)) return foreign;
    // Some registries keep a copy; a runtime uses either.
    const copy = await findByGet(send, descriptor);
    const failedUrl = foreign.failedUrl ?? { host: hostOf(urls[0]), outcome: foreign.outcome };
    return isPresent(copy) ? { ...copy, failedUrl } : foreign;
  }
  const byHead = hostsWithoutHead.has(host) ? undefined : await findByHead(send, descriptor);
  if (byHead !== undefined) return byHead;
  const byGet = await findByGet(send, descriptor);
  if (isPresent(byGet)) hostsWithoutHead.add(host);
  return byGet;
}

/** The first URL that has it counts; otherwise what is wrong with the last. */
async function findForeign(
  send: SendForBlob,
  descriptor: Descriptor,
  [url = '', ...others]: readonly string[],
): Promise<FoundBlob> {
  const sendThere: SendForBlob = (extent) => send(extent, new URL(url));
  const found = (await findByHead(sendThere, descriptor)) ?? (await findByGet(sendThere, descriptor));
  if (isPresent(found) || others.length === 0) return found;
  const next = await findForeign(send, descriptor, others);
  // After a 404 every runtime goes on to the next.
  return hasStatus(found.outcome, [404]) ? next : { ...next, failedUrl: { host: hostOf(url), outcome: found.outcome } };
}

/** undefined if only a GET can tell: many registries reject HEAD for blobs, or report a wrong size. */
async function findByHead(send: SendForBlob, descriptor: Descriptor): Promise<FoundBlob | undefined> {
  const outcome = await send('head');
  const evidence = hasStatus(outcome, [200]) ? readBlobHead(outcome.response, descriptor) : undefined;
  if (evidence?.kind === 'present') return { outcome, evidence };
  return isWorthGet(outcome) ? undefined : { outcome };
}

function isWorthGet(outcome: AuthOutcome): boolean {
  // The response to a HEAD has no body whose coding could be wrong.
  if (outcome.kind === 'failure') return outcome.failure.kind === 'not-http' && outcome.failure.phase === 'body';
  if (outcome.kind !== 'response') return false;
  const { status } = outcome.response;
  return status !== 429 && (status < 500 || status === 501);
}

async function findByGet(send: SendForBlob, descriptor: Descriptor): Promise<FoundBlob> {
  const first = await send('first-byte');
  if (!hasStatus(first, FIRST_BYTE_STATUSES)) return { outcome: first };
  const evidence = readBlobHead(first.response, descriptor);
  if (evidence !== undefined) return { outcome: first, evidence };
  const outcome = await send('beginning');
  return hasStatus(outcome, [200]) ? { outcome, evidence: readBlobBody(outcome.response, descriptor) } : { outcome };
}

const isPresent = ({ evidence }: FoundBlob): boolean => evidence?.kind === 'present';

const hasStatus = (outcome: AuthOutcome, statuses: readonly number[]): outcome is AuthOutcome & { kind: 'response' } =>
  outcome.kind === 'response' && statuses.includes(outcome.response.status);

const hostOf = (url = ''): string => new URL(url).host;

const isWebAddress = (url: string): boolean => URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
