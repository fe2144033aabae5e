// The credential that a check would try first: verifies the query.

import type { Credential } from '../credentials/credential.ts';
import { type CredentialQuery, findCredential as findStoredCredential } from '../credentials/find-credential.ts';
import { InvalidOptionError } from './invalid-option-error.ts';
import { environment, listOf, type Read, readOptions, registryName, text } from './read-options.ts';

const CALLER = 'findCredential';

const READERS = {
  registry: registryName,
  repository: text,
  files: listOf(text),
  env: environment,
} satisfies { readonly [Name in keyof CredentialQuery]-?: Read<unknown> };

/**
 * The credential that a check would try first, its secret behind `reveal()`; undefined when there is none. May run a
 * credential helper.
 *
 * @throws {@link InvalidOptionError} for an invalid query.
 */
export async function findCredential(query: CredentialQuery): Promise<Credential | undefined> {
  const { registry, ...others } = readOptions(CALLER, query, READERS);
  if (registry === undefined) throw new InvalidOptionError(CALLER, 'registry', 'is required, such as "ghcr.io".');
  return findStoredCredential({ registry, ...others });
}
