// A file that a document refers to, by a path relative to the document.

import { dirname, isAbsolute, join } from 'node:path';
import type { Problem } from './extractor.ts';

/** The path as a person who named `document` would write it. */
export const sourceOf = (document: string, path: string): string =>
  isAbsolute(path) ? path : join(dirname(document), path);

/** A problem of another file than the one that was read: the place goes into the message. */
export const problemIn = (source: string, { message, line }: Problem): Problem => ({
  message: `${source}${line === undefined ? '' : `:${line}`}: ${message}`,
});
