// Checks an image as a runtime with mirrors looks for it: one place after the other, until one has a manifest.

import type { Clock } from '../core/clock.ts';
import { formatReference, type Reference } from '../core/reference.ts';
import { judgementOf, type Reason, type Result, type Warning } from '../core/result.ts';
import type { Target } from '../core/target.ts';
import type { Route, Stop } from './mirror.ts';

export interface MirroredQuestion {
  readonly target: Target;
  readonly reference: Reference;
  readonly route: Route;
  /** Asks there and nowhere else. */
  readonly ask: (stop: Stop, timeoutMs: number) => Promise<Result>;
  readonly clock: Clock;
  /** For all places together. */
  readonly timeoutMs: number;
}

/** Everything but what tells of the question. */
type Unframed = Omit<Result, 'input' | 'foundAt' | 'reference' | 'startedAt' | 'durationMs'>;

interface Answer {
  readonly stop: Stop;
  readonly result: Result;
}

export async function checkMirrored(question: MirroredQuestion): Promise<Result> {
  const { target, reference, route, ask, clock, timeoutMs } = question;
  const { registry, repository, tag = null, digest = null } = reference;
  const name = formatReference(reference);
  const startedMs = clock.now();
  const frame = (result: Unframed): Result =>
    ({
      ...result,
      input: target.text,
      foundAt: target.foundAt,
      reference: { registry, repository, tag, digest, canonical: name },
      startedAt: new Date(startedMs).toISOString(),
      durationMs: clock.now() - startedMs,
    }) as Result;

  if (route.blockedBy !== undefined) return frame(blocked(name, route.blockedBy));
  const refused: Answer[] = [];
  for (const [index, stop] of route.stops.entries()) {
    // A mirror that never answers must leave time for those after it.
    const leftMs = startedMs + timeoutMs - clock.now();
    const result = await ask(stop, Math.max(1, Math.round(leftMs / (route.stops.length - index))));
    if (isTaken(result)) return frame(served({ stop, result }, refused, name));
    refused.push({ stop, result });
  }
  return frame(unserved(refused, name));
}

/** Whether there is a manifest: a runtime takes what it gets there, and looks no further. */
const isTaken = ({ verdict, reason }: Result): boolean =>
  verdict === 'pullable' || (reason !== null && TAKEN.has(reason));

const TAKEN: ReadonlySet<Reason> = new Set<Reason>([
  'platform-missing',
  'incomplete',
  'corrupt',
  'not-an-image',
  'legacy-schema1',
]);

function served({ stop, result }: Answer, passed: readonly Answer[], name: string): Result {
  const { registry } = stop.place;
  const warnings = passed.map((answer) => warningOf(answer, `, ${registry} served it`, name));
  return {
    ...withRequestsOf(passed, result, warnings),
    servedBy: registry,
    message: stop.isMirror ? `By the mirror ${registry}: ${result.message}` : result.message,
  };
}

/** Nobody has it: the registry itself, asked last, says why. */
function unserved(refused: readonly Answer[], name: string): Result {
  const mirrors = refused.slice(0, -1);
  const { result } = refused.at(-1) as Answer;
  // That a mirror lacks what nobody has is no news.
  const failed = mirrors.filter((answer) => answer.result.reason !== 'not-found');
  return withRequestsOf(
    mirrors,
    result,
    failed.map((answer) => warningOf(answer, '', name)),
  );
}

function withRequestsOf(passed: readonly Answer[], result: Result, warnings: readonly Warning[]): Result {
  return {
    ...result,
    requests: [...passed.flatMap((answer) => answer.result.requests), ...result.requests],
    warnings: [...passed.flatMap((answer) => answer.result.warnings), ...result.warnings, ...warnings],
  };
}

function warningOf({ stop, result }: Answer, otherwise: string, name: string): Warning {
  const mirror = `The mirror ${stop.place.registry}`;
  return result.reason === 'not-found'
    ? { code: 'mirror-missing', message: `${mirror} does not have ${name}${otherwise}.` }
    : {
        code: 'mirror-failed',
        message: `${mirror} did not serve ${name}${otherwise}: ${result.message}`,
      };
}

function blocked(name: string, by: string): Unframed {
  return {
    ...judgementOf('denied', 'policy-block'),
    message: `Runtimes that read ${by} refuse to pull ${name}: it is blocked there.`,
    hint: `Take it off the blocked registries in ${by}, or use another image.`,
    proof: null,
    warnings: [],
    digest: null,
    mediaType: null,
    platforms: null,
    registryErrors: [],
    credential: null,
    rateLimit: null,
    requests: [],
  };
}
