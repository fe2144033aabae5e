// The command: arguments in, exit code out. Bodies of commands are loaded when they are wanted, so that --help is fast.

import { CommanderError } from 'commander';
import { UsageError } from '../core/usage-error.ts';
import { hideUserinfo } from '../core/userinfo.ts';
import type { Collaborators } from './check-command.ts';
import { describeCrash, formatCrash } from './crash.ts';
import { EXIT } from './exit-code.ts';
import { endProcess } from './interruption.ts';
import { createProcessIo, type Io } from './io.ts';
import { type Invocation, parseCommandLine } from './program.ts';

export { endProcess, formatCrash };

/** `argv`: the arguments alone. Tests bring their own `io` and checker. */
export async function main(
  argv: readonly string[],
  io: Io = createProcessIo(),
  collaborators: Partial<Collaborators> = {},
): Promise<number> {
  const exitCode = await carryOut(argv, io, collaborators);
  const [report] = await Promise.all([io.stdout.flush(), io.stderr.flush()]);
  // Interrupted while a reader did not read: the report is cut off, whatever it came to.
  return io.interruption.aborted && report === 'gone' ? EXIT.interrupted : exitCode;
}

async function carryOut(argv: readonly string[], io: Io, collaborators: Partial<Collaborators>): Promise<number> {
  try {
    return await invoke(parseCommandLine(argv, io), io, collaborators);
  } catch (error) {
    return explain(error, argv, io);
  }
}

async function invoke(invocation: Invocation, io: Io, collaborators: Partial<Collaborators>): Promise<number> {
  switch (invocation.command) {
    case 'check':
      return (await import('./check-command.ts')).runCheck(invocation, io, collaborators);
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

function explain(error: unknown, argv: readonly string[], io: Io): number {
  if (io.interruption.aborted) {
    io.stderr.writeLines('Interrupted.');
    return EXIT.interrupted;
  }
  // Commander has written its message, the help or the version already.
  if (error instanceof CommanderError) {
    const isImage = error.code === 'commander.unknownCommand' && !error.message.includes('Did you mean');
    if (isImage) io.stderr.writeLines(`To check an image: kairos-pull check ${hideUserinfo(argv[0] ?? '')}`);
    return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  }
  if (error instanceof UsageError) {
    const examples = error.examples.map((example) => `  ${example}`);
    io.stderr.writeLines(`error: ${error.message}`, ...examples, `See kairos-pull ${argv[0]} --help.`);
    return EXIT.usage;
  }
  const detailed = Boolean(io.env.KAIROS_PULL_DEBUG) || argv.includes('--verbose') || argv.includes('-v');
  io.stderr.writeLines(...describeCrash(error, detailed));
  return EXIT.bug;
}
