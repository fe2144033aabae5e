// The number of terminal columns that a text takes.

import { stripVTControlCharacters } from 'node:util';
import { once } from '../core/once.ts';

/** An approximation of UAX #11 that is exact for ASCII: East Asian and emoji count two, combining marks none. */
const wide = once(
  () =>
    /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u,
);

/** Columns of a line; color sequences take none. */
export function displayWidth(line: string): number {
  const text = stripVTControlCharacters(line);
  // ASCII and the signs of our own reports.
  if (/^[\x20-\x7e·–—‘’“”…→⚠✔✖]*$/.test(text)) return text.length;
  let columns = 0;
  for (const character of text) {
    if (/\p{M}/u.test(character)) continue;
    columns += wide().test(character) ? 2 : 1;
  }
  return columns;
}

export function padToWidth(line: string, columns: number): string {
  return line + ' '.repeat(Math.max(0, columns - displayWidth(line)));
}
