// Invalid files: the command reports each with its line, and lists the rest.

import assert from 'node:assert/strict';
import { symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';
import { runMain } from './run-main.ts';

const HEAD = 'apiVersion: v1\nkind: Pod\nmetadata: { name: x }\n';
const pod = (image: string) => `${HEAD}spec: { containers: [{ name: a, image: "${image}" }] }\n`;
const levels = Array.from({ length: 30 }, (_, level) =>
  level === 0
    ? 'l0: &l0 [{ image: "bomb:1" }]\n'
    : `l${level}: &l${level} [${Array(10)
        .fill(`*l${level - 1}`)
        .join(', ')}]\n`,
);

/** Name -> content, and what is said of it; nothing: it is fine. */
const FILES: Readonly<
  Record<string, readonly [content: string | Buffer, message: string | undefined, listed?: string]>
> = {
  'alias.yaml': [`${HEAD}spec: *nothing\n`, '4: Alias (*) without an anchor (&) before it.'],
  'binary.yaml': [Buffer.from([0x61, 0x3a, 0x20, 0, 1, 2, 255]), ' Not UTF-8 text.'],
  'bom.yaml': [`\uFEFF${pod('bom:1')}`, undefined, 'bom:1  %:4 Pod/x/a'],
  'bomb.yaml': [`apiVersion: example.com/v1\nkind: App\n${levels.join('')}`, undefined, 'bomb:1  %:3 App/l0[0].image'],
  'compose.yaml': [
    'services:\n  a:\n    image: once:1\n  a:\n    image: twice:1\n',
    '4: Duplicate key "a".',
    'once:1  %:3 services.a.image',
  ],
  'crlf.yaml': [pod('crlf:1').replaceAll('\n', '\r\n'), undefined, 'crlf:1  %:4 Pod/x/a'],
  'deep.yaml': [`${HEAD}spec: ${'['.repeat(20_000)}\n`, '4: Nested more than 200 levels deep.'],
  'double.yaml': [
    `${HEAD}spec:\n  containers:\n  - image: lost:1\n    image: kept:1\n`,
    '7: Duplicate key "image".',
    'kept:1  %:7 Pod/x/containers[0]',
  ],
  'huge.yaml': [`${HEAD}# ${'x'.repeat(10_000)}\n`, ' Larger than 32 MiB; split it.'],
  'tabs.yaml': [
    `${HEAD}spec:\n\tcontainers: []\n`,
    '5: Not valid YAML: there is a tab in the indentation; use spaces (column 1).',
  ],
  'unclosed.yaml': [
    `${HEAD}spec: "x\n---\n${pod('next:1')}`,
    '4: Not valid YAML: this quote (") is never closed (column 7).',
    'next:1  %:9 Pod/x/a',
  ],
  'utf16.yaml': [Buffer.from(`\uFEFF${pod('wide:1')}`, 'utf16le'), ' UTF-16 text; save it as UTF-8.'],
  'z.yaml': [pod('last:1'), undefined, 'last:1  %:4 Pod/x/a'],
};

describe('hostile files', () => {
  let folder: TemporaryFolder;
  before(() => {
    folder = createTemporaryFolder();
    for (const [name, [content]] of Object.entries(FILES)) writeFileSync(join(folder.path, name), content);
    truncateSync(join(folder.path, 'huge.yaml'), 50 * 1024 * 1024);
    writeFileSync(join(folder.path, 'picture.png'), Buffer.from([0x89, 0x50, 0, 0]));
    symlinkSync('.', join(folder.path, 'loop'));
    symlinkSync('itself', join(folder.path, 'itself'));
  });
  after(() => folder[Symbol.dispose]());

  const errorFor = (file: string, message: string | undefined) =>
    message === undefined ? '' : `error: ${file}:${message}\n`;

  for (const [name, [, message, listed]] of Object.entries(FILES)) {
    it(`alone: ${name}`, async () => {
      const file = join(folder.path, name);
      const nothing = listed === undefined ? `error: no images found in ${file}.\n` : '';
      assert.deepEqual(await runMain(['images', '-f', file]), {
        exitCode: message === undefined ? 0 : 2,
        stdout: listed === undefined ? '' : `${listed.replace('%', file)}\n`,
        stderr: errorFor(file, message) + nothing,
      });
    });
  }

  it('in a directory do not hide each other', async () => {
    const { exitCode, stdout, stderr } = await runMain(['images', '-f', folder.path]);
    assert.equal(exitCode, 2);
    const images = Object.values(FILES).flatMap(([, , listed]) => listed?.split(' ')[0] ?? []);
    assert.deepEqual(
      stdout.split('\n').flatMap((line) => line.split(' ')[0] || []),
      images,
    );
    const errors = Object.entries(FILES).map(([name, [, message]]) => errorFor(join(folder.path, name), message));
    assert.equal(stderr, `${errors.join('')}7 images.\n`);
  });

  it('that are symbolic link loops are reported if they are named', async () => {
    const file = join(folder.path, 'itself');
    assert.deepEqual(await runMain(['images', '-f', file]), {
      exitCode: 2,
      stdout: '',
      stderr: `error: cannot read ${file}: symbolic link loop.\n`,
    });
  });
});
