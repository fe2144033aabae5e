// Follows an index to the images that the asked platforms would run, as containerd chooses them.

import { failure, type Outcome, success } from '../core/outcome.ts';
import { formatPlatform, nearestPlatform, normalisePlatform, type Platform, selectPlatform } from '../core/platform.ts';
import { cleanText } from '../core/text.ts';
import { publishedPlatforms, sortEntries } from '../registry/index-entries.ts';
import type { ImageManifest, Manifest } from '../registry/manifest.ts';
import type { Descriptor } from '../registry/manifest-schema.ts';
import { type Finding, find, imageName, type Question } from './finding.ts';
import { gravest } from './gravest.ts';
import type { PartReader } from './part-reader.ts';

/** One image that a runtime of `platform` would run; null when nothing says which platform it is for. */
export interface PlatformImage {
  readonly platform: string | null;
  readonly manifest: ImageManifest;
  /** Its config was read and agrees with its digest. */
  readonly configRead: boolean;
}

/** All of them must be there; `every`: each runnable entry of the index. */
export type Wanted = readonly (Platform | 'every')[];

type Found<T> = Promise<Outcome<T, Finding>>;

/** An index in an index is as deep as anybody publishes. */
const MAX_DEPTH = 4;
const MAX_LISTED = 12;

/** `linux/arm/v7`; no longer than a person can read, whatever the registry serves. */
export const showPlatform = (platform: Platform): string => cleanText(formatPlatform(platform), 80);

/** The image of each platform in the order wanted; of each entry, once every one is wanted. */
export async function provePlatforms(
  parts: PartReader,
  question: Question,
  manifest: Manifest,
  wanted: Wanted,
): Found<readonly PlatformImage[]> {
  const named = wanted.filter((one) => one !== 'every');
  const images = await eachImage(parts, question, manifest, named);
  const isAnswered = named.length === wanted.length || (named.length > 0 && manifest.kind === 'manifest');
  if (!images.ok || isAnswered) return images;
  return everyImage(parts, question, manifest, null, 0);
}

async function eachImage(
  parts: PartReader,
  question: Question,
  manifest: Manifest,
  wanted: readonly Platform[],
): Found<readonly PlatformImage[]> {
  const surelyMissing = wanted.filter((platform) => isSurelyMissing(manifest, platform));
  if (surelyMissing.length > 0)
    return failure(platformMissing(question, surelyMissing, await publishedIn(parts, manifest)));

  const images = await Promise.all(wanted.map((platform) => imageFor(parts, question, manifest, platform, 0)));
  const missing = wanted.filter((_, at) => isMissing(images[at]));
  if (missing.length === 0) return allOf(images.map((image) => (image.ok ? success([image.value]) : image)));
  return failure(platformMissing(question, missing, await publishedIn(parts, manifest)));
}

async function everyImage(
  parts: PartReader,
  question: Question,
  manifest: Manifest,
  platform: string | null,
  depth: number,
): Found<readonly PlatformImage[]> {
  if (manifest.kind === 'manifest') return success([{ platform, manifest, configRead: false }]);
  if (depth === MAX_DEPTH) return failure(tooDeep(question));
  const { placed, unplaced } = sortEntries(manifest);
  const images = await Promise.all(
    [...placed, ...unplaced].map(async (entry): Found<readonly PlatformImage[]> => {
      const name = platformOf(entry) ?? platform;
      const child = await parts.manifest(entry, name);
      if (child.ok) return everyImage(parts, question, child.value, name, depth + 1);
      // What names no platform may as well be an artifact.
      return unplaced.includes(entry) && child.error.reason === 'not-an-image' ? success([]) : child;
    }),
  );
  return allOf(images);
}

/** Fails with `platform-missing` when there is none. */
async function imageFor(
  parts: PartReader,
  question: Question,
  manifest: Manifest,
  platform: Platform,
  depth: number,
): Found<PlatformImage> {
  const none = failure(platformMissing(question, [platform], []));
  const name = showPlatform(platform);
  if (manifest.kind === 'manifest') {
    const config = await parts.config(manifest);
    if (!config.ok) return config;
    const fits = selectPlatform(platform, [config.value]) === 0;
    return fits ? success({ platform: name, manifest, configRead: true }) : none;
  }
  if (depth === MAX_DEPTH) return failure(tooDeep(question));
  const { placed, unplaced } = sortEntries(manifest);
  const entry = placed[selectPlatform(platform, placed)];
  if (entry !== undefined) {
    const child = await parts.manifest(entry, name);
    if (!child.ok) return child;
    return child.value.kind === 'manifest'
      ? success({ platform: name, manifest: child.value, configRead: false })
      : imageFor(parts, question, child.value, platform, depth + 1);
  }
  for (const candidate of unplaced) {
    const child = await parts.manifest(candidate, null);
    const image = child.ok ? await imageFor(parts, question, child.value, platform, depth + 1) : child;
    if (image.ok || !['platform-missing', 'not-an-image'].includes(image.error.reason)) return image;
  }
  return none;
}

/** All of the images, or the gravest of what is wrong with them. */
function allOf<T>(outcomes: readonly Outcome<readonly T[], Finding>[]): Outcome<readonly T[], Finding> {
  const [first, ...rest] = outcomes.flatMap((outcome) => (outcome.ok ? [] : [outcome.error]));
  if (first !== undefined) return failure(gravest([first, ...rest], (finding) => finding));
  return success(outcomes.flatMap((outcome) => (outcome.ok ? outcome.value : [])));
}

const isMissing = (outcome: Outcome<unknown, Finding> | undefined): boolean =>
  outcome?.ok === false && outcome.error.reason === 'platform-missing';

/** No entry is for it, and none leaves its platform open. */
function isSurelyMissing(manifest: Manifest, platform: Platform): boolean {
  if (manifest.kind === 'manifest') return false;
  const { placed, unplaced } = sortEntries(manifest);
  return unplaced.length === 0 && selectPlatform(platform, placed) < 0;
}

async function publishedIn(parts: PartReader, manifest: Manifest): Promise<readonly Platform[]> {
  if (manifest.kind === 'index') return publishedPlatforms(manifest);
  const config = await parts.config(manifest);
  const platform = config.ok ? normalisePlatform(config.value.platform) : undefined;
  return platform === undefined ? [] : [platform];
}

function platformOf({ platform }: Descriptor): string | undefined {
  const normalised = normalisePlatform(platform);
  return normalised === undefined ? undefined : showPlatform(normalised);
}

const tooDeep = (question: Question): Finding =>
  find(
    'corrupt',
    null,
    `${imageName(question)} holds indexes in indexes, more than ${MAX_DEPTH} deep.`,
    'Push it again without nesting; no runtime looks that deep.',
  );

function platformMissing(question: Question, missing: readonly Platform[], published: readonly Platform[]): Finding {
  const [first] = missing as readonly [Platform];
  const names = [...new Set(published.map(showPlatform))];
  const more = names.length > MAX_LISTED ? ` and ${names.length - MAX_LISTED} more` : '';
  const listed =
    names.length === 0 ? 'it names no platform' : `it is for ${names.slice(0, MAX_LISTED).join(', ')}${more}`;
  const asked = missing.map(showPlatform).join(', ');
  const nearest = nearestPlatform(first, published);
  const hint =
    nearest === undefined
      ? `Build and push it for ${asked}.`
      : `The nearest to ${showPlatform(first)} is ${showPlatform(nearest)}; or build and push it for ${asked}.`;
  return find('platform-missing', null, `${imageName(question)} has nothing for ${asked}: ${listed}.`, hint);
}
