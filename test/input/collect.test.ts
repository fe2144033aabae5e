import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Target } from '../../src/core/target.ts';
import { UsageError } from '../../src/core/usage-error.ts';
import { collect, type Sources } from '../../src/input/collect.ts';

const { signal } = new AbortController();

const noStdin = (): never => assert.fail('standard input was read');

const collectFrom = (sources: Partial<Sources>) =>
  collect({ images: [], files: [], stdin: noStdin, signal, ...sources });

describe('collect', () => {
  let folder = '';
  const file = async (name: string, text: string): Promise<string> => {
    await writeFile(join(folder, name), text);
    return join(folder, name);
  };
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kairos-pull-'));
  });
  after(() => rm(folder, { recursive: true }));

  it('takes images of the command line, which stand nowhere', async () => {
    const { known, coming } = await collectFrom({ images: ['nginx', 'redis:7'] });
    assert.deepEqual(known, [
      { text: 'nginx', foundAt: [] },
      { text: 'redis:7', foundAt: [] },
    ]);
    assert.equal(coming, undefined);
  });

  it('takes each image once, in order of first appearance, as first written, with every place', async () => {
    const a = await file('a.txt', 'redis:7\nnginx:latest\n');
    const b = await file('b.txt', 'docker.io/library/redis:7\napp.example.com/x:1\nredis:7\n');
    const { known } = await collectFrom({ images: ['nginx', 'library/nginx'], files: [a, b] });
    assert.deepEqual(known, [
      { text: 'nginx', foundAt: [{ source: a, line: 2 }] },
      {
        text: 'redis:7',
        foundAt: [
          { source: a, line: 1 },
          { source: b, line: 1 },
          { source: b, line: 3 },
        ],
      },
      { text: 'app.example.com/x:1', foundAt: [{ source: b, line: 2 }] },
    ]);
  });

  it('keeps a text that is no reference, once', async () => {
    const { known } = await collectFrom({ images: ['UPPER', 'UPPER', 'two words'] });
    assert.deepEqual(
      known.map(({ text }) => text),
      ['UPPER', 'two words'],
    );
  });

  it('tells apart what only looks alike', async () => {
    const { known } = await collectFrom({ images: ['nginx:1', 'nginx:1.0', `nginx@sha256:${'0'.repeat(64)}`] });
    assert.equal(known.length, 3);
  });

  it('reads a file that is named twice once', async () => {
    const a = await file('twice.txt', 'nginx\n');
    const { known } = await collectFrom({ files: [a, a] });
    assert.deepEqual(known, [{ text: 'nginx', foundAt: [{ source: a, line: 1 }] }]);
  });

  it('refuses a file that is not there, and a folder', async () => {
    const nowhere = join(folder, 'nowhere.txt');
    await assert.rejects(
      collectFrom({ files: [nowhere] }),
      new UsageError(`Cannot read ${nowhere}: no such file or folder.`),
    );
    await assert.rejects(collectFrom({ files: [folder] }), new UsageError(`Cannot read ${folder}: it is a folder.`));
  });

  it('hands on standard input while it comes, before it ends', async () => {
    let ended = false;
    async function* stdin() {
      yield 'nginx\nnginx:latest\nredis\n';
      yield 'redis\nbusybox\n';
      ended = true;
    }
    const { known, coming } = await collectFrom({ images: ['nginx'], files: ['-'], stdin });
    assert.deepEqual(known, [{ text: 'nginx', foundAt: [] }]);
    const seen: [Target, boolean][] = [];
    for await (const target of coming ?? []) seen.push([target, ended]);
    assert.deepEqual(
      seen.map(([{ text }, late]) => [text, late]),
      [
        ['redis', false],
        ['busybox', false],
      ],
    );
    assert.deepEqual(known[0]?.foundAt, [
      { source: '-', line: 1 },
      { source: '-', line: 2 },
    ]);
    assert.deepEqual(seen[0]?.[0].foundAt, [
      { source: '-', line: 3 },
      { source: '-', line: 4 },
    ]);
  });
});
