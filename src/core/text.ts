// Cleans text from elsewhere before it is shown: a registry must not control the user's terminal.

import { once } from './once.ts';

/**
 * `::name::` at the beginning of a line, with or without blanks before it; `##[name]` and `##vso[name]` anywhere in it:
 * actions/runner `ActionCommand.cs`, Azure Pipelines "Logging commands".
 */
const LOG_COMMAND = /^[^\S\n]*:(?=:[a-z-]+(?: |::))|##(?=[a-z]*\[)/gim;

/** Hardly any text has such signs. */
const breakCommands = (text: string): string => (/::|##/.test(text) ? text.replace(LOG_COMMAND, '$& ') : text);

/**
 * Control characters, and characters that change how others are shown. No literal: it would be looked up in the tables
 * of Unicode at every start, and most texts are ASCII.
 */
const CONTROL = '[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\p{Cs}\\p{Co}]';
const controls = once(() => new RegExp(CONTROL, 'gu'));

/** Also the signs of our own reports, which need no table either. */
const replaceControls = (text: string): string =>
  /[^\x20-\x7e·–—‘’“”…→⚠✔✖]/.test(text) ? text.replace(controls(), ' ') : text;

/**
 * One line without control characters: C0, DEL, C1, bidirectional controls (UAX #9), zero-width
 * and line separators become a space; runs of spaces collapse; longer than `maxLength` is cut with an ellipsis.
 * A text that would be a command in the log of a pipeline is broken up.
 */
export function cleanText(text: string, maxLength = 300): string {
  const line = replaceControls(text).replace(/ {2,}/g, ' ').trim();
  return cut(breakCommands(line), maxLength);
}

/** The same for our own messages: their spaces are kept, because they may be part of a quoted path. */
export function cleanLine(text: string, maxLength = 10_000): string {
  return cut(breakCommands(replaceControls(text)), maxLength);
}

/** The styles in our reports: bold, dim and the basic colors, each with its end. */
const ownCodeOrControls = once(() => new RegExp(`(\\u001b\\[(?:1|2|22|3[1-6]|39)m)|(?!\\n)${CONTROL}`, 'gu'));

/** For text that was laid out here: keeps its lines and colors, and cleans everything else. */
export function cleanLayout(text: string): string {
  const isPlain = !/[^\n\x20-\x7e·–—‘’“”…→⚠✔✖]/.test(text);
  const layout = isPlain ? text : text.replace(ownCodeOrControls(), (_, own: string | undefined) => own ?? ' ');
  return breakCommands(layout);
}

function cut(line: string, maxLength: number): string {
  // A character has at most two code units: cut first, because a remote text may be megabytes long.
  const characters = [...line.slice(0, maxLength * 2 + 2)];
  return characters.length > maxLength ? `${characters.slice(0, maxLength - 1).join('')}…` : characters.join('');
}
