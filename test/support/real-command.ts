// Runs the command as a person's shell would, and reads its JSON.

import { fileURLToPath } from 'node:url';
import type { Summary } from '../../src/core/report.ts';
import type { Result } from '../../src/core/result.ts';
import { runProgram } from './real-program.ts';

export interface Checked {
  readonly exitCode: number | null;
  /** Of the first image. */
  readonly result: Result;
  readonly results: readonly Result[];
  readonly summary: Summary;
  readonly stdout: string;
  readonly stderr: string;
}

// build/test/support/real-command.js
const BIN = fileURLToPath(new URL('../../../bin/kairos-pull.js', import.meta.url));

/** `kairos-pull check ARGS -o json` with nothing in its environment but `env`; a home without logins unless it names one. */
export async function runCheck(
  args: readonly string[],
  { env = {}, stdin = '' }: { env?: Readonly<Record<string, string>>; stdin?: string } = {},
): Promise<Checked> {
  const ran = await runProgram(process.execPath, [BIN, 'check', ...args, '-o', 'json'], {
    env: { HOME: '/nonexistent', ...env },
    stdin,
  });
  const { status, stdout, stderr } = ran;
  let document: { exitCode: number; summary: Summary; results: Result[] };
  try {
    document = JSON.parse(stdout);
  } catch {
    throw new Error(`kairos-pull check ${args.join(' ')} ended with ${status} and no JSON: ${stdout}${stderr}`);
  }
  const [result] = document.results;
  if (result === undefined) throw new Error(`kairos-pull check ${args.join(' ')} has no result: ${stdout}`);
  const { results, summary } = document;
  if (document.exitCode !== status) throw new Error(`ended with ${status}, the report says ${document.exitCode}`);
  return { exitCode: status, result, results, summary, stdout, stderr };
}
