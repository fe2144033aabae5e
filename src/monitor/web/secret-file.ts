// A file with tokens or password hashes, read for each request that needs it, so that a change counts immediately.

import { type Outcome, success } from '../../core/outcome.ts';
import { readFileText, refusePipes } from '../../file/read-file.ts';

export interface SecretFile<T> {
  /** undefined while it cannot be used; the log says why, once. */
  read(): Promise<T | undefined>;
}

const MAX_BYTES = 1024 * 1024;
const DEADLINE_MS = 5_000;

/** `parse` is called when the text has changed; its error completes "cannot use x: …". */
export function createSecretFile<T>(
  path: string,
  parse: (text: string) => Outcome<T, string>,
  log: (message: string) => void,
): SecretFile<T> {
  let known: { readonly text: string; readonly parsed: Outcome<T, string> } | undefined;
  let reported: string | undefined;
  let reading: Promise<T | undefined> | undefined;

  const report = (problem: string | undefined): void => {
    if (problem === reported) return;
    reported = problem;
    log(
      problem === undefined
        ? `${path} can be used again`
        : `${problem}; its credentials are refused until that is fixed`,
    );
  };

  const read = async (): Promise<T | undefined> => {
    const file = await readFileText(path, { maxBytes: MAX_BYTES, deadlineMs: DEADLINE_MS, refuse: refusePipes });
    if (!file.ok) {
      known = undefined;
      report(`cannot read ${path}: ${file.error.problem}`);
      return undefined;
    }
    if (file.value !== known?.text) known = { text: file.value, parsed: parse(file.value) };
    report(known.parsed.ok ? undefined : `cannot use ${path}: ${known.parsed.error}`);
    return known.parsed.ok ? known.parsed.value : undefined;
  };

  return {
    read: () => {
      reading ??= read().finally(() => {
        reading = undefined;
      });
      return reading;
    },
  };
}

/** A file that is not configured. */
export const noSecretFile: SecretFile<never> = { read: async () => undefined };

/** One token, without the white space around it: RFC 6750 section 2.1. */
export function parseTokenFile(text: string): Outcome<string, string> {
  const token = text.replace(/^\ufeff/, '').trim();
  if (token === '') return { ok: false, error: 'it is empty' };
  return /^[\x21-\x7e]+$/.test(token)
    ? success(token)
    : { ok: false, error: 'a token is one line of ASCII characters without spaces' };
}
