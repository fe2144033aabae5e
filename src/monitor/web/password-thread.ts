// Compares passwords with bcrypt hashes in a thread of its own: a comparison takes a good part of a second.

import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { embeddedFiles } from '../../core/embedded-files.ts';

export interface PasswordThread {
  matches(password: string, hash: string): Promise<boolean>;
  close(): Promise<void>;
}

export interface Comparison {
  readonly id: number;
  readonly password: string;
  readonly hash: string;
}

export interface ComparisonResult {
  readonly id: number;
  readonly matches: boolean;
}

/** Beside this file, or beside the bundle that contains it; in a bundle `import.meta.url` is a path. */
function workerFile(): string {
  const here = import.meta.url.startsWith('file:') ? fileURLToPath(import.meta.url) : import.meta.url;
  return join(dirname(here), `password-worker${extname(here)}`);
}

/** Starts at the first comparison, and does not keep the process running. */
export function createPasswordThread(): PasswordThread {
  const waiting = new Map<number, { resolve: (matches: boolean) => void; reject: (error: unknown) => void }>();
  let worker: Worker | undefined;
  let lastId = 0;

  const fail = (error: unknown): void => {
    worker = undefined;
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };

  const start = (): Worker => {
    const code = embeddedFiles?.['password-worker.cjs'];
    const started = new Worker(code ?? workerFile(), { eval: code !== undefined, env: {}, execArgv: [] });
    started.unref();
    started.on('message', ({ id, matches }: ComparisonResult) => {
      waiting.get(id)?.resolve(matches);
      waiting.delete(id);
    });
    started.on('error', fail);
    started.on('exit', () => {
      if (worker === started) fail(new Error('the thread for passwords ended'));
    });
    return started;
  };

  return {
    matches: (password, hash) =>
      new Promise((resolve, reject) => {
        worker ??= start();
        lastId += 1;
        waiting.set(lastId, { resolve, reject });
        worker.postMessage({ id: lastId, password, hash } satisfies Comparison);
      }),
    close: async () => {
      const ended = worker;
      worker = undefined;
      fail(new Error('the server is closing'));
      await ended?.terminate();
    },
  };
}
