// A program: gives every reader its worst texts, and reports each pair before and after, with the CPU time it took.
// Arguments: the length of the texts; which share of them, of how many.
//
// Reports go to standard output, one line of JSON each: a hang is seen when no more arrive.

import { writeSync } from 'node:fs';
import { TEXT_READERS } from './text-readers.ts';
import { WORST_TEXTS } from './worst-texts.ts';

/** `cpuMs` of the process, which a busy machine does not lengthen as it does hours and minutes. */
export type Step =
  | { readonly pair: string }
  | { readonly pair: string; readonly cpuMs: number; readonly error?: string };

const [length = 0, share = 0, shares = 1] = process.argv.slice(2).map(Number);
const report = (step: Step): void => void writeSync(1, `${JSON.stringify(step)}\n`);

for (const { name, kind, make } of WORST_TEXTS.filter((_, index) => index % shares === share)) {
  const text = make(length);
  for (const [reader, [read, ...kinds]] of Object.entries(TEXT_READERS)) {
    if (!kinds.includes(kind)) continue;
    const pair = `${reader} < ${name}`;
    report({ pair });
    const before = process.cpuUsage();
    let error: string | undefined;
    try {
      await read(text);
    } catch (thrown) {
      error = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
    }
    const { user, system } = process.cpuUsage(before);
    report({ pair, cpuMs: (user + system) / 1000, ...(error !== undefined && { error }) });
  }
}
