// Asks for every config and layer of the images once, all at once, without downloading any of them.

import { success } from '../core/outcome.ts';
import type { BlobSummary, Warning } from '../core/result.ts';
import type { RegistryClient } from '../registry/client.ts';
import type { Descriptor } from '../registry/manifest-schema.ts';
import { isStandardMediaType } from '../registry/media-type.ts';
import type { Finding, Part, Question } from './finding.ts';
import { gravest } from './gravest.ts';
import { createLimit } from './limit.ts';
import { type HeadlessHosts, proveBlob } from './prove-blob.ts';
import type { PlatformImage } from './prove-platforms.ts';

export interface LayersProof {
  /** What was proven to be there. */
  readonly blobs: BlobSummary;
  /** The gravest; unset when all is well. */
  readonly finding: Finding | undefined;
  readonly warnings: readonly Warning[];
}

interface Blob {
  readonly part: Part & { readonly kind: 'config' | 'layer' };
  /** Its bytes were read before. */
  readonly isKnown: boolean;
}

const IN_FLIGHT = 64;
const MAX_NAMED = 5;

export async function proveLayers(
  client: RegistryClient,
  question: Question,
  images: readonly PlatformImage[],
  headless: HeadlessHosts,
): Promise<LayersProof> {
  const limited = createLimit(IN_FLIGHT);
  const blobs = distinctBlobs(images, question);
  const proofs = await Promise.all(
    blobs.map(async (blob) => {
      const found = blob.isKnown
        ? success({ sizeKnown: true })
        : await limited(() => proveBlob(client, question, blob.part, headless));
      return { blob, found };
    }),
  );
  const proven = proofs.filter(({ found }) => found.ok);
  const broken = proofs.flatMap(({ blob, found }) => (found.ok ? [] : [{ blob, finding: found.error }]));
  const unsized = proven.filter(({ found }) => found.ok && !found.value.sizeKnown);
  return {
    blobs: { count: proven.length, bytes: proven.reduce((sum, { blob }) => sum + blob.part.descriptor.size, 0) },
    finding: summarise(broken, blobs.length),
    warnings: unsized.length === 0 ? [] : [sizeUnknown(unsized.map(({ blob }) => blob.part.name))],
  };
}

function sizeUnknown(names: readonly string[]): Warning {
  const what = names.length === 1 ? `${names[0]} is there, but its` : `${names.length} blobs are there, but their`;
  const message = `The registry tells no length: ${what} size could not be compared with the manifest.`;
  return { code: 'blob-size-unknown', message };
}

function distinctBlobs(images: readonly PlatformImage[], question: Question): Blob[] {
  const blobs = new Map<string, Blob>();
  const add = (kind: 'config' | 'layer', what: string, descriptor: Descriptor, isKnown = false): void => {
    const { digest, mediaType } = descriptor;
    const name = `${what} (${digest}, ${shownType(question, mediaType) || 'no media type'})`;
    if (isKnown || !blobs.has(digest)) blobs.set(digest, { part: { kind, name, descriptor }, isKnown });
  };
  for (const { platform, manifest, configRead } of images) {
    const owner = platform === null ? '' : ` of ${platform}`;
    add('config', `the config${owner}`, manifest.config, configRead);
    for (const [at, layer] of manifest.layers.entries()) add('layer', `layer ${at + 1}${owner}`, layer);
  }
  return [...blobs.values()];
}

interface Broken {
  readonly blob: Blob;
  readonly finding: Finding;
}

const shownType = ({ quote }: Question, mediaType: string): string =>
  isStandardMediaType(mediaType) ? mediaType : quote(mediaType, 100);

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
