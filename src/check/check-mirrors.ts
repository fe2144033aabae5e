// Checks an image with the mirrors of podman or of the config file: one after the other, until one has a manifest.
// containerd chooses for every request: check-containerd-mirrors.ts.

import type { Clock } from '../core/clock.ts';
import type { Reason, Warning } from '../core/result.ts';
import { timedOut } from './deadline.ts';
import { finding } from './finding.ts';
import { advise, both } from './hint.ts';
import { describeHung } from './hung-mirror.ts';
import { type MirrorAttempt, type MirrorPlan, mirrorMayHave } from './mirror.ts';
import { type Conclusion, concludeFinding, concludeMirrored } from './result.ts';

export interface MirroredCheck {
  readonly plan: MirrorPlan;
  /** The image, as the user would call it. */
  readonly name: string;
  /** Checks one mirror, or the registry itself. */
  readonly checkAt: (attempt: MirrorAttempt, time: LocationTime) => Promise<LocationCheck>;
  readonly clock: Clock;
  /** For all of them together. */
  readonly timeoutMs: number;
}

/** A check in one place. */
export interface LocationCheck {
  readonly conclusion: Conclusion;
  /**
   * `serves`: it returned 200 for the manifest: runtimes continue there, whatever is wrong with the content. `hangs`: it
   * accepted the connection, and runtimes wait there. `fails`: they try the next place.
   */
  readonly as: 'serves' | 'hangs' | 'fails';
}

export interface LocationTime {
  /** Until the deadline of the image. */
  readonly timeoutMs: number;
  /** See CheckRun. */
  readonly hostsAfter: number;
}

interface Tried {
  readonly attempt: MirrorAttempt;
  readonly conclusion: Conclusion;
}

export async function checkMirrors({ plan, name, checkAt, clock, timeoutMs }: MirroredCheck): Promise<Conclusion> {
  const { attempts } = plan;
  const startedMs = clock.now();
  const tried: Tried[] = [];
  for (const [index, attempt] of attempts.entries()) {
    const hostsAfter = attempts.slice(index + 1).filter((one) => one.blockedBy === undefined).length;
    const { blockedBy } = attempt;
    if (blockedBy !== undefined) {
      tried.push({ attempt, conclusion: blocked(attempt.isMirror ? attempt.text : name, blockedBy) });
      continue;
    }
    const leftMs = startedMs + timeoutMs - clock.now();
    if (leftMs <= 0) {
      tried.push({ attempt, conclusion: concludeFinding(timedOut(timeoutMs)) });
      continue;
    }
    const { conclusion, as } = await checkAt(attempt, { timeoutMs: leftMs, hostsAfter });
    if (as === 'serves') return served({ attempt, conclusion: soften(conclusion, attempt, plan) }, tried, name);
    if (as === 'hangs' && attempt.isMirror) return hung({ attempt, conclusion }, tried, name, plan);
    tried.push({ attempt, conclusion });
  }
  return unserved(tried, name);
}

/** Runtimes differ in where they look for what a mirror lacks: the hint claims no more than the one it speaks of does. */
function soften(conclusion: Conclusion, { isMirror }: MirrorAttempt, { usedBy }: MirrorPlan): Conclusion {
  if (!isMirror || conclusion.reason === null || ABOUT_THE_IMAGE.has(conclusion.reason)) return conclusion;
  const runtimes =
    usedBy === 'podman'
      ? 'podman 4 and 5 use only the mirror that has the manifest, so the pull fails; later versions may continue with the registry'
      : 'podman uses only the mirror that has the manifest, so its pull fails; containerd continues with the registry';
  const advice =
    conclusion.reason === 'incomplete'
      ? advise('check-mirror', 'Add the missing content to the mirror, or remove the image from it.')
      : conclusion.hint;
  const code = advice?.code ?? 'check-mirror';
  return { ...conclusion, hint: both(advise(code, `${runtimes}.`), advice) };
}

/** The same wherever the manifest is. */
const ABOUT_THE_IMAGE: ReadonlySet<Reason> = new Set<Reason>([
  'platform-missing',
  'corrupt',
  'not-an-image',
  'legacy-schema1',
]);

function served({ attempt, conclusion }: Tried, earlier: readonly Tried[], name: string): Conclusion {
  const { isMirror, location } = attempt;
  return concludeMirrored(conclusion, {
    earlier: earlier.map((mirror) => mirror.conclusion),
    warnings: earlier.map((mirror) => warningOf(mirror, `; ${location.registry} served it`, name)),
    servedBy: { registry: location.registry, isMirror },
  });
}

function hung(
  { attempt, conclusion }: Tried,
  earlier: readonly Tried[],
  name: string,
  { usedBy }: MirrorPlan,
): Conclusion {
  const words = describeHung(conclusion, { mirror: attempt.location.registry, what: name, usedBy });
  return concludeMirrored(
    { ...conclusion, ...words },
    {
      earlier: earlier.map((mirror) => mirror.conclusion),
      warnings: earlier.map((mirror) => warningOf(mirror, '', name)),
    },
  );
}

/**
 * The registry itself, tried last, has the reason. If it is blocked, or lacks the image, that is a mirror that may have
 * the image: one that gave no answer, otherwise one that refused it.
 */
function unserved(tried: readonly Tried[], name: string): Conclusion {
  const last = tried.at(-1) as Tried;
  const doubtful = tried.find(({ conclusion: { verdict } }) => verdict === 'undetermined');
  const isMissing = last.conclusion.reason === 'not-found';
  const refusing = isMissing ? tried.find(isRefused) : undefined;
  const isDecided = last.attempt.blockedBy === undefined && !isMissing;
  const decisive = isDecided ? last : (doubtful ?? refusing ?? last);
  const { registry } = decisive.attempt.location;
  const message =
    isMissing && decisive !== last
      ? mirrorMayHave(last.attempt.location.registry, name, registry, decisive.conclusion.message)
      : decisive.conclusion.message;
  const conclusion = { ...decisive.conclusion, message };
  const mirrors = tried.filter((one) => one !== decisive);
  // It is no surprise that a mirror lacks a missing image.
  const failed = mirrors.filter(({ attempt, conclusion: { reason } }) => attempt.isMirror && reason !== 'not-found');
  const concluded = concludeMirrored(conclusion, {
    earlier: mirrors.map((mirror) => mirror.conclusion),
    warnings: failed.map((mirror) => warningOf(mirror, '', name)),
  });
  return { ...concluded, requests: tried.flatMap((one) => one.conclusion.requests) };
}

/** A mirror that the configuration blocks is never used. */
const isRefused = ({ attempt, conclusion: { reason } }: Tried): boolean =>
  attempt.blockedBy === undefined && (reason === 'unauthorized' || reason === 'denied');

function warningOf({ attempt, conclusion }: Tried, otherwise: string, name: string): Warning {
  const mirror = `Mirror ${attempt.location.registry}`;
  return conclusion.reason === 'not-found'
    ? { code: 'mirror-missing', message: `${mirror} does not have ${name}${otherwise}.` }
    : { code: 'mirror-failed', message: `${mirror} did not serve ${name}${otherwise}: ${conclusion.message}` };
}

const blocked = (name: string, by: string): Conclusion =>
  concludeFinding(
    finding({
      reason: 'denied',
      cause: 'policy-block',
      message: `${name} is blocked by ${by}, so runtimes that use that file will not pull it.`,
      hint: advise('ask-for-approval', `Unblock it in ${by}, or use another image.`),
    }),
  );
