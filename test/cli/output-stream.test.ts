import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { describe, it } from 'node:test';
import { createOutputStream, type OutputStream } from '../../src/cli/output-stream.ts';
import { collector } from '../support/command.ts';

/** What `write` made of it. */
async function written(write: (stream: OutputStream) => unknown): Promise<string> {
  const { stream, text } = collector(undefined);
  await write(stream);
  return text();
}

const STEERING = 'a\u001b]52;c;eA==\u0007b\u001b[2Jc\u009b31md\u202ee\u200bf\u2028g\rh\u007fi';

describe('a line', () => {
  it('stays one line, whatever it contains', async () =>
    assert.equal(await written((stream) => stream.writeLines('a\nb\r\nc\u2028d')), 'a b  c d\n'));

  it('sends no control sequence to a terminal, not even a color', async () => {
    const line = await written((stream) => stream.writeLines(`${STEERING}\u001b[31m\u001b[8m`));
    assert.equal(line, 'a ]52;c;eA== b [2Jc 31md e f g h i [31m [8m\n');
  });

  it('keeps its spaces, which may be part of a file name', async () =>
    assert.equal(
      await written((stream) => stream.writeLines('  cannot read a  b: gone')),
      '  cannot read a  b: gone\n',
    ));

  for (const command of [
    '::error file=a::b',
    '  ::add-mask::b',
    '\u00a0::stop-commands::b',
    'a ##[error]b',
    '##vso[c]',
  ]) {
    it(`is no command of a pipeline: ${JSON.stringify(command)}`, async () =>
      assert.equal(
        await written((stream) => stream.writeLines(command)),
        `${command.replace('::', ': :').replace('##', '## ')}\n`,
      ));
  }

  it('has a maximum length', async () => {
    const line = await written((stream) => stream.writeLines('x'.repeat(1_000_000)));
    assert.equal(line.length, 10_001);
    assert.match(line, /x…\n$/);
  });

  it('is cleaned in linear time', async () => {
    for (const piece of [' ', '\n', '##', '##a', ':', '\u001b[', ' :']) {
      await written((stream) => stream.writeLines(piece.repeat(200_000)));
      await written((stream) => stream.writeText(piece.repeat(200_000)));
      await written((stream) => stream.writeDocument(piece.repeat(200_000)));
    }
  });
});

describe('a formatted text', () => {
  it('keeps its lines and the colors of reports', async () => {
    const text = '\u001b[1mbold\u001b[22m \u001b[31mred\u001b[39m\n    \u001b[2mdim\u001b[22m\n';
    assert.equal(await written((stream) => stream.writeText(text)), text);
  });

  it('removes any other control sequence', async () => {
    const text = await written((stream) => stream.writeText(`${STEERING}\u001b[8mhidden\u001b[1;31m\u001b[5m\n`));
    assert.equal(text, 'a ]52;c;eA== b [2Jc 31md e f g h i [8mhidden [1;31m [5m\n');
  });

  it('has no command of a pipeline at the beginning of a line', async () =>
    assert.equal(
      await written((stream) => stream.writeText('a\n  ::error::b\n##[c]\n')),
      'a\n  : :error::b\n## [c]\n',
    ));
});

describe('a document', () => {
  it('keeps its lines and commands, and loses control characters', async () => {
    const text = await written((stream) => stream.writeDocument('::error file=a::b\n\u001b[31m\u009b\u202e\t\r\n'));
    assert.equal(text, '::error file=a::b\n [31m    \n');
  });
});

describe('the line of the cursor', () => {
  it('is replaced by a text without cursor movements', async () =>
    assert.equal(
      await written((stream) => {
        stream.drawLine('1/2 \u001b[A\r\nx');
        stream.drawLine(undefined);
      }),
      '\r\u001b[2K1/2  [A  x\r\u001b[2K',
    ));
});

describe('a blocked reader', () => {
  /** Takes the first text and never says so. */
  const stuck = () => new Writable({ write: () => undefined });

  it('is awaited until the run is interrupted', async () => {
    const interruption = new AbortController();
    const stream = createOutputStream(stuck(), interruption.signal);
    const first = stream.writeDocument('a');
    const second = stream.writeDocument('b');
    interruption.abort();
    assert.deepEqual([await first, await second, await stream.flush()], ['gone', 'gone', 'gone']);
    assert.equal(await stream.writeText('c'), 'gone');
  });

  it('that is gone is distinguished from a stream that cannot be written', async () => {
    const failing = (code: string, isTTY = false) =>
      Object.assign(
        new Writable({ write: (_chunk, _encoding, done) => done(Object.assign(new Error('x'), { code })) }),
        { isTTY },
      );
    const { signal } = new AbortController();
    assert.equal(await createOutputStream(failing('EPIPE'), signal).writeText('a'), 'gone');
    assert.equal(await createOutputStream(failing('EIO', true), signal).writeText('a'), 'gone');
    for (const code of ['EIO', 'ENOSPC']) {
      assert.ok((await createOutputStream(failing(code), signal).writeText('a')) instanceof Error, code);
    }
  });
});
