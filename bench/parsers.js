// How many texts a second the parsers read, each for a fixed time, in this process.

import { parseChallenges } from '../build-modules/auth/rfc-challenge.js';
import { parseReference } from '../build-modules/core/reference.js';
import { createImage } from '../build-modules/demo/image.js';
import { extractorNamed } from '../build-modules/input/extractors.js';
import { readManifest } from '../build-modules/registry/manifest.js';

const { manifest } = createImage({ layers: 10 });
const challenge = 'Bearer realm="https://auth.example.com/token",service="registry",scope="repository:org/app:pull"';
const pods = Array.from(
  { length: 20 },
  (_, index) =>
    `apiVersion: v1\nkind: Pod\nmetadata:\n  name: pod${index}\nspec:\n  containers:\n  - image: app:${index}\n`,
).join('---\n');
const dockerfile = 'ARG TAG=1\nFROM node:$TAG AS build\nRUN make\nFROM alpine:3\nCOPY --from=build /a /a\n';
const extract = (format, path, text) => () =>
  extractorNamed(format).extract(text, path, { env: {}, buildArgs: {}, profiles: [] });

const READ = {
  'a reference': () => parseReference('registry.example.com:5000/org/app:1.2.3'),
  'a challenge': () => parseChallenges(challenge),
  'a manifest of 10 layers': () =>
    readManifest({ bytes: manifest.bytes, truncated: false, contentType: manifest.mediaType }),
  'a Dockerfile of 5 lines': extract('dockerfile', 'Dockerfile', dockerfile),
  'a file of 20 Kubernetes objects': extract('kubernetes', 'pods.yaml', pods),
};

/** Runs each for `durationMs`. */
export async function measureParsers(durationMs) {
  const measured = [];
  for (const [name, read] of Object.entries(READ)) {
    for (let warm = 0; warm < 200; warm += 1) await read();
    const startedMs = performance.now();
    let count = 0;
    while (performance.now() - startedMs < durationMs) {
      await read();
      count += 1;
    }
    measured.push({ name, perSecond: (count * 1000) / (performance.now() - startedMs), unit: '/s' });
  }
  return measured;
}
