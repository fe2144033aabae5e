// Certificate files that could not be used: worth a word, whatever became of the check.

import type { Result, Warning } from '../core/result.ts';
import { cleanText } from '../core/text.ts';

/** `problemsOf`: what was wrong with the files for a `host[:port]`. */
export function withTlsWarnings(result: Result, problemsOf: (host: string) => readonly string[]): Result {
  const urls = result.requests.map(({ url }) => new URL(url)).filter(({ protocol }) => protocol === 'https:');
  const problems = new Set(urls.flatMap(({ host }) => problemsOf(host)));
  if (problems.size === 0) return result;
  const warnings = [...problems].map(
    (problem): Warning => ({ code: 'certificates-file', message: cleanText(`${problem}; went on without it.`, 500) }),
  );
  return { ...result, warnings: [...result.warnings, ...warnings] };
}
