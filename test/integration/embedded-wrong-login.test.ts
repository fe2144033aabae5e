// A refused credential is not sent again: registries lock accounts and ban addresses after a few failures.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Dialect } from '../../src/demo/dialect.ts';
import { type EmbeddedRegistry, startRegistry } from '../../src/demo/registry.ts';
import { checkJson } from '../support/command.ts';
import { DIALECTS } from '../support/registry-dialects.ts';

const LOGIN = ['--username', 'ada', '--password-stdin'];

const start = (dialect: Dialect): Promise<EmbeddedRegistry> =>
  startRegistry({ dialect, users: { ada: 'right' }, access: (user) => user !== undefined });

const loginsSent = ({ log }: EmbeddedRegistry): number =>
  log.filter(({ headers }) => /^basic/i.test(headers.authorization ?? '')).length;

describe('a wrong credential is sent once for', () => {
  // Harbor does not refuse it: it gives the token anybody gets.
  for (const [name, dialect] of Object.entries(DIALECTS).filter(([name]) => name !== 'harbor')) {
    it(`four tags of a repository, one after the other, at ${name}`, async () => {
      await using registry = await start(dialect);
      const images = ['v1', 'v2', 'v3', 'v4'].map((tag) => `${registry.name}/local/private:${tag}`);
      const { exitCode } = await checkJson([...images, ...LOGIN, '--concurrency', '1'], { stdin: 'wrong' });
      assert.equal(exitCode, 3);
      assert.equal(loginsSent(registry), 1);
    });
  }

  // Elsewhere the refusal may be of the repository: only GitLab says that it is the login that is wrong.
  for (const name of ['gitlab'] as const) {
    it(`a dozen concurrent repositories, at ${name}`, async () => {
      await using registry = await start(DIALECTS[name]);
      const images = Array.from({ length: 12 }, (_, at) => `${registry.name}/local/app${at}:v1`);
      const { exitCode } = await checkJson([...images, ...LOGIN], { stdin: 'wrong' });
      assert.equal(exitCode, 3);
      assert.equal(loginsSent(registry), 1);
    });
  }
});

it('a wrong credential that Harbor treats as none is not reported as working', async () => {
  await using registry = await start(DIALECTS.harbor);
  const { result } = await checkJson([`${registry.name}/local/private:v1`, ...LOGIN], { stdin: 'wrong' });
  assert.equal(result.reason, 'unauthorized');
  assert.doesNotMatch(result.message, /\bworks\b/);
});
