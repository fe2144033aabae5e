// What is said when kairos-pull itself is broken: enough to report it, nothing that could hold a secret.

import { NAME, VERSION } from '../core/version.ts';

/** The message of an unexpected exception may quote anything, so it is shown only with the stack, and masked. */
export function formatCrash(error: unknown, detailed: boolean): string {
  const kind = error instanceof Error ? error.name : typeof error;
  const lines = [
    `error: This is a bug in ${NAME} ${VERSION} (${kind}, Node ${process.version}); it says nothing about your images.`,
    'Please report it with the command you ran and the details; they are printed when KAIROS_PULL_DEBUG=1 is set.',
  ];
  if (detailed) lines.push('', mask(error instanceof Error ? (error.stack ?? error.message) : String(error)));
  return `${lines.join('\n')}\n`;
}

const mask = (text: string): string =>
  text.replace(/:\/\/[^/\s@]*@/g, '://***@').replace(/\b(Basic|Bearer)\s+[\w.~+/=-]+/gi, '$1 ***');
