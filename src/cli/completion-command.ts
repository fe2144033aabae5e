// `kairos-pull completion`: a shell script generated from the program's commands and options.

import type { Command } from 'commander';
import { SETTINGS } from '../config/setting.ts';
import { EXIT, type ExitCode } from '../core/exit-code.ts';
import { DOUBTS, UNPULLABLE_REASONS } from '../core/result.ts';
import { INPUT_FORMATS } from '../input/extractor.ts';
import { FORMATS } from '../report/format.ts';
import { formatBashCompletion } from './bash-completion.ts';
import type { CompletionCommand, CompletionOption } from './completion-shape.ts';
import { formatFishCompletion } from './fish-completion.ts';
import type { Io } from './io.ts';
import { formatPowershellCompletion } from './powershell-completion.ts';
import { createProgram, SHELLS, type Shell } from './program.ts';
import { isTaken } from './sink.ts';
import { formatZshCompletion } from './zsh-completion.ts';

const SCRIPTS: Readonly<Record<Shell, (commands: readonly CompletionCommand[]) => string>> = {
  bash: formatBashCompletion,
  zsh: formatZshCompletion,
  fish: formatFishCompletion,
  powershell: formatPowershellCompletion,
};

export async function printCompletion({ shell }: { shell: Shell }, io: Io): Promise<ExitCode> {
  const program = createProgram(io, () => undefined);
  await isTaken(io.stdout.writeDocument(SCRIPTS[shell](program.commands.map(describe))));
  return EXIT.ok;
}

function describe(command: Command): CompletionCommand {
  const help = { flags: ['--help', '-h'], description: 'print this help', value: undefined };
  const own = [command, ...command.commands].flatMap(({ options }) => options);
  // Subcommands repeat some options of their command.
  const unique = own.filter(({ long }, at) => own.findIndex((option) => option.long === long) === at);
  const options = unique.map(({ long, short, flags, description }): CompletionOption => {
    const placeholder = /<(.+)>$/.exec(flags)?.[1];
    const syntax = long === '--output' ? 'assignment' : LISTS.has(placeholder) ? 'list' : undefined;
    return {
      flags: [long, short].filter((flag) => typeof flag === 'string'),
      description,
      value: completionsOf(placeholder),
      ...(syntax && { syntax }),
    };
  });
  return {
    name: command.name(),
    summary: command.summary(),
    options: [...options, help],
    words: command.name() === 'completion' ? SHELLS : command.commands.map((sub) => sub.name()),
    takesPaths: takesPaths(command),
    pathWords: command.commands.filter(takesPaths).map((sub) => sub.name()),
  };
}

const takesPaths = (command: Command): boolean =>
  command.registeredArguments.some((argument) => /path|file/.test(argument.name()));

const LISTS: ReadonlySet<string | undefined> = new Set(['reasons', 'os/arch[/variant]']);

/** The words of a placeholder that does not list them. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  'format[=path]': FORMATS,
  format: INPUT_FORMATS,
  // A single choice is its own placeholder.
  [SETTINGS.from.choices.join()]: SETTINGS.from.choices,
  reasons: [...UNPULLABLE_REASONS, ...DOUBTS],
  'os/arch[/variant]': ['all', 'linux/amd64', 'linux/arm64', 'linux/arm/v7', 'windows/amd64'],
};

function completionsOf(placeholder: string | undefined): CompletionOption['value'] {
  if (placeholder === undefined) return undefined;
  if (/^(?:path|pem|memory\|path\|url)$/.test(placeholder)) return 'file';
  return placeholder.includes('|') ? placeholder.split('|') : (WORDS[placeholder] ?? []);
}
