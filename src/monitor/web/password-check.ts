// Whether a user name and password match a bcrypt hash: one comparison at a time, and what matched is remembered as a hash.

import { createHmac, randomBytes } from 'node:crypto';
import { setBounded } from '../../core/bounded-map.ts';
import type { PasswordHashes } from './htpasswd.ts';
import { createPasswordThread, type PasswordThread } from './password-thread.ts';

export interface PasswordCheck {
  /** `busy`: too many comparisons are waiting. */
  check(user: string, password: string, hashes: PasswordHashes): Promise<'match' | 'mismatch' | 'busy'>;
  close(): Promise<void>;
}

/** Each takes up to a second: more would keep users waiting behind an attacker for too long. */
const MAX_WAITING = 16;
const MAX_REMEMBERED = 256;
/** Longer ones are cut by bcrypt. */
const MAX_PASSWORD_BYTES = 72;

export function createPasswordCheck(thread: PasswordThread = createPasswordThread()): PasswordCheck {
  const key = randomBytes(32);
  const remembered = new Map<string, true>();
  let waiting = 0;

  /** The hash is part of it: with another password in the file, nothing is remembered. */
  const fingerprint = (user: string, password: string, hash: string): string =>
    createHmac('sha256', key)
      .update(JSON.stringify([user, password, hash]))
      .digest('base64');

  return {
    async check(user, password, hashes) {
      const known = hashes.get(user);
      // An unknown user takes the same time, so that names cannot be found out.
      const hash = known ?? hashes.values().next().value;
      if (hash === undefined || Buffer.byteLength(password) > MAX_PASSWORD_BYTES) return 'mismatch';
      const print = fingerprint(user, password, hash);
      if (remembered.has(print)) return 'match';
      if (waiting >= MAX_WAITING) return 'busy';
      waiting += 1;
      try {
        const matches = await thread.matches(password, hash);
        if (!matches || known === undefined) return 'mismatch';
        setBounded(remembered, print, true, MAX_REMEMBERED);
        return 'match';
      } finally {
        waiting -= 1;
      }
    },
    close: () => thread.close(),
  };
}
