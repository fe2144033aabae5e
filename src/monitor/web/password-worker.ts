// The thread that compares passwords with bcrypt hashes; password-thread.ts starts it.

import { parentPort } from 'node:worker_threads';
import { compare } from 'bcryptjs';
import type { Comparison, ComparisonResult } from './password-thread.ts';

parentPort?.on('message', async ({ id, password, hash }: Comparison) => {
  parentPort?.postMessage({ id, matches: await compare(password, hash) } satisfies ComparisonResult);
});
