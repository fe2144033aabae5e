// Ids of resources: made of kind and target, so that a change of name or order keeps the history.

import { createHash } from 'node:crypto';

const MAX_LENGTH = 60;
const HASH_DIGITS = 8;

export interface Identifiable {
  readonly kind: string;
  readonly target: string;
  /** As configured; it is used unchanged. */
  readonly id?: string | undefined;
}

/** `image-ghcr.io-org-app-1.2`: lower case, each run of other characters one `-`; a long one is cut and hashed. */
export function resourceId({ kind, target }: Pick<Identifiable, 'kind' | 'target'>): string {
  const id = plainId(kind, target);
  return id.length > MAX_LENGTH ? hashedId(id, target) : id;
}

/**
 * The id of each resource, in order. Resources that would share an id all get the hash of their target, so that their
 * order does not matter; a configured id is left as it is. The same kind and target twice have the same id.
 */
export function assignIds(resources: readonly Identifiable[]): readonly string[] {
  const owners = new Map<string, Set<string>>();
  for (const resource of resources) {
    const id = resource.id ?? resourceId(resource);
    const owner = resource.id === undefined ? resource.target : `configured: ${resource.id}`;
    owners.set(id, (owners.get(id) ?? new Set()).add(owner));
  }
  return resources.map(({ kind, target, id }) => {
    if (id !== undefined) return id;
    const own = resourceId({ kind, target });
    return (owners.get(own)?.size ?? 0) > 1 ? hashedId(plainId(kind, target), target) : own;
  });
}

const plainId = (kind: string, target: string): string =>
  `${kind}-${target}`.toLowerCase().replace(/[^a-z0-9.]+/g, '-');

function hashedId(id: string, target: string): string {
  const hash = createHash('sha256').update(target).digest('hex').slice(0, HASH_DIGITS);
  return `${id.slice(0, MAX_LENGTH - HASH_DIGITS - 1)}-${hash}`;
}
