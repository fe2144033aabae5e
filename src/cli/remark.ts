// What standard error says after the run where the report alone would leave the exit code unexplained.

import { formatCount } from '../core/quantity.ts';
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
  if (exitCode === EXIT.interrupted) return `Interrupted; ${formatCount(total, 'image')} had been checked.`;
  if (total === 0) return nothingIn(file);
  if (total === skipped) return `Nothing was checked: ${formatCount(total, 'image')}, all skipped.`;
  if (exitCode === EXIT.present) return 'Something is there, but --expect absent was given.';
  if (exitCode !== EXIT.ok) return undefined;
  if (forgiven > 0) return `Not a failure by --warn-on: ${formatCount(forgiven, 'image')}.`;
  return expect === 'absent' ? 'As expected, none of them is there.' : undefined;
}
