// Runs the command in a process of its own and measures its peak memory; and other programs.
// Long timers are held: on a busy machine none of them fires before what a test waits for.

import assert from 'node:assert/strict';
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { Summary } from '../../src/core/report.ts';
import type { Result } from '../../src/core/result.ts';
import { ROOT } from '../pipeline/project-file.ts';
import { BARE_ENV } from './command.ts';

/** `npm test` has just built it. */
export const PROGRAM = join(ROOT, 'bin/kairos-pull.js');

export interface Ended {
  /** null when a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Its peak memory; undefined if the system does not report it. */
  readonly peakBytes: number | undefined;
}

export interface Spawned {
  readonly child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly ended: Promise<Ended>;
  /** Fires the timer of DEADLINE, and no other. */
  passDeadline(): void;
}

/** A deadline that passes when the test says so. */
export const DEADLINE: readonly string[] = ['--timeout', '59m'];
const DEADLINE_MS = 59 * 60_000;

/** A process that runs longer hangs. It is killed, and the test fails. */
const PATIENCE_MS = 180_000;

/** Timers of that length and longer fire only when the test says so: those of a connection, a helper, an image. */
const HELD_MS = 5_000;

const HOLD_TIMERS = `
  const start = globalThis.setTimeout;
  const deadlines = new Set();
  globalThis.setTimeout = Object.assign((onTime, durationMs, ...args) => {
    if (!(durationMs >= ${HELD_MS})) return start(onTime, durationMs, ...args);
    if (durationMs === ${DEADLINE_MS}) deadlines.add(() => onTime(...args));
    return start(() => {}, 2 ** 31 - 1);
  }, start);
  process.on('SIGUSR2', () => deadlines.forEach((pass) => pass()));`;

/** On Linux the kernel keeps the peak of this program (VmHWM); getrusage would count the parent's as well. */
const REPORT_PEAK = `
  import { readFileSync, writeSync } from 'node:fs';
  process.on('exit', () => {
    try { writeSync(3, /VmHWM:\\s*(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]); } catch {}
  });`;

/**
 * `kairos-pull ARGS`. Standard input stays open until the caller ends it. `wrapper`: a program and its arguments that
 * starts the command, which follows them: `['bash', '-c', '"$@" <(echo nginx)', 'bash']`.
 */
export function spawnCommand(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  wrapper: readonly string[] = [],
): Spawned {
  const hook = `data:text/javascript,${encodeURIComponent(REPORT_PEAK + HOLD_TIMERS)}`;
  const [file = process.execPath, ...rest] = [...wrapper, process.execPath, '--import', hook, PROGRAM, ...args];
  const child = spawn(file, rest, {
    env: { ...BARE_ENV, NODE_DISABLE_COMPILE_CACHE: '1', ...env },
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
  });
  child.stdin.on('error', () => undefined);
  const patience = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
  const texts = [child.stdout, child.stderr, child.stdio[3] as Readable].map(collect);
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode, signal) => {
      clearTimeout(patience);
      const [stdout = '', stderr = '', peak = ''] = texts.map((read) => read());
      const kibibytes = Number.parseInt(peak, 10);
      resolve({ exitCode, signal, stdout, stderr, peakBytes: kibibytes > 0 ? kibibytes * 1024 : undefined });
    });
  });
  return { child, ended, passDeadline: () => void child.kill('SIGUSR2') };
}

/** The text so far; a test may pause or destroy the stream. */
function collect(stream: Readable): () => string {
  let read = '';
  stream.setEncoding('utf8').on('data', (chunk) => {
    read += chunk;
  });
  return () => read;
}

export interface CheckedByProcess extends Ended {
  /** Of the first image. */
  readonly result: Result;
  readonly results: readonly Result[];
  readonly summary: Summary;
}

/** `kairos-pull check ARGS -o json` to its end. */
export async function spawnCheck(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  stdin = '',
): Promise<CheckedByProcess> {
  const { child, ended } = spawnCommand(['check', ...args, '-o', 'json'], env);
  child.stdin.end(stdin);
  const all = await ended;
  if (all.signal !== null) throw new Error(`it did not end: ${args.join(' ')}\n${all.stderr}`);
  if (all.stdout === '') throw new Error(`it wrote nothing: ${all.stderr}`);
  const { exitCode, results, summary } = JSON.parse(all.stdout);
  assert.equal(exitCode, all.exitCode);
  return { ...all, result: results[0] ?? assert.fail('no image was checked'), results, summary };
}

export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /** It is killed then, and has no status. */
  readonly limitMs?: number | undefined;
}

/** Another program. `env` is the whole environment besides PATH: nothing of the user who runs the tests leaks in. */
export async function runProgram(
  file: string,
  args: readonly string[],
  { env = {}, stdin = '', limitMs }: RunOptions = {},
): Promise<Ran> {
  const limit = limitMs === undefined ? {} : { timeout: limitMs, killSignal: 'SIGKILL' as const };
  const child = spawn(file, args, { env: { PATH: process.env.PATH ?? '', ...env }, ...limit });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  // A program that fails before it reads closes the pipe: its exit status says so, not EPIPE here.
  child.stdin.on('error', () => undefined);
  child.stdin.end(stdin);
  const [status, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  return { status, stdout, stderr };
}

/** The standard output of a program that must succeed. */
export async function mustRun(...call: Parameters<typeof runProgram>): Promise<string> {
  const { status, stdout, stderr } = await runProgram(...call);
  if (status !== 0) throw new Error(`${call[0]} ${call[1].join(' ')} ended with ${status}: ${stderr}`);
  return stdout;
}
