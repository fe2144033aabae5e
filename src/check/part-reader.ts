// Reads the parts of an image, each once: the manifests of an index, the config of an image.

import { createLimiter } from '../core/limiter.ts';
import { failure, type Outcome } from '../core/outcome.ts';
import type { RegistryClient } from '../registry/client.ts';
import type { ImageConfig } from '../registry/image-config.ts';
import type { ImageManifest, Manifest } from '../registry/manifest.ts';
import type { Descriptor } from '../registry/manifest-schema.ts';
import { decide } from './decide.ts';
import { type CheckedImage, type Finding, finding, imageName, type Part } from './finding.ts';
import { advise } from './hint.ts';
import { judgeConfig, judgeManifest } from './judge-content.ts';

export interface PartReader {
  /** Verified by its descriptor. `platform`: its platform according to the index. */
  manifest(entry: Descriptor, platform: string | null): Promise<Outcome<Manifest, Finding>>;
  /** Verified by its descriptor. */
  config(image: ImageManifest): Promise<Outcome<ImageConfig, Finding>>;
}

/** Manifests and configs read for one image. */
const MAX_PARTS = 1_000;
const IN_FLIGHT = 32;

export function createPartReader(client: RegistryClient, image: CheckedImage): PartReader {
  const limited = createLimiter(IN_FLIGHT);
  const once = createOnce(image);
  return {
    manifest: (descriptor, platform) =>
      once(`manifest ${descriptor.digest} ${descriptor.size} ${descriptor.mediaType}`, () =>
        limited(async () => {
          const { digest } = descriptor;
          const title = platform === null ? 'the manifest' : `the manifest of ${platform}`;
          const name = platform === null ? `${title} ${digest}` : `${title} (${digest})`;
          const part: Part = {
            ...{ kind: 'child-manifest', name, title, detail: digest, descriptor },
            ...(platform !== null && { platform }),
          };
          return decide({ ...image, part }, await client.manifest('GET', digest, 'child-manifest'), judgeManifest);
        }),
      ),
    config: ({ config: descriptor }) =>
      once(`config ${descriptor.digest} ${descriptor.size}`, () =>
        limited(async () => {
          const { digest } = descriptor;
          const title = 'the config';
          const part: Part = { kind: 'config', name: `${title} ${digest}`, title, detail: digest, descriptor };
          return decide({ ...image, part }, await client.config(digest), judgeConfig);
        }),
      ),
  };
}

/** Reads the same part only once, and no more parts than any real image has. */
function createOnce(image: CheckedImage) {
  const started = new Map<string, Promise<Outcome<unknown, Finding>>>();
  return <T>(key: string, read: () => Promise<Outcome<T, Finding>>): Promise<Outcome<T, Finding>> => {
    const earlier = started.get(key) as Promise<Outcome<T, Finding>> | undefined;
    if (earlier !== undefined) return earlier;
    if (started.size >= MAX_PARTS) return Promise.resolve(failure(tooMany(image)));
    const reading = read();
    started.set(key, reading);
    return reading;
  };
}

const tooMany = (image: CheckedImage): Finding =>
  finding({
    reason: 'corrupt',
    cause: null,
    message: `${imageName(image)} references more than ${MAX_PARTS} manifests.`,
    hint: advise('push-again', 'Push it again with fewer.'),
  });
