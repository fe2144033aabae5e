// Selects, in an image index, the image for each required platform, as containerd does.

import { failure, type Outcome, success } from '../core/outcome.ts';
import {
  formatPlatform,
  normalizePlatform,
  type Platform,
  type PlatformEntry,
  platformDoubt,
  selectPlatform,
} from '../core/platform.ts';
import type { Warning } from '../core/result.ts';
import { cleanText } from '../core/text.ts';
import type { ImageConfig } from '../registry/image-config.ts';
import { candidatesOf, publishedPlatforms, shadowingEntries, sortEntries } from '../registry/index-entries.ts';
import type { BrokenEntry, ImageManifest, Manifest } from '../registry/manifest.ts';
import type { Descriptor } from '../registry/manifest-schema.ts';
import { isSchema1MediaType } from '../registry/media-type.ts';
import { type CheckedImage, type Finding, finding, imageName, worstOf } from './finding.ts';
import { advise } from './hint.ts';
import { showType } from './judge-layers.ts';
import type { PartReader } from './part-reader.ts';
import { spellingHint } from './spelling-hint.ts';

/** The image that a runtime of `platform` would run; null if its platform is unknown. */
export interface PlatformImage {
  readonly platform: string | null;
  readonly manifest: ImageManifest;
  /** If it was read; it matches its digest. */
  readonly config?: ImageConfig;
  /** Why only some runtimes find it. */
  readonly warnings?: readonly Warning[];
}

/** `every`: each runnable entry of the index. */
export type RequiredPlatforms = readonly (Platform | 'every')[];

type Found<T> = Promise<Outcome<T, Finding>>;

/** Indexes in indexes; real images have one level at most. */
const MAX_DEPTH = 8;
const MAX_LISTED = 12;

/** `linux/arm/v7`, cut to a readable length; a masked part is `***` as everywhere, not `%2A%2A%2A`. */
export const showPlatform = (platform: Platform): string =>
  cleanText(formatPlatform(platform).replaceAll('%2A%2A%2A', '***'), 80);

/** The image of each required platform in order, or of each entry for `every`. */
export async function provePlatforms(
  parts: PartReader,
  checked: CheckedImage,
  manifest: Manifest,
  required: RequiredPlatforms,
): Found<readonly PlatformImage[]> {
  const named = required.filter((one) => one !== 'every');
  const images = await eachImage(parts, checked, manifest, named);
  const isComplete = named.length === required.length || (named.length > 0 && manifest.kind === 'manifest');
  if (!images.ok || isComplete) return images;
  return everyImage({ parts, checked, seen: new Set() }, { manifest, platform: null, depth: 0, warnings: [] });
}

async function eachImage(
  parts: PartReader,
  checked: CheckedImage,
  manifest: Manifest,
  required: readonly Platform[],
): Found<readonly PlatformImage[]> {
  const certainlyMissing = required.filter((platform) => isCertainlyMissing(manifest, platform));
  if (certainlyMissing.length > 0)
    return failure(platformMissing(checked, certainlyMissing, await publishedIn(parts, manifest)));

  const start = { manifest, depth: 0, warnings: [] };
  const images = await Promise.all(
    required.map((platform) => imageFor({ parts, checked, seen: new Set() }, { ...start, platform })),
  );
  const missing = required.filter((_, at) => isMissing(images[at]));
  if (missing.length === 0) return allOf(images.map((image) => (image.ok ? success([image.value]) : image)));
  return failure(platformMissing(checked, missing, await publishedIn(parts, manifest)));
}

interface Walk {
  readonly parts: PartReader;
  readonly checked: CheckedImage;
  /** What was visited: an index may list the same one many times. */
  readonly seen: Set<string>;
}

/** Where a walk has arrived. */
interface Visit<P> {
  readonly manifest: Manifest;
  readonly platform: P;
  readonly depth: number;
  readonly warnings: readonly Warning[];
}

async function everyImage(walk: Walk, visit: Visit<string | null>): Found<readonly PlatformImage[]> {
  const { manifest, platform, depth, warnings } = visit;
  const { parts, checked, seen } = walk;
  if (manifest.kind === 'manifest') return success([{ platform, manifest, warnings }]);
  if (depth === MAX_DEPTH) return failure(tooDeep(checked));
  const [broken] = manifest.broken;
  if (broken !== undefined) return failure(brokenEntry(broken));
  const [foreign] = shadowingEntries(manifest);
  if (foreign !== undefined) return failure(foreignEntry(checked, foreign));
  const { runnable, unspecified } = sortEntries(manifest);
  const images = await Promise.all(
    [...runnable, ...unspecified].map(async (entry): Found<readonly PlatformImage[]> => {
      const name = platformOf(entry) ?? platform;
      const key = `${name} ${entry.digest}`;
      if (seen.has(key)) return success([]);
      seen.add(key);
      const child = await parts.manifest(entry, name);
      if (child.ok) return everyImage(walk, enter(visit, child.value, name));
      // An entry without a platform may be an artifact.
      return unspecified.includes(entry) && child.error.reason === 'not-an-image' ? success([]) : child;
    }),
  );
  return allOf(images);
}

/** Fails with `platform-missing` if there is none. */
async function imageFor(walk: Walk, visit: Visit<Platform>): Found<PlatformImage> {
  const { manifest, platform, depth } = visit;
  const { parts, checked, seen } = walk;
  const none = failure(platformMissing(checked, [platform], []));
  const name = showPlatform(platform);
  if (manifest.kind === 'manifest') return singleImage(walk, { ...visit, manifest });
  if (depth === MAX_DEPTH) return failure(tooDeep(checked));
  const chosen = choose(platform, candidatesOf(manifest));
  if (chosen?.candidate.kind === 'broken') return failure(brokenEntry(chosen.candidate.broken));
  if (chosen?.candidate.kind === 'foreign') return failure(foreignEntry(checked, chosen.candidate.entry));
  if (chosen !== undefined) {
    const child = await parts.manifest(chosen.candidate.entry, name);
    if (!child.ok) return child;
    const next = enter(visit, child.value, platform, featureWarning(name, chosen.features));
    return child.value.kind === 'manifest'
      ? success({ platform: name, manifest: child.value, warnings: next.warnings })
      : imageFor(walk, next);
  }
  for (const candidate of sortEntries(manifest).unspecified) {
    if (seen.has(candidate.digest)) continue;
    seen.add(candidate.digest);
    const child = await parts.manifest(candidate, null);
    const image = child.ok ? await imageFor(walk, enter(visit, child.value, platform)) : child;
    if (image.ok || !['platform-missing', 'not-an-image'].includes(image.error.reason)) return image;
  }
  return none;
}

/** An image whose platform is that of its config. */
async function singleImage(
  { parts, checked }: Walk,
  { manifest, platform, depth, warnings }: Visit<Platform> & { readonly manifest: ImageManifest },
): Found<PlatformImage> {
  const name = showPlatform(platform);
  const config = await parts.config(manifest);
  if (!config.ok) return config;
  const found: PlatformImage = { platform: name, manifest, config: config.value, warnings };
  const chosen = choose(platform, [config.value]);
  if (chosen !== undefined) {
    return success({ ...found, warnings: [...warnings, ...featureWarning(name, chosen.features)] });
  }
  const { architecture, variant = '' } = platform;
  const assumed = { ...(config.value.platform as object), architecture, variant };
  // What may be misspelled is never assumed.
  const isAssumable = lacksArchitecture(config.value) && platformDoubt(formatPlatform(platform)) === undefined;
  if (!isAssumable || choose(platform, [{ platform: assumed }]) === undefined) {
    return failure(platformMissing(checked, [platform], []));
  }
  const where = depth === 0 ? '' : ', which containerd does not do for an entry of an index';
  const message = `The config names no architecture: the image is assumed to be for ${name}${where}.`;
  return success({ ...found, warnings: [...warnings, { code: 'platform-unclear', message }] });
}

function enter<P>(
  { manifest, depth, warnings }: Visit<unknown>,
  child: Manifest,
  platform: P,
  more: readonly Warning[] = [],
): Visit<P> {
  const isNested = manifest.kind === 'index' && child.kind === 'index';
  const nested: readonly Warning[] = isNested ? [NESTED] : [];
  return { manifest: child, platform, depth: depth + 1, warnings: [...warnings, ...nested, ...more] };
}

const NESTED: Warning = {
  code: 'nested-index',
  message: 'The image is in an index inside the index: podman refuses that, containerd accepts it.',
};

interface Choice<C> {
  readonly candidate: C;
  /** Features of the operating system that it requires, and the platform does not name. */
  readonly features: readonly string[];
}

/** An entry that requires more features is chosen last: most runtimes do not compare them. */
function choose<C extends PlatformEntry>(platform: Platform, candidates: readonly C[]): Choice<C> | undefined {
  const featuresOf = (candidate: C): readonly string[] => normalizePlatform(candidate.platform)?.osFeatures ?? [];
  const exact = candidates[selectPlatform(platform, candidates)];
  if (exact !== undefined) return { candidate: exact, features: [] };
  const osFeatures = candidates.flatMap(featuresOf);
  const candidate =
    osFeatures.length === 0 ? undefined : candidates[selectPlatform({ ...platform, osFeatures }, candidates)];
  if (candidate === undefined) return undefined;
  const features = featuresOf(candidate).filter((feature) => !platform.osFeatures?.includes(feature));
  return { candidate, features };
}

function featureWarning(platform: string, features: readonly string[]): readonly Warning[] {
  if (features.length === 0) return [];
  const message = `The image for ${platform} requires the os.features ${cleanText(features.join(', '), 80)}: runtimes that compare them find no image for a host without them.`;
  return [{ code: 'platform-unclear', message }];
}

function lacksArchitecture({ platform }: ImageConfig): boolean {
  const { architecture } = (platform ?? {}) as { readonly architecture?: unknown };
  return architecture === undefined || architecture === '';
}

/** All images, or the worst of the findings. */
function allOf<T>(outcomes: readonly Outcome<readonly T[], Finding>[]): Outcome<readonly T[], Finding> {
  const [first, ...rest] = outcomes.flatMap((outcome) => (outcome.ok ? [] : [outcome.error]));
  if (first !== undefined) return failure(worstOf([first, ...rest], (it) => it));
  return success(outcomes.flatMap((outcome) => (outcome.ok ? outcome.value : [])));
}

const isMissing = (outcome: Outcome<unknown, Finding> | undefined): boolean =>
  outcome?.ok === false && outcome.error.reason === 'platform-missing';

/** No entry is for it, and every entry has a platform. */
function isCertainlyMissing(manifest: Manifest, platform: Platform): boolean {
  if (manifest.kind === 'manifest') return false;
  return sortEntries(manifest).unspecified.length === 0 && choose(platform, candidatesOf(manifest)) === undefined;
}

async function publishedIn(parts: PartReader, manifest: Manifest): Promise<readonly Platform[]> {
  if (manifest.kind === 'index') return publishedPlatforms(manifest);
  const config = await parts.config(manifest);
  const platform = config.ok ? normalizePlatform(config.value.platform) : undefined;
  return platform === undefined ? [] : [platform];
}

function platformOf({ platform }: Descriptor): string | undefined {
  const normalized = normalizePlatform(platform);
  return normalized === undefined ? undefined : showPlatform(normalized);
}

const brokenEntry = ({ problem }: BrokenEntry): Finding =>
  finding({
    reason: 'corrupt',
    cause: null,
    message: `The manifest ${problem}.`,
    hint: advise('push-again', 'A pull would fail. Push the image again, or have the registry restore it.'),
  });

/** Runtimes choose the first entry for their platform, whatever its type. */
function foreignEntry(checked: CheckedImage, { mediaType, digest, platform }: Descriptor): Finding {
  const normalized = normalizePlatform(platform);
  const whose = normalized === undefined ? 'its platform' : showPlatform(normalized);
  const isSchema1 = isSchema1MediaType(mediaType);
  const what = isSchema1 ? 'a Docker schema 1 manifest' : `a document of type ${showType(checked, mediaType)}`;
  const message = `${imageName(checked)} lists ${what} (${digest}) as its first image for ${whose}: runtimes choose it and fail.`;
  const hint = advise('push-again', 'Push the index again without that entry.');
  const found = { cause: null, message, hint };
  return isSchema1 ? finding({ reason: 'legacy-schema1', ...found }) : finding({ reason: 'not-an-image', ...found });
}

const tooDeep = (checked: CheckedImage): Finding =>
  finding({
    reason: 'corrupt',
    cause: null,
    message: `${imageName(checked)} nests image indexes more than ${MAX_DEPTH} levels deep: podman refuses that, and the check reads no further.`,
    hint: advise(
      'push-again',
      'Push it again without nesting. containerd, which follows every level, may still pull it.',
    ),
  });

function platformMissing(checked: CheckedImage, missing: readonly Platform[], published: readonly Platform[]): Finding {
  const names = [...new Set(published.map(showPlatform))];
  const more = names.length > MAX_LISTED ? ` and ${names.length - MAX_LISTED} more` : '';
  const available =
    names.length === 0 ? 'it specifies no platform' : `available: ${names.slice(0, MAX_LISTED).join(', ')}${more}`;
  const required = missing.map(showPlatform).join(', ');
  return finding({
    reason: 'platform-missing',
    cause: null,
    message: `${imageName(checked)} has no image for ${required}; ${available}.`,
    hint:
      spellingHint(missing.map(showPlatform)) ??
      advise('build-platform', `Build and push it for ${required}, or choose another image.`),
  });
}
