// Text nested 100,000 levels deep is refused or ignored by every reader; none of them runs out of stack.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { readChallengeFile } from '../../src/auth/challenge-file.ts';
import { readHostsToml } from '../../src/config/hosts-toml.ts';
import { parseConfig } from '../../src/config/parse-config.ts';
import { readRegistriesConf } from '../../src/config/registries-conf.ts';
import { createUserFiles } from '../../src/config/user-files.ts';
import { UsageError } from '../../src/core/usage-error.ts';
import { parseCredentialText } from '../../src/credentials/credential-file.ts';
import { checkScripted } from '../support/scripted-check.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';

const DEPTH = 100_000;
const ARRAYS = '['.repeat(DEPTH) + ']'.repeat(DEPTH);
const OBJECTS = `${'{"a":'.repeat(DEPTH)}1${'}'.repeat(DEPTH)}`;
const NESTED: readonly string[] = [ARRAYS, OBJECTS, '['.repeat(DEPTH), '{"a":'.repeat(DEPTH)];

describe('a text that is nested 100,000 levels deep', () => {
  const inFile = (read: (text: string) => unknown, name: RegExp) => (text: string) =>
    assert.throws(
      () => read(text),
      (error) => error instanceof UsageError && name.test(error.message) && !/call stack/.test(error.message),
    );

  it('is an error of the config file that names the line', () => {
    const refuse = inFile((text) => parseConfig(text, { name: 'a.yaml', locate: (path) => path }), /^a\.yaml:[12]: /);
    for (const text of [...NESTED, '- '.repeat(DEPTH), 'a: '.repeat(DEPTH), '? '.repeat(DEPTH)]) {
      refuse(text);
      refuse(`ignore: ${text}`);
      refuse(`timeout: 1s\nregistries: ${text}`);
    }
  });

  it('is an error of a mirror file that names the line', async () => {
    for (const value of ['['.repeat(DEPTH), ARRAYS, '{a='.repeat(DEPTH)]) {
      inFile((text) => readRegistriesConf(text, 'a.conf'), /^a\.conf:1: /)(`a = ${value}`);
      await assert.rejects(
        readHostsToml(`server = ${value}`, 'r.test', 'hosts.toml', createUserFiles()),
        (error) => error instanceof UsageError && /^hosts\.toml:1: /.test(error.message),
      );
    }
  });

  it('is no credentials file', async () => {
    for (const text of [...NESTED, `auths: ${ARRAYS}`, `{"auths": ${ARRAYS}}`, `{"auths": {"r.test": ${OBJECTS}}}`]) {
      const parsed = await parseCredentialText(text);
      assert.ok(!parsed.ok || parsed.value.credHelpers.length === 0);
    }
  });

  it('is a challenge file without a challenge', async () => {
    using folder = createTemporaryFolder();
    const path = join(folder.path, 'challenges.json');
    for (const text of NESTED) {
      writeFileSync(path, `{"version":1,"challenges":${text}}`, { mode: 0o600 });
      assert.equal((await readChallengeFile(path)).size, 0);
    }
  });

  it('is a response without a manifest, an error or a token', async () => {
    for (const status of [200, 401, 404, 500]) {
      for (const body of [...NESTED, `{"errors":${ARRAYS}}`, `{"schemaVersion":2,"layers":${ARRAYS}}`]) {
        const { result } = await checkScripted({ script: { '*': { status, body } } });
        assert.notEqual(result.verdict, 'pullable');
        assert.notEqual(result.reason, 'internal-error');
      }
    }
  });
});
