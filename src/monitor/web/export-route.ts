// The route of `monitor export`: a copy of the store, made while it is in use.

import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { failure, type Outcome, success } from '../../core/outcome.ts';
import type { HttpProblem } from './problem.ts';
import type { WebRoute } from './route.ts';

/** Writes a copy of the store to a new file. The message names the remedy. */
export type BackUp = (path: string) => Promise<Outcome<null, { readonly message: string }>>;

/** One at a time: it may be large. A POST, because it costs time and space: another site must not cause it. */
export function exportRoute(backUp: BackUp): WebRoute {
  let isRunning = false;
  return {
    ...{ method: 'POST', path: '/api/v1/export', access: 'private' },
    async reply() {
      if (isRunning) return failure(BUSY);
      isRunning = true;
      const folder = await mkdtemp(join(tmpdir(), 'kairos-pull-export-'));
      const end = async (): Promise<void> => {
        isRunning = false;
        await rm(folder, { recursive: true, force: true });
      };
      const path = join(folder, 'kairos-pull.db');
      const written = await backUp(path);
      if (!written.ok) {
        await end();
        return failure({ status: 503, title: 'No export', detail: `${written.error.message}.` });
      }
      const file = createReadStream(path);
      file.once('close', () => void end());
      const headers = { 'content-disposition': 'attachment; filename="kairos-pull.db"' };
      const stream = Readable.toWeb(file) as ReadableStream<Uint8Array>;
      return success({ contentType: 'application/vnd.sqlite3', body: '', stream, headers });
    },
  };
}

const BUSY: HttpProblem = {
  ...{ status: 429, title: 'Too many requests', headers: { 'retry-after': '10' } },
  detail: 'An export is running; try again when it has ended.',
};
