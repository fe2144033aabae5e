// The last line of every help: where to read more. The pages are in the package, but not in every image.

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { embeddedFiles } from '../core/embedded-files.ts';
import { NAME } from '../core/version.ts';
import { splitWords, wrapWords } from '../report/wrap.ts';
import { unbroken } from './message-lines.ts';

/** Of the package; of `dist/command` as of `src/cli`. The executable has none. */
const ROOT = embeddedFiles === undefined ? dirname(dirname(import.meta.dirname)) : undefined;

/** `directory`: where README.md and docs are, if they are anywhere. */
export function formatDocumentationLine(width: number, directory = ROOT): string {
  const manual = unbroken(`${NAME} man`);
  const hasPages =
    directory !== undefined && existsSync(join(directory, 'README.md')) && existsSync(join(directory, 'docs'));
  const text = hasPages
    ? `Documentation: ${manual}; README.md and docs in ${unbroken(directory)}`
    : `Documentation: ${manual}`;
  return wrapWords(splitWords(text), { width, first: '', rest: '  ' }).join('\n');
}
