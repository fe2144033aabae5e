// The operands of `check` and `images`: images, and paths, which are read like those of `--file`.

import type { MissingPath } from '../input/collect.ts';
import { suggestPath } from '../input/missing-path.ts';
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
  const near = suggestPath(path, siblings);
  if (near !== '') return near;
  return isReference ? `If it is an image, add its tag: ${path}:latest.` : '';
}
