// Asks for a config or layer with as few bytes as can prove that it is there: by HEAD, then by its first byte, then by
// its beginning.

import type { Answer } from '../auth/authenticate.ts';
import { type Outcome, success } from '../core/outcome.ts';
import { FIRST_BYTE_STATUSES } from '../registry/blob-evidence.ts';
import type { Extent, RegistryClient } from '../registry/client.ts';
import { decide } from './decide.ts';
import type { Finding, Part, Question } from './finding.ts';
import { type BlobState, judgeBlobBody, judgeBlobHead } from './judge-blob.ts';

/** Registries that answer for a blob only by GET: the next blob starts with it. */
export type HeadlessHosts = Set<string>;

/** A blob that is there. */
export interface FoundBlob {
  /** false: the answer told no length, and the blob was too long to be read. */
  readonly sizeKnown: boolean;
}

type Found = Outcome<FoundBlob, Finding>;
type AskFor = (extent: Extent) => Promise<Answer>;

const MAX_FOREIGN_URLS = 3;

export async function proveBlob(
  client: RegistryClient,
  image: Question,
  part: Part & { readonly kind: 'config' | 'layer' },
  headless: HeadlessHosts,
): Promise<Found> {
  const question: Question = { ...image, part };
  const { digest, urls = [] } = part.descriptor;
  const ask: AskFor = (extent) => client.blob(extent, digest, part.kind === 'config' ? 'config' : 'blob');

  const addresses = urls.filter(isWebAddress).slice(0, MAX_FOREIGN_URLS);
  if (addresses.length > 0) {
    const away = await proveForeign(client, question, addresses);
    if (away.ok) return away;
    // Some registries keep a copy of their own; a runtime takes either.
    const here = await proveByGet(question, ask);
    return here.ok ? here : away;
  }
  if (headless.has(image.host)) return proveByGet(question, ask);
  const byHead = await proveByHead(question, ask);
  if (byHead !== undefined) return byHead;
  const byGet = await proveByGet(question, ask);
  if (byGet.ok) headless.add(image.host);
  return byGet;
}

/** undefined when only a GET settles it: many a store refuses HEADs of blobs, or measures them wrongly. */
async function proveByHead(question: Question, ask: AskFor): Promise<Found | undefined> {
  const answer = await ask('head');
  const judged = decide(question, { answer }, judgeBlobHead);
  if (judged.ok) return found(judged.value);
  return isWorthGet(answer) ? undefined : judged;
}

const isWorthGet = (answer: Answer): boolean => {
  // A HEAD has no body that could be in a wrong coding.
  if (answer.kind === 'failure') return answer.failure.kind === 'not-http' && answer.failure.phase === 'body';
  if (answer.kind !== 'response') return false;
  const { status } = answer.response;
  return status !== 429 && (status < 500 || status === 501);
};

async function proveByGet(question: Question, ask: AskFor): Promise<Found> {
  const first = decide(question, { answer: await ask('first-byte') }, judgeBlobHead, FIRST_BYTE_STATUSES);
  if (!first.ok) return first;
  const settled = found(first.value);
  if (settled !== undefined) return settled;
  const beginning = decide(question, { answer: await ask('beginning') }, judgeBlobBody);
  return beginning.ok ? success({ sizeKnown: beginning.value === 'present' }) : beginning;
}

const found = (state: BlobState): Found | undefined =>
  state === 'unclear' ? undefined : success({ sizeKnown: state === 'present' });

/** The first address that has it counts; otherwise what is wrong with the last. */
async function proveForeign(
  client: RegistryClient,
  question: Question,
  [address = '', ...others]: readonly string[],
): Promise<Found> {
  const ask: AskFor = (extent) => client.foreign(extent, new URL(address));
  const proven = (await proveByHead(question, ask)) ?? (await proveByGet(question, ask));
  return proven.ok || others.length === 0 ? proven : proveForeign(client, question, others);
}

const isWebAddress = (url: string): boolean => URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
