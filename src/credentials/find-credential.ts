// The login a check would try first.

import type { Credential } from './credential.ts';
import { createCredentialChain } from './credential-chain.ts';

export interface CredentialQuery {
  /** As in a reference: `docker.io`, `quay.io`, `localhost:5000`. */
  readonly registry: string;
  /** Needed for logins stored for a namespace, as podman does: `org/app`. */
  readonly repository?: string | undefined;
  /** Paths of config files instead of the default places; the first that has a login wins. */
  readonly files?: readonly string[] | undefined;
  /** Unset: `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
}

/** The first credential, its secret behind `reveal()`; undefined when there is none. May run a credential helper. */
export async function findCredential(query: CredentialQuery): Promise<Credential | undefined> {
  const { registry, repository, files, env = process.env } = query;
  const { credentials } = createCredentialChain({ env, files }).find(registry, repository);
  for await (const credential of credentials) return credential;
  return undefined;
}
