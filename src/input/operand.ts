// Whether an operand of the command is an image or a path. Paths are read like those of `--file`.

import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, sep } from 'node:path';
import { parseReference } from '../core/reference.ts';
import { asUnreadable } from '../file/file-failure.ts';

export interface Operands {
  readonly images: readonly string[];
  /** Files, directories and `-`, which is standard input. */
  readonly files: readonly string[];
  /** Paths that do not exist. */
  readonly missing: readonly MissingOperand[];
}

export interface MissingOperand {
  readonly path: string;
  /** Whether the text is also an image reference. */
  readonly isReference: boolean;
  /** The names in the directory where it should be. */
  readonly siblings: readonly string[];
}

/** In the order of the operands. */
export async function sortOperands(operands: readonly string[]): Promise<Operands> {
  const images: string[] = [];
  const files: string[] = [];
  const missing: MissingOperand[] = [];
  for (const text of operands) {
    const isReference = parseReference(text).ok;
    if (text === '-') files.push(text);
    else if (!mayBePath(text, isReference)) images.push(text);
    else if (await exists(text)) files.push(text);
    else if (isPath(text) || (isNamedAsFile(text) && !isReference)) {
      missing.push({ path: text, isReference, siblings: await namesIn(dirname(text)) });
    } else images.push(text);
  }
  return { images, files, missing };
}

/** Extensions of what is read, and of lists. A reference may end like that, but hardly any does. */
const EXTENSION = /[^/]\.(?:ya?ml|jsonc?|json5|jsonl|ndjson|te?xt|list|lst|csv|hcl|tf|(?:docker|container)file)$/i;
/** Others may be repositories: they are files only if they exist. */
const OTHER_EXTENSION =
  /[^/]\.(?:container|image|volume|build|pod|kube|nomad|tfvars|tpl|tmpl|gotmpl|j2|jinja2?|md|log|env|toml|sh)$/i;
const FILE_NAME = /^(?:(?:docker|container)file(?:[.-].*)?|(?:jenkins|tilt|earth|make)file|kustomization)$/i;
const RELATIVE_OR_ABSOLUTE = /^(?:\.|\/|[A-Za-z]:[\\/])/;

/** Whether the text can only be meant as a path. `nginx` may be an image although there is a directory of this name. */
function isPath(text: string): boolean {
  const isUrl = text.includes('://');
  const hasSeparator = text.endsWith('/') || (sep === '\\' && text.includes(sep));
  return !isUrl && (RELATIVE_OR_ABSOLUTE.test(text) || hasSeparator || EXTENSION.test(text));
}

const isNamedAsFile = (text: string): boolean => FILE_NAME.test(basename(text));

/** Whether the text is a path if there is a file or directory. */
export const mayBePath = (text: string, isReference = parseReference(text).ok): boolean =>
  text !== '' && (!isReference || isPath(text) || OTHER_EXTENSION.test(text) || isNamedAsFile(text));

/** True as well if the path exists but access to it is denied. */
async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    const { isMissing, problem } = asUnreadable(error, path);
    return !isMissing && problem === 'permission denied';
  }
}

/** None if the directory cannot be read. */
async function namesIn(directory: string): Promise<readonly string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    asUnreadable(error, directory);
    return [];
  }
}
