// The operands of `check` and `images`: images, and paths, which are read like those of `--file`.

import { basename, dirname, join } from 'node:path';
import { suggest } from '../core/suggestion.ts';
import { cleanText } from '../core/text.ts';
import type { MissingPath } from '../input/collect.ts';
import { type MissingOperand, sortOperands } from '../input/operand.ts';
import type { Flags, ImagesInvocation } from './program.ts';

export interface SortedOperands {
  readonly images: readonly string[];
  /** With the paths among the operands in `file`, before those of the flag. */
  readonly flags: Flags;
  /** The paths among the operands. */
  readonly files: readonly string[];
  readonly missing: readonly MissingPath[];
}

export async function readOperands({ images: operands, flags }: ImagesInvocation): Promise<SortedOperands> {
  const { images, files, missing } = await sortOperands(operands);
  const named = files.length === 0 ? flags : { ...flags, file: [...files, ...[flags.file ?? []].flat()] };
  return {
    images,
    flags: named,
    files,
    missing: missing.map((operand) => ({ path: operand.path, advice: adviceOn(operand) })),
  };
}

function adviceOn({ path, isReference, siblings }: MissingOperand): string {
  const near = suggest(
    basename(path),
    siblings.filter((name) => cleanText(name) === name),
  );
  const end = path.endsWith('/') ? '/' : '';
  if (near !== '') return near.trim().replace(/(?<=mean ).+(?=\?$)/, (name) => join(dirname(path), name) + end);
  return isReference ? `If it is an image, add its tag: ${path}:latest.` : '';
}
