import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { readList } from '../../src/input/list.ts';

async function read(...chunks: (string | Uint8Array)[]): Promise<[line: number | undefined, text: string][]> {
  async function* stream() {
    yield* chunks;
  }
  const found: [number | undefined, string][] = [];
  for await (const targets of readList(stream(), 'list.txt')) {
    for (const { text, foundAt } of targets) {
      assert.equal(foundAt.length, 1);
      assert.equal(foundAt[0]?.source, 'list.txt');
      found.push([foundAt[0]?.line, text]);
    }
  }
  return found;
}

describe('readList', () => {
  it('reads one reference per line, with its line', async () =>
    assert.deepEqual(await read('nginx\nredis:7\n'), [
      [1, 'nginx'],
      [2, 'redis:7'],
    ]));

  it('does not require a final line end', async () => assert.deepEqual(await read('nginx'), [[1, 'nginx']]));

  it('skips comments and blank lines, and counts them', async () =>
    assert.deepEqual(await read('# images\n\n  \nnginx # the web\n#redis\napp#1\n'), [
      [4, 'nginx'],
      [6, 'app#1'],
    ]));

  it('drops carriage returns, surrounding blanks and a byte order mark', async () =>
    assert.deepEqual(await read(Buffer.from('\ufeffnginx\r\n\t redis \r\n# x\r\nbusybox # y\r\n')), [
      [1, 'nginx'],
      [2, 'redis'],
      [4, 'busybox'],
    ]));

  it('keeps a line that is not a reference, for the check to judge', async () =>
    assert.deepEqual(await read('not an image\n'), [[1, 'not an image']]));

  it('finds nothing in empty input', async () => {
    assert.deepEqual(await read(), []);
    assert.deepEqual(await read('', '\n\n'), []);
  });

  it('truncates a line that is too long for a reference', async () => {
    const chunk = 'a'.repeat(60_000);
    const [[line, text] = [], next] = await read(chunk, chunk, chunk, '\nnginx\n');
    assert.equal(line, 1);
    assert.ok((text?.length ?? 0) <= 8192 + 60_000);
    assert.deepEqual(next, [2, 'nginx']);
  });

  it('gives the same result wherever the stream is split', async () => {
    const bytes = Buffer.from('nginx\r\n# ü 世界\n\nghcr.io/org/app:ü\nredis');
    const whole = await read(bytes);
    assert.equal(whole.length, 3);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(bytes.length), { maxLength: 6 }), async (cuts) => {
        const edges = [0, ...cuts.sort((a, b) => a - b), bytes.length];
        const pieces = edges.slice(1).map((edge, index) => bytes.subarray(edges[index], edge));
        assert.deepEqual(await read(...pieces), whole);
      }),
    );
  });
});
