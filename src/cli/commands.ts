// The bodies of the commands: a bundle of their own, loaded when one is run, so that --help and --version stay fast.

import { type Collaborators, runCheck } from './check-command.ts';
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
      return (await import('./images-command.ts')).listImages(invocation, io);
    case 'demo':
      return (await import('./demo-command.ts')).runDemo(io);
    case 'completion':
      return (await import('./completion-command.ts')).printCompletion(invocation, io);
    default:
      return invocation satisfies never;
  }
}
