// How long a name server may be silent to the C library: a look-up holds a thread, and the process cannot end before that.

import type { Env } from '../core/env.ts';

/** resolv.conf(5): 1 s for each name server, where it waits 5 s and asks twice. After that we wait without a thread. */
const PATIENCE = 'timeout:1 attempts:1';

/** Before the first look-up. Answers with the environment as it was, for the programs that we run. */
export function shortenNamePatience(): Env {
  if (process.platform !== 'linux') return process.env;
  const env = { ...process.env };
  // What the person set stays.
  process.env.RES_OPTIONS ??= PATIENCE;
  return env;
}
