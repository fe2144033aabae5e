// The name of an image where a line has no room for all of it: its end says the most, and the host the least.

import { displayWidth } from './display-width.ts';

const DIGEST = /(@[a-z0-9+._-]+:[0-9a-f]{12})[0-9a-f]{20,}$/i;

/** `…/web:1.5`: at most `columns`, with the tag and as much of the path before it as there is room for. */
export function shortenImage(name: string, columns: number, unicode: boolean): string {
  if (displayWidth(name) <= columns) return name;
  const ellipsis = unicode ? '…' : '...';
  const short = name.replace(DIGEST, '$1');
  const components = short.split('/');
  const choices = [short, ...components.slice(1).map((_, at) => `${ellipsis}/${components.slice(at + 1).join('/')}`)];
  const last = components.at(-1) ?? '';
  // `…-api:1.5`, `…:1.5`, `…5`: a word of the last component is cut only if none fits.
  for (const { index } of last.matchAll(/(?<=.)[:@-]|(?<=[._])./g)) choices.push(ellipsis + last.slice(index));
  return choices.find((choice) => displayWidth(choice) <= columns) ?? endOf(short, columns, ellipsis);
}

/** The columns that the last component with its tag requires. */
export const leastColumns = (name: string, unicode: boolean): number => {
  const last = name.replace(DIGEST, '$1').split('/').at(-1) ?? '';
  return Math.min(displayWidth(name), displayWidth(last) + (unicode ? 2 : 4));
};

function endOf(text: string, columns: number, ellipsis: string): string {
  let kept = '';
  for (const character of [...text].reverse()) {
    if (displayWidth(ellipsis + character + kept) > columns) break;
    kept = character + kept;
  }
  return displayWidth(ellipsis) > columns ? '' : ellipsis + kept;
}
