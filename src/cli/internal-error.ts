// The message for a bug in kairos-pull: enough to report it, without anything that may contain a secret.

import { cleanLine } from '../core/text.ts';
import { hideUserinfoIn } from '../core/userinfo.ts';
import { NAME, VERSION } from '../core/version.ts';

/** The message of an unexpected exception may quote anything, so it is shown only with the stack, and masked. */
export function describeInternalError(error: unknown, detailed: boolean): string[] {
  const kind = error instanceof Error ? error.name : typeof error;
  const lines = [
    `error: Internal error in ${NAME} ${VERSION} (${kind}, Node ${process.version}). This is a bug and says nothing about your images.`,
    'Please report it with the command you ran and the details that KAIROS_PULL_DEBUG=1 prints.',
  ];
  if (detailed) lines.push('', ...detailsOf(error).map(mask));
  return lines;
}

/** The same as one text, for the file that starts the command and has no other output. */
export const formatInternalError = (error: unknown, detailed: boolean): string =>
  describeInternalError(error, detailed)
    .map((line) => `${cleanLine(line)}\n`)
    .join('');

/** The message, which may have several lines, and the stack. */
function detailsOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [String(error)];
  const frames = error.stack?.split('\n').filter((line) => /^ {4}at /.test(line)) ?? [];
  return [`${error.name}: ${error.message}`, ...frames];
}

const mask = (text: string): string => hideUserinfoIn(text).replace(/\b(Basic|Bearer)\s+[\w.~+/=-]+/gi, '$1 ***');
