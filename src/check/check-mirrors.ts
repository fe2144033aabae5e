// Checks an image with the mirrors of podman or of the config file: one after the other, until one has a manifest.
// containerd chooses for every request: check-containerd-mirrors.ts.

import type { Clock } from '../core/clock.ts';
import type { Reason, Warning } from '../core/result.ts';
import { finding } from './finding.ts';
import type { MirrorAttempt, MirrorPlan } from './mirror.ts';
import { type Conclusion, concludeFinding, concludeMirrored } from './result.ts';

export interface MirroredCheck {
  readonly plan: MirrorPlan;
  /** The image, as the user would call it. */
  readonly name: string;
  /** Checks one mirror, or the registry itself. */
  readonly checkAt: (attempt: MirrorAttempt, timeoutMs: number) => Promise<Conclusion>;
  readonly clock: Clock;
  /** For all of them together. */
  readonly timeoutMs: number;
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
    const left = attempts.slice(index).filter((one) => one.blockedBy === undefined).length;
    const { blockedBy } = attempt;
    if (blockedBy !== undefined) {
      tried.push({ attempt, conclusion: blocked(attempt.isMirror ? attempt.text : name, blockedBy) });
      continue;
    }
    // A mirror that does not respond must leave time for the next.
    const leftMs = startedMs + timeoutMs - clock.now();
    const conclusion = await checkAt(attempt, Math.max(1, Math.round(leftMs / left)));
    if (hasManifest(conclusion)) return served({ attempt, conclusion: soften(conclusion, attempt, plan) }, tried, name);
    tried.push({ attempt, conclusion });
  }
  return unserved(tried, name);
}

/** A runtime uses the first manifest it gets, whatever is wrong with it. */
const hasManifest = ({ verdict, reason }: Conclusion): boolean =>
  verdict === 'pullable' || (reason !== null && WITH_MANIFEST.has(reason));

const WITH_MANIFEST: ReadonlySet<Reason> = new Set<Reason>([
  'platform-missing',
  'incomplete',
  'corrupt',
  'not-an-image',
  'legacy-schema1',
]);

/** Runtimes differ in where they look for what a mirror lacks: the hint claims no more than the one it speaks of does. */
function soften(conclusion: Conclusion, { isMirror }: MirrorAttempt, { usedBy }: MirrorPlan): Conclusion {
  if (conclusion.reason !== 'incomplete' || !isMirror) return conclusion;
  const runtimes =
    usedBy === 'podman'
      ? 'podman 4 and 5 use only the mirror that has the manifest, so the pull fails; later versions may continue with the registry'
      : 'podman uses only the mirror that has the manifest, so its pull fails; containerd continues with the registry';
  return { ...conclusion, hint: `${runtimes}. Add the missing content to the mirror, or remove the image from it.` };
}

function served({ attempt, conclusion }: Tried, earlier: readonly Tried[], name: string): Conclusion {
  const { isMirror, location } = attempt;
  return concludeMirrored(conclusion, {
    earlier: earlier.map((mirror) => mirror.conclusion),
    warnings: earlier.map((mirror) => warningOf(mirror, `; ${location.registry} served it`, name)),
    servedBy: { registry: location.registry, isMirror },
  });
}

/** The registry itself, tried last, has the reason; if it is blocked, a mirror that may have the image later. */
function unserved(tried: readonly Tried[], name: string): Conclusion {
  const last = tried.at(-1) as Tried;
  const doubtful = tried.find(({ conclusion: { verdict } }) => verdict === 'undetermined');
  const decisive = last.attempt.blockedBy === undefined ? last : (doubtful ?? last);
  const { conclusion } = decisive;
  const mirrors = tried.filter((one) => one !== decisive);
  // It is no surprise that a mirror lacks a missing image.
  const failed = mirrors.filter(({ attempt, conclusion: { reason } }) => attempt.isMirror && reason !== 'not-found');
  return concludeMirrored(conclusion, {
    earlier: mirrors.map((mirror) => mirror.conclusion),
    warnings: failed.map((mirror) => warningOf(mirror, '', name)),
  });
}

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
      hint: `Unblock it in ${by}, or use another image.`,
    }),
  );
