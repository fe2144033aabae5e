// What a run comes to so far: the count of results, the codes they ask for, what is being waited for.

import { emptyTally, type Report, summarise } from '../core/report.ts';
import type { Result } from '../core/result.ts';
import type { Target } from '../core/target.ts';
import { NAME, VERSION } from '../core/version.ts';
import type { HostPause } from '../http/pacer.ts';
import type { Progress } from '../report/progress.ts';
import { EXIT, type ExitCode, exitCodeOf, exitCodeOfRun, type Policy } from './exit-code.ts';
import type { Clock } from './io.ts';

export interface Run {
  /** The same targets, counted as they are taken. */
  readonly watch: (targets: AsyncIterable<Target>) => AsyncGenerator<Target>;
  /** Results come in the order of their targets. */
  readonly add: (result: Result) => void;
  /** A host wants to be left alone until then. */
  readonly pause: (pause: HostPause) => void;
  readonly progress: () => Progress;
  readonly exitCode: () => ExitCode;
  /** Images that would have failed without `warnOn`. */
  readonly forgiven: () => number;
  readonly report: (exitCode: ExitCode) => Report;
}

/** `known`: how many images there are at least. */
export function createRun(policy: Policy, clock: Clock, known: number): Run {
  const startedMs = clock.now();
  const tally = emptyTally();
  const codes = new Set<ExitCode>();
  /** Taken and without a result yet, in order: no more than are under way, however many there are in all. */
  const pending: string[] = [];
  const pauses = new Map<string, number>();
  let done = 0;
  let failed = 0;
  let forgiven = 0;
  return {
    async *watch(targets) {
      for await (const target of targets) {
        pending.push(target.text);
        yield target;
      }
    },
    add(result) {
      const code = exitCodeOf(result, policy);
      codes.add(code);
      tally[result.verdict] += 1;
      done += 1;
      pending.shift();
      if (code !== EXIT.ok) failed += 1;
      else if (exitCodeOf(result, { ...policy, warnOn: [] }) !== EXIT.ok) forgiven += 1;
    },
    pause: ({ host, untilMs }) => pauses.set(host, untilMs),
    progress: () => ({
      done,
      total: Math.max(known, done + pending.length),
      failed,
      slowest: pending[0],
      elapsedMs: clock.now() - startedMs,
      pause: longestPause(pauses, clock.now()),
    }),
    exitCode: () => exitCodeOfRun(codes, done - tally.skipped),
    forgiven: () => forgiven,
    report: (exitCode) => ({
      tool: { name: NAME, version: VERSION },
      exitCode,
      interrupted: exitCode === EXIT.interrupted,
      notChecked: Math.max(known, done + pending.length) - done,
      summary: summarise(tally),
      startedAt: new Date(startedMs).toISOString(),
      durationMs: clock.now() - startedMs,
    }),
  };
}

function longestPause(pauses: ReadonlyMap<string, number>, nowMs: number): Progress['pause'] {
  const [last] = [...pauses].filter(([, untilMs]) => untilMs > nowMs).sort(([, a], [, b]) => b - a);
  return last && { host: last[0], leftMs: last[1] - nowMs };
}
