// A Compose file that names a registry of its own and a secret of the environment, checked against that registry.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are the files' own variables.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createImage } from '../../src/demo/image.ts';
import { startRegistry } from '../../src/demo/registry.ts';
import { FORMATS } from '../../src/report/format.ts';
import { checkJson, runCommand } from '../support/command.ts';
import { PASSWORD } from '../support/secrets.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';

const LOGIN = {
  KAIROS_PULL_USERNAME: 'ada',
  KAIROS_PULL_PASSWORD: PASSWORD,
  KAIROS_PULL_REGISTRY: 'registry.example.com',
};

async function scene(tag: string) {
  const registry = await startRegistry();
  registry.put('x', PASSWORD, createImage());
  const folder = createTemporaryFolder();
  const file = folder.write('compose.yaml', `services: {a: {image: "${registry.name}/x:${tag}"}}\n`);
  return { registry, folder, file };
}

describe('a checked file that names our password', () => {
  for (const format of FORMATS) {
    it(`does not get it sent, or shown as ${format}`, async () => {
      const { registry, folder, file } = await scene('${KAIROS_PULL_PASSWORD}');
      await using _ = registry;
      using __ = folder;
      const { stdout, stderr } = await runCommand(['check', '-f', file, '-o', format, '-v'], { env: LOGIN });
      assert.deepEqual(registry.log, []);
      assert.equal(`${stdout}${stderr}`.includes(PASSWORD), false);
    });
  }

  it('gets the reason why its image is skipped, and how to pass the value', async () => {
    const { registry, folder, file } = await scene('${KAIROS_PULL_PASSWORD}');
    await using _ = registry;
    using __ = folder;
    const { result, exitCode } = await checkJson(['-f', file], { env: LOGIN });
    assert.equal(exitCode, 2);
    assert.equal(result.input, `${registry.name}/x:\${KAIROS_PULL_PASSWORD}`);
    assert.equal(result.reason, 'unresolved-variable');
    assert.equal(
      result.message,
      'KAIROS_PULL_PASSWORD looks like a secret, and a checked file must not send it to a registry; ' +
        '--allow-env KAIROS_PULL_PASSWORD allows it.',
    );
  });

  it('gets a variable that was allowed, by flag or by environment', async () => {
    const { registry, folder, file } = await scene('${A_TOKEN}');
    await using _ = registry;
    using __ = folder;
    const env = { A_TOKEN: PASSWORD };
    assert.equal((await checkJson(['-f', file, '--allow-env', 'A_TOKEN'], { env })).exitCode, 0);
    const twin = { ...env, KAIROS_PULL_ALLOW_ENV: 'B_TOKEN A_TOKEN' };
    assert.equal((await checkJson(['-f', file], { env: twin })).exitCode, 0);
    const listed = await runCommand(['images', '-f', file, '--allow-env', 'A_TOKEN'], { env });
    assert.match(listed.stdout, new RegExp(PASSWORD));
    assert.equal((await checkJson(['-f', file], { env })).exitCode, 2);
  });
});
