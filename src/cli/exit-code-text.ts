// What each exit code means: for the help, the manual page and the pages of the documentation.

import { EXIT, type ExitCode } from '../core/exit-code.ts';
import { splitWords, wrapWords } from '../report/wrap.ts';

/** Those of `check`, in the order of their numbers. */
export const EXIT_CODES: readonly (readonly [code: ExitCode, meaning: string])[] = [
  [EXIT.ok, 'every image is pullable'],
  [EXIT.usage, 'usage: bad option, unreadable file, invalid reference, nothing to check'],
  [EXIT.refused, 'unauthorized or denied (401, 403)'],
  [EXIT.notFound, 'not found (404)'],
  [
    EXIT.undetermined,
    'unknown: network, registry error (5xx), rate limit (429), not a registry; the only code that a retry may fix',
  ],
  [
    EXIT.notAsRequested,
    'exists, but cannot be pulled as requested: platform missing, incomplete, corrupt, not an image, schema 1',
  ],
  [EXIT.present, 'the image exists, but --expect absent was given'],
  [EXIT.bug, 'a bug in kairos-pull'],
  [EXIT.interrupted, 'interrupted; the results so far are reported'],
];

export const UNHEALTHY_MEANING = 'the answer of monitor health or monitor notify-test is no';

const WIDTH = 79;

/** Lines of the help. */
export const formatExitCodes = (): string =>
  EXIT_CODES.flatMap(([code, meaning]) => {
    const first = `  ${String(code).padEnd(5)}`;
    return wrapWords(splitWords(meaning), { width: WIDTH, first, rest: ' '.repeat(first.length) });
  }).join('\n');
