// What extractImages reports speaks of options, never of flags and commands of the command line.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { extractImages } from '../../src/index.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';

const SECRET = 'services: {a: {image: "a:$DB_PASSWORD"}, b: {image: "b:$API_TOKEN-$DB_PASSWORD"}}\n';
const SENTENCES = 'this is prose, and no list\nof images: it has sentences.\nof several words\n';

describe('the messages of extractImages', () => {
  it('name the option that allows a variable', async () => {
    const env = { DB_PASSWORD: 'x', API_TOKEN: 'y' };
    const { images } = await extractImages({ name: 'compose.yaml', text: SECRET }, { env });
    const messages = images.map(({ skip }) => skip?.message ?? '');
    assert.match(messages[0] ?? '', /; allowEnv: \['DB_PASSWORD'\] allows it\.$/);
    assert.match(messages[1] ?? '', /; allowEnv: \['API_TOKEN', 'DB_PASSWORD'\] allow them\.$/);
  });

  const files = [
    'docker-bake.hcl',
    'a.nomad',
    'main.tf',
    'b.hcl',
    'Jenkinsfile',
    'Earthfile',
    '.drone.star',
    'images.txt',
  ];
  for (const name of files) {
    it(`name no flag and no command of the command line for ${name}`, async () => {
      using folder = createTemporaryFolder({ [name]: name === 'images.txt' ? SENTENCES : 'image = "a:1"\n' });
      const found = await extractImages(`${folder.path}/${name}`, { env: {} });
      const messages = [
        ...found.problems.map(({ message }) => message),
        ...found.images.map(({ skip }) => skip?.message),
      ];
      assert.equal(messages.length, 1);
      assert.doesNotMatch(messages[0] ?? '', /kairos-pull| --[a-z]+ (?!-json|--print)[a-z]+\.$| -f -/);
    });
  }
});
