// Text that came from elsewhere is cleaned before anybody sees it: a registry must not drive a terminal.

/**
 * `::name::` begins a line, behind blanks too, `##[name]` and `##vso[name]` stand anywhere in it: actions/runner
 * `ActionCommand.cs`, Azure Pipelines "Logging commands".
 */
const LOG_COMMAND = /^[^\S\n]*:(?=:[a-z-]+(?: |::))|##(?=[a-z]*\[)/gim;

/** Controls of a terminal and characters that change how others are shown. */
const STEERING = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}]/gu;

/**
 * One line without control characters: C0, DEL, C1, bidirectional controls (UAX #9), zero-width
 * and line separators become a space; runs of spaces collapse; longer than `maxLength` is cut with an ellipsis.
 * What would be a command in the log of a pipeline is taken apart.
 */
export function cleanText(text: string, maxLength = 300): string {
  const line = text.replace(STEERING, ' ').replace(/ {2,}/g, ' ').trim().replace(LOG_COMMAND, '$& ');
  return cut(line, maxLength);
}

/** The same for a message of our own: its blanks stay as they are, for they may be part of a path it quotes. */
export function cleanLine(text: string, maxLength = 10_000): string {
  return cut(text.replace(STEERING, ' ').replace(LOG_COMMAND, '$& '), maxLength);
}

/** The colors of our reports: bold, dim, and the plain colors, each with its end. */
const OWN_CODE_OR_STEERING = /(\u001b\[(?:1|2|22|3[1-6]|39)m)|(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}]/gu;

/** Text that was laid out here: its lines and colors stay, everything else is cleaned as a line is. */
export const cleanLayout = (text: string): string =>
  text.replace(OWN_CODE_OR_STEERING, (_, own: string | undefined) => own ?? ' ').replace(LOG_COMMAND, '$& ');

function cut(line: string, maxLength: number): string {
  // Two code units a character at the most: cut before spreading, a remote text may be megabytes.
  const characters = [...line.slice(0, maxLength * 2 + 2)];
  return characters.length > maxLength ? `${characters.slice(0, maxLength - 1).join('')}…` : characters.join('');
}
