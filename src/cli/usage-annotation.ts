// The annotation of a run that ends with a usage error, which has no reports: with `--output github`, the log of a
// workflow shows it where those of images would be.

import { findValue } from '../config/resolve.ts';
import { settingOf } from '../config/setting.ts';
import { hideUserinfoIn } from '../core/userinfo.ts';
import { formatRunError } from '../report/github.ts';
import type { Io } from './io.ts';

/** The config file is not asked for the format: the error may be about that file. */
export function annotateUsageError(lines: readonly string[], argv: readonly string[], { env, stdout }: Io): void {
  const { raw } = findValue('output', settingOf('output'), { flags: { output: outputFlags(argv) }, env });
  const isChosen = Array.isArray(raw) && raw.some((text) => text === 'github' || text === 'github=-');
  if (!isChosen) return;
  const [first = '', ...rest] = lines;
  // As on standard error.
  const shown = [first.replace(/^error: /, ''), ...rest].map(hideUserinfoIn);
  void stdout.writeDocument(formatRunError(shown));
}

/** The command line may be one that the parser refuses. Undefined if it has no `--output`. */
function outputFlags(argv: readonly string[]): readonly string[] | undefined {
  const end = argv.indexOf('--');
  const options = end < 0 ? argv : argv.slice(0, end);
  const values = options.flatMap((word, index) => {
    const [, value] = /^(?:--output=|-[qv]*o)(.*)$/s.exec(word === '--output' ? '-o' : word) ?? [];
    if (value === undefined) return [];
    return value === '' ? (options[index + 1] ?? []) : [value];
  });
  return values.length === 0 ? undefined : values;
}
