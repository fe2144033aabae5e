// The completion script for zsh, for `source` and as an autoloaded file in a directory of $fpath.
// https://zsh.sourceforge.io/Doc/Release/Completion-System.html

import { NAME } from '../core/version.ts';
import { type CompletionCommand, type CompletionOption, FUNCTION, indent, quote } from './completion-shape.ts';

export function formatZshCompletion(commands: readonly CompletionCommand[]): string {
  const cases = commands.flatMap(({ name, options, words, takesPaths, pathWords }) => [
    `${name})`,
    '  _arguments -s -S : \\',
    ...options.flatMap((option) => specsOf(option).map((spec) => `    ${quote(spec)} \\`)),
    `    ${words.length === 0 ? '' : `${quote(`1: :(${words.join(' ')})`)} `}${quote(takesPaths || pathWords.length > 0 ? '*:path:_files' : '*: :')}`,
    '  ;;',
  ]);
  const names = [
    ...commands.map(({ name, summary }) => `${name}:${escaped(summary)}`),
    'help:print help for a command',
  ];
  return `#compdef ${NAME}
# zsh completion of ${NAME}: source <(${NAME} completion zsh)

# A word, or a word and = and a path.
${FUNCTION}_assignment() {
  if compset -P '*='; then _files; else compadd -S ' ' -r '=' -- "$@"; fi
}
# Words separated by commas.
${FUNCTION}_list() {
  compset -P '*,'
  compadd -S ' ' -r ',' -- "$@"
}
${FUNCTION}() {
  local -a commands
  commands=(
${indent(names.map(quote), '    ')}  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  shift words
  (( CURRENT-- ))
  case "$words[1]" in
${indent(cases, '    ')}    help) (( CURRENT == 2 )) && _describe command commands ;;
  esac
}
# As the file _${NAME} in a directory of $fpath, it is the function itself.
if [ "$funcstack[1]" = _${NAME} ]; then ${FUNCTION} "$@"; else compdef ${FUNCTION} ${NAME}; fi
`;
}

const escaped = (text: string): string => text.replace(/[[\]:\\]/g, '\\$&');

/** `--proof=` and `-o+`: the value is the rest of the word, or the next word. */
function specsOf({ flags, description, value, syntax }: CompletionOption): string[] {
  const action = value === undefined ? '' : value === 'file' ? ':path:_files' : `:value:${actionOf(value, syntax)}`;
  const attached = (flag: string): string => (value === undefined ? '' : flag.startsWith('--') ? '=' : '+');
  return flags.map((flag) => `*${flag}${attached(flag)}[${escaped(description)}]${action}`);
}

const actionOf = (words: readonly string[], syntax: CompletionOption['syntax']): string =>
  syntax === undefined ? `(${words.join(' ')})` : ` ${FUNCTION}_${syntax} ${words.join(' ')}`;
