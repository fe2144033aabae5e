// A program: gives every reader its worst texts, and reports each pair before and after, with the CPU time it took.
// Arguments: the length of the texts; which share of them, of how many.
//
// Reports go to standard output, one line of JSON each: a hang is seen when no more arrive.

import { writeSync } from 'node:fs';
import { TEXT_READERS } from './text-readers.ts';
import { WORST_TEXTS } from './worst-texts.ts';

export type Step =
  | { readonly pair: string }
  | {
      readonly pair: string;
      /** Of the process, which a busy machine does not lengthen as it does hours and minutes. */
      readonly cpuMs: number;
      /** The time of the text over that of one a quarter as long; only of a pair that takes long enough to be measured. */
      readonly growth?: number;
      readonly error?: string;
    };

/** Below, the noise is larger than what is measured. */
const LEAST_MEASURED_MS = 400;
const ATTEMPTS = 3;

const [length = 0, share = 0, shares = 1] = process.argv.slice(2).map(Number);
const report = (step: Step): void => void writeSync(1, `${JSON.stringify(step)}\n`);

type Read = (text: string) => unknown;

async function measure(read: Read, text: string): Promise<{ cpuMs: number; error?: string }> {
  const before = process.cpuUsage();
  let error: string | undefined;
  try {
    await read(text);
  } catch (thrown) {
    error = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  }
  const { user, system } = process.cpuUsage(before);
  return { cpuMs: (user + system) / 1000, ...(error !== undefined && { error }) };
}

/** The least of some attempts: garbage of others is collected in one of them, or a processor slows down. */
async function growthOf(read: Read, text: string, quarter: string): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < ATTEMPTS && least > 4; attempt += 1) {
    const { cpuMs: short } = await measure(read, quarter);
    const { cpuMs: long } = await measure(read, text);
    least = Math.min(least, long / Math.max(short, 1));
  }
  return least;
}

for (const { name, kind, make } of WORST_TEXTS.filter((_, index) => index % shares === share)) {
  const text = make(length);
  for (const [reader, [read, ...kinds]] of Object.entries(TEXT_READERS)) {
    if (!kinds.includes(kind)) continue;
    const pair = `${reader} < ${name}`;
    report({ pair });
    const { cpuMs, error } = await measure(read, text);
    const isMeasured = error === undefined && cpuMs > LEAST_MEASURED_MS;
    const growth = isMeasured ? await growthOf(read, text, make(length / 4)) : undefined;
    report({ pair, cpuMs, ...(growth !== undefined && { growth }), ...(error !== undefined && { error }) });
  }
}
