import assert from 'node:assert/strict';
import { chmodSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, it } from 'node:test';
import { findLoginTool } from '../../src/credentials/login-tool.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';

const withPrograms = (...names: string[]) => {
  const folder = createTemporaryFolder();
  for (const name of names) chmodSync(folder.write(`bin/${name}`, '#!/bin/sh\n'), 0o755);
  return { PATH: join(folder.path, 'bin'), [Symbol.dispose]: () => folder[Symbol.dispose]() };
};

describe('with what a user can log in', () => {
  it('is docker, podman or skopeo, whichever is on the PATH', () => {
    using both = withPrograms('podman', 'docker');
    using one = withPrograms('podman');
    assert.equal(findLoginTool({ PATH: both.PATH }), 'docker');
    assert.equal(findLoginTool({ PATH: ['', 'relative', '/nonexistent', one.PATH].join(delimiter) }), 'podman');
  });

  it('is the environment where none of them is, or none can be run', () => {
    using folder = createTemporaryFolder({ 'bin/docker': 'not executable', 'bin/podman/x': 'a directory' });
    assert.equal(findLoginTool({ PATH: join(folder.path, 'bin') }), 'variables');
  });

  it('is the environment in a pipeline and in a pod', () => {
    using tools = withPrograms('docker');
    const { PATH } = tools;
    for (const name of ['CI', 'GITHUB_ACTIONS', 'JENKINS_URL', 'TF_BUILD', 'KUBERNETES_SERVICE_HOST']) {
      assert.equal(findLoginTool({ PATH, [name]: 'true' }), 'variables', name);
    }
    assert.equal(findLoginTool({ PATH, CI: 'false' }), 'docker');
  });
});
