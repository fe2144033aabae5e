// The completion script for fish.
// https://fishshell.com/docs/current/completions.html

import { NAME } from '../core/version.ts';
import { type CompletionCommand, type CompletionOption, indent, quote } from './completion-shape.ts';

const FUNCTION = '__kairos_pull';

export function formatFishCompletion(commands: readonly CompletionCommand[]): string {
  const lines = commands.flatMap(({ name, summary, options, words, takesPaths, pathWords }) => {
    const inside = `complete -c ${NAME} -n ${quote(`__fish_seen_subcommand_from ${name}`)}`;
    const isFirst = quote(
      `__fish_seen_subcommand_from ${name}; and not __fish_seen_subcommand_from ${words.join(' ')}`,
    );
    const isInPathWord = quote(
      `__fish_seen_subcommand_from ${name}; and __fish_seen_subcommand_from ${pathWords.join(' ')}`,
    );
    return [
      `complete -c ${NAME} -n __fish_use_subcommand -a ${name} -d ${quote(summary)}`,
      ...(words.length === 0 ? [] : [`complete -c ${NAME} -n ${isFirst} -a ${quote(words.join(' '))}`]),
      ...(pathWords.length === 0 ? [] : [`complete -c ${NAME} -n ${isInPathWord} -F`]),
      ...(takesPaths ? [`${inside} -F`] : []),
      ...options.map(({ flags, description, ...option }) => {
        const names = flags.map((flag) => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`));
        return `${inside} ${names.join(' ')}${valueArguments(option)} -d ${quote(description)}`;
      }),
    ];
  });
  const names = commands.map(({ name }) => name).join(' ');
  return `# fish completion of ${NAME}: ${NAME} completion fish | source

# What is typed of a value: without the option before it.
function ${FUNCTION}_value
  commandline -ct | string replace -r '^--[^=]*=' ''
end
# A word, or a word and = and a path.
function ${FUNCTION}_assignment
  set -l value (${FUNCTION}_value)
  if string match -q '*=*' -- $value
    set -l parts (string split -m 1 = -- $value)
    printf '%s\\n' "$parts[1]="(__fish_complete_path $parts[2])
  else
    printf '%s\\n' $argv
  end
end
# Words separated by commas.
function ${FUNCTION}_list
  set -l before (${FUNCTION}_value | string match -r '^.*,')
  printf '%s\\n' "$before"$argv
end
complete -c ${NAME} -f
complete -c ${NAME} -n __fish_use_subcommand -a help -d 'print help for a command'
complete -c ${NAME} -n '__fish_seen_subcommand_from help' -a ${quote(names)}
${indent(lines, '')}`;
}

function valueArguments({ value, syntax }: Pick<CompletionOption, 'value' | 'syntax'>): string {
  if (value === undefined) return '';
  if (value === 'file') return ' -r -F';
  const words = value.join(' ');
  return ` -x -a ${quote(syntax === undefined ? words : `(${FUNCTION}_${syntax} ${words})`)}`;
}
