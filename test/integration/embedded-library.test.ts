// The library in a program of its own: a check ends in its time, and the program ends when the checker is closed,
// whatever the environment names.

import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { closeSync, constants, openSync } from 'node:fs';
import { extname, join } from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startRegistry } from '../../src/demo/registry.ts';
import { BARE_ENV } from '../support/command.ts';
import { requirePosix, requirePrograms } from '../support/require-programs.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';

const library = new URL(`../../src/index${extname(fileURLToPath(import.meta.url))}`, import.meta.url).href;
const PROGRAM = `
  const { createChecker } = await import(${JSON.stringify(library)});
  const [image, options, env] = process.argv.slice(1);
  const checker = createChecker({ ...JSON.parse(options), env: JSON.parse(env), timeout: 300, retries: 0 });
  const { reason, cause } = await checker.check(image);
  await checker.close();
  console.log(reason, cause);`;

describe('a program that checks', { skip: requirePosix() || requirePrograms('mkfifo') }, () => {
  const folder = createTemporaryFolder();
  after(() => folder[Symbol.dispose]());
  const pipe = join(folder.path, 'pipe');
  execFileSync('mkfifo', [pipe]);

  for (const [options, env] of [
    [{ authFile: pipe }, {}],
    [{}, { REGISTRY_AUTH_FILE: pipe }],
    [{ plainHttp: false }, { SSL_CERT_FILE: pipe }],
  ] as const) {
    it(`ends, though a pipe stays silent: ${JSON.stringify({ ...options, ...env }).replaceAll(pipe, 'PIPE')}`, async () => {
      await using registry = await startRegistry({ auth: 'basic', users: { me: 'hunter2' } });
      const writer = openSync(pipe, constants.O_RDWR | constants.O_NONBLOCK);
      const given = { plainHttp: true, ...options };
      const args = [`${registry.name}/a/b:1`, JSON.stringify(given), JSON.stringify({ ...BARE_ENV, ...env })];
      // One that hangs is killed, and says nothing.
      const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', PROGRAM, ...args], {
        timeout: 60_000,
        killSignal: 'SIGKILL',
      });
      closeSync(writer);
      // Without TLS no authority is needed; a handshake may fail for the lack of them before the deadline.
      assert.match(stdout, /^(?:unreachable (?:timeout|tls)|unauthorized credentials-required)\n$/);
    });
  }
});
