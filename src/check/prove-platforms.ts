// Follows an index to the images that the asked platforms would run, reading and checking each manifest on the way.

import { type Digest, digestOf } from '../core/digest.ts';
import { failure, type Outcome, success } from '../core/outcome.ts';
import {
  formatPlatform,
  isRunnable,
  nearestPlatform,
  normalisePlatform,
  type Platform,
  selectPlatform,
} from '../core/platform.ts';
import type { RegistryClient } from '../registry/client.ts';
import {
  type Descriptor,
  type ImageIndex,
  type ImageManifest,
  type Manifest,
  readManifest,
} from '../registry/manifest.ts';
import { kindOfMediaType } from '../registry/media-type.ts';
import { type Finding, find, type Question, repositoryName } from './finding.ts';
import { judgeAnswer } from './judge-answer.ts';
import { judgeManifest } from './judge-manifest.ts';
import { mapLimited } from './map-limited.ts';

/** One image that a runtime of `platform` would run; null when nothing says which platform it is for. */
export interface PlatformImage {
  readonly platform: string | null;
  readonly manifest: ImageManifest;
  /** Its config was read and agrees with its digest. */
  readonly configRead: boolean;
}

/** `every`: each runnable entry of the index. */
export type Wanted = readonly Platform[] | 'every';

/** An index in an index in an index is as deep as anybody publishes; deeper is refused. */
const MAX_DEPTH = 4;
const IN_FLIGHT = 32;
const MAX_LISTED = 12;

/** `os/arch[/variant]` of every runnable entry. */
export function publishedPlatforms({ manifests }: ImageIndex): Platform[] {
  return manifests.filter(isRunnable).flatMap((entry) => normalisePlatform(entry.platform) ?? []);
}

export async function provePlatforms(
  client: RegistryClient,
  question: Question,
  manifest: Manifest,
  wanted: Wanted,
): Promise<Outcome<readonly PlatformImage[], Finding>> {
  if (manifest.kind === 'index') return followIndex(client, question, manifest, wanted, 1);
  if (wanted === 'every') return success([{ platform: null, manifest, configRead: false }]);
  const config = await readConfigPlatform(client, question, manifest);
  if (!config.ok) return config;
  for (const platform of wanted) {
    if (selectPlatform(platform, [{ platform: config.value }]) < 0) {
      return failure(
        platformMissing(
          question,
          platform,
          [normalisePlatform(config.value)].filter((one) => one !== undefined),
          'the image is for',
        ),
      );
    }
  }
  return success(wanted.map((platform) => ({ platform: formatPlatform(platform), manifest, configRead: true })));
}

async function followIndex(
  client: RegistryClient,
  question: Question,
  index: ImageIndex,
  wanted: Wanted,
  depth: number,
): Promise<Outcome<readonly PlatformImage[], Finding>> {
  if (depth > MAX_DEPTH) {
    return failure(
      find(
        'corrupt',
        null,
        `The index of ${repositoryName(question)} holds indexes more than ${MAX_DEPTH} deep.`,
        'Push it again without nesting; no runtime looks that deep.',
      ),
    );
  }
  const nested = index.manifests.filter(
    (entry) => kindOfMediaType(entry.mediaType) === 'index' && normalisePlatform(entry.platform) === undefined,
  );
  const chosen = new Map<string, { entry: Descriptor; platform: string | null }>();
  const missing: Platform[] = [];
  if (wanted === 'every') {
    for (const entry of index.manifests) {
      if (kindOfMediaType(entry.mediaType) === undefined || !isRunnable(entry)) continue;
      const platform = normalisePlatform(entry.platform);
      chosen.set(`${entry.digest}`, { entry, platform: platform === undefined ? null : formatPlatform(platform) });
    }
  } else {
    for (const platform of wanted) {
      const at = selectPlatform(platform, index.manifests);
      const entry = index.manifests[at];
      if (entry === undefined) missing.push(platform);
      else chosen.set(`${formatPlatform(platform)} ${entry.digest}`, { entry, platform: formatPlatform(platform) });
    }
    if (missing.length > 0 && nested.length === 0) {
      return failure(platformMissing(question, missing[0] as Platform, publishedPlatforms(index), 'it has'));
    }
  }
  const followed = await mapLimited([...chosen.values()], IN_FLIGHT, ({ entry, platform }) =>
    followEntry(client, question, entry, platform, wanted, depth),
  );
  const images: PlatformImage[] = [];
  for (const outcome of followed) {
    if (!outcome.ok) return outcome;
    images.push(...outcome.value);
  }
  for (const entry of missing.length > 0 ? nested : []) {
    const outcome = await followEntry(client, question, entry, null, missing, depth);
    if (outcome.ok) return success([...images, ...outcome.value]);
    if (outcome.error.reason !== 'platform-missing') return outcome;
  }
  return missing.length > 0
    ? failure(platformMissing(question, missing[0] as Platform, publishedPlatforms(index), 'it has'))
    : success(images);
}

async function followEntry(
  client: RegistryClient,
  question: Question,
  entry: Descriptor,
  platform: string | null,
  wanted: Wanted,
  depth: number,
): Promise<Outcome<readonly PlatformImage[], Finding>> {
  const read = await readChild(client, question, entry, platform);
  if (!read.ok) return read;
  if (read.value.kind === 'index') return followIndex(client, question, read.value, wanted, depth + 1);
  return success([{ platform, manifest: read.value, configRead: false }]);
}

/** Reads a manifest that an index names, and holds it against its descriptor: digest, size, media type. */
async function readChild(
  client: RegistryClient,
  image: Question,
  { digest, size, mediaType }: Descriptor,
  platform: string | null,
): Promise<Outcome<Manifest, Finding>> {
  const name = `the manifest${platform === null ? '' : ` of ${platform}`} (${digest})`;
  const question: Question = { ...image, part: { kind: 'child-manifest', name } };
  const answer = await client.manifest('GET', digest, 'child-manifest');
  if (answer.kind !== 'response' || answer.response.status !== 200) return failure(judgeAnswer(question, answer));
  const { body: bytes, truncated, headers } = answer.response;
  const read = readManifest({ bytes, truncated, contentType: headers.mediaType() }, digest);
  const problem = judgeManifest(question, read, digest);
  if (problem !== undefined || !read.ok) return failure(problem as Finding);
  const differs = (what: string): Outcome<Manifest, Finding> =>
    failure(
      find(
        'corrupt',
        'child-manifest',
        `T${name.slice(1)} ${what}.`,
        'Push the image again; until then a pull would fail.',
      ),
    );
  if (bytes.length !== size) return differs(`has ${bytes.length} bytes, the index says ${size}`);
  if (read.value.mediaType !== mediaType) return differs(`is ${read.value.mediaType}, the index says ${mediaType}`);
  return success(read.value);
}

/** The platform a single image is for, from its config (image-spec config.md), which is held against its descriptor. */
async function readConfigPlatform(
  client: RegistryClient,
  image: Question,
  { config }: ImageManifest,
): Promise<Outcome<unknown, Finding>> {
  const name = `the config (${config.digest})`;
  const question: Question = { ...image, part: { kind: 'config', name } };
  const corrupt = (what: string): Outcome<unknown, Finding> =>
    failure(
      find(
        'corrupt',
        'config',
        `The config (${config.digest}) ${what}.`,
        'Push the image again; until then a pull would fail.',
      ),
    );
  const answer = await client.config(config.digest as Digest);
  if (answer.kind !== 'response' || answer.response.status !== 200) return failure(judgeAnswer(question, answer));
  const { body, truncated } = answer.response;
  if (truncated) return corrupt('is too large to be one');
  if (body.length !== config.size) return corrupt(`has ${body.length} bytes, the manifest says ${config.size}`);
  if (digestOf(body, config.digest) !== config.digest) return corrupt('does not match its digest');
  try {
    return success(JSON.parse(Buffer.from(body).toString()) as unknown);
  } catch {
    return corrupt('is not valid JSON');
  }
}

function platformMissing(question: Question, wanted: Platform, published: readonly Platform[], has: string): Finding {
  const names = [...new Set(published.map(formatPlatform))];
  const listed =
    names.slice(0, MAX_LISTED).join(', ') + (names.length > MAX_LISTED ? ` and ${names.length - MAX_LISTED} more` : '');
  const nearest = nearestPlatform(wanted, published);
  const hint =
    nearest === undefined
      ? 'Build and push it for that platform.'
      : `The nearest published one is ${formatPlatform(nearest)}; or build and push it for ${formatPlatform(wanted)}.`;
  return find(
    'platform-missing',
    null,
    `${repositoryName(question)} has nothing for ${formatPlatform(wanted)}: ${has} ${listed || 'no platform at all'}.`,
    hint,
  );
}
