// The thread that compares passwords with bcrypt hashes; password-thread.ts starts it.

import { parentPort } from 'node:worker_threads';
import { compare } from 'bcryptjs';
import type { Answer, Question } from './password-thread.ts';

parentPort?.on('message', async ({ id, password, hash }: Question) => {
  parentPort?.postMessage({ id, matches: await compare(password, hash) } satisfies Answer);
});
