// Says whether the programs a test needs are on this machine, so that it is skipped or, in CI, fails.

import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const PLACES = [...(process.env.PATH ?? '').split(delimiter), '/usr/bin', '/bin', '/usr/sbin', '/sbin'];

function isInstalled(name: string): boolean {
  return PLACES.some((place) => {
    try {
      accessSync(join(place, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/**
 * For the `skip` option of `describe` and `it`: false when every program is there, else the text that names the missing.
 * Throws instead when KAIROS_PULL_REQUIRE_PROGRAMS=1, so that CI cannot pass by skipping.
 */
export function requirePrograms(...names: string[]): false | string {
  const missing = names.filter((name) => !isInstalled(name));
  if (missing.length === 0) return false;
  const text = `needs ${missing.join(', ')}`;
  if (process.env.KAIROS_PULL_REQUIRE_PROGRAMS === '1') throw new Error(text);
  return text;
}
