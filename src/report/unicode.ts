// Whether symbols beyond ASCII are safe to write.

import type { Env } from '../core/env.ts';

/** A locale that names no UTF-8 settles it; one that is not set at all (containers, CI) is taken for UTF-8. */
export function supportsUnicode(env: Env, platform: string): boolean {
  if (env.TERM === 'dumb' || env.TERM === 'linux') return false;
  if (platform === 'win32') return Boolean(env.WT_SESSION || env.TERM_PROGRAM || env.TERM || env.CI);
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG;
  return locale === undefined || locale === '' || /utf-?8/i.test(locale);
}
