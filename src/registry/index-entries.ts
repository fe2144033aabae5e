// Sorts the entries of an index: images with a platform, images without one, and what no runtime runs.

import { isRunnable, normalizePlatform, type Platform, type PlatformEntry } from '../core/platform.ts';
import type { BrokenEntry, ImageIndex } from './manifest.ts';
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

/** What runtimes choose from, as `selectPlatform` takes it. */
export type Candidate = PlatformEntry &
  (
    | { readonly kind: 'image'; readonly entry: Descriptor }
    /** Of a media type that no runtime can run. */
    | { readonly kind: 'foreign'; readonly entry: Descriptor }
    | { readonly kind: 'broken'; readonly broken: BrokenEntry }
  );

/** In the order of the index: runtimes take the first that fits their platform, and fail if they cannot run it. */
export function candidatesOf({ manifests, broken }: Pick<ImageIndex, 'manifests' | 'broken'>): readonly Candidate[] {
  const candidates: Candidate[] = [];
  let next = 0;
  const addBrokenBefore = (count: number): void => {
    for (let entry = broken[next]; entry !== undefined && entry.before <= count; entry = broken[next]) {
      candidates.push({ kind: 'broken', broken: entry, platform: entry.platform });
      next += 1;
    }
  };
  for (const [at, entry] of manifests.entries()) {
    addBrokenBefore(at);
    if (!isRunnable(entry)) continue;
    const { platform, annotations, mediaType } = entry;
    candidates.push({ kind: isManifestMediaType(mediaType) ? 'image' : 'foreign', entry, platform, annotations });
  }
  addBrokenBefore(manifests.length);
  return candidates;
}

/** Entries of a foreign media type that runtimes choose, although an image for the same platform follows. */
export function shadowingEntries(index: Pick<ImageIndex, 'manifests' | 'broken'>): readonly Descriptor[] {
  const platformOf = ({ platform }: PlatformEntry): string => JSON.stringify(normalizePlatform(platform));
  const candidates = candidatesOf(index);
  const images = new Map<string, number>();
  for (const [at, candidate] of candidates.entries()) {
    const platform = platformOf(candidate);
    if (candidate.kind === 'image' && !images.has(platform)) images.set(platform, at);
  }
  return candidates.flatMap((candidate, at) =>
    candidate.kind === 'foreign' && (images.get(platformOf(candidate)) ?? 0) > at ? [candidate.entry] : [],
  );
}

/** Entries of a foreign media type for any platform: crane and ctr fetch them too, whatever the platform. */
export const foreignForAll = ({ manifests }: Pick<ImageIndex, 'manifests'>): readonly Descriptor[] =>
  manifests.filter((entry) => !isManifestMediaType(entry.mediaType) && isUnspecified(entry));

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
