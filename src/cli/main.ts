// The command: arguments in, exit code out. The commands are loaded on demand.

import { CommanderError } from 'commander';
import { EXIT } from '../core/exit-code.ts';
import { isUsageError } from '../core/usage-error.ts';
import { hideUserinfo } from '../core/userinfo.ts';
import { fileProblem } from '../file/file-failure.ts';
import type { Collaborators } from './check-command.ts';
import { endCompleted, endProcess } from './end-process.ts';
import { describeInternalError, formatInternalError } from './internal-error.ts';
import { createProcessIo, type Io } from './io.ts';
import { unbroken, withUnbroken } from './message-lines.ts';
import { errorLines, parseCommandLine } from './program.ts';
import { adaptV8Flags, setV8Flags } from './v8-flags.ts';

export { endCompleted, endProcess, formatInternalError };

/** `argv`: the arguments only. Tests pass their own `io` and checker. */
export async function main(
  argv: readonly string[],
  io: Io = createProcessIo(),
  collaborators: Partial<Collaborators> = {},
): Promise<number> {
  const exitCode = await run(argv, io, collaborators);
  const [report] = await Promise.all([io.stdout.flush(), io.stderr.flush()]);
  // Interrupted while the reader was blocked: the report is cut off, whatever its exit code.
  if (io.interruption.aborted && report === 'gone') return EXIT.interrupted;
  // Only the help and the version: every command waits for what it writes.
  if (report instanceof Error && exitCode === EXIT.ok) {
    io.stderr.writeLines(`error: cannot write to standard output: ${fileProblem(report) ?? report.message}.`);
    return EXIT.usage;
  }
  return exitCode;
}

async function run(argv: readonly string[], io: Io, collaborators: Partial<Collaborators>): Promise<number> {
  try {
    const invocation = parseCommandLine(argv, io);
    if (invocation.command === 'check') {
      setV8Flags();
      if (mayBeList(invocation.images)) adaptV8Flags();
    }
    const { runCommand } = await import('./commands.ts');
    return await runCommand(invocation, io, collaborators);
  } catch (error) {
    return await explain(error, argv, io);
  }
}

/** Anything but one image with its tag or digest: a file, a directory, standard input. */
const mayBeList = ([only = '', ...more]: readonly string[]): boolean => more.length > 0 || !/:[^/]*$/.test(only);

async function explain(error: unknown, argv: readonly string[], io: Io): Promise<number> {
  if (io.interruption.aborted) {
    io.stderr.writeLines('Interrupted.');
    return EXIT.interrupted;
  }
  // Commander has already written its message, the help or the version.
  if (error instanceof CommanderError) {
    const isImage =
      error.code === 'commander.unknownCommand' && argv[0] !== 'help' && !error.message.includes('Did you mean');
    if (isImage) {
      io.stderr.writeLines(`To check an image: ${unbroken(`kairos-pull check ${hideUserinfo(argv[0] ?? '')}`)}`);
    }
    if (argv.length === 1 && argv[0] === '-v') {
      io.stderr.writeLines(`To print the version: ${unbroken('kairos-pull --version')}, or -V`);
    }
    if (error.exitCode === 0) return EXIT.ok;
    if (error.message.startsWith('error: ')) await annotate(errorLines(error.message, argv), argv, io);
    return EXIT.usage;
  }
  if (isUsageError(error)) {
    const examples = error.examples.map((example) => `  ${example}`);
    const message = withUnbroken(`error: ${error.message}`, argv);
    const help = error.refersToHelp ? [`See ${unbroken(`kairos-pull ${argv[0]} --help.`)}`] : [];
    io.stderr.writeLines(message, ...examples, ...help);
    await annotate([error.message, ...examples], argv, io);
    return EXIT.usage;
  }
  const detailed = Boolean(io.env.KAIROS_PULL_DEBUG) || argv.some((word) => /^(?:-v+|--verbose)$/.test(word));
  io.stderr.writeLines(...describeInternalError(error, detailed));
  return EXIT.bug;
}

/** Loaded on demand: errors are rare. */
async function annotate(lines: readonly string[], argv: readonly string[], io: Io): Promise<void> {
  const { annotateUsageError } = await import('./usage-annotation.ts');
  annotateUsageError(lines, argv, io);
}
