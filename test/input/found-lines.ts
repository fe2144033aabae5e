// The images that an extractor found, one line each, for comparison in tests.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ExtractOptions, Extractor, Found } from '../../src/input/extractor.ts';

export const NO_OPTIONS: ExtractOptions = { env: {}, buildArgs: {}, profiles: [], readFile: async () => undefined };

/** `line text | path`, then ` for platform` and ` (skip reason: message)`. */
export const formatFound = ({ line, text, path, platform, skip }: Found): string =>
  `${line} ${text} | ${path}${platform === undefined ? '' : ` for ${platform}`}${skip === undefined ? '' : ` (${skip.reason}: ${skip.message})`}`;

/** The lines, then the problems as `line! message`. */
export async function foundLines(extractor: Extractor, text: string): Promise<string[]> {
  const { found, problems } = await extractor.extract(text, 'a file', NO_OPTIONS);
  return [...found.map(formatFound), ...problems.map(({ line, message }) => `${line}! ${message}`)];
}

/** The text of a file in test/fixtures/input. */
export const fixture = (name: string): string =>
  readFileSync(fileURLToPath(new URL(`../../../test/fixtures/input/${name}`, import.meta.url)), 'utf8');
