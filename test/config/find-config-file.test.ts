import assert from 'node:assert/strict';
import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { CONFIG_NAMES, findConfigFile } from '../../src/config/find-config-file.ts';
import { requirePosix } from '../support/require-programs.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';

describe('findConfigFile', () => {
  for (const name of CONFIG_NAMES) {
    it(`finds ${name} in the folder and above it`, () => {
      using home = createTemporaryFolder({ [`work/${name}`]: '', 'work/deep/down/x': '' });
      for (const folder of ['work', 'work/deep', 'work/deep/down']) {
        assert.equal(findConfigFile(join(home.path, folder), home.path), join(home.path, 'work', name));
      }
    });
  }

  it('takes the nearest, and in one folder .yaml before .yml before .json', () => {
    using home = createTemporaryFolder();
    const work = join(home.path, 'work');
    mkdirSync(work);
    for (const path of ['kairos-pull.yaml', 'work/kairos-pull.json', 'work/kairos-pull.yml', 'work/kairos-pull.yaml']) {
      const written = home.write(path, '');
      assert.equal(findConfigFile(work, home.path), written);
    }
  });

  it('looks into the home folder and not above it', () => {
    using above = createTemporaryFolder({ 'kairos-pull.yaml': '', 'home/work/x': '' });
    const home = join(above.path, 'home');
    assert.equal(findConfigFile(join(home, 'work'), home), undefined);
    const file = above.write('home/kairos-pull.yaml', '');
    assert.equal(findConfigFile(join(home, 'work'), home), file);
  });

  it('passes over a folder that anybody may write to', { skip: requirePosix() }, () => {
    using home = createTemporaryFolder({ 'kairos-pull.yaml': '', 'shared/kairos-pull.yaml': '', 'shared/work/x': '' });
    chmodSync(join(home.path, 'shared'), 0o1777);
    assert.equal(findConfigFile(join(home.path, 'shared', 'work'), home.path), join(home.path, 'kairos-pull.yaml'));
  });

  it('looks as far as the root outside of the home folder', () => {
    using folder = createTemporaryFolder({ 'kairos-pull.yaml': '', 'work/x': '' });
    const found = findConfigFile(join(folder.path, 'work'), '/home/somebody');
    assert.equal(found, join(folder.path, 'kairos-pull.yaml'));
  });
});
