// Where the hosts are that a person named: the addresses that a registry names in turn are judged by it.

import { mayReach } from './address.ts';
import type { NamedBy } from './send.ts';

export interface OwnHosts {
  /** A connection to the host was begun; call what comes back with the address it was reached at, or without. */
  reaching(host: string): (address?: string) => void;
  /** Waits while the registry's own address is about to be known, where it matters. */
  allows(address: string, by: NamedBy): Promise<boolean>;
}

export function createOwnHosts(): OwnHosts {
  const addresses = new Map<string, Set<string>>();
  const underWay = new Map<string, Set<Promise<void>>>();
  const setOf = <T>(sets: Map<string, Set<T>>, host: string): Set<T> => {
    const set = sets.get(host) ?? new Set();
    sets.set(host, set);
    return set;
  };
  return {
    reaching(host) {
      let finish = (): void => {};
      const finished = new Promise<void>((resolve) => {
        finish = resolve;
      });
      setOf(underWay, host).add(finished);
      return (address) => {
        if (address !== undefined) setOf(addresses, host).add(address);
        underWay.get(host)?.delete(finished);
        finish();
      };
    },
    async allows(address, { registry, as }) {
      const own = setOf(addresses, registry);
      if (mayReach(address, own, as)) return true;
      await Promise.all(underWay.get(registry) ?? []);
      return mayReach(address, own, as);
    },
  };
}
