// Sorts the entries of an index: images with a platform, images without one, and what no runtime runs.

import { isRunnable, normalizePlatform, type Platform } from '../core/platform.ts';
import type { ImageIndex } from './manifest.ts';
import type { Descriptor } from './manifest-schema.ts';
import { isManifestMediaType } from './media-type.ts';

export interface IndexEntries {
  /** With a known platform. */
  readonly runnable: readonly Descriptor[];
  /** Without a platform: containerd reads it in their config, or looks into them if they are indexes. */
  readonly unspecified: readonly Descriptor[];
}

/** Omits attestations, artifacts and unknown platforms. */
export function sortEntries({ manifests }: Pick<ImageIndex, 'manifests'>): IndexEntries {
  const images = manifests.filter(({ mediaType }) => isManifestMediaType(mediaType));
  return { runnable: images.filter(isRunnable), unspecified: images.filter(isUnspecified) };
}

/** In the order of the index, each once. */
export function publishedPlatforms(index: Pick<ImageIndex, 'manifests'>): Platform[] {
  return sortEntries(index).runnable.flatMap(({ platform }) => normalizePlatform(platform) ?? []);
}

/** BuildKit adds them to an index with an unknown platform, or with an annotation. */
export function isAttestation(entry: Descriptor): boolean {
  const isUnknown = normalizePlatform(entry.platform)?.os === 'unknown';
  return isUnknown || !isRunnable({ ...entry, platform: ANY_PLATFORM });
}

function isUnspecified(entry: Descriptor): boolean {
  const saysPlatform = entry.platform !== undefined && entry.platform !== null;
  return !saysPlatform && !entry.artifactType && !isAttestation(entry);
}

/** An entry that is not runnable even with a common platform is an attestation or an artifact. */
const ANY_PLATFORM = { os: 'linux', architecture: 'amd64' };
