// Images from the command line and from files, each once: an image named again only adds a place.

import { createReadStream } from 'node:fs';
import { fileProblem } from '../core/file-problem.ts';
import { formatReference, parseReference } from '../core/reference.ts';
import type { FoundAt, Target } from '../core/target.ts';
import { UsageError } from '../core/usage-error.ts';
import { readList } from './list.ts';

export interface Sources {
  /** Images as written on the command line. */
  readonly images: readonly string[];
  /** Paths; `-` is standard input. */
  readonly files: readonly string[];
  readonly stdin: () => AsyncIterable<Uint8Array | string>;
  /** Ends the wait for a file that is a pipe. */
  readonly signal: AbortSignal;
}

export interface Collection {
  /** From the command line and from files, in order of first appearance, with every place. */
  readonly known: readonly Target[];
  /** From standard input, while it comes; a place read after its image was handed on may be missed by a report. */
  readonly coming: AsyncIterable<Target> | undefined;
}

/** Throws a UsageError for a file that cannot be read. */
export async function collect({ images, files, stdin, signal }: Sources): Promise<Collection> {
  const places = new Map<string, FoundAt[]>();
  const known = addTo(
    places,
    images.map((text) => ({ text, foundAt: [] })),
  );
  for (const path of new Set(files)) {
    if (path === '-') continue;
    for await (const targets of readFileList(path, signal)) known.push(...addTo(places, targets));
  }
  return { known, coming: files.includes('-') ? collectComing(stdin(), places) : undefined };
}

async function* collectComing(stdin: AsyncIterable<Uint8Array | string>, places: Map<string, FoundAt[]>) {
  for await (const targets of readList(stdin, '-')) yield* addTo(places, targets);
}

async function* readFileList(path: string, signal: AbortSignal): AsyncGenerator<readonly Target[]> {
  try {
    yield* readList(createReadStream(path, { signal }), path);
  } catch (error) {
    const problem = fileProblem(error);
    if (problem === undefined) throw error;
    throw new UsageError(`Cannot read ${path}: ${problem}.`);
  }
}

/** The targets whose image is new; for the others the place is added to the one already there. */
function addTo(places: Map<string, FoundAt[]>, targets: readonly Target[]): Target[] {
  return targets.flatMap(({ text, foundAt }) => {
    const reference = parseReference(text);
    const image = reference.ok ? formatReference(reference.value) : text;
    const known = places.get(image);
    if (known !== undefined) {
      known.push(...foundAt);
      return [];
    }
    const all = [...foundAt];
    places.set(image, all);
    return [{ text, foundAt: all }];
  });
}
