// Runs programs side by side: every round runs each of them once, in turn, and the median of the rounds counts.

import { spawn, spawnSync } from 'node:child_process';

const LIMIT_MS = 300_000;

/** Wall milliseconds of one run. Rejects when it ends with another code than 0: what failed was not measured. */
export const timeRun = async (words, env) => (await measureRun(words, env, 'ignore')).wallMs;

/**
 * Wall and processor milliseconds of one run with all that it starts; rejects as `timeRun` does. The shell costs about a
 * millisecond of either.
 */
export async function measureProcessor(words, env) {
  const script = '"$@" > /dev/null; code=$?; times; exit $code';
  const { wallMs, output } = await measureRun(['sh', '-c', script, 'sh', ...words], env, 'pipe');
  // POSIX: user and system time of the shell, and of its children on the second line.
  const [, children = ''] = output.trim().split('\n');
  const parts = [...children.matchAll(/(\d+)m([\d.]+)s/g)];
  return {
    wallMs,
    cpuMs: parts.reduce((sum, [, minutes, seconds]) => sum + (minutes * 60 + Number(seconds)) * 1000, 0),
  };
}

/** Processor milliseconds of one run, the average of several: the shell counts hundredths of a second. */
export async function averageProcessor(words, env, runs) {
  const loop = 'runs=$1; shift; while [ $runs -gt 0 ]; do "$@" > /dev/null || exit; runs=$((runs - 1)); done';
  const { cpuMs } = await measureProcessor(['sh', '-c', loop, 'sh', `${runs}`, ...words], env);
  return cpuMs / runs;
}

function measureRun([program, ...args], env, stdout) {
  return new Promise((resolve, reject) => {
    const startedMs = performance.now();
    const child = spawn(program, args, { env, stdio: ['ignore', stdout, 'pipe'], timeout: LIMIT_MS });
    let output = '';
    let complaint = '';
    child.stdout?.on('data', (bytes) => {
      output += bytes;
    });
    child.stderr.on('data', (bytes) => {
      complaint += bytes;
    });
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve({ wallMs: performance.now() - startedMs, output });
      else reject(new Error(`${program} ${args.join(' ')} ended with ${code}: ${complaint.slice(0, 300)}`));
    });
  });
}

/**
 * `runners`: name to words of a command line, our own first. Answers name to median milliseconds; peers that cannot
 * do it are left out. */
export async function contest(runners, rounds, env) {
  const times = new Map();
  for (const [name, words] of Object.entries(runners)) {
    try {
      // Warm files, and a first answer whether it works at all.
      await timeRun(words, env);
      times.set(name, []);
    } catch (error) {
      if (times.size === 0) throw error;
      console.error(`  left out: ${name}: ${error.message.trim()}`);
    }
  }
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, taken] of times) taken.push(await timeRun(runners[name], env));
  }
  return Object.fromEntries([...times].map(([name, taken]) => [name, median(taken)]));
}

/** undefined unless it is installed. crane and oras have a command for it, and crane of some systems does not know. */
export function versionOf(program) {
  const said = ['--version', 'version'].map((word) => spawnSync(program, [word], { encoding: 'utf8' }));
  if (said.some(({ error }) => error !== undefined)) return undefined;
  return said.map(({ stdout }) => /\d+\.\d+[\w.+-]*/.exec(stdout)?.[0]).find(Boolean) ?? 'of unknown version';
}

export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
