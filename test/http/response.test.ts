import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { describe, it } from 'node:test';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { UndecodableError } from '../../src/http/failure.ts';
import { readBody } from '../../src/http/response.ts';

const TEXT = 'manifest '.repeat(1000);

/** A body in pieces of `size` bytes. */
const bodyOf = (bytes: Uint8Array, size = 1024): Readable =>
  Readable.from(
    (function* () {
      for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
    })(),
    { objectMode: false },
  );

const read = async (body: Readable, coding: string | undefined, maxBytes = 100_000) => {
  const { bytes, truncated } = await readBody(body, coding, maxBytes);
  return { text: Buffer.from(bytes).toString(), truncated };
};

describe('readBody', () => {
  for (const coding of ['gzip', 'GZip']) {
    it(`decodes ${coding}`, async () => {
      assert.deepEqual(await read(bodyOf(gzipSync(TEXT), 7), coding), { text: TEXT, truncated: false });
    });
  }

  const unread: readonly [coding: string | undefined, bytes: Uint8Array][] = [
    [undefined, Buffer.from(TEXT)],
    ['', Buffer.from(TEXT)],
    ['identity', Buffer.from(TEXT)],
    ['aws-chunked', Buffer.from(TEXT)],
    ['zstd', Buffer.from(TEXT)],
    ['no-such-coding', Buffer.from(TEXT)],
    ['br', Buffer.from(TEXT)],
    ['br', brotliCompressSync(TEXT)],
    ['deflate', deflateSync(TEXT)],
    ['x-gzip', gzipSync(TEXT)],
    ['gzip, gzip', gzipSync(gzipSync(TEXT))],
    ['gzip, identity', gzipSync(TEXT)],
  ];
  for (const [coding, bytes] of unread) {
    it(`returns a body in ${JSON.stringify(coding)} unchanged, as Go clients read it`, async () => {
      const body = await readBody(bodyOf(bytes, 7), coding, 100_000);
      assert.deepEqual(Buffer.from(body.bytes), Buffer.from(bytes));
    });
  }

  it('applies the cap exactly: the last allowed byte is no overflow, the next one is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), fc.integer({ min: 1, max: 50 }), async (bytes, size) => {
        const whole = await readBody(bodyOf(bytes, size), undefined, bytes.length);
        assert.deepEqual([...whole.bytes], [...bytes]);
        assert.equal(whole.truncated, false);
        if (bytes.length === 0) return;
        const cut = await readBody(bodyOf(bytes, size), undefined, bytes.length - 1);
        assert.deepEqual([...cut.bytes], [...bytes.subarray(0, -1)]);
        assert.equal(cut.truncated, true);
      }),
    );
  });

  it('counts the cap after decoding: a gzip bomb is left at the cap', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000));
    const body = bodyOf(bomb);
    const { bytes, truncated } = await readBody(body, 'gzip', 100_000);
    assert.equal(bytes.length, 100_000);
    assert.equal(truncated, true);
    assert.equal(body.destroyed, true);
  });

  it('leaves an endless body', async () => {
    let produced = 0;
    const body = new Readable({
      read() {
        produced += 1024;
        this.push(Buffer.alloc(1024));
      },
    });
    assert.equal((await readBody(body, undefined, 10_000)).truncated, true);
    assert.equal(body.destroyed, true);
    assert.ok(produced < 200_000, `${produced} bytes were taken`);
  });

  it('treats an absent body as empty, whatever its coding', async () => {
    for (const coding of [undefined, 'gzip', 'deflate', 'br']) {
      assert.deepEqual(await read(bodyOf(Buffer.alloc(0)), coding), { text: '', truncated: false });
    }
  });

  for (const [what, bytes] of [
    ['plain text', Buffer.from(TEXT)],
    ['half a gzip', gzipSync(TEXT).subarray(0, 30)],
  ] as const) {
    it(`rejects ${what} that is called gzip, and closes the stream`, async () => {
      const body = bodyOf(bytes);
      await assert.rejects(readBody(body, 'gzip', 100_000), (error: Error) => {
        assert.ok(error instanceof UndecodableError);
        assert.equal(error.message, 'its Content-Encoding is gzip, but its body is not gzip');
        return true;
      });
      assert.equal(body.destroyed, true);
    });
  }

  for (const coding of [undefined, 'gzip']) {
    it(`gives the error of the connection when it breaks (${coding ?? 'no coding'})`, async () => {
      const broken = new Error('reset');
      const body = new Readable({ read() {} });
      body.push(gzipSync(TEXT).subarray(0, 30));
      setImmediate(() => body.destroy(broken));
      await assert.rejects(readBody(body, coding, 100_000), (error) => error === broken);
    });
  }
});
