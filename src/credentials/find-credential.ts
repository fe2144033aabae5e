// The credential that a check would try first, for users of the library.

import type { Env } from '../core/env.ts';
import type { Credential } from './credential.ts';
import { createCredentialChain } from './credential-chain.ts';

export interface CredentialQuery {
  /** As in a reference: `docker.io`, `quay.io`, `localhost:5000`. */
  readonly registry: string;
  /** Needed for credentials stored for a namespace, as podman does: `org/app`. */
  readonly repository?: string | undefined;
  /** Paths of config files, instead of the default locations; the first with a credential wins. */
  readonly files?: readonly string[] | undefined;
  /** Unset: `process.env`. */
  readonly env?: Env | undefined;
}

/**
 * The credential that a check would try first, its secret behind `reveal()`; undefined when there is none. May run a
 * credential helper.
 */
export async function findCredential(query: CredentialQuery): Promise<Credential | undefined> {
  const { registry, repository, files, env = process.env } = query;
  const { credentials } = createCredentialChain({ env, files }).find(registry, repository);
  for await (const credential of credentials) return credential;
  return undefined;
}
