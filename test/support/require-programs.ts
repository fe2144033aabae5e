// What a test requires of the machine, as a value for node:test's `skip`; and a user without privileges.

import { accessSync, constants } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { delimiter, isAbsolute, join } from 'node:path';

/**
 * false if it is true, otherwise the reason to skip. With KAIROS_PULL_REQUIRE_PROGRAMS=1, if everything is known to be
 * present, a reason to skip is a failure: a test that is always skipped proves nothing.
 */
export function requireThat(isMet: boolean, otherwise: string): false | string {
  if (isMet) return false;
  if (process.env.KAIROS_PULL_REQUIRE_PROGRAMS === '1') throw new Error(otherwise);
  return otherwise;
}

/** The programs are on the PATH. */
export function requirePrograms(...names: string[]): false | string {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(isAbsolute);
  const missing = names.filter((name) => !folders.some((folder) => isExecutable(join(folder, name))));
  return requireThat(missing.length === 0, `not installed: ${missing.join(', ')}`);
}

/** Signals, pipes with a name, file modes and `/bin/sh`. */
export const requirePosix = (): false | string => requireThat(process.platform !== 'win32', 'this is Windows');

/** `/proc`, and devices such as `/dev/full`. */
export const requireLinux = (): false | string => requireThat(process.platform === 'linux', 'this is not Linux');

/** The first address of 127.0.0.0/8 is not the only one. */
export const requireSecondLoopback = (): false | string =>
  requireThat(process.platform !== 'darwin', 'macOS has only the first address of 127.0.0.0/8');

/** The loopback interface has the address `::1`. */
export function requireIpv6(): false | string {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return requireThat(
    addresses.some(({ address }) => address === '::1'),
    'the loopback interface has no IPv6 address',
  );
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The user ID that Linux and the BSDs keep for `nobody`. */
const NOBODY = 65_534;

/** Calls `action` as the user of the tests; for root, as `nobody`, who can only read directories open to all. */
export async function asUnprivilegedUser<T>(action: () => T | Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return action();
  process.seteuid?.(NOBODY);
  try {
    return await action();
  } finally {
    process.seteuid?.(0);
  }
}
