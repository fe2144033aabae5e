// `kairos-pull man`: the manual page. man(1) shows it on a terminal, and a pipe gets the roff that the build writes into
// dist/man.

import { spawn } from 'node:child_process';
import type { Env } from '../core/env.ts';
import { EXIT, type ExitCode } from '../core/exit-code.ts';
import { findProgram } from '../file/find-program.ts';
import type { Io } from './io.ts';
import { formatManPage } from './man-page.ts';
import { createProgram } from './program.ts';
import { isTaken } from './sink.ts';

export async function printManPage(io: Io): Promise<ExitCode> {
  const page = formatManPage(createProgram(io, () => undefined));
  const man = io.stdout.isTTY ? await findProgram(['man'], io.env.PATH) : undefined;
  if (man === undefined || !(await showPage(man, page, io.env))) await isTaken(io.stdout.writeDocument(page));
  return EXIT.ok;
}

/** Resolves to false if this man cannot read a page from its standard input, such as that of BusyBox. */
function showPage(man: string, page: string, env: Env): Promise<boolean> {
  // Ctrl-C is for the pager: it ends a search, not the pager, and the terminal must stay with it until it ends.
  process.removeAllListeners('SIGINT').on('SIGINT', () => undefined);
  return new Promise((resolve) => {
    const child = spawn(man, ['-l', '-'], { stdio: ['pipe', 'inherit', 'inherit'], env });
    child.on('error', () => resolve(false)).on('close', (code, signal) => resolve(code === 0 || signal !== null));
    // A man that does not read.
    child.stdin.on('error', () => undefined).end(page);
  });
}
