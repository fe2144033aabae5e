// Runs programs side by side: every round runs each of them once, in turn, and the median of the rounds counts.

import { spawn, spawnSync } from 'node:child_process';

const LIMIT_MS = 300_000;

/** Wall milliseconds of one run. Rejects when it ends with another code than 0: what failed was not measured. */
export function timeRun([program, ...args], env = process.env) {
  return new Promise((resolve, reject) => {
    const startedMs = performance.now();
    const child = spawn(program, args, { env, stdio: ['ignore', 'ignore', 'pipe'], timeout: LIMIT_MS });
    let complaint = '';
    child.stderr.on('data', (bytes) => {
      complaint += bytes;
    });
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(performance.now() - startedMs);
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

export const isInstalled = (program) => spawnSync(program, ['--version']).error === undefined;

function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
