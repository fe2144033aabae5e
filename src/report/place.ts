// Where an image was found, in the form editors and terminals make a link of: file:line.

import type { FoundAt } from '../core/target.ts';

/** `compose.yaml:12 services.web.image` */
export function formatPlace({ source, line, path }: FoundAt): string {
  const file = source === '-' ? 'standard input' : source;
  return `${file}${line === undefined ? '' : `:${line}`}${path === undefined ? '' : ` ${path}`}`;
}
