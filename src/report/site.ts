// Where pipelines are to point: the places of a result as files of the repository.

import { isAbsolute, normalize, relative, resolve, sep } from 'node:path';
import type { Result } from '../core/result.ts';
import { formatPlace } from './place.ts';
import type { RunOptions } from './reporter.ts';

export interface Site {
  /** Path from the repository's root, with slashes; unset for the command line and standard input. */
  readonly file?: string | undefined;
  /** 1-based; of the file. */
  readonly line?: number | undefined;
  /** Where inside the document, e.g. `services.web.image`. */
  readonly path?: string | undefined;
  /** The file, `standard input` or `command line`. */
  readonly origin: string;
  /** For people: `compose.yaml:12 services.web.image` */
  readonly text: string;
  /** 1-based: tells places apart that differ only in their line, which moves when the file is edited. */
  readonly occurrence: number;
}

/** One at least: an image of the command line has a site without a file. */
export function sitesOf({ foundAt }: Pick<Result, 'foundAt'>, options: RunOptions): Site[] {
  if (foundAt.length === 0) return [{ origin: 'command line', text: 'command line', occurrence: 1 }];
  const seen = new Map<string, number>();
  return foundAt.map((place) => {
    const { source, line = 0, path } = place;
    const file = source === '-' ? undefined : filePath(source, options);
    const text = formatPlace({ ...place, source: file ?? '-' });
    const key = JSON.stringify([file, path]);
    const occurrence = (seen.get(key) ?? 0) + 1;
    seen.set(key, occurrence);
    const isLine = file !== undefined && line >= 1;
    return { file, line: isLine ? line : undefined, path, origin: file ?? 'standard input', text, occurrence };
  });
}

function filePath(source: string, { cwd, repository = cwd }: RunOptions): string {
  const asWritten = normalize(source);
  const inside = cwd === undefined || repository === undefined ? '' : relative(repository, resolve(cwd, source));
  const isInside = inside !== '' && inside.split(sep)[0] !== '..' && !isAbsolute(inside);
  return (isInside ? inside : asWritten).split(sep).join('/');
}
