// A file that a document refers to, by a path relative to the document.

import { dirname, isAbsolute, join } from 'node:path';
import type { Problem, UnusableFile } from './extractor.ts';

/** The path as a person who named `document` would write it. */
export const sourceOf = (document: string, path: string): string =>
  isAbsolute(path) ? path : join(dirname(document), path);

/** Said of a file that is not the checked one's own: a checked file must not have others printed. */
export const FOREIGN =
  'It cannot be used as it is. Why is not shown: the file is outside the folder of the one that refers to it.';

/** What is said of one that is not there, or cannot be used. */
export const cannotRead = (path: string, file: UnusableFile | undefined): string =>
  `${path} cannot be read${file === undefined ? '' : `: ${file.problem}`}.`;

/** A problem of another file than the one that was read: the place goes into the message. */
export const problemIn = (source: string, { message, line }: Problem): Problem => ({
  message: `${source}${line === undefined ? '' : `:${line}`}: ${message}`,
});
