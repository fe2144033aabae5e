// Text that came from elsewhere is cleaned before anybody sees it: a registry must not drive a terminal.

/**
 * `::name::` begins a line, `##[name]` and `##vso[name]` stand anywhere in it: actions/runner `ActionCommand.cs`, Azure
 * Pipelines "Logging commands".
 */
const LOG_COMMAND = /^:(?=:[a-z-]+(?: |::))|##(?=[a-z]*\[)/gi;

/**
 * One line without control characters: C0, DEL, C1, bidirectional controls (UAX #9), zero-width
 * and line separators become a space; runs of spaces collapse; longer than `maxLength` is cut with an ellipsis.
 * What would be a command in the log of a pipeline is taken apart.
 */
export function cleanText(text: string, maxLength = 300): string {
  const line = text
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}]/gu, ' ')
    .replace(/ {2,}/g, ' ')
    .trim()
    .replace(LOG_COMMAND, '$& ');
  // Two code units a character at the most: cut before spreading, a remote text may be megabytes.
  const characters = [...line.slice(0, maxLength * 2 + 2)];
  return characters.length > maxLength ? `${characters.slice(0, maxLength - 1).join('')}…` : characters.join('');
}
