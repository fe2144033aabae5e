// Finds out whether a blob exists, with as few bytes as can prove it: by HEAD, then by its first byte, then by its
// beginning. A pull sends only the last: what refuses the others decides nothing.

import type { AuthOutcome } from '../auth/authenticate.ts';
import { hasContent } from '../http/response.ts';
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
  return mayDifferByGet(outcome) ? undefined : { outcome };
}

/** Storage may sign, or a proxy may pass, nothing but GET. Not where no connection is possible, or the host is paused. */
function mayDifferByGet(outcome: AuthOutcome): boolean {
  if (outcome.kind !== 'failure') return outcome.kind === 'response';
  const { kind, phase, isTransient } = outcome.failure;
  return isTransient || (WITH_CONNECTION.has(kind) && (phase === 'headers' || phase === 'body'));
}

const WITH_CONNECTION = new Set(['tcp', 'timeout', 'not-http', 'redirect-loop']);

async function findByGet(send: SendForBlob, descriptor: Descriptor): Promise<FoundBlob> {
  const first = await send('first-byte');
  const evidence = hasStatus(first, FIRST_BYTE_STATUSES) ? readBlobHead(first.response, descriptor) : undefined;
  if (evidence !== undefined || !mayDifferWithoutRange(first)) return { outcome: first, ...(evidence && { evidence }) };
  const outcome = await send('beginning');
  if (outcome.kind !== 'response' || !hasContent(outcome.response)) return { outcome };
  const whole = readBlobBody(outcome.response, descriptor);
  // What is not the blob may be a part of it, or a message.
  return outcome.response.status === 200 || whole.kind === 'present' ? { outcome, evidence: whole } : { outcome };
}

/** Final whether a range or the whole was requested. */
const FINAL = new Set([401, 404, 407, 410, 451]);

function mayDifferWithoutRange(outcome: AuthOutcome): boolean {
  if (outcome.kind !== 'response') return mayDifferByGet(outcome);
  const { status } = outcome.response;
  return hasContent(outcome.response) || (status >= 400 && !FINAL.has(status));
}

const isPresent = ({ evidence }: FoundBlob): boolean => evidence?.kind === 'present';

const hasStatus = (outcome: AuthOutcome, statuses: readonly number[]): outcome is AuthOutcome & { kind: 'response' } =>
  outcome.kind === 'response' && statuses.includes(outcome.response.status);

const hostOf = (url = ''): string => new URL(url).host;

const isWebAddress = (url: string): boolean => URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
