// Everything the command touches outside itself: streams, environment, signals, time. Tests bring their own.

import type { Readable } from 'node:stream';
import { addAbortSignal } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import type { Env } from '../core/env.ts';
import { workingDirectory } from '../file/directories.ts';
import { listenForSignals } from './interruption.ts';
import { shortenNamePatience } from './name-patience.ts';
import { createOutputStream, type OutputStream } from './output-stream.ts';

export interface Clock {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Resolves after `durationMs`, or at once when the signal is aborted; never rejects. */
  readonly sleep: (durationMs: number, signal: AbortSignal) => Promise<void>;
}

export interface Io {
  /** Opened only when it is read. */
  readonly stdin: () => Readable;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly env: Env;
  readonly platform: string;
  /** The working folder, absolute: where the search for a config file begins. Unset where it was removed. */
  readonly folder: () => string | undefined;
  /** Aborted by the first signal that ends a run. */
  readonly interruption: AbortSignal;
  readonly clock: Clock;
}

export function createProcessIo(): Io {
  const interruption = listenForSignals();
  return {
    stdin: () => process.stdin,
    stdout: createOutputStream(process.stdout, interruption),
    stderr: createOutputStream(process.stderr, interruption),
    env: shortenNamePatience(),
    platform: process.platform,
    folder: workingDirectory,
    interruption,
    clock: {
      now: Date.now,
      sleep: (durationMs, signal) => setTimeout(durationMs, undefined, { signal }).catch(() => undefined),
    },
  };
}

/** Standard input until its end or until the signal is aborted, which lets go of it. */
export async function* readStdin(io: Io, signal: AbortSignal): AsyncGenerator<Uint8Array | string> {
  try {
    yield* addAbortSignal(signal, io.stdin());
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
