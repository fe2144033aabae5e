// Which addresses a registry may send us to: never into a network that the registry itself is not part of.

import { getOrCreate } from '../core/once.ts';
import { addressKind } from './address.ts';
import type { NamedByRegistry } from './send.ts';

const STANDARD_LOOPBACKS = new Set(['127.0.0.1', '::1']);

/**
 * Whether a registry that was reached at its `own` addresses may name this address as its token service (`realm`) or
 * as the location of its content (`redirect`). Public addresses always. Private ones if the registry is in a private
 * network, or on loopback, where a forwarded port ends. Loopback ones if the registry is on loopback, as a realm only
 * its own. `allowsPrivate`: all of these. Others, such as link-local and metadata addresses, never.
 *
 * A name may resolve to any address, and to another one each time: the least trusted of its `own` addresses counts.
 */
export function mayConnect(
  address: string,
  own: ReadonlySet<string>,
  as: 'realm' | 'redirect',
  allowsPrivate = false,
): boolean {
  const kind = addressKind(address);
  if (kind === 'public') return true;
  if (kind === 'local') return own.size === 1 && own.has(address);
  if (allowsPrivate) return true;
  const kinds = new Set([...own].map(addressKind));
  if (kinds.size === 0 || kinds.has('public') || kinds.has('local')) return false;
  if (kind === 'private') return true;
  if (kinds.has('private')) return false;
  // `localhost` is both of the standard ones, whichever of them responded.
  const isStandard = STANDARD_LOOPBACKS.has(address) && [...own].some((other) => STANDARD_LOOPBACKS.has(other));
  return as === 'redirect' || own.has(address) || isStandard;
}

/** Remembers at which addresses the registries of a run were reached. */
export interface AddressPolicy {
  /** Call it when a connection to a registry's host begins, and the returned function when it has ended. */
  onConnecting(host: string): (address?: string) => void;
  /** Waits for connections to the registry that are still being opened if the decision depends on them. */
  allows(address: string, by: NamedByRegistry): Promise<boolean>;
}

/** `allowsPrivate`: whether the user lets this registry, a host name, name private addresses. */
export function createAddressPolicy(allowsPrivate: (registry: string) => boolean = () => false): AddressPolicy {
  const addresses = new Map<string, Set<string>>();
  const pending = new Map<string, Set<Promise<void>>>();
  return {
    onConnecting(host) {
      let finish = (): void => {};
      const finished = new Promise<void>((resolve) => {
        finish = resolve;
      });
      getOrCreate(pending, host, () => new Set()).add(finished);
      return (address) => {
        if (address !== undefined) getOrCreate(addresses, host, () => new Set()).add(address);
        pending.get(host)?.delete(finished);
        finish();
      };
    },
    async allows(address, { registry, as }) {
      const own = getOrCreate(addresses, registry, () => new Set());
      const allowed = allowsPrivate(registry);
      if (mayConnect(address, own, as, allowed)) return true;
      await Promise.all(pending.get(registry) ?? []);
      return mayConnect(address, own, as, allowed);
    },
  };
}
