import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { quadletExtractor } from '../../src/input/quadlet.ts';
import { fixture, foundLines } from './found-lines.ts';

const find = (text: string) => foundLines(quadletExtractor, text);

describe('quadlet', () => {
  it('finds the image of a container, the last one that is set, and those that are mounted', async () =>
    assert.deepEqual(await find(fixture('web.container.txt')), [
      '8 registry.example.com/shop/web:2 | Container.Image',
      '9 registry.example.com/shop/assets:3 | Container.Mount',
    ]));

  it('finds the image of an image unit, with its platform, and of a volume', async () => {
    assert.deepEqual(await find('[Image]\nImage=docker://r.test/a:1\nArch=arm64\n'), [
      '2 r.test/a:1 | Image.Image for linux/arm64',
    ]);
    assert.deepEqual(await find('[Volume]\nDriver=image\nImage=r.test/a:1\n'), ['3 r.test/a:1 | Volume.Image']);
  });

  it('skips what is not pulled, and leaves an image unit to its own file', async () => {
    assert.deepEqual(await find('[Container]\nImage=shop.image\n'), []);
    assert.deepEqual(await find('[Container]\nImage=shop.build\n'), [
      '2 shop.build | Container.Image (local-build: Built by the unit shop.build.)',
    ]);
    assert.deepEqual(await find('[Container]\nImage=a:1\nPull=never\n'), [
      '2 a:1 | Container.Image (local-build: Pull is never: the image must already be on the machine.)',
    ]);
    assert.deepEqual(await find('[Image]\nImage=oci-archive:/srv/a.tar\n'), [
      '2 oci-archive:/srv/a.tar | Image.Image (local-build: Not from a registry.)',
    ]);
    assert.deepEqual(await find('[Build]\nImageTag=r.test/a:1\n'), []);
    assert.deepEqual(await find('[Container]\nImage=a:1\nImage=\nRootfs=/srv\n'), []);
  });

  it('skips specifiers', async () =>
    assert.deepEqual(await find('[Container]\nImage=r.test/%i:1\n'), [
      '2 r.test/%i:1 | Container.Image (unresolved-variable: %i is only known to systemd.)',
    ]));

  it('joins continued lines', async () =>
    assert.deepEqual(await find('[Container]\r\nImage=\\\r\n  r.test/a:1\r\n'), ['2 r.test/a:1 | Container.Image']));

  for (const [path, head, expected] of [
    ['web.container', '[Unit]\n[Container]\nImage=a\n', true],
    ['web@.container', '[Container]\n', true],
    ['web.container.d/10-image.conf', '[Container]\nImage=a\n', true],
    ['data.volume', '[Volume]\n', true],
    ['-', '[Container]\nImage=a\n', true],
    ['boot.image', 'binary', false],
    ['web.service', '[Service]\n', false],
  ] as const) {
    it(`${expected ? 'reads' : 'does not read'} ${path} ${JSON.stringify(head)}`, () =>
      assert.equal(quadletExtractor.matches(path, head), expected));
  }
});
