// The images of a run, checked: their results to the reports as they come, and what is said meanwhile.

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Checker, CheckerObservers } from '../check/checker.ts';
import type { CheckerOptions } from '../check/checker-options.ts';
import type { Settings } from '../config/setting-parsers.ts';
import { once } from '../core/once.ts';
import type { Result } from '../core/result.ts';
import type { Target } from '../core/target.ts';
import type { Collection } from '../input/collect.ts';
import { formatSteps } from '../report/steps.ts';
import { describeCrash } from './crash.ts';
import { unlessInterrupted } from './interruption.ts';
import type { Io } from './io.ts';
import type { Outputs } from './outputs.ts';
import { createProgressLine, type ProgressLine } from './progress-line.ts';
import { createQuotaWarning } from './quota-warning.ts';
import type { Run } from './run.ts';
import { colorLevel, supportsUnicode } from './terminal.ts';
import { checkUntilSettled, formatPause, isSettled, type Pause } from './wait.ts';

export interface Work {
  readonly collection: Collection;
  readonly settings: Settings;
  readonly options: CheckerOptions;
  readonly run: Run;
  readonly outputs: Outputs;
  /** Aborts with the interruption, or when no result is wanted any more. */
  readonly signal: AbortSignal;
}

const RESULTS_PER_TURN = 50;

export type CreateChecker = (options: CheckerOptions, observers: CheckerObservers) => Checker;

/** Resolves to whether it had to wait for images; an interruption ends it early. Rejects for a bug or a full disk. */
export async function checkImages(work: Work, io: Io, createChecker: CreateChecker): Promise<boolean> {
  const { collection, settings, options, run, signal } = work;
  const quota = createQuotaWarning({ proof: options.proof, platforms: options.platforms ?? [] });
  const progressLine = createProgressLine(io, run.progress);
  const tell = (...lines: readonly string[]) => progressLine.around(async () => io.stderr.writeLines(...lines));
  let hasWaited = false;
  const onPause = async (pause: Pause) => {
    hasWaited = true;
    if (settings.verbose || io.stderr.isTTY) await tell(formatPause(pause));
  };
  const checker = createChecker(options, {
    onPause: run.pause,
    onCrash: (error) => {
      if (settings.verbose || io.env.KAIROS_PULL_DEBUG) void tell(...describeCrash(error, true));
    },
    onRateLimit: (told) => {
      const warning = quota.onRateLimit(told);
      if (warning !== undefined) void tell(warning);
    },
  });
  const close = once(() => checker.close());
  // A turn later, when no check waits for them any more: a second signal must not leave credential helpers behind.
  const onInterruption = () => setImmediate(() => close().catch(() => undefined));
  io.interruption.addEventListener('abort', onInterruption, { once: true });

  for (const target of collection.known) quota.expect(target);
  try {
    const targets = run.watch(allOf(collection, quota.expect));
    await writeResults(resultsOf(checker, targets, settings, { signal, io, onPause }), work, progressLine, io);
  } catch (error) {
    if (!io.interruption.aborted) throw error;
  } finally {
    await unlessInterrupted(close(), io.interruption);
  }
  return hasWaited;
}

/** Results as they come; ends early when the last reader is gone. */
async function writeResults(
  results: AsyncIterable<Result>,
  { run, outputs, settings: { color, verbose } }: Work,
  progressLine: ProgressLine,
  io: Io,
): Promise<void> {
  const look = { color: colorLevel(color, io.env, io.stderr), unicode: supportsUnicode(io.env, io.platform) };
  try {
    let written = 0;
    for await (const result of results) {
      written += 1;
      // Images that no registry is asked for settle without a pause: signals and timers must be heard between them.
      if (written % RESULTS_PER_TURN === 0) await nextTurn();
      run.add(result);
      const isRead = await progressLine.around(async () => {
        if (verbose) await io.stderr.writeText(formatSteps(result, look));
        return outputs.write(result);
      });
      if (!isRead) return;
    }
  } finally {
    progressLine.close();
  }
}

async function* resultsOf(
  checker: Checker,
  targets: AsyncIterable<Target>,
  settings: Settings,
  { signal, io, onPause }: { signal: AbortSignal; io: Io; onPause: (pause: Pause) => Promise<void> },
): AsyncGenerator<Result> {
  if (settings.wait === undefined) {
    yield* checker.checkAll(targets, { signal });
    return;
  }
  const all: Target[] = [];
  for await (const target of targets) all.push(target);
  yield* checkUntilSettled(all, (some) => checker.checkAll(some, { signal }), {
    waitMs: settings.wait,
    isSettled: (result) => isSettled(result, settings),
    signal,
    clock: io.clock,
    onPause,
  });
}

async function* allOf({ known, coming }: Collection, onComing: (target: Target) => void): AsyncGenerator<Target> {
  yield* known;
  if (coming === undefined) return;
  for await (const target of coming) {
    onComing(target);
    yield target;
  }
}
