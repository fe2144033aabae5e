import assert from 'node:assert/strict';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { sortOperands } from '../../src/input/operand.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';

describe('sortOperands', () => {
  const sorted = async (...operands: readonly string[]) => {
    const { images, files, missing } = await sortOperands(operands);
    return { images, files, missing: missing.map(({ path }) => path) };
  };
  const nothing = { images: [], files: [], missing: [] };

  it('takes what looks like a path and exists as a file', async () => {
    using folder = createTemporaryFolder({
      'compose.yaml': '',
      'deploy/web.yml': '',
      Dockerfile: '',
      'Dockerfile.dev': '',
      'api.dockerfile': '',
      dockerfile: '',
      'images.txt': '',
      'web.container': '',
      Jenkinsfile: '',
      'a b.json': '',
    });
    const paths = [
      ...['compose.yaml', 'deploy/web.yml', 'Dockerfile', 'Dockerfile.dev', 'api.dockerfile', 'dockerfile'],
      ...['images.txt', 'web.container', 'Jenkinsfile', 'a b.json', 'deploy/', 'deploy', '.', '..'],
    ].map((name) => `${folder.path}/${name}`);
    assert.deepEqual(await sorted(...paths), { ...nothing, files: paths });
    assert.deepEqual(await sorted('.', './', '..', '/', '-'), { ...nothing, files: ['.', './', '..', '/', '-'] });
  });

  it('keeps references, also if a file or directory has their name', async () => {
    const images = [
      'nginx',
      'nginx:1.27',
      'ghcr.io/org/app:2',
      'docker/dockerfile',
      'org/app.image',
      'src',
      'test/input',
    ];
    assert.deepEqual(await sorted(...images), { ...nothing, images });
  });

  it('takes what exists and cannot be a reference as a file', async () => {
    using folder = createTemporaryFolder({ 'My List': '', NOTES: '', 'Deploy/web.yaml': '' });
    const paths = ['My List', 'NOTES', 'Deploy'].map((name) => join(folder.path, name));
    assert.deepEqual(await sorted(...paths), { ...nothing, files: paths });
    assert.deepEqual(await sorted('LICENSE', 'CHANGELOG.md'), { ...nothing, files: ['LICENSE', 'CHANGELOG.md'] });
  });

  it('leaves texts that are neither to the parser of references, which says what is wrong', async () => {
    const images = ['', 'Nginx', 'a b', 'nginx:', 'https://example.com/a.yaml', 'user:pass@host/app:1', 'a\0b'];
    assert.deepEqual(await sorted(...images), { ...nothing, images });
  });

  it('says which paths do not exist', async () => {
    const missing = [
      ...['./x', '../x/y', '/nowhere', 'nowhere/', 'none.yaml', 'deploy/none.YML', 'none.json', 'none.txt', 'none.tf'],
      ...['none/Dockerfile', 'none/Dockerfile.dev', 'none/Containerfile', 'registry.example.com/none.yaml'],
    ];
    assert.deepEqual(await sorted(...missing), { ...nothing, missing });
  });

  it('tells whether a missing path may be an image, and what is there instead', async () => {
    using folder = createTemporaryFolder({ 'compose.yaml': '', 'b.txt': '' });
    const { missing } = await sortOperands([`${folder.path}/compse.yaml`, 'none/x.json', './None.txt']);
    assert.deepEqual(
      missing.map(({ isReference, siblings }) => [isReference, siblings.toSorted().slice(0, 2)]),
      [
        [false, ['b.txt', 'compose.yaml']],
        [true, []],
        [false, (await sortOperands(['./none.yaml'])).missing[0]?.siblings.toSorted().slice(0, 2)],
      ],
    );
  });

  it('takes a path that leads nowhere, such as a circular link, as a missing one', async () => {
    using folder = createTemporaryFolder();
    const path = join(folder.path, 'gone.yaml');
    await symlink('nowhere', path);
    assert.deepEqual(await sorted(path), { ...nothing, missing: [path] });
  });
});
