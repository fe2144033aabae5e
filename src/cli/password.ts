// The credentials from the command line: --username, and the password on standard input.

import type { CheckerSettings } from '../check/checker-settings.ts';
import type { Settings } from '../config/setting-parsers.ts';
import { textOfBytes } from '../core/byte-text.ts';
import { parseReference } from '../core/reference.ts';
import { UsageError } from '../core/usage-error.ts';
import { findSyntaxProblem } from '../credentials/credential.ts';
import { Secret } from '../credentials/secret.ts';

/** Anything longer is not a password but the wrong file, and may never end. */
const MAX_BYTES = 64 * 1024;

/** `images`: those of the command line; only their registries receive the password. Throws a UsageError. */
export async function readPassword(
  { username }: Settings,
  images: readonly string[],
  stdin: () => AsyncIterable<Uint8Array | string>,
): Promise<CheckerSettings['login']> {
  if (username === undefined) return undefined;
  const references = images.map(parseReference).flatMap((outcome) => (outcome.ok ? [outcome.value] : []));
  const registries = [...new Set(references.map(({ registry }) => registry))];
  if (registries.length === 0) {
    throw new UsageError(
      '--username applies to images on the command line, and there are none; use --auth-file for images in files.',
    );
  }
  const password = new Secret(await readLine(stdin()));
  const problem = findSyntaxProblem({ kind: 'password', username, password });
  if (problem !== undefined) throw new UsageError(`the credentials of --username cannot be sent: ${problem}.`);
  return { username, password, registries };
}

/** Without the line end, as in `docker login --password-stdin`. */
async function readLine(stdin: AsyncIterable<Uint8Array | string>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of stdin) {
    chunks.push(Buffer.from(chunk));
    bytes += chunk.length;
    if (bytes > MAX_BYTES) throw new UsageError('--password-stdin: standard input is too long for a password.');
  }
  const password = textOfBytes(Buffer.concat(chunks)).replace(/\r?\n$/, '');
  if (password === '') throw new UsageError('--password-stdin: standard input contains no password.');
  return password;
}
