// `check --shard`: which images a run of a batch checks, and what it says if there are none.

import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { describe, it } from 'node:test';
import { shardOf } from '../../src/core/shard.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';
import { fakeChecker } from './fake-checker.ts';
import { documentOf, runMain } from './run-main.ts';

const IMAGES = Array.from({ length: 40 }, (_, at) => `registry.example.com/shop/app${at % 20}:v${at}`);
const LIST = `${IMAGES.join('\n')}\n`;

const checkedBy = async (shard: string): Promise<string[]> => {
  const checker = fakeChecker();
  const { exitCode } = await runMain(['check', '-f', '-', '--shard', shard], { checker, stdin: LIST });
  assert.equal(exitCode, 0);
  return checker.checked;
};

describe('--shard', () => {
  it('checks each image in exactly one of the runs, in order, with the tags of a repository together', async () => {
    const parts = await Promise.all(['1/4', '2/4', '3/4', '4/4'].map(checkedBy));
    assert.deepEqual(parts.flat().sort(), [...IMAGES].sort());
    for (const [index, part] of parts.entries()) {
      assert.deepEqual(
        part,
        IMAGES.filter((image) => shardOf(image, 4) === index + 1),
      );
    }
  });

  it('comes from operands, files and the environment too', async () => {
    using folder = createTemporaryFolder({ 'images.txt': LIST });
    const wanted = IMAGES.filter((image) => shardOf(image, 3) === 2).length;
    for (const [argv, env] of [
      [['check', ...IMAGES, '--shard', '2/3'], {}],
      [['check', '-f', `${folder.path}/images.txt`], { KAIROS_PULL_SHARD: '2/3' }],
      [['check', '-f', `${folder.path}/images.txt`, '--shard', '2/3'], { KAIROS_PULL_SHARD: '1/3' }],
    ] as const) {
      const finished = await runMain([...argv, '-o', 'json'], { env });
      const { summary, shard } = documentOf(finished);
      assert.deepEqual([summary.total, shard], [wanted, { current: 2, total: 3, batch: shard.batch }]);
      assert.match(shard.batch, /^[0-9a-f]{12}$/);
    }
  });

  it('is null in the document of a run without it', async () => {
    const { shard, policy } = documentOf(await runMain(['check', 'nginx', '-o', 'json', '--warn-on', 'denied']));
    assert.equal(shard, null);
    assert.deepEqual(policy, { expect: 'present', warnOn: ['denied'], strict: false });
  });

  it('ends a report of lines with one about the run; a report without shards has none', async () => {
    const { stdout } = await runMain(['check', 'nginx', '--shard', '1/1', '-o', 'ndjson']);
    const last = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
    assert.deepEqual(
      [last.shard, last.exitCode, last.summary.total],
      [{ current: 1, total: 1, batch: last.shard.batch }, 0, 1],
    );
    assert.equal((await runMain(['check', 'nginx', '-o', 'ndjson'])).stdout.trimEnd().split('\n').length, 1);
  });

  const other = (image: string, total: number): string => `${(shardOf(image, total) % total) + 1}/${total}`;

  it('is exit code 0 if the shard is empty, whatever the images of the others', async () => {
    for (const stdin of ['nginx\n', Readable.from(['nginx', '\n'])]) {
      const argv = ['check', '-f', '-', '--shard', other('nginx', 5)];
      const { exitCode, stdout, stderr } = await runMain(argv, { stdin });
      assert.deepEqual([exitCode, stdout], [0, '']);
      assert.equal(stderr, `Nothing to check in shard ${other('nginx', 5)}: every image is in another one.\n`);
    }
    const operand = await runMain(['check', 'nginx', '--shard', other('nginx', 5), '-o', 'ndjson']);
    assert.deepEqual([operand.exitCode, operand.stdout.split('\n').length], [0, 2]);
  });

  it('is exit code 0 if the images of the shard are skipped and others are not', async () => {
    using folder = createTemporaryFolder({
      'compose.yaml': `services: { a: { image: nginx }, b: { image: "x/y:$TAG" } }`,
    });
    const total =
      [...Array(50).keys()]
        .map((at) => at + 2)
        .find((total) => shardOf('x/y:$TAG', total) !== shardOf('nginx', total)) ?? 2;
    const argv = ['check', `${folder.path}/compose.yaml`, '--shard', `${shardOf('x/y:$TAG', total)}/${total}`];
    const checker = fakeChecker({ 'x/y:$TAG': 'unresolved-variable' });
    const { exitCode, stderr } = await runMain(argv, { checker });
    assert.equal(exitCode, 0, stderr);
    assert.match(stderr, /Nothing was checked in shard \d+\/\d+: 1 image, all skipped\./);
    assert.equal((await runMain([...argv, '--strict'], { checker })).exitCode, 2);
  });

  it('is exit code 2 in every shard if there is nothing to check at all, or a file cannot be read', async () => {
    using folder = createTemporaryFolder({ 'images.txt': '# nothing\n', 'broken.yaml': 'services: { a: [\n' });
    for (const shard of ['1/2', '2/2']) {
      assert.equal((await runMain(['check', '-f', `${folder.path}/images.txt`, '--shard', shard])).exitCode, 2);
      assert.equal((await runMain(['check', 'nginx', `${folder.path}/broken.yaml`, '--shard', shard])).exitCode, 2);
    }
  });

  it('lists its images with --dry-run; a list of images is whole', async () => {
    const ours = IMAGES.filter((image) => shardOf(image, 4) === 3);
    const env = { KAIROS_PULL_SHARD: '3/4' };
    const dry = await runMain(['check', ...IMAGES, '--dry-run', '-o', 'json'], { env });
    assert.deepEqual(
      documentOf(dry).images.map(({ input }: { input: string }) => input),
      ours,
    );
    const whole = await runMain(['images', ...IMAGES, '-o', 'json'], { env });
    assert.equal(documentOf(whole).images.length, 40);
    const empty = await runMain(['check', 'nginx', '--dry-run', '--shard', other('nginx', 5)]);
    assert.deepEqual(empty, { exitCode: 0, stdout: '', stderr: '' });
  });

  it('rejects what is not a shard', async () => {
    const { exitCode, stderr } = await runMain(['check', 'nginx'], { env: { KAIROS_PULL_SHARD: '0/10' } });
    assert.equal(exitCode, 2);
    assert.match(
      stderr,
      /^error: KAIROS_PULL_SHARD: shards are numbered from 1 to 10, not 0\. The index of a Kubernetes Job/,
    );
  });
});
