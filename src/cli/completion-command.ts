// `kairos-pull completion`: a shell script generated from the program's commands and options.

import type { Command } from 'commander';
import { EXIT, type ExitCode } from '../core/exit-code.ts';
import { DOUBTS, UNPULLABLE_REASONS } from '../core/result.ts';
import { NAME } from '../core/version.ts';
import { INPUT_FORMATS } from '../input/extractor.ts';
import { FORMATS } from '../report/format.ts';
import { formatBashCompletion } from './bash-completion.ts';
import { type CompletionCommand, type CompletionOption, FUNCTION, indent, quote } from './completion-shape.ts';
import type { Io } from './io.ts';
import { formatPowershellCompletion } from './powershell-completion.ts';
import { createProgram, SHELLS, type Shell } from './program.ts';
import { isTaken } from './sink.ts';

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
    const syntax = placeholder === undefined ? undefined : SYNTAX[placeholder];
    return {
      flags: [long, short].filter((flag) => typeof flag === 'string'),
      description,
      value: completionsOf(placeholder),
      ...(syntax && { syntax }),
    };
  });
  const words = command.name() === 'completion' ? SHELLS : command.commands.map((sub) => sub.name());
  const takesPaths = command.registeredArguments.some((argument) => /path|file/.test(argument.name()));
  return { name: command.name(), summary: command.summary(), options: [...options, help], words, takesPaths };
}

const SYNTAX: Readonly<Record<string, CompletionOption['syntax']>> = {
  'format[=path]': 'assignment',
  reasons: 'list',
  'os/arch[/variant]': 'list',
};

/** The words of a placeholder that does not list them. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  'format[=path]': FORMATS,
  format: INPUT_FORMATS,
  reasons: [...UNPULLABLE_REASONS, ...DOUBTS],
  'os/arch[/variant]': ['all', 'linux/amd64', 'linux/arm64', 'linux/arm/v7', 'windows/amd64'],
};

function completionsOf(placeholder: string | undefined): CompletionOption['value'] {
  if (placeholder === undefined) return undefined;
  if (/^(?:path|pem|memory\|path)$/.test(placeholder)) return 'file';
  return placeholder.includes('|') ? placeholder.split('|') : (WORDS[placeholder] ?? []);
}

function formatZshCompletion(commands: readonly CompletionCommand[]): string {
  const escaped = (text: string) => text.replace(/[[\]:\\]/g, '\\$&');
  const cases = commands.flatMap(({ name, options, words, takesPaths }) => [
    `${name})`,
    '  _arguments \\',
    ...options.flatMap(({ flags, description, value }) => {
      const action = value === 'file' ? ':path:_files' : value === undefined ? '' : `:value:(${value.join(' ')})`;
      return flags.map((flag) => `    ${quote(`*${flag}[${escaped(description)}]${action}`)} \\`);
    }),
    `    ${words.length === 0 ? '' : `${quote(`1: :(${words.join(' ')})`)} `}${quote(takesPaths ? '*:path:_files' : '*: :')}`,
    '  ;;',
  ]);
  return `#compdef ${NAME}
# zsh completion of ${NAME}: source <(${NAME} completion zsh)
${FUNCTION}() {
  local -a commands
  commands=(
${indent(
  commands.map(({ name, summary }) => quote(`${name}:${escaped(summary)}`)),
  '    ',
)}  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  shift words
  (( CURRENT-- ))
  case "$words[1]" in
${indent(cases, '    ')}  esac
}
compdef ${FUNCTION} ${NAME}
`;
}

function formatFishCompletion(commands: readonly CompletionCommand[]): string {
  const lines = commands.flatMap(({ name, summary, options, words, takesPaths }) => {
    const inside = `complete -c ${NAME} -n ${quote(`__fish_seen_subcommand_from ${name}`)}`;
    return [
      `complete -c ${NAME} -n __fish_use_subcommand -a ${name} -d ${quote(summary)}`,
      ...(words.length === 0 ? [] : [`${inside} -a ${quote(words.join(' '))}`]),
      ...(takesPaths ? [`${inside} -F`] : []),
      ...options.map(({ flags, description, value }) => {
        const names = flags.map((flag) => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`));
        const action = value === undefined ? '' : value === 'file' ? ' -r -F' : ` -x -a ${quote(value.join(' '))}`;
        return `${inside} ${names.join(' ')}${action} -d ${quote(description)}`;
      }),
    ];
  });
  return `# fish completion of ${NAME}: ${NAME} completion fish | source
complete -c ${NAME} -f
${indent(lines, '')}`;
}
