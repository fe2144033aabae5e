import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { withReadingLine } from '../../src/cli/reading-line.ts';

describe('the line while files are read', () => {
  const drawn = async (columns: number | undefined, times: readonly number[]) => {
    const lines: (string | undefined)[] = [];
    let now = 0;
    const stderr = { isTTY: columns !== undefined, columns, drawLine: (line: string | undefined) => lines.push(line) };
    const io = { stderr, env: {}, clock: { now: () => now } } as unknown as Parameters<typeof withReadingLine>[0];
    await withReadingLine(io, async (onProgress) => {
      for (const [index, time] of times.entries()) {
        now = time;
        onProgress({ read: index, total: 10_000 });
      }
    });
    return lines;
  };

  it('is drawn at most once per second, and erased at the end', async () =>
    assert.deepEqual(await drawn(80, [0, 500, 1000, 1500, 2000]), [
      '2 of 10000 files read',
      '4 of 10000 files read',
      undefined,
    ]));

  it('fits a narrow terminal', async () => assert.deepEqual(await drawn(10, [1000]), ['0 of 1000', undefined]));

  it('is not drawn for a quick run, nor in a pipe', async () => {
    assert.deepEqual(await drawn(80, [0, 10, 20]), []);
    assert.deepEqual(await drawn(undefined, [1000, 2000]), []);
  });
});
