// Runs the command as a process of its own, from the code just compiled, and measures the memory it needed at its peak.
// Its long limits are held: on a busy machine none of them passes before what a test waits for.

import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, extname, join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Result } from '../../src/core/result.ts';
import { BARE_ENV } from './embedded-check.ts';

export interface Ended {
  /** null when a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Most memory it held at once; undefined where the system does not tell. */
  readonly peakBytes: number | undefined;
}

export interface Spawned {
  readonly child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly ended: Promise<Ended>;
  /** Lets the deadline of DEADLINE pass, and no other limit. */
  passDeadline(): void;
}

/** A deadline that passes when the test says so. */
export const DEADLINE: readonly string[] = ['--timeout', '59m'];
const DEADLINE_MS = 59 * 60_000;

/** A process that is still there after so long hangs. It is killed, and the test fails. */
const PATIENCE_MS = 180_000;

/** Timers of that length and longer fire only when the test says so: the limits of a connection, a helper, an image. */
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

/** On Linux the kernel keeps the peak of this very program (VmHWM); getrusage would count the parent's too. */
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
  const [file = process.execPath, ...rest] = [...wrapper, process.execPath, '--import', hook, programFile(), ...args];
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
      const [stdout = '', stderr = '', peak = ''] = texts.map((text) => text());
      const kibibytes = Number.parseInt(peak, 10);
      resolve({ exitCode, signal, stdout, stderr, peakBytes: kibibytes > 0 ? kibibytes * 1024 : undefined });
    });
  });
  return { child, ended, passDeadline: () => void child.kill('SIGUSR2') };
}

/** What came so far; a test may pause the stream, or destroy it. */
function collect(stream: Readable): () => string {
  let text = '';
  stream.setEncoding('utf8').on('data', (chunk) => {
    text += chunk;
  });
  return () => text;
}

/** `kairos-pull check ARGS -o json` to its end. */
export async function spawnCheck(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended & { readonly result: Result }> {
  const { child, ended } = spawnCommand(['check', ...args, '-o', 'json'], env);
  child.stdin.end();
  const { stdout, ...rest } = await ended;
  if (rest.signal !== null) throw new Error(`it did not end: ${args.join(' ')}\n${rest.stderr}`);
  if (stdout === '') throw new Error(`it wrote nothing: ${rest.stderr}`);
  return { ...rest, stdout, result: JSON.parse(stdout).results[0] };
}

let program: string | undefined;

/** The executable of the package, with what was just compiled in place of dist/: a build may be older than its source. */
export function programFile(): string {
  if (program !== undefined) return program;
  const here = fileURLToPath(import.meta.url);
  const folder = mkdtempSync(join(tmpdir(), 'kairos-pull-program-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  cpSync(join(rootOf(here), 'bin'), join(folder, 'bin'), { recursive: true });
  mkdirSync(join(folder, 'dist', 'command'), { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  const main = new URL(`../../src/cli/main${extname(here)}`, import.meta.url).href;
  writeFileSync(join(folder, 'dist', 'command', 'main.cjs'), bridgeTo(main));
  program = join(folder, 'bin', 'kairos-pull.js');
  return program;
}

/** The command is CommonJS, what was compiled is not. */
const bridgeTo = (module: string): string => `
  const loading = import(${JSON.stringify(module)});
  let loaded;
  exports.main = async (...args) => (loaded = await loading).main(...args);
  exports.formatInternalError = (...args) => loaded.formatInternalError(...args);
  exports.endProcess = (...args) => loaded.endProcess(...args);
  exports.endIfHeld = (...args) => loaded.endIfHeld(...args);
`;

/** The folder of package.json: the compiled test lies deeper than its source. */
function rootOf(path: string): string {
  const folder = dirname(path);
  return existsSync(join(folder, 'package.json')) ? folder : rootOf(folder);
}
