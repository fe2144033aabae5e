// A YAML or JSON file of unknown format in a directory: most are not ours to read, but a broken one may name images.

import type { Problem } from './extractor.ts';
import { parseYamlFile } from './yaml.ts';

/** A file that names an image is written by hand, and is not larger. */
const MAX_CHARACTERS = 1024 * 1024;

/** Why the file cannot be parsed; undefined if it can, or if it is a template. */
export function findFault(text: string, source: string): Problem | undefined {
  if (text.length > MAX_CHARACTERS) return undefined;
  const { isBroken, problems } = parseYamlFile(text, /\.json$/i.test(source) ? 'JSON' : 'YAML');
  return isBroken ? problems.find(({ message }) => message.startsWith('Not valid ')) : undefined;
}
