// Asks for every config and layer of the images once, all at once, without downloading any of them.

import type { Answer } from '../auth/authenticate.ts';
import type { Outcome } from '../core/outcome.ts';
import type { BlobSummary, Problem } from '../core/result.ts';
import { cleanText } from '../core/text.ts';
import type { RegistryClient } from '../registry/client.ts';
import type { Descriptor } from '../registry/manifest-schema.ts';
import { decide } from './decide.ts';
import type { Finding, Part, Question } from './finding.ts';
import { gravest } from './gravest.ts';
import { judgeBlob } from './judge-blob.ts';
import { createLimit } from './limit.ts';
import type { PlatformImage } from './prove-platforms.ts';

/** Registries that answer for a blob only by GET: the next blob starts with it. */
export type HeadlessHosts = Set<string>;

export interface LayersProof {
  /** What was proven to be there. */
  readonly blobs: BlobSummary;
  /** The gravest; unset when all is well. */
  readonly finding: Finding | undefined;
  /** One for every blob that is missing, blocked or damaged. */
  readonly problems: readonly Problem[];
}

interface Blob {
  readonly part: Part & { readonly kind: 'config' | 'layer' };
  readonly platform: string | null;
  /** 1-based; null for a config. */
  readonly layer: number | null;
  /** Its bytes were read before. */
  readonly isKnown: boolean;
}

const IN_FLIGHT = 64;
const MAX_NAMED = 5;
const MAX_FOREIGN_URLS = 3;

export async function proveLayers(
  client: RegistryClient,
  question: Question,
  images: readonly PlatformImage[],
  headless: HeadlessHosts,
): Promise<LayersProof> {
  const limited = createLimit(IN_FLIGHT);
  const blobs = distinctBlobs(images);
  const proofs = await Promise.all(
    blobs.map(async (blob) => {
      const finding = blob.isKnown ? undefined : await limited(() => proveBlob(client, question, blob, headless));
      return { blob, finding };
    }),
  );
  const proven = proofs.filter(({ finding }) => finding === undefined);
  const broken = proofs.flatMap(({ blob, finding }) => (finding === undefined ? [] : [{ blob, finding }]));
  return {
    blobs: { count: proven.length, bytes: proven.reduce((sum, { blob }) => sum + blob.part.descriptor.size, 0) },
    finding: summarise(broken, blobs.length),
    problems: broken.map(problemOf),
  };
}

function distinctBlobs(images: readonly PlatformImage[]): Blob[] {
  const blobs = new Map<string, Blob>();
  const add = (descriptor: Descriptor, what: string, blob: Omit<Blob, 'part'>, kind: 'config' | 'layer'): void => {
    const { digest, mediaType } = descriptor;
    const owner = blob.platform === null ? '' : ` of ${blob.platform}`;
    const name = `${what}${owner} (${digest}, ${cleanText(mediaType, 100) || 'no media type'})`;
    const known = blobs.get(digest);
    if (known === undefined || blob.isKnown) blobs.set(digest, { ...blob, part: { kind, name, descriptor } });
  };
  for (const { platform, manifest, configRead } of images) {
    add(manifest.config, 'the config', { platform, layer: null, isKnown: configRead }, 'config');
    for (const [at, layer] of manifest.layers.entries()) {
      add(layer, `layer ${at + 1}`, { platform, layer: at + 1, isKnown: false }, 'layer');
    }
  }
  return [...blobs.values()];
}

/** undefined when it is there, as large as it should be. */
async function proveBlob(
  client: RegistryClient,
  image: Question,
  { part }: Blob,
  headless: HeadlessHosts,
): Promise<Finding | undefined> {
  const question: Question = { ...image, part };
  const purpose = part.kind === 'config' ? 'config' : 'blob';
  const { digest, urls } = part.descriptor;
  const judge = (answer: Answer): Finding | undefined => errorOf(decide(question, { answer }, judgeBlob));
  const get = async (): Promise<Finding | undefined> => judge(await client.blob('GET', digest, purpose));

  const addresses = (urls ?? []).filter(isWebAddress).slice(0, MAX_FOREIGN_URLS);
  if (addresses.length > 0) {
    const finding = await proveForeign(client, addresses, judge);
    // Some registries keep a copy of their own; a runtime takes either.
    return finding === undefined || (await get()) === undefined ? undefined : finding;
  }
  if (headless.has(image.host)) return get();
  const answer = await client.blob('HEAD', digest, purpose);
  const finding = judge(answer);
  if (finding === undefined || !isWorthGet(answer)) return finding;
  const settled = await get();
  if (settled === undefined) headless.add(image.host);
  return settled;
}

async function proveForeign(
  client: RegistryClient,
  addresses: readonly string[],
  judge: (answer: Answer) => Finding | undefined,
): Promise<Finding | undefined> {
  let finding: Finding | undefined;
  for (const address of addresses) {
    const url = new URL(address);
    const head = await client.foreign('HEAD', url);
    finding = judge(head);
    if (finding !== undefined && isWorthGet(head)) finding = judge(await client.foreign('GET', url));
    if (finding === undefined) return undefined;
  }
  return finding;
}

const isWebAddress = (url: string): boolean => URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);

/** HEADs of blobs are refused, answered from elsewhere or measured wrongly by many a store: only a GET settles it. */
const isWorthGet = (answer: Answer): boolean =>
  answer.kind === 'response' &&
  answer.response.status !== 429 &&
  (answer.response.status < 500 || answer.response.status === 501);

const errorOf = <E>(outcome: Outcome<unknown, E>): E | undefined => (outcome.ok ? undefined : outcome.error);

interface Broken {
  readonly blob: Blob;
  readonly finding: Finding;
}

const problemOf = ({ blob: { part, platform, layer }, finding: { reason, cause, message } }: Broken): Problem => ({
  reason,
  cause,
  digest: part.descriptor.digest,
  mediaType: cleanText(part.descriptor.mediaType, 100),
  platform,
  layer,
  message,
});

const FATES: Readonly<Record<string, string>> = {
  incomplete: 'are missing',
  corrupt: 'are damaged',
  denied: 'are refused',
  unauthorized: 'are refused',
};

/** One finding for all of the gravest kind. */
function summarise(broken: readonly Broken[], total: number): Finding | undefined {
  const [first, ...rest] = broken;
  if (first === undefined) return undefined;
  const { finding } = gravest([first, ...rest], (it) => it.finding);
  const alike = broken.filter((it) => it.finding.reason === finding.reason);
  if (alike.length === 1) return finding;
  const names = alike.slice(0, MAX_NAMED).map(({ blob }) => blob.part.name);
  const more = alike.length > MAX_NAMED ? ` and ${alike.length - MAX_NAMED} more` : '';
  const fate = FATES[finding.reason] ?? 'could not be checked';
  return { ...finding, message: `${alike.length} of ${total} blobs ${fate}: ${names.join('; ')}${more}.` };
}
