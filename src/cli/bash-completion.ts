// The completion script for bash.
//
// bash replaces only the end of the word before the cursor: what follows the last of the characters in COMP_WORDBREAKS.
// The script parses the line itself, completes whole arguments, and cuts each reply to the part that bash replaces; where
// it cannot tell that part, it offers nothing.

import { NAME } from '../core/version.ts';
import { type CompletionCommand, FUNCTION, indent, quote } from './completion-shape.ts';

export function formatBashCompletion(commands: readonly CompletionCommand[]): string {
  const values = commands.flatMap(({ name, options }) =>
    options.flatMap(({ flags, value, syntax = '' }) => {
      if (value === undefined) return [];
      const patterns = flags.map((flag) => quote(`${name} ${flag}`)).join('|');
      return [
        `${patterns}) kind=${value === 'file' ? 'file' : syntax || 'words'} list=${quote(value === 'file' ? '' : value.join(' '))} ;;`,
      ];
    }),
  );
  const words = commands.map(({ name, options, words, takesPaths, pathWords }) => {
    const all = [...words, ...options.flatMap(({ flags }) => flags)];
    const inPathWord =
      pathWords.length === 0 ? '' : `; case "\${words[2]}" in ${pathWords.join('|')}) paths=yes ;; esac`;
    return `${name}) list=${quote(all.join(' '))}${takesPaths ? ' paths=yes' : ''}${inPathWord} ;;`;
  });
  const names = commands.map(({ name }) => name);
  return `# bash completion of ${NAME}: source <(${NAME} completion bash)
${FUNCTION}() {
  local line="\${COMP_LINE:0:COMP_POINT}" word='' quote='' char i started='' kind='words' list='' paths='' lead=''
  local -a words=()
  COMPREPLY=()
  # The arguments before the cursor, without quotes; the last one, which is being typed, is word.
  for ((i = 0; i < \${#line}; i++)); do
    char="\${line:i:1}"
    if [ -n "$quote" ]; then
      if [ "$char" = "$quote" ]; then quote=''; else word+="$char"; fi
    else
      case "$char" in
        \\'|\\") quote="$char" started=yes ;;
        \\\\) i=$((i + 1)) word+="\${line:i:1}" started=yes ;;
        [[:space:]])
          if [ -n "$started" ]; then words+=("$word"); fi
          word='' started=''
          ;;
        *) word+="$char" started=yes ;;
      esac
    fi
  done
  # What bash replaces: the end of word.
  local tail="\${COMP_WORDS[COMP_CWORD]}"
  case "$tail" in [=:]) tail='' ;; [\\'\\"]*) tail="\${tail:1}" ;; esac
  tail="\${tail//\\\\/}"
  case "$word" in *"$tail") ;; *) return ;; esac

  local command="\${words[1]}" option=''
  [ "\${#words[@]}" -gt 0 ] && option="\${words[\${#words[@]}-1]}"
  [ "\${#words[@]}" -le 1 ] && command='' option=''
  case "$word" in --*=*) option="\${word%%=*}" lead="$option=" ;; esac
  case "$command $option" in
${indent(values, '    ')}    *)
      [ -n "$lead" ] && return
      case "$command" in
${indent(words, '        ')}        help) list=${quote(names.join(' '))} ;;
        *) list=${quote([...names, 'help', '--help', '--version'].join(' '))} ;;
      esac
      ;;
  esac
  local value="\${word#"$lead"}"
  case "$kind" in
    list) case "$value" in *,*) lead+="\${value%,*}," value="\${value##*,}" ;; esac ;;
    assignment) case "$value" in *=*) lead+="\${value%%=*}=" value="\${value#*=}" kind=file ;; esac ;;
  esac
  [ -n "$paths" ] && case "$word" in -*) ;; *) kind=file ;; esac

  local reply cut=$((\${#word} - \${#tail}))
  if [ "$kind" = file ]; then
    type compopt > /dev/null 2>&1 && compopt -o filenames 2> /dev/null
    while IFS= read -r reply; do
      type compopt > /dev/null 2>&1 || reply="$(printf %q "$reply")"
      reply="$lead$reply"
      COMPREPLY+=("\${reply:cut}")
    done < <(compgen -f -- "$value")
  else
    while IFS= read -r reply; do
      reply="$lead$reply"
      COMPREPLY+=("\${reply:cut}")
    done < <(compgen -W "$list" -- "$value")
  fi
}
complete -F ${FUNCTION} ${NAME}
`;
}
