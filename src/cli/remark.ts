// What standard error says after the run where the report alone would leave the exit code unexplained.

import type { Report } from '../core/report.ts';
import { EXIT, type Policy } from './exit-code.ts';
import { nothingIn } from './help-text.ts';

export function remarkOn(
  { exitCode, summary }: Report,
  { expect, file }: Policy & { readonly file: readonly string[] },
): string | undefined {
  const { total, skipped, unpullable, undetermined } = summary;
  if (exitCode === EXIT.interrupted) return `Interrupted; ${images(total)} had been checked.`;
  if (total === 0) return nothingIn(file);
  if (total === skipped) return `Nothing was checked: ${images(total)}, all skipped.`;
  const forgiven = unpullable + undetermined;
  if (expect === 'present') {
    return exitCode === EXIT.ok && forgiven > 0 ? `Not a failure by --warn-on: ${images(forgiven)}.` : undefined;
  }
  if (exitCode === EXIT.present) return 'Something is there, but --expect absent was given.';
  if (exitCode === EXIT.ok) return 'As expected, none of them is there.';
  return undefined;
}

const images = (count: number): string => `${count} ${count === 1 ? 'image' : 'images'}`;
