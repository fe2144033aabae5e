// The login given by hand: a name from --username, a password from standard input.

import type { CheckerOptions } from '../check/checker-options.ts';
import type { Settings } from '../config/setting-parsers.ts';
import { parseReference } from '../core/reference.ts';
import { UsageError } from '../core/usage-error.ts';
import { findSyntaxProblem } from '../credentials/credential.ts';
import { Secret } from '../credentials/secret.ts';

/** Longer is no password but the wrong file, and might never end. */
const MAX_BYTES = 64 * 1024;

/** `images` are those of the command line: only their registries will be shown the password. */
export async function readLogin(
  { username }: Settings,
  images: readonly string[],
  stdin: () => AsyncIterable<Uint8Array | string>,
): Promise<CheckerOptions['login']> {
  if (username === undefined) return undefined;
  const references = images.map(parseReference).flatMap((outcome) => (outcome.ok ? [outcome.value] : []));
  const registries = [...new Set(references.map(({ registry }) => registry))];
  if (registries.length === 0) {
    throw new UsageError(
      '--username is for the registry of the images on the command line, and there is none; for images in files use --auth-file.',
    );
  }
  const password = new Secret(await readPassword(stdin()));
  const problem = findSyntaxProblem({ kind: 'password', username, password });
  if (problem !== undefined) throw new UsageError(`The login of --username cannot be sent: ${problem}.`);
  return { username, password, registries };
}

/** One line end is taken off, as `docker login --password-stdin` does. */
async function readPassword(stdin: AsyncIterable<Uint8Array | string>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of stdin) {
    chunks.push(Buffer.from(chunk));
    bytes += chunk.length;
    if (bytes > MAX_BYTES) throw new UsageError('--password-stdin: standard input is too long for a password.');
  }
  const password = Buffer.concat(chunks)
    .toString('utf8')
    .replace(/\r?\n$/, '');
  if (password === '') throw new UsageError('--password-stdin: standard input holds no password.');
  return password;
}
