// The tally of a run: results by verdict, exit codes, and the images that are being checked.

import type { Clock } from '../core/clock.ts';
import { EXIT, type ExitCode, exitCodeOf, exitCodeOfRun, type Policy } from '../core/exit-code.ts';
import { emptyTally, type Report, summarise } from '../core/report.ts';
import type { Result } from '../core/result.ts';
import type { Target } from '../core/target.ts';
import { NAME, VERSION } from '../core/version.ts';
import type { HostPause } from '../http/pacer.ts';
import type { Progress } from '../report/progress.ts';

export interface RunTally {
  /** The same targets, counted as they are taken. */
  readonly watch: (targets: AsyncIterable<Target>) => AsyncGenerator<Target>;
  /** Called in the order of the targets. */
  readonly add: (result: Result) => void;
  readonly pause: (pause: HostPause) => void;
  readonly progress: () => Progress;
  readonly exitCode: () => ExitCode;
  /** Images that exist despite `--expect absent`. */
  readonly existing: () => number;
  /** Images that would fail without `warnOn`. */
  readonly tolerated: () => number;
  readonly report: (exitCode: ExitCode) => Report;
}

/** `known`: the minimum number of images. `elsewhere`: how many are checked by other shards. */
export function createRunTally(
  policy: Policy,
  clock: Clock,
  known: number,
  elsewhere: () => number = () => 0,
): RunTally {
  const startedMs = clock.now();
  const verdicts = emptyTally();
  const codes = new Map<ExitCode, number>();
  /** Taken and without a result yet, in order: no more than the checker reads ahead. */
  const pending: string[] = [];
  const pauses = new Map<string, number>();
  let done = 0;
  let tolerated = 0;
  let absent = 0;
  const countOf = (code: ExitCode): number => codes.get(code) ?? 0;
  return {
    async *watch(targets) {
      for await (const target of targets) {
        pending.push(target.text);
        yield target;
      }
    },
    add(result) {
      const code = exitCodeOf(result, policy);
      codes.set(code, countOf(code) + 1);
      verdicts[result.verdict] += 1;
      done += 1;
      pending.shift();
      if (code !== EXIT.ok) return;
      if (exitCodeOf(result, { ...policy, warnOn: [] }) !== EXIT.ok) tolerated += 1;
      else if (result.verdict === 'unpullable') absent += 1;
    },
    pause: ({ host, untilMs }) => pauses.set(host, untilMs),
    progress: () => ({
      done,
      total: Math.max(known, done + pending.length),
      failed: done - countOf(EXIT.ok),
      slowest: pending[0],
      elapsedMs: clock.now() - startedMs,
      pause: longestPause(pauses, clock.now()),
    }),
    exitCode: () => exitCodeOfRun(codes.keys(), done - verdicts.skipped + elsewhere()),
    existing: () => countOf(EXIT.present),
    tolerated: () => tolerated,
    report: (exitCode) => ({
      tool: { name: NAME, version: VERSION },
      exitCode,
      interrupted: exitCode === EXIT.interrupted,
      notChecked: Math.max(known, done + pending.length) - done,
      summary: summarise(verdicts),
      presence: policy.expect === 'absent' ? { absent, present: countOf(EXIT.present) } : undefined,
      policy: { expect: policy.expect, warnOn: policy.warnOn, strict: policy.strict },
      startedAt: new Date(startedMs).toISOString(),
      durationMs: clock.now() - startedMs,
    }),
  };
}

function longestPause(pauses: ReadonlyMap<string, number>, nowMs: number): Progress['pause'] {
  const [longest] = [...pauses].filter(([, untilMs]) => untilMs > nowMs).sort(([, a], [, b]) => b - a);
  return longest && { host: longest[0], leftMs: longest[1] - nowMs };
}
