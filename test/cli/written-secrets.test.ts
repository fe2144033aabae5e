// A login that the user wrote where none belongs is not repeated, however odd the rest of the text is.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runMain } from '../support/command.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';

const LOGIN = 'u:hunter2@x';
const JSON_TEXT = '{"auths":{"r.test":{"auth":"hunter2"}}}';

describe('a login in an argument', () => {
  const images = [
    'u:hunter2@127.0.0.1:1/x@sha256:abc',
    'u:hunter2@r.test/x:1@sha512:aaaa',
    'u:hunter2@r.test@sha256:abc',
    'u:hunter2@localhost',
    'u:hunter2%40r.test/x',
    'u:hunter2＠r.test/x',
    'https://r.test/x?token=hunter2',
  ];
  for (const image of images) {
    it(`is not repeated for the image ${image}`, async () => {
      for (const format of ['text', 'json', 'sarif']) {
        const { stdout, stderr } = await runMain(['check', image, '-o', format]);
        assert.doesNotMatch(stdout + stderr, /hunter2/);
        assert.match(stdout + stderr, /\*\*\*/);
      }
    });
  }

  for (const option of ['-f', '--mirrors-from', '--platform', '--warn-on', '--timeout', '--auth-file', '--config']) {
    it(`is not repeated for ${option}`, async () => {
      const { stdout, stderr, exitCode } = await runMain(['check', 'a.invalid/x', option, LOGIN]);
      assert.equal(exitCode, 2);
      assert.doesNotMatch(stdout + stderr, /hunter2/);
    });
  }
});

describe('a login in a file', () => {
  for (const line of ['file: "https://u:hunter2@x"', `platform: ${LOGIN}`, `"${LOGIN}": 1`]) {
    it(`is not repeated for the setting ${line}`, async () => {
      using folder = createTemporaryFolder({ 'kairos-pull.yaml': line });
      const { stderr, exitCode } = await runMain(['check', 'a', '--config', `${folder.path}/kairos-pull.yaml`]);
      assert.equal(exitCode, 2);
      assert.match(stderr, /\*\*\*@x/);
      assert.doesNotMatch(stderr, /hunter2/);
    });
  }

  it('is not repeated for an instruction of a Dockerfile', async () => {
    using folder = createTemporaryFolder({ Dockerfile: 'FROM u:hunter2@r.test/x\n' });
    for (const format of ['text', 'json']) {
      const { stdout, stderr } = await runMain(['images', '-f', `${folder.path}/Dockerfile`, '-o', format]);
      assert.match(stdout + stderr, /FROM \*\*\*@r\.test\/x/);
      assert.doesNotMatch(stdout + stderr, /hunter2/);
    }
  });
});

describe('JSON where the path of a file belongs', () => {
  for (const name of ['KAIROS_PULL_AUTH_FILE', 'KAIROS_PULL_CONFIG', 'KAIROS_PULL_CA_FILE']) {
    for (const value of [JSON_TEXT, Buffer.from(JSON_TEXT).toString('base64')]) {
      it(`is not repeated for ${name}: ${value.slice(0, 4)}`, async () => {
        const { stderr, exitCode } = await runMain(['check', 'a.invalid/x'], { env: { [name]: value } });
        assert.equal(exitCode, 2);
        assert.match(stderr, new RegExp(`^error: the value of ${name} is not a path: it looks like JSON\\.$`, 'm'));
        assert.ok(!stderr.includes('hunter2') && !stderr.includes(value));
      });
    }
  }
});
