// What is said when kairos-pull itself is broken: enough to report it, nothing that could hold a secret.

import { cleanLine } from '../core/text.ts';
import { hideUserinfoIn } from '../core/userinfo.ts';
import { NAME, VERSION } from '../core/version.ts';

/** The message of an unexpected exception may quote anything, so it is shown only with the stack, and masked. */
export function describeCrash(error: unknown, detailed: boolean): string[] {
  const kind = error instanceof Error ? error.name : typeof error;
  const lines = [
    `error: This is a bug in ${NAME} ${VERSION} (${kind}, Node ${process.version}); it says nothing about your images.`,
    'Please report it with the command you ran and the details; they are printed when KAIROS_PULL_DEBUG=1 is set.',
  ];
  if (detailed) lines.push('', ...detailsOf(error).map(mask));
  return lines;
}

/** The same as one text, for the file that starts the command: it has no other way to say anything. */
export const formatCrash = (error: unknown, detailed: boolean): string =>
  describeCrash(error, detailed)
    .map((line) => `${cleanLine(line)}\n`)
    .join('');

/** The message, which may have lines of its own, and where it was thrown. */
function detailsOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [String(error)];
  const places = error.stack?.split('\n').filter((line) => /^ {4}at /.test(line)) ?? [];
  return [`${error.name}: ${error.message}`, ...places];
}

const mask = (text: string): string => hideUserinfoIn(text).replace(/\b(Basic|Bearer)\s+[\w.~+/=-]+/gi, '$1 ***');
