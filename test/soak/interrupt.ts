// Starts the command in a scene, interrupts it at a moment that a seed makes, and says what was wrong with its end.

import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { createRandom } from '../fuzz/random.ts';
import { BARE_ENV } from '../support/command.ts';
import { SCENES } from './scene.ts';

export interface Interruption {
  readonly scene: string;
  readonly signal: NodeJS.Signals;
  /** After the command was seen to be up, or with `early` after it was started. */
  readonly delayMs: number;
  /** What is wrong; empty: nothing. */
  readonly problems: readonly string[];
  /** A signal ended it before it listened: there is nothing that it could have done. */
  readonly wasDeaf: boolean;
}

export interface Plan {
  /** Program and its arguments before `check`. */
  readonly program: readonly string[];
  readonly seed: number;
  readonly index: number;
  readonly names: readonly string[];
  /** The signal does not wait for the command to be up. */
  readonly early: boolean;
  readonly maxDelayMs: number;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** A process that is still there after so long hangs. */
const PATIENCE_MS = 60_000;
const LOOK_MS = 20;
/** By it every process is known that the command started. */
const MARK = 'KAIROS_PULL_SOAK_MARK';

export async function interrupt({ program, seed, index, names, early, maxDelayMs }: Plan): Promise<Interruption> {
  const random = createRandom(seed, 'interruption', index);
  const scene = random.pick(names);
  const signal = random.pick(SIGNALS);
  // Short ones are more likely: most happens then.
  const delayMs = Math.floor(random.next() ** 2 * maxDelayMs);
  const start = SCENES[scene];
  if (start === undefined) throw new Error(`there is no scene ${scene}`);
  await using stage = await start(random);
  const mark = `${process.pid}-${seed}-${index}`;
  const [file = process.execPath, ...before] = program;
  const child = spawn(file, [...before, 'check', ...stage.args, '-o', 'json'], {
    env: { ...BARE_ENV, ...stage.env, [MARK]: mark },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.on('error', () => undefined).write(stage.stdin ?? '');
  const [stdout, stderr] = [text(child.stdout), text(child.stderr)];
  const ended = endOf(child);
  await Promise.race([early ? undefined : stage.up, ended]);
  await pause(delayMs);
  child.kill(signal);
  const { exitCode, killedBy } = await ended;
  const wasDeaf = early && killedBy === signal && (await stdout) === '';
  const problems = [
    ...(wasDeaf ? [] : problemsOf({ exitCode, killedBy, stdout: await stdout, stderr: await stderr })),
    ...(await leftOvers(mark)),
    ...(wasDeaf ? [] : await stillHeld(stage.gone, early)),
  ];
  return { scene, signal, delayMs, problems, wasDeaf };
}

interface End {
  readonly exitCode: number | null;
  readonly killedBy: NodeJS.Signals | null;
}

async function endOf(child: ChildProcess): Promise<End> {
  const patience = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
  const end = await new Promise<End>((resolve, reject) => {
    child.once('error', reject).once('close', (exitCode, killedBy) => resolve({ exitCode, killedBy }));
  });
  clearTimeout(patience);
  return end;
}

function problemsOf({
  exitCode,
  killedBy,
  stdout,
  stderr,
}: End & { readonly stdout: string; readonly stderr: string }): string[] {
  const problems: string[] = [];
  if (exitCode !== 130) problems.push(`it ended with ${exitCode ?? killedBy}`);
  if (!/^(?:.*\n)*Interrupted(?:: \d+ of \d+ images? checked| after \d+ images?)\.\n$/.test(stderr))
    problems.push(`it said ${JSON.stringify(stderr)}`);
  if (/^\s+at |Warning: |kairos-pull has a bug/m.test(stderr)) problems.push(`a stack trace: ${stderr}`);
  try {
    const { exitCode: told, interrupted, results, summary } = JSON.parse(stdout);
    const seen = JSON.stringify([told, interrupted, summary.total]);
    if (seen !== JSON.stringify([130, true, results.length])) problems.push(`the document says ${seen}`);
  } catch {
    problems.push(`no document: ${JSON.stringify(stdout.slice(-200))}`);
  }
  return problems;
}

/** Processes of the command that are still there; one that was just ended is given the time to go. */
async function leftOvers(mark: string): Promise<string[]> {
  let left = processesWith(mark);
  for (let waitedMs = 0; left.length > 0 && waitedMs < PATIENCE_MS; waitedMs += LOOK_MS) {
    await pause(LOOK_MS);
    left = processesWith(mark);
  }
  return left.map((name) => `still running: ${name}`);
}

function processesWith(mark: string): string[] {
  return readdirSync('/proc').flatMap((id) => {
    try {
      if (!/^\d+$/.test(id) || !readFileSync(`/proc/${id}/environ`, 'latin1').includes(`${MARK}=${mark}\0`)) return [];
      return [readFileSync(`/proc/${id}/cmdline`, 'latin1').replaceAll('\0', ' ')];
    } catch {
      // It has ended, or it is another user's.
      return [];
    }
  });
}

/** Connections and pipes that the stage still sees. */
async function stillHeld(gone: Promise<unknown> | undefined, early: boolean): Promise<string[]> {
  // What never began never ends.
  if (gone === undefined || early) return [];
  const late = new AbortController();
  const isGone = await Promise.race([gone.then(() => true), pause(PATIENCE_MS, false, { signal: late.signal })]);
  late.abort();
  return isGone ? [] : ['something of it is still connected'];
}
