// `kairos-pull completion`: a script for the shell, made from the program's own commands and options.

import type { Command } from 'commander';
import { DOUBTS, REFUSALS } from '../core/result.ts';
import { INPUT_FORMATS } from '../input/extractor.ts';
import { FORMATS } from '../report/format.ts';
import {
  type CompletionCommand,
  type CompletionOption,
  formatBashCompletion,
  formatFishCompletion,
  formatZshCompletion,
} from './completion-script.ts';
import { EXIT } from './exit-code.ts';
import type { Io } from './io.ts';
import { createProgram, SHELLS, type Shell } from './program.ts';
import { isTaken } from './sink.ts';

const SCRIPTS: Readonly<Record<Shell, (commands: readonly CompletionCommand[]) => string>> = {
  bash: formatBashCompletion,
  zsh: formatZshCompletion,
  fish: formatFishCompletion,
};

export async function printCompletion({ shell }: { shell: Shell }, io: Io): Promise<number> {
  const program = createProgram(io, () => undefined);
  await isTaken(io.stdout.writeDocument(SCRIPTS[shell](program.commands.map(describe))));
  return EXIT.ok;
}

function describe(command: Command): CompletionCommand {
  const help = { flags: ['--help', '-h'], description: 'print this help', value: undefined };
  const options = command.options.map(({ long, short, flags, description }) => ({
    flags: [long, short].filter((flag) => typeof flag === 'string'),
    description,
    value: completionsOf(/<(.+)>$/.exec(flags)?.[1]),
  }));
  const words = command.name() === 'completion' ? SHELLS : [];
  return { name: command.name(), summary: command.summary(), options: [...options, help], words };
}

/** Placeholders whose words stand elsewhere. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  'format[=path]': FORMATS,
  format: INPUT_FORMATS,
  reasons: [...REFUSALS, ...DOUBTS],
  'os/arch[/variant]': ['all', 'linux/amd64', 'linux/arm64', 'linux/arm/v7', 'windows/amd64'],
};

function completionsOf(placeholder: string | undefined): CompletionOption['value'] {
  if (placeholder === undefined) return undefined;
  if (placeholder === 'path' || placeholder === 'pem') return 'file';
  return placeholder.includes('|') ? placeholder.split('|') : (WORDS[placeholder] ?? []);
}
