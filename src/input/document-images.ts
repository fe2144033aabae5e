// Extracts the images of each document of a YAML text; what cannot be read becomes a problem.

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Extraction, ExtractOptions, Found, Problem } from './extractor.ts';
import { templateProblem } from './template.ts';
import { parseYaml } from './yaml.ts';
import type { YamlNode } from './yaml-node.ts';

/** Aliases can multiply the images of a small file. */
const MAX_IMAGES = 100_000;

/** After this time, and the document being read, other tasks run. */
const MAX_TURN_MS = 50;

interface ImagesOptions extends Pick<ExtractOptions, 'signal'> {
  /** Whether a document is worth parsing, by its text. */
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
    if (performance.now() - turnMs > MAX_TURN_MS) {
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
        return { found, problems: [...problems, { message: `More than ${MAX_IMAGES} images.` }] };
      }
      if ('text' in image) found.push(image);
      else problems.push(image);
    }
    // What the action expands to is unknown, so it may contain images.
    if (actionLine !== undefined && found.length === before) problems.push(templateProblem(text, actionLine));
  }
  return { found, problems };
}
