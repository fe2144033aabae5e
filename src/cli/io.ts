// Everything the command touches outside itself: streams, environment, signals, time. Tests pass their own.

import type { Readable } from 'node:stream';
import { type Clock, systemClock } from '../core/clock.ts';
import type { Env } from '../core/env.ts';
import { workingDirectory } from '../file/directories.ts';
import { listenForSignals } from './interruption.ts';
import { createOutputStream, type OutputStream } from './output-stream.ts';

export interface Io {
  /** Opened only when it is read. */
  readonly stdin: () => Readable;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly env: Env;
  readonly platform: string;
  /** The working directory, absolute: where the search for a config file begins. Undefined if it was removed. */
  readonly cwd: () => string | undefined;
  /** Aborted by the first signal that ends a run. */
  readonly interruption: AbortSignal;
  /** As Ctrl-C does, where the terminal passes it on as a character. */
  readonly interrupt: () => void;
  /** From now on SIGHUP calls this, and does not end the run. */
  readonly onHangup: (listener: () => void) => void;
  readonly clock: Clock;
}

export function createProcessIo(): Io {
  const { interruption, onHangup } = listenForSignals();
  return {
    stdin: () => process.stdin,
    stdout: createOutputStream(process.stdout, interruption),
    stderr: createOutputStream(process.stderr, interruption),
    env: limitDnsLookups(),
    platform: process.platform,
    cwd: workingDirectory,
    interruption,
    interrupt: () => void process.kill(process.pid, 'SIGINT'),
    onHangup,
    clock: systemClock,
  };
}

/** resolv.conf(5): 1 s per name server instead of two attempts of 5 s. After that we wait without a thread. */
const RES_OPTIONS = 'timeout:1 attempts:1';

/**
 * A lookup of the C library holds a thread, and the process cannot end before it returns. Called before the first lookup.
 * Returns the environment as it was, for the programs that we run.
 */
function limitDnsLookups(): Env {
  if (process.platform !== 'linux') return process.env;
  const env = { ...process.env };
  process.env.RES_OPTIONS ??= RES_OPTIONS;
  return env;
}
