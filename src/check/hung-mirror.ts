// A mirror that accepts a connection and then does not respond. Runtimes wait for it without a limit and use no other host,
// so their pull hangs. If they cannot connect, they continue with the next host.

import type { AuthOutcome } from '../auth/authenticate.ts';
import type { Phase } from '../http/failure.ts';
import type { Finding } from './finding.ts';
import { advise, both } from './hint.ts';
import type { MirrorRule } from './mirror.ts';

const CONNECTING: ReadonlySet<Phase> = new Set(['dns', 'tcp', 'tls', 'proxy']);

/** Whether a server, the token service included, accepted a connection and did not respond in time. */
export const isHung = (outcome: AuthOutcome): boolean =>
  outcome.kind === 'failure' && outcome.failure.kind === 'timeout' && !CONNECTING.has(outcome.failure.phase);

/** Whether it ran out of its time before it accepted a connection. */
export const isUnconnected = (outcome: AuthOutcome): boolean =>
  outcome.kind === 'failure' && outcome.failure.kind === 'timeout' && CONNECTING.has(outcome.failure.phase);

export interface HungMirror {
  /** `host[:port]` */
  readonly mirror: string;
  /** What was requested from it. */
  readonly what: string;
  readonly usedBy: MirrorRule['usedBy'];
}

/** The words about a mirror that hangs, from those about its last request. */
export function describeHung(
  { message, hint }: Pick<Finding, 'message' | 'hint'>,
  { mirror, what, usedBy }: HungMirror,
): Pick<Finding, 'message' | 'hint'> {
  const advice = advise('check-mirror', `Repair mirror ${mirror}, or remove it from the list of mirrors.`);
  return {
    message: `${message} While mirror ${mirror} keeps the connection open, ${usedBy ?? 'a runtime'} tries no other host for ${what}: a pull hangs.`,
    hint: both(advice, hint),
  };
}
