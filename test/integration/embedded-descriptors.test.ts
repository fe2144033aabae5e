// A process with few file descriptors reports which images it could not check for lack of them.

import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { after, before, describe, it } from 'node:test';
import type { Result } from '../../src/core/result.ts';
import { BARE_ENV } from '../support/command.ts';
import { PROGRAM, runProgram } from '../support/process.ts';
import { requireLinux, requirePrograms } from '../support/require-programs.ts';

describe('few descriptors', { skip: requireLinux() || requirePrograms('bash') }, () => {
  /** Takes every connection and says nothing. */
  const silent = createServer((socket) => socket.on('error', () => undefined));
  let port = 0;
  before(async () => {
    await new Promise<void>((resolve) => silent.listen(0, '0.0.0.0', resolve));
    const address = silent.address();
    port = typeof address === 'object' && address !== null ? address.port : 0;
  });
  after(() => silent.close());

  for (const limit of [34, 64]) {
    it(`leave a whole report: ${limit} for 60 registries`, async () => {
      const images = Array.from({ length: 60 }, (_, at) => `127.0.0.${at + 1}:${port}/a/b:1`);
      const args = ['check', ...images, '--plain-http', '--concurrency', '60', '-o', 'json', '--timeout', '4s'];
      const limited = ['-c', `ulimit -n ${limit}; exec "$@"`, 'bash', process.execPath, PROGRAM, ...args];
      const { status, stdout, stderr } = await runProgram('bash', limited, { env: BARE_ENV });
      assert.equal(stderr, '');
      assert.equal(status, 5);
      const results: Result[] = JSON.parse(stdout).results;
      assert.deepEqual(
        results.map(({ input, reason }) => [input, reason]),
        images.map((image) => [image, 'unreachable']),
      );
      const refused = results.filter(({ message }) => message.includes('EMFILE'));
      const [{ message, hint } = { message: '', hint: '' }] = refused;
      assert.match(
        message,
        /^No request was sent to 127\.0\.0\.\d+:\d+: this process has too many open files \(EMFILE\)\.$/,
      );
      assert.equal(hint, 'Lower --concurrency, or raise the limit with ulimit -n.');
      for (const { message } of results) assert.doesNotMatch(message, /Cannot reach|Cannot resolve/);
    });
  }
});
