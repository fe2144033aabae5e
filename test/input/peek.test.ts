import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { peek } from '../../src/input/peek.ts';
import { allOf } from './all-of.ts';

/** A stream that counts the chunks read from it, and whether it was released. */
function stream(...chunks: string[]) {
  const state = { taken: 0, closed: false };
  async function* source() {
    try {
      for (const chunk of chunks) {
        state.taken += 1;
        yield chunk;
      }
    } finally {
      state.closed = true;
    }
  }
  return { state, source: source() };
}

const textOf = async (chunks: AsyncIterable<Uint8Array>) => Buffer.concat(await allOf(chunks)).toString();

describe('peek', () => {
  it('waits only for the first line of a list', async () => {
    const { state, source } = stream('# images\n\ngh', 'cr.io/org/app:1 # web\n', 'redis\n');
    const { head, isList, whole } = await peek(source);
    assert.deepEqual([head, isList, state.taken], ['# images\n\nghcr.io/org/app:1 # web\n', true, 2]);
    assert.equal(await textOf(whole), '# images\n\nghcr.io/org/app:1 # web\nredis\n');
  });

  it('reads 8 KiB of anything else', async () => {
    const line = `a: ${'b'.repeat(97)}\n`;
    const { state, source } = stream(...Array.from({ length: 1000 }, () => line));
    const { head, isList, whole } = await peek(source);
    assert.deepEqual([head.length, isList, state.taken], [8192, false, Math.ceil(8192 / 101)]);
    assert.equal(await textOf(whole), line.repeat(1000));
  });

  it('reads to the end if that comes first', async () => {
    const { source } = stream('kind: Pod\n', 'x: 1');
    const { head, isList, whole } = await peek(source);
    assert.deepEqual([head, isList], ['kind: Pod\nx: 1', false]);
    assert.equal(await textOf(whole), 'kind: Pod\nx: 1');
  });

  it('releases the stream: closed unread, or left early', async () => {
    const unread = stream('kind: Pod\n', 'x\n');
    await (await peek(unread.source)).close();
    assert.equal(unread.state.closed, true);
    const left = stream('nginx\n', 'redis\n', 'busybox\n');
    for await (const chunk of (await peek(left.source)).whole) if (String(chunk) === 'redis\n') break;
    assert.deepEqual(left.state, { taken: 2, closed: true });
  });

  for (const [text, expected] of [
    ['nginx', true],
    ['nginx\n', true],
    ['nginx:1.27@sha256:00\nanything: else\n', true],
    ['\n# x\n\tredis  # y\r\n', true],
    ['localhost:5000/app\n', true],
    ['', false],
    ['# only\n', false],
    ['two words\n', false],
    ['services:\n', false],
    ['FROM nginx\n', false],
    ['---\n', false],
    ['- nginx\n', false],
    ['{\n', false],
    ['["nginx"]\n', false],
    ['"nginx"\n', false],
    ['<html>\n', false],
    ['target "app" {\n', false],
  ] as const) {
    it(`recognizes ${JSON.stringify(text)} as ${expected ? 'a list' : 'something else'}`, async () =>
      assert.equal((await peek(stream(text).source)).isList, expected));
  }
});
