// Where an image was found, for users (`file:line`) and as pipelines need it: files of the repository.

import { isAbsolute, normalize, relative, resolve, sep } from 'node:path';
import type { Result } from '../core/result.ts';
import type { FoundAt } from '../core/target.ts';
import type { RunOptions } from './reporter.ts';

export interface Location {
  /** Path from the repository's root, with slashes; unset for the command line and standard input. */
  readonly file?: string | undefined;
  /** Line of the file, from 1. */
  readonly line?: number | undefined;
  /** Field in the document, such as `services.web.image`. */
  readonly path?: string | undefined;
  /** The file, `standard input` or `command line`. */
  readonly origin: string;
  /** `compose.yaml:12 services.web.image` */
  readonly text: string;
  /** From 1: distinguishes locations that differ only in their line, which changes when the file is edited. */
  readonly occurrence: number;
}

/** `compose.yaml:12 services.web.image`: editors and terminals make a link of it. */
export function formatLocation({ source, line, path }: FoundAt): string {
  const file = source === '-' ? 'standard input' : source;
  return `${file}${line === undefined ? '' : `:${line}`}${path === undefined ? '' : ` ${path}`}`;
}

/** At least one: an image of the command line has a location without a file. */
export function locationsOf({ foundAt }: Pick<Result, 'foundAt'>, options: RunOptions): Location[] {
  if (foundAt.length === 0) return [{ origin: 'command line', text: 'command line', occurrence: 1 }];
  const seen = new Map<string, number>();
  return foundAt.map((found) => {
    const { source, line = 0, path } = found;
    const file = source === '-' ? undefined : filePath(source, options);
    const text = formatLocation({ ...found, source: file ?? '-' });
    const key = JSON.stringify([file, path]);
    const occurrence = (seen.get(key) ?? 0) + 1;
    seen.set(key, occurrence);
    const hasLine = file !== undefined && line >= 1;
    return { file, line: hasLine ? line : undefined, path, origin: file ?? 'standard input', text, occurrence };
  });
}

function filePath(source: string, { cwd, repository = cwd }: RunOptions): string {
  const asGiven = normalize(source);
  const inside = cwd === undefined || repository === undefined ? '' : relative(repository, resolve(cwd, source));
  const isInside = inside !== '' && inside.split(sep)[0] !== '..' && !isAbsolute(inside);
  return (isInside ? inside : asGiven).split(sep).join('/');
}
