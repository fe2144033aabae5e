// What standard error says after the run where the report alone would leave the exit code unexplained.

import type { Report } from '../core/report.ts';
import { EXIT, type Policy } from './exit-code.ts';
import { nothingIn } from './help-text.ts';

/** `forgiven`: images that did not pass, and were not to fail. */
export function remarkOn(
  { exitCode, summary }: Report,
  { expect, file }: Policy & { readonly file: readonly string[] },
  forgiven: number,
): string | undefined {
  const { total, skipped } = summary;
  if (exitCode === EXIT.interrupted) return `Interrupted; ${images(total)} had been checked.`;
  if (total === 0) return nothingIn(file);
  if (total === skipped) return `Nothing was checked: ${images(total)}, all skipped.`;
  if (exitCode === EXIT.present) return 'Something is there, but --expect absent was given.';
  if (exitCode !== EXIT.ok) return undefined;
  if (forgiven > 0) return `Not a failure by --warn-on: ${images(forgiven)}.`;
  return expect === 'absent' ? 'As expected, none of them is there.' : undefined;
}

const images = (count: number): string => `${count} ${count === 1 ? 'image' : 'images'}`;
