// After a failure: an operand that is empty, or that is an image of Docker Hub by the rules of references and may be meant as
// a directory, a file or a registry.

import { stat } from 'node:fs/promises';
import { DOCKER_HUB } from '../core/docker-hub.ts';
import { parseReference } from '../core/reference.ts';
import type { Result } from '../core/result.ts';
import { cleanText } from '../core/text.ts';
import { asUnreadable } from '../file/file-failure.ts';
import { unbroken } from './message-lines.ts';

const EMPTY = 'An empty argument is often a shell variable that is not set.';

/** One line, or undefined. `operands`: those that are read as images. */
export async function explainMisread(
  { input, verdict, foundAt }: Pick<Result, 'input' | 'verdict' | 'foundAt'>,
  operands: readonly string[],
): Promise<string | undefined> {
  const isFailure = verdict === 'unpullable' || verdict === 'undetermined';
  if (input.trim() === '' && operands.includes(input)) return EMPTY;
  if (!isFailure || foundAt.length > 0 || !operands.includes(input) || cleanText(input) !== input) return undefined;
  const reference = parseReference(input);
  if (!reference.ok || reference.value.registry !== DOCKER_HUB) return undefined;
  const kind = await kindOf(input);
  if (kind !== undefined) {
    const path = kind === 'directory' ? `${input}/` : `./${input}`;
    return `There is a ${kind} ${input} here. To check the images in it: ${unbroken(`kairos-pull check ${path}`)}`;
  }
  if (!isNamedAsHost(input)) return undefined;
  const { registry, repository, tag } = reference.value;
  return `${input} is read as ${registry}/${repository} with tag ${tag}. If it is a registry, add the repository: ${input}/NAME:TAG`;
}

/** `localhost`, `registry.example.com`, `10.0.0.5:5000`, and any name with a tag that looks like a port. */
const isNamedAsHost = (text: string): boolean =>
  /^(?:localhost|[a-z0-9-]+(?:\.[a-z0-9-]+)+)(?::\d{1,5})?$/.test(text) || /^[a-z0-9-]+:\d{4,5}$/.test(text);

async function kindOf(path: string): Promise<'directory' | 'file' | undefined> {
  try {
    const found = await stat(path);
    return found.isDirectory() ? 'directory' : found.isFile() ? 'file' : undefined;
  } catch (error) {
    asUnreadable(error, path);
    return undefined;
  }
}
