// Judges what the hosts of a hosts.toml did not serve: which of them hangs, may have the image, or lacks a part.

import type { AuthOutcome } from '../auth/authenticate.ts';
import { judgementOf, type Reason, type Warning, type WarningCode } from '../core/result.ts';
import { cleanText } from '../core/text.ts';
import type { Connection } from './connection.ts';
import { judgeOther } from './decide.ts';
import type { FailoverHost, PassedOver } from './failover-client.ts';
import { type Finding, finding } from './finding.ts';
import { advise } from './hint.ts';
import { describeHung, type HungMirror, isHung } from './hung-mirror.ts';
import type { MirrorPlan } from './mirror.ts';

export interface ContainerdHost extends FailoverHost {
  readonly isMirror: boolean;
  connection(): Connection;
  warnings(): Promise<readonly Warning[]>;
}

/** For `describeHung`. */
export const wordsFor = ({ name }: ContainerdHost, what: string): HungMirror => ({
  mirror: name,
  what,
  usedBy: 'containerd',
});

/** The mirror that hangs, if that is what was found. */
export function findHung(
  found: Finding | undefined,
  passedOver: readonly PassedOver[],
  hosts: readonly ContainerdHost[],
  image: string,
): Finding | undefined {
  if (found?.cause !== 'timeout') return undefined;
  const passed = passedOver.find(({ outcome }) => isHung(outcome));
  const host = hosts.find((one) => one === passed?.host);
  if (passed === undefined || !host?.isMirror) return undefined;
  const judged = judgeOther(host.connection().image, passed.outcome);
  const what = passed.part === undefined ? image : `${passed.part} of ${image}`;
  return { ...judged, ...describeHung(judged, wordsFor(host, what)) };
}

/** A host that serves the image by GET only; undefined if another one has it. */
export function judgeServedByGet(
  hosts: ReadonlyMap<FailoverHost, AuthOutcome>,
  found: Finding | undefined,
  name: string,
): Finding | undefined {
  const [first] = hosts;
  if (first === undefined || found === undefined) return undefined;
  const [{ name: host }, head] = first;
  const answer = head.kind === 'response' ? `answers HEAD with ${head.response.status}` : 'does not answer HEAD';
  return finding({
    reason: 'registry-error',
    cause: 'registry',
    message: `${host} serves ${name} by GET, but ${answer}: containerd, which reads hosts.toml, resolves an image by HEAD, and fails.`,
    hint: advise('contact-operator', `Let ${host}, and what is in front of it, answer HEAD as it answers GET.`),
  });
}

/** A host may hide what it has from a client that does not send the headers of the file. */
export function judgeHeaders({ attempts }: MirrorPlan, found: Finding | undefined, name: string): Finding | undefined {
  const host = attempts.find(({ unsentHeaders }) => unsentHeaders !== undefined);
  if (host?.unsentHeaders === undefined || found === undefined || !HIDING_REASONS.has(found.reason)) return undefined;
  const { unsentHeaders, location } = host;
  const headers = cleanText(unsentHeaders.names.join(', '), 120);
  return finding(
    {
      reason: 'registry-error',
      cause: 'registry',
      message: `Cannot tell whether ${name} can be pulled: ${unsentHeaders.file} sets headers for ${location.registry} (${headers}), which are not sent here. Without them: ${found.message}`,
      hint: advise(
        'contact-operator',
        `Pull the image with containerd, or let ${location.registry} serve it without these headers.`,
      ),
    },
    { errors: found.registryErrors },
  );
}

const HIDING_REASONS: ReadonlySet<Reason> = new Set<Reason>(['not-found', 'unauthorized', 'denied', 'incomplete']);

interface Doubt {
  readonly host: ContainerdHost;
  readonly outcome: AuthOutcome;
  readonly finding: Finding;
}

/** A mirror that may have the image which the server lacks: one that gave no answer, otherwise one that refused it. */
export function findDoubt(passedOver: readonly PassedOver[], hosts: readonly ContainerdHost[]): Doubt | undefined {
  const doubts = passedOver.flatMap(({ host: passed, outcome, part, servedBy }): Doubt[] => {
    const host = hosts.find((one) => one === passed);
    if (!host?.isMirror || part !== undefined || servedBy !== undefined) return [];
    return [{ host, outcome, finding: judgeOther(host.connection().image, outcome) }];
  });
  const isDoubt = ({ finding: { reason } }: Doubt): boolean => judgementOf(reason).verdict === 'undetermined';
  const isRefusal = ({ finding: { reason } }: Doubt): boolean => reason === 'unauthorized' || reason === 'denied';
  return doubts.find(isDoubt) ?? doubts.find(isRefusal);
}

/** One for each mirror and code. */
export function mirrorWarnings(
  passedOver: readonly PassedOver[],
  hosts: readonly ContainerdHost[],
  image: string,
  isMissing: boolean,
): readonly Warning[] {
  const warnings = new Map<string, { readonly code: WarningCode; readonly message: string; count: number }>();
  for (const { host, outcome, part, servedBy } of passedOver) {
    const mirror = hosts.find((one) => one === host);
    const isHidden = outcome.credentials.inconclusive === 'requested-at-ping';
    const lacks = outcome.kind === 'response' && [404, 410].includes(outcome.response.status) && !isHidden;
    // It is no surprise that a mirror lacks a missing image, or a missing part.
    if (!mirror?.isMirror || (lacks && (servedBy === undefined || isMissing))) continue;
    const code = lacks ? 'mirror-missing' : 'mirror-failed';
    const what = part === undefined ? image : `${part} of ${image}`;
    const otherwise = servedBy === undefined ? '' : `; ${servedBy.name} served it`;
    const why = judgeOther(mirror.connection().image, outcome).message;
    const message = lacks
      ? `Mirror ${host.name} does not have ${what}${otherwise}.`
      : `Mirror ${host.name} did not serve ${what}${otherwise}: ${why}`;
    const key = `${host.name} ${code}`;
    const earlier = warnings.get(key);
    if (earlier === undefined) warnings.set(key, { code, message, count: 1 });
    else earlier.count += 1;
  }
  return [...warnings.values()].map(({ code, message, count }) => ({
    code,
    message: count === 1 ? message : `${message} (and ${count - 1} more)`,
  }));
}
