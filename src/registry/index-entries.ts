// Sorts the entries of an index: images of a known platform, images that do not say, and what nobody runs.

import { isRunnable, normalizePlatform, type Platform } from '../core/platform.ts';
import type { ImageIndex } from './manifest.ts';
import type { Descriptor } from './manifest-schema.ts';
import { isManifestMediaType } from './media-type.ts';

export interface IndexEntries {
  readonly placed: readonly Descriptor[];
  /** Without a platform: containerd asks their config, or looks into them when they are indexes. */
  readonly unplaced: readonly Descriptor[];
}

/** Attestations, artifacts and platforms nobody knows are left out. */
export function sortEntries({ manifests }: Pick<ImageIndex, 'manifests'>): IndexEntries {
  const images = manifests.filter(({ mediaType }) => isManifestMediaType(mediaType));
  return { placed: images.filter(isRunnable), unplaced: images.filter(isUnplaced) };
}

/** In the order of the index, each once. */
export function publishedPlatforms(index: Pick<ImageIndex, 'manifests'>): Platform[] {
  return sortEntries(index).placed.flatMap(({ platform }) => normalizePlatform(platform) ?? []);
}

/** What BuildKit puts beside an image: of an unknown platform, or annotated as such. */
export function isAttestation(entry: Descriptor): boolean {
  const isUnknown = normalizePlatform(entry.platform)?.os === 'unknown';
  return isUnknown || !isRunnable({ ...entry, platform: ANY_PLATFORM });
}

function isUnplaced(entry: Descriptor): boolean {
  const saysPlatform = entry.platform !== undefined && entry.platform !== null;
  return !saysPlatform && !entry.artifactType && !isAttestation(entry);
}

/** One that an image could be for: what is not runnable even there is so for another reason. */
const ANY_PLATFORM = { os: 'linux', architecture: 'amd64' };
