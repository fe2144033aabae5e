// Proves that every config and layer of the images exists, each once and concurrently, without downloading any.

import { createLimiter } from '../core/limiter.ts';
import { type Outcome, success } from '../core/outcome.ts';
import type { BlobSummary, Warning } from '../core/result.ts';
import type { BlobEvidence } from '../registry/blob-evidence.ts';
import type { RegistryClient } from '../registry/client.ts';
import type { Descriptor } from '../registry/manifest-schema.ts';
import { isStandardMediaType } from '../registry/media-type.ts';
import { decide, type JudgeContent } from './decide.ts';
import { type CheckedImage, capitalize, type Finding, type Part, worstOf } from './finding.ts';
import { judgeBlob, type PresentBlob } from './judge-content.ts';
import { showType } from './judge-layers.ts';
import type { PlatformImage } from './prove-platforms.ts';

export interface LayersProof {
  /** The blobs that exist. */
  readonly blobs: BlobSummary;
  /** The worst; unset if every blob exists. */
  readonly finding: Finding | undefined;
  readonly warnings: readonly Warning[];
}

interface Blob {
  readonly part: Part & { readonly kind: 'config' | 'layer' };
  /** Its bytes were read earlier. */
  readonly isRead: boolean;
}

const MAX_CONCURRENT = 64;
const MAX_NAMED = 5;

export async function proveLayers(
  client: RegistryClient,
  image: CheckedImage,
  images: readonly PlatformImage[],
): Promise<LayersProof> {
  const limited = createLimiter(MAX_CONCURRENT);
  const blobs = distinctBlobs(image, images);
  const proofs = await Promise.all(
    blobs.map(async ({ part, isRead }) => {
      const proven = isRead ? success({ isSizeKnown: true }) : await limited(() => proveBlob(client, image, part));
      return { part, proven };
    }),
  );
  const present = proofs.filter(({ proven }) => proven.ok);
  const broken = proofs.flatMap(({ part, proven }) => (proven.ok ? [] : [{ part, finding: proven.error }]));
  const urls = present.flatMap(({ part, proven }) => (proven.ok ? urlWarnings(part, proven.value) : []));
  const unsized = present.filter(({ proven }) => proven.ok && !proven.value.isSizeKnown);
  return {
    blobs: { count: present.length, bytes: present.reduce((sum, { part }) => sum + part.descriptor.size, 0) },
    finding: summarize(broken, blobs.length),
    warnings: [...urls, ...(unsized.length === 0 ? [] : [sizeUnknown(unsized.map(({ part }) => part.name))])],
  };
}

async function proveBlob(
  client: RegistryClient,
  image: CheckedImage,
  part: Blob['part'],
): Promise<Outcome<PresentBlob, Finding>> {
  const found = await client.blob(part.descriptor, part.kind === 'config' ? 'config' : 'blob');
  const { outcome, evidence: blob, failedUrl } = found;
  const judge: JudgeContent<PresentBlob> = (it, evidence) => judgeBlob(it, evidence, blob as BlobEvidence);
  const decided = decide({ ...image, part }, outcome, judge, () => blob !== undefined);
  return decided.ok ? success({ ...decided.value, failedUrl }) : decided;
}

const UNREQUESTED: readonly string[] = ['blocked-address', 'private-address'];

/** containerd fetches every layer from its URLs, and gives up after any response other than 404; podman after most. */
function urlWarnings({ name }: Part, { failedUrl }: PresentBlob): readonly Warning[] {
  if (failedUrl === undefined) return [];
  const { host, outcome } = failedUrl;
  // Not a word of the server.
  if (outcome.kind === 'failure' && UNREQUESTED.includes(outcome.failure.kind)) return [];
  const how = outcome.kind === 'response' ? `returned ${outcome.response.status}` : 'does not respond';
  const message = `${capitalize(name)}: ${host}, where the manifest says it is, ${how}; containerd and podman request it there first, and may fail although it exists elsewhere.`;
  return [{ code: 'layer-url', message }];
}

function sizeUnknown(names: readonly string[]): Warning {
  const what = names.length === 1 ? `${names[0]} exists, but its` : `${names.length} blobs exist, but their`;
  const message = `The registry sends no length: ${what} size could not be compared with the manifest.`;
  return { code: 'blob-size-unknown', message };
}

function distinctBlobs(image: CheckedImage, images: readonly PlatformImage[]): Blob[] {
  const blobs = new Map<string, Blob>();
  const add = (
    kind: Blob['part']['kind'],
    what: string,
    title: string,
    descriptor: Descriptor,
    isRead = false,
  ): void => {
    const { digest, mediaType } = descriptor;
    const type = showType(image, mediaType);
    const words = {
      name: `${what} (${digest}, ${type})`,
      title,
      detail: isStandardMediaType(mediaType) ? digest : `${digest} (${type})`,
    };
    // Of two sizes of the same blob, one is wrong.
    const key = `${digest} ${descriptor.size}`;
    if (isRead || !blobs.has(key)) blobs.set(key, { part: { kind, ...words, descriptor }, isRead });
  };
  for (const { platform, manifest, config } of images) {
    const owner = platform === null ? '' : ` of ${platform}`;
    add('config', `the config${owner}`, `the config${owner}`, manifest.config, config !== undefined);
    const whose = platform === null ? '' : ` for ${platform}`;
    for (const [at, layer] of manifest.layers.entries()) {
      add('layer', `layer ${at + 1}${owner}`, `layer ${at + 1} of ${manifest.layers.length}${whose}`, layer);
    }
  }
  return [...blobs.values()];
}

const FATES: Readonly<Record<string, string>> = {
  incomplete: 'are missing',
  corrupt: 'are damaged',
  denied: 'were refused',
  unauthorized: 'were refused',
};

/** One finding for all blobs with the worst reason. */
function summarize(broken: readonly { part: Part; finding: Finding }[], total: number): Finding | undefined {
  const [first, ...rest] = broken;
  if (first === undefined) return undefined;
  const { finding } = worstOf([first, ...rest], (it) => it.finding);
  const alike = broken.filter((it) => it.finding.reason === finding.reason);
  if (alike.length === 1) return finding;
  const names = alike.slice(0, MAX_NAMED).map(({ part }) => part.name);
  const more = alike.length > MAX_NAMED ? ` and ${alike.length - MAX_NAMED} more` : '';
  const fate = FATES[finding.reason] ?? 'could not be checked';
  return { ...finding, message: `${alike.length} of ${total} blobs ${fate}: ${names.join('; ')}${more}.` };
}
