// `kairos-pull man`: the manual page, for `man -l -`. The build writes the same into dist/man.

import { EXIT, type ExitCode } from '../core/exit-code.ts';
import type { Io } from './io.ts';
import { formatManPage } from './man-page.ts';
import { createProgram } from './program.ts';
import { isTaken } from './sink.ts';

export async function printManPage(io: Io): Promise<ExitCode> {
  await isTaken(io.stdout.writeDocument(formatManPage(createProgram(io, () => undefined))));
  return EXIT.ok;
}
