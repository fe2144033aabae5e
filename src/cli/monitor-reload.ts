// Reloads the configuration of a running monitor: when it is asked to, when the content of its config file changes, and
// when a file with images does. A new configuration is validated first; one with a mistake changes nothing.

import { isDeepStrictEqual } from 'node:util';
import type { LoadedMonitor } from '../config/load-monitor.ts';
import type { Clock } from '../core/clock.ts';
import type { Outcome } from '../core/outcome.ts';
import { formatCount } from '../core/quantity.ts';
import { isUsageError, type UsageError } from '../core/usage-error.ts';

export interface ReloadOptions {
  readonly clock: Clock;
  /** The text of the config file. Throws a UsageError. */
  readonly read: () => Promise<string>;
  /** Throws a UsageError. */
  readonly load: (text: string) => Promise<LoadedMonitor>;
  /** Of the sources of images: equal as long as none of them changes. */
  readonly fingerprint: (sources: readonly string[]) => Promise<string>;
  /** `isReload`: the configuration itself, not only its sources. */
  readonly apply: (loaded: LoadedMonitor, isReload: boolean) => Promise<Outcome<null, { readonly message: string }>>;
  readonly refuse: (error: Pick<UsageError, 'message' | 'examples'>) => Promise<void>;
  /** A bug. */
  readonly onError: (error: unknown) => void;
}

export interface Reloader {
  /** Reads everything again, as soon as a reload that is running has ended. */
  request(): void;
  /** Waits for a reload that is running; none follows. */
  stop(): Promise<void>;
}

const INTERVAL_MS = 2_000;
/** Looking for changes takes at most this share of the time. */
const SHARE = 50;
/** Files that other files refer to are not watched: everything is read again after this time. */
const READ_ALL_MS = 5 * 60_000;

/** `text`, `loaded`, `print`: what the monitor started with. */
export function createReloader(
  { text, loaded, print }: { readonly text: string; readonly loaded: LoadedMonitor; readonly print: string },
  { clock, read, load, fingerprint, apply, refuse, onError }: ReloadOptions,
): Reloader {
  let current = loaded;
  let currentText = text;
  /** As it was last seen, applied or not; undefined if it could not be read. */
  let seenText: string | undefined = text;
  let seenPrint = print;
  let nextPrintMs = clock.elapsed();
  let nextReadAllMs = clock.elapsed() + READ_ALL_MS;
  let isRequested = false;
  let isStopped = false;
  let running: Promise<void> | undefined;
  let stopTimer = (): void => {};

  const attempt = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      if (isStopped) return;
      if (isUsageError(error)) await refuse(error);
      else onError(error);
    }
  };

  const reload = async (read: string): Promise<void> => {
    seenPrint = await fingerprint(current.sources);
    const next = await load(read);
    const applied = await apply(next, true);
    if (!applied.ok) return refuse({ message: applied.error.message, examples: [] });
    if (!isDeepStrictEqual(next.sources, current.sources)) seenPrint = await fingerprint(next.sources);
    current = next;
    currentText = read;
    nextReadAllMs = clock.elapsed() + READ_ALL_MS;
  };

  /** The configuration is as it was; only what its sources contain may have changed. */
  const readSources = async (): Promise<void> => {
    const next = await load(currentText);
    nextReadAllMs = clock.elapsed() + READ_ALL_MS;
    if (isDeepStrictEqual(contentOf(next), contentOf(current))) return;
    const applied = await apply(next, false);
    if (applied.ok) current = next;
    // It is tried again.
    else seenPrint = '';
  };

  const look = async (): Promise<void> => {
    const isAsked = isRequested;
    isRequested = false;
    const before = seenText;
    try {
      seenText = await read();
    } catch (error) {
      seenText = undefined;
      // It is reported once.
      if (isAsked || before !== undefined) throw error;
      return;
    }
    if (isAsked || seenText !== before) return reload(seenText);
    const startedMs = clock.elapsed();
    if (startedMs >= nextPrintMs) {
      const seen = await fingerprint(current.sources);
      nextPrintMs = clock.elapsed() + Math.max(INTERVAL_MS, SHARE * (clock.elapsed() - startedMs));
      const hasChanged = seen !== seenPrint;
      seenPrint = seen;
      if (hasChanged) return readSources();
    }
    if (startedMs >= nextReadAllMs) return readSources();
  };

  const start = (): void => {
    stopTimer();
    if (isStopped || running !== undefined) return;
    running = attempt(look).finally(() => {
      running = undefined;
      if (isRequested) start();
      else if (!isStopped) stopTimer = clock.startTimer(INTERVAL_MS, start);
    });
  };

  stopTimer = clock.startTimer(INTERVAL_MS, start);
  return {
    request() {
      isRequested = true;
      start();
    },
    async stop() {
      isStopped = true;
      stopTimer();
      await running;
    },
  };
}

const contentOf = ({ plan: { resources, skipped, sourceProblems } }: LoadedMonitor) => ({
  resources,
  skipped,
  sourceProblems,
});

/** In one sentence, or two. It may end with a suggestion: `Did you mean interval?` */
export function describeRefusal({ message, examples }: Pick<UsageError, 'message' | 'examples'>): string {
  if (examples.length === 0) return /[.?]$/.test(message) ? message : `${message}.`;
  return `${message.replace(/\.$/, '')} (and ${formatCount(examples.length, 'more mistake')}).`;
}
