import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fakeChecker } from './fake-checker.ts';
import { documentOf, runMain } from './run-main.ts';

describe('images', () => {
  let folder = '';
  let list = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kairos-pull-'));
    list = join(folder, 'list.txt');
    await writeFile(list, 'nginx\nghcr.io/org/app:2\nnginx:latest\n');
  });
  after(() => rm(folder, { recursive: true }));

  it('lists each image once, with where, and asks nobody', async () => {
    const checker = fakeChecker();
    assert.deepEqual(await runMain(['images', 'redis', '-f', list], { checker }), {
      exitCode: 0,
      stdout: `redis\nnginx\t${list}:1, ${list}:3\nghcr.io/org/app:2\t${list}:2\n`,
      stderr: '',
    });
    assert.deepEqual(checker.told, []);
  });

  it('reads standard input', async () =>
    assert.deepEqual(await runMain(['images', '-f', '-'], { stdin: 'nginx\n' }), {
      exitCode: 0,
      stdout: 'nginx\tstandard input:1\n',
      stderr: '',
    }));

  it('writes JSON', async () => {
    const { schemaVersion, tool, images } = documentOf(await runMain(['images', '-f', list, '-o', 'json']));
    assert.deepEqual({ schemaVersion, tool }, { schemaVersion: 1, tool: { name: 'kairos-pull', version: '0.1.0' } });
    assert.deepEqual(images[1], {
      input: 'ghcr.io/org/app:2',
      foundAt: [{ source: list, line: 2 }],
      reference: {
        registry: 'ghcr.io',
        repository: 'org/app',
        tag: '2',
        digest: null,
        canonical: 'ghcr.io/org/app:2',
      },
      message: null,
    });
  });

  it('writes to a file', async () => {
    const path = join(folder, 'images.json');
    assert.equal((await runMain(['images', 'nginx', '-o', `json=${path}`])).stdout, '');
    assert.equal(
      JSON.parse(await readFile(path, 'utf8')).images[0].reference.canonical,
      'docker.io/library/nginx:latest',
    );
  });

  it('ends with 2 when a text is no reference, and keeps it out of the list', async () => {
    const { exitCode, stdout, stderr } = await runMain(['images', '-f', '-'], { stdin: 'nginx\ntwo words\n' });
    assert.deepEqual({ exitCode, stdout }, { exitCode: 2, stdout: 'nginx\tstandard input:1\n' });
    assert.match(stderr, /^error: standard input:2: two words: \S/);
    const { images } = documentOf(await runMain(['images', '-f', '-', '-o', 'json'], { stdin: 'two words\n' }));
    assert.equal(images[0].reference, null);
    assert.match(images[0].message, /\S/);
  });

  it('ends with 2 when there is nothing to list', async () => {
    const advice = 'There is nothing to list. Name a file, as in:\n  kairos-pull images -f images.txt\n';
    assert.deepEqual(await runMain(['images', '-f', '-'], { stdin: '' }), { exitCode: 2, stdout: '', stderr: advice });
    assert.deepEqual(await runMain(['images']), {
      exitCode: 2,
      stdout: '',
      stderr: `error: ${advice}See kairos-pull images --help.\n`,
    });
  });

  it('knows text and json only', async () => {
    const { exitCode, stderr } = await runMain(['images', 'nginx', '-o', 'ndjson']);
    assert.equal(exitCode, 2);
    assert.match(stderr, /^error: --output: "ndjson" is not one of text, json\./);
  });

  it('does not mind settings that are for check', async () =>
    assert.equal((await runMain(['images', 'nginx'], { env: { KAIROS_PULL_TIMEOUT: 'nonsense' } })).exitCode, 0));

  it('takes no control character to the terminal', async () => {
    const { stdout, stderr } = await runMain(['images', '-f', '-'], { stdin: 'a\u001b[31mb\n' });
    assert.doesNotMatch(stdout + stderr, /\u001b/);
  });
});
