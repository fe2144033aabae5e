// The commands: a separate bundle, loaded on demand, so that --help and --version stay fast.

import type { ExitCode } from '../core/exit-code.ts';
import { type Collaborators, runCheck } from './check-command.ts';
import { runDemo } from './demo-command.ts';
import { listImages } from './images-command.ts';
import type { Io } from './io.ts';
import type { Invocation } from './program.ts';

export async function runCommand(
  invocation: Invocation,
  io: Io,
  collaborators: Partial<Collaborators>,
): Promise<ExitCode> {
  switch (invocation.command) {
    case 'check':
      return runCheck(invocation, io, collaborators);
    case 'images':
      return listImages(invocation, io);
    case 'demo':
      return runDemo(io);
    case 'monitor': {
      // Until the monitor takes over, a request to reload has nothing to do.
      io.onHangup(() => undefined);
      return (await import('./monitor-command.ts')).runMonitor(invocation, io);
    }
    case 'report':
      return (await import('./report-command.ts')).mergeReportFiles(invocation, io);
    case 'completion':
      return (await import('./completion-command.ts')).printCompletion(invocation, io);
    case 'man':
      return (await import('./man-command.ts')).printManPage(io);
    default:
      return invocation satisfies never;
  }
}
