// Goes through the documents of a YAML text and takes the images of each; what cannot be read becomes a problem.

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Extraction, ExtractOptions, Found, Problem } from './extractor.ts';
import { parseYaml, UNRENDERED } from './yaml.ts';
import type { YamlNode } from './yaml-node.ts';

/** Nobody deploys more from one file; aliases can make a small one name them without end. */
const MAX_IMAGES = 100_000;

/** Signals and timers wait no longer than for one document. */
const LONGEST_TURN_MS = 50;

interface ImagesOptions extends Pick<ExtractOptions, 'signal'> {
  /** By its text, whether a document is worth parsing. */
  readonly isWanted?: (document: string) => boolean;
}

/** Rejects with the signal's reason. */
export async function extractImages(
  text: string,
  imagesOf: (document: YamlNode) => Iterable<Found | Problem>,
  { isWanted, signal }: ImagesOptions,
): Promise<Extraction> {
  const found: Found[] = [];
  const problems: Problem[] = [];
  let turnMs = performance.now();
  for (const document of parseYaml(text, isWanted)) {
    if (performance.now() - turnMs > LONGEST_TURN_MS) {
      await nextTurn();
      signal?.throwIfAborted();
      turnMs = performance.now();
    }
    const { root, actionLine } = document;
    problems.push(...document.problems);
    if (root === undefined) continue;
    const before = found.length;
    for (const image of imagesOf(root)) {
      if (found.length === MAX_IMAGES) {
        return { found, problems: [...problems, { message: `It names more than ${MAX_IMAGES} images.` }] };
      }
      if ('text' in image) found.push(image);
      else problems.push(image);
    }
    // What it says is not known, so that it has no image is not known either.
    if (actionLine !== undefined && found.length === before) problems.push({ message: UNRENDERED, line: actionLine });
  }
  return { found, problems };
}
