// Reads what a manifest names, each part once: the manifests of an index, the config of an image.

import { failure, type Outcome } from '../core/outcome.ts';
import type { RegistryClient } from '../registry/client.ts';
import type { ImageConfig } from '../registry/image-config.ts';
import type { ImageManifest, Manifest } from '../registry/manifest.ts';
import type { Descriptor } from '../registry/manifest-schema.ts';
import { decide } from './decide.ts';
import { type Finding, find, imageName, type Part, type Question } from './finding.ts';
import { judgeConfig } from './judge-config.ts';
import { judgeManifest } from './judge-manifest.ts';
import { createLimit } from './limit.ts';

export interface PartReader {
  /** Held against its descriptor. `platform`: what the index says it is for. */
  manifest(entry: Descriptor, platform: string | null): Promise<Outcome<Manifest, Finding>>;
  /** Held against its descriptor. */
  config(image: ImageManifest): Promise<Outcome<ImageConfig, Finding>>;
}

/** Manifests and configs read for one image. */
const MAX_PARTS = 1_000;
const IN_FLIGHT = 32;

export function createPartReader(client: RegistryClient, image: Question): PartReader {
  const limited = createLimit(IN_FLIGHT);
  const once = createOnce(image);
  return {
    manifest: (descriptor, platform) =>
      once(`manifest ${descriptor.digest} ${descriptor.size} ${descriptor.mediaType}`, () =>
        limited(async () => {
          const { digest } = descriptor;
          const name = platform === null ? `the manifest ${digest}` : `the manifest of ${platform} (${digest})`;
          const part: Part = { kind: 'child-manifest', name, descriptor };
          return decide(
            { ...image, part },
            { answer: await client.manifest('GET', digest, 'child-manifest') },
            judgeManifest,
          );
        }),
      ),
    config: ({ config: descriptor }) =>
      once(`config ${descriptor.digest} ${descriptor.size}`, () =>
        limited(async () => {
          const { digest } = descriptor;
          const part: Part = { kind: 'config', name: `the config ${digest}`, descriptor };
          return decide({ ...image, part }, { answer: await client.config(digest) }, judgeConfig);
        }),
      ),
  };
}

/** The same part is read once, and no more parts than anybody publishes. */
function createOnce(image: Question) {
  const begun = new Map<string, Promise<Outcome<unknown, Finding>>>();
  return <T>(key: string, read: () => Promise<Outcome<T, Finding>>): Promise<Outcome<T, Finding>> => {
    const known = begun.get(key) as Promise<Outcome<T, Finding>> | undefined;
    if (known !== undefined) return known;
    if (begun.size >= MAX_PARTS) return Promise.resolve(failure(tooMany(image)));
    const reading = read();
    begun.set(key, reading);
    return reading;
  };
}

const tooMany = (image: Question): Finding =>
  find(
    'corrupt',
    null,
    `${imageName(image)} leads to more than ${MAX_PARTS} manifests, more than any image has.`,
    'Push it again with fewer.',
  );
