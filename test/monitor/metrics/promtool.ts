// promtool, run on a text or a file.

import { spawnSync } from 'node:child_process';

/** What it objects to; '' if nothing. */
export function promtool(args: readonly string[], input = ''): string {
  const { stdout, stderr, error } = spawnSync('promtool', args, { input, encoding: 'utf8' });
  if (error !== undefined) throw error;
  return `${stdout}${stderr}`;
}
