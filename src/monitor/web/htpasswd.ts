// htpasswd files: `user:hash` lines, of which only bcrypt can be used.

import { failure, type Outcome, success } from '../../core/outcome.ts';

/** User name -> bcrypt hash. */
export type PasswordHashes = ReadonlyMap<string, string>;

const BCRYPT = /^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}$/;
/** Twice the time for each step: this is about half a minute. */
const MAX_COST = 17;
const MIN_COST = 4;

/** The error names the first line that cannot be used: a user who was meant to have access must not be missed. */
export function parseHtpasswd(text: string): Outcome<PasswordHashes, string> {
  const hashes = new Map<string, string>();
  const lines = text.replace(/^\ufeff/, '').split(/\r?\n/);
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const colon = line.indexOf(':');
    const hash = line.slice(colon + 1).trim();
    const cost = Number(BCRYPT.exec(hash)?.[1] ?? Number.NaN);
    if (colon < 1) return failure(`line ${index + 1} is not user:hash`);
    if (Number.isNaN(cost)) return failure(`line ${index + 1} is not a bcrypt hash; write it with htpasswd -B`);
    if (cost < MIN_COST || cost > MAX_COST) {
      return failure(`line ${index + 1} has the bcrypt cost ${cost}; use ${MIN_COST} to ${MAX_COST}`);
    }
    const user = line.slice(0, colon);
    if (!hashes.has(user)) hashes.set(user, hash);
  }
  return hashes.size === 0 ? failure('it has no users') : success(hashes);
}
