// The commands and options as completion scripts need them.

/** A command as the scripts need it. */
export interface CompletionCommand {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly CompletionOption[];
  /** Words without a dash: subcommands, or the only operands. */
  readonly words: readonly string[];
  /** Its operands may be paths. */
  readonly takesPaths: boolean;
  /** Those of `words` whose operands are paths. */
  readonly pathWords: readonly string[];
}

export interface CompletionOption {
  /** `--file`, `-f` */
  readonly flags: readonly string[];
  readonly description: string;
  /** undefined: a switch; `file`: a path; otherwise the known words, if any. */
  readonly value: 'file' | readonly string[] | undefined;
  /** `list`: words separated by commas; `assignment`: a word, `=` and a path. */
  readonly syntax?: 'list' | 'assignment';
}

export const FUNCTION = '_kairos_pull';

/** A word of sh, zsh and fish. */
export const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
export const indent = (lines: readonly string[], by: string): string => lines.map((line) => `${by}${line}\n`).join('');
