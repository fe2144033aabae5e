// A file that a document refers to, by a path relative to the document.

import { dirname, isAbsolute, join } from 'node:path';
import type { Problem, UnreadableLink } from './extractor.ts';

/** The path relative to the working directory, as the user would type it. */
export const sourceOf = (document: string, path: string): string =>
  isAbsolute(path) ? path : join(dirname(document), path);

/** Reported for a file that does not belong to the checked file, which must not make us print parts of other files. */
export const FOREIGN =
  'Cannot be used. The reason is not shown because the file is outside the directory of the file that refers to it.';

export const cannotRead = (path: string, file: UnreadableLink | undefined): string =>
  `${path} cannot be read${file === undefined ? '' : `: ${file.problem}`}.`;

/** A problem in another file than the checked one: its location becomes part of the message. */
export const problemIn = (source: string, { message, line, template }: Problem): Problem => ({
  message: `${source}${line === undefined ? '' : `:${line}`}: ${message}`,
  isLinked: true,
  ...(template !== undefined && { template: { source, line, ...template } }),
});
