import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseShard, shardOf } from '../../src/core/shard.ts';

describe('the shard of an image', () => {
  it('never changes: these are the numbers of every version', () => {
    const images = [
      'nginx',
      'ghcr.io/org/app:1',
      'quay.io/org/app:1',
      'localhost:5000/shop/web:1.4',
      'not a reference',
    ];
    assert.deepEqual(
      images.map((image) => shardOf(image, 10)),
      [9, 6, 3, 1, 6],
    );
    assert.deepEqual(
      images.map((image) => shardOf(image, 1)),
      [1, 1, 1, 1, 1],
    );
  });

  it('depends on registry and repository alone', () => {
    const digest = `sha256:${'0'.repeat(64)}`;
    const spellings = [
      'nginx',
      'nginx:1.27',
      'docker.io/library/nginx:latest',
      `nginx@${digest}`,
      'index.docker.io/nginx',
    ];
    const others = ['registry-1.docker.io/library/nginx:1', 'docker.io/nginx'];
    assert.deepEqual(
      [...spellings, ...others].map((image) => shardOf(image, 1000)),
      Array(7).fill(shardOf('nginx', 1000)),
    );
    assert.notEqual(shardOf('ghcr.io/library/nginx', 1000), shardOf('nginx', 1000));
  });

  it('is one of all, each about as often', () => {
    const counts = Array<number>(10).fill(0);
    for (let at = 0; at < 100_000; at += 1) {
      const shard = shardOf(`registry${at % 7}.example.com/team${at % 31}/app${at}:v${at % 3}`, 10);
      counts[shard - 1] = (counts[shard - 1] ?? 0) + 1;
    }
    assert.equal(counts.length, 10);
    assert.ok(
      counts.every((count) => count > 9_500 && count < 10_500),
      counts.join(),
    );
  });
});

describe('--shard', () => {
  it('takes n/m', () => {
    assert.deepEqual(parseShard('3/10'), { ok: true, value: { current: 3, total: 10 } });
    assert.deepEqual(parseShard(' 1/1 '), { ok: true, value: { current: 1, total: 1 } });
    assert.deepEqual(parseShard('10000/10000'), { ok: true, value: { current: 10_000, total: 10_000 } });
  });

  const errorOf = (text: string): string => {
    const parsed = parseShard(text);
    return parsed.ok ? assert.fail(text) : parsed.error;
  };

  it('says what is wrong', () => {
    for (const text of ['', '3', '3/', '/10', '3 of 10', '-1/10', '1.5/10', '3/10/2', '1/0', '0x1/10']) {
      assert.match(errorOf(text), /is not a shard; use n\/m, such as 3\/10\.$/, text);
    }
    assert.equal(errorOf('11/10'), 'shards are numbered from 1 to 10, not 11.');
    assert.equal(
      errorOf('0/10'),
      'shards are numbered from 1 to 10, not 0. The index of a Kubernetes Job counts from 0: add 1.',
    );
    assert.equal(errorOf('1/10001'), '10001 shards are too many; at most 10000.');
  });
});
