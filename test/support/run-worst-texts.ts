// Gives every reader of text its worst texts, in a process that is killed when it stops reporting.

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Step } from './worst-run.ts';

const LENGTH = 100_000;
/** For four times the text. Work that grows with the text makes it 4, and up to 8 with what is collected; the square makes it 16. */
const MOST_GROWTH = 12;
/** Without a sign of life. */
const PATIENCE_MS = 120_000;

const PROGRAM = fileURLToPath(new URL('./worst-run.js', import.meta.url));

export interface WorstRun {
  /** Of a reader and a text. */
  readonly pairs: number;
  /** A line for each that throws, takes too long or writes to standard error. */
  readonly wrong: readonly string[];
}

/** `share` of `shares`, from 0. */
export async function runWorstTexts(share: number, shares: number): Promise<WorstRun> {
  const child = spawn(process.execPath, [PROGRAM, LENGTH, share, shares].map(String), {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let errors = '';
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  const wrong: string[] = [];
  let pairs = 0;
  let last = 'the start';
  const patience = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
  for await (const line of createInterface({ input: child.stdout })) {
    patience.refresh();
    const step = JSON.parse(line) as Step;
    last = step.pair;
    if (!('cpuMs' in step)) continue;
    pairs += 1;
    if (step.error !== undefined) wrong.push(`${step.pair} throws: ${step.error}`);
    if (step.growth !== undefined && step.growth > MOST_GROWTH) {
      wrong.push(
        `${step.pair} takes ${step.growth.toFixed(1)} times as long with four times the text (${step.cpuMs} ms)`,
      );
    }
  }
  clearTimeout(patience);
  if (child.exitCode === null) await new Promise((resolve) => child.once('exit', resolve));
  if (child.exitCode !== 0) wrong.push(`it ended with ${child.exitCode ?? child.signalCode} in: ${last}\n${errors}`);
  else if (errors !== '') wrong.push(`it writes to standard error: ${errors}`);
  return { pairs, wrong };
}
