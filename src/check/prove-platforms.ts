// Selects, in an image index, the image for each required platform, as containerd does.

import { failure, type Outcome, success } from '../core/outcome.ts';
import { formatPlatform, normalizePlatform, type Platform, selectPlatform } from '../core/platform.ts';
import { cleanText } from '../core/text.ts';
import type { ImageConfig } from '../registry/image-config.ts';
import { publishedPlatforms, sortEntries } from '../registry/index-entries.ts';
import type { BrokenEntry, ImageManifest, Manifest } from '../registry/manifest.ts';
import type { Descriptor } from '../registry/manifest-schema.ts';
import { type CheckedImage, type Finding, finding, imageName, worstOf } from './finding.ts';
import type { PartReader } from './part-reader.ts';

/** The image that a runtime of `platform` would run; null if its platform is unknown. */
export interface PlatformImage {
  readonly platform: string | null;
  readonly manifest: ImageManifest;
  /** If it was read; it matches its digest. */
  readonly config?: ImageConfig;
}

/** `every`: each runnable entry of the index. */
export type RequiredPlatforms = readonly (Platform | 'every')[];

type Found<T> = Promise<Outcome<T, Finding>>;

/** Indexes in indexes; real images have one level at most. */
const MAX_DEPTH = 4;
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
  return everyImage(parts, checked, manifest, null, 0);
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

  const images = await Promise.all(required.map((platform) => imageFor(parts, checked, manifest, platform, 0)));
  const missing = required.filter((_, at) => isMissing(images[at]));
  if (missing.length === 0) return allOf(images.map((image) => (image.ok ? success([image.value]) : image)));
  return failure(platformMissing(checked, missing, await publishedIn(parts, manifest)));
}

async function everyImage(
  parts: PartReader,
  checked: CheckedImage,
  manifest: Manifest,
  platform: string | null,
  depth: number,
): Found<readonly PlatformImage[]> {
  if (manifest.kind === 'manifest') return success([{ platform, manifest }]);
  if (depth === MAX_DEPTH) return failure(tooDeep(checked));
  const [broken] = manifest.broken;
  if (broken !== undefined) return failure(brokenEntry(broken));
  const { runnable, unspecified } = sortEntries(manifest);
  const images = await Promise.all(
    [...runnable, ...unspecified].map(async (entry): Found<readonly PlatformImage[]> => {
      const name = platformOf(entry) ?? platform;
      const child = await parts.manifest(entry, name);
      if (child.ok) return everyImage(parts, checked, child.value, name, depth + 1);
      // An entry without a platform may be an artifact.
      return unspecified.includes(entry) && child.error.reason === 'not-an-image' ? success([]) : child;
    }),
  );
  return allOf(images);
}

/** Fails with `platform-missing` if there is none. */
async function imageFor(
  parts: PartReader,
  checked: CheckedImage,
  manifest: Manifest,
  platform: Platform,
  depth: number,
): Found<PlatformImage> {
  const none = failure(platformMissing(checked, [platform], []));
  const name = showPlatform(platform);
  if (manifest.kind === 'manifest') {
    const config = await parts.config(manifest);
    if (!config.ok) return config;
    const fits = selectPlatform(platform, [config.value]) === 0;
    return fits ? success({ platform: name, manifest, config: config.value }) : none;
  }
  if (depth === MAX_DEPTH) return failure(tooDeep(checked));
  const { runnable, unspecified } = sortEntries(manifest);
  const selected = selectPlatform(platform, [...runnable, ...manifest.broken]);
  const broken = manifest.broken[selected - runnable.length];
  if (broken !== undefined) return failure(brokenEntry(broken));
  const entry = runnable[selected];
  if (entry !== undefined) {
    const child = await parts.manifest(entry, name);
    if (!child.ok) return child;
    return child.value.kind === 'manifest'
      ? success({ platform: name, manifest: child.value })
      : imageFor(parts, checked, child.value, platform, depth + 1);
  }
  for (const candidate of unspecified) {
    const child = await parts.manifest(candidate, null);
    const image = child.ok ? await imageFor(parts, checked, child.value, platform, depth + 1) : child;
    if (image.ok || !['platform-missing', 'not-an-image'].includes(image.error.reason)) return image;
  }
  return none;
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
  const { runnable, unspecified } = sortEntries(manifest);
  return unspecified.length === 0 && selectPlatform(platform, [...runnable, ...manifest.broken]) < 0;
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
    hint: 'A pull would fail. Push the image again, or have the registry restore it.',
  });

const tooDeep = (checked: CheckedImage): Finding =>
  finding({
    reason: 'corrupt',
    cause: null,
    message: `${imageName(checked)} nests image indexes more than ${MAX_DEPTH} levels deep.`,
    hint: 'Push it again without nesting: no runtime supports so many levels.',
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
    hint: `Build and push it for ${required}, or choose another image.`,
  });
}
