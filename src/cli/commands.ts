// The commands: a separate bundle, loaded on demand, so that --help and --version stay fast.

import type { ExitCode } from '../core/exit-code.ts';
import { useManyThreads } from '../file/thread-pool.ts';
import { mayBePath } from '../input/operand.ts';
import { type Collaborators, runCheck } from './check-command.ts';
import { runDemo } from './demo-command.ts';
import { listImages } from './images-command.ts';
import type { Io } from './io.ts';
import type { Invocation } from './program.ts';

/** A config file may name more: then many threads are used when it is found. */
function isOneImage(invocation: Invocation, { env }: Io): boolean {
  if (invocation.command !== 'check') return false;
  const { images, flags } = invocation;
  const isList = flags.file ?? flags.from ?? env.KAIROS_PULL_FILE ?? env.KAIROS_PULL_FROM;
  return isList === undefined && images.length === 1 && !mayBePath(images[0] ?? '');
}

export async function runCommand(
  invocation: Invocation,
  io: Io,
  collaborators: Partial<Collaborators>,
): Promise<ExitCode> {
  if (!isOneImage(invocation, io)) useManyThreads();
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
