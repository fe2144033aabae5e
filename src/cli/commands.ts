// The bodies of the commands: a bundle of their own, loaded when one is run, so that --help and --version stay fast.

import { type Collaborators, runCheck } from './check-command.ts';
import { runDemo } from './demo-command.ts';
import { listImages } from './images-command.ts';
import type { Io } from './io.ts';
import type { Invocation } from './program.ts';

/** Resolves to the exit code. */
export async function runCommand(
  invocation: Invocation,
  io: Io,
  collaborators: Partial<Collaborators>,
): Promise<number> {
  switch (invocation.command) {
    case 'check':
      return runCheck(invocation, io, collaborators);
    case 'images':
      return listImages(invocation, io);
    case 'demo':
      return runDemo(io);
    case 'completion':
      return (await import('./completion-command.ts')).printCompletion(invocation, io);
    default:
      return invocation satisfies never;
  }
}
