// Heads in ways of writing that undici refuses, as Go's net/textproto reads them.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createHeadReader } from '../../src/http/response-head.ts';
import { MAX_HEADER_BYTES } from '../../src/http/wire.ts';

function readIn(pieces: readonly string[]) {
  const read = createHeadReader();
  for (const piece of pieces) {
    const found = read(Buffer.from(piece, 'latin1'));
    if (found !== undefined) return { ...found.head, rest: found.rest.toString('latin1') };
  }
  return undefined;
}

const fieldsOf = (...lines: readonly string[]) => readIn([['HTTP/1.1 200 OK', ...lines, '', ''].join('\r\n')])?.headers;

describe('createHeadReader', () => {
  it('reads a status line, fields and what follows', () => {
    assert.deepEqual(
      { ...readIn(['HTTP/1.1 404 Not Found\r\nA: 1\r\nb:2 \r\na: 3\r\n\r\nrest']) },
      {
        statusCode: 404,
        statusText: 'Not Found',
        headers: Object.assign(Object.create(null), { a: ['1', '3'], b: ['2'] }),
        isBeforeHttp11: false,
        rest: 'rest',
      },
    );
  });

  it('reads the same in whatever pieces it arrives', () => {
    const text = 'HTTP/1.1 200 OK\r\nA: 1\r\n 2\r\nB: \xe4\r\n\r\n';
    assert.deepEqual(readIn([...text]), readIn([text]));
    assert.equal(readIn([text.slice(0, -1)]), undefined);
  });

  for (const [line, status, isBeforeHttp11] of [
    ['HTTP/1.1 200', 200, false],
    ['HTTP/1.1  200 OK', 200, false],
    ['HTTP/1.2 200 OK', 200, false],
    ['HTTP/2.0 200 OK', 200, false],
    ['HTTP/1.0 200 OK', 200, true],
  ] as const) {
    it(`reads the status line ${line}`, () => {
      const head = readIn([`${line}\n\n`]);
      assert.deepEqual([head?.statusCode, head?.isBeforeHttp11], [status, isBeforeHttp11]);
    });
  }

  it('joins a folded line with a space', () => {
    assert.deepEqual(fieldsOf('A: b', '  c', '\td ', 'E: f')?.a, ['b c d']);
  });

  it('takes a field with a space before its colon for another field', () => {
    const fields = fieldsOf('Content-Length : 5', 'A b: c');
    assert.deepEqual(Object.keys(fields ?? {}), ['content-length ', 'a b']);
  });

  for (const line of ['no colon', ': value', ' folded first', 'A\t: b', 'A(b): c', 'A: b\0c', 'A: b\x01c', 'A: b\rc']) {
    it(`refuses the field line ${JSON.stringify(line)}`, () => {
      assert.throws(() => fieldsOf(line), { name: 'MalformedResponseError' });
    });
  }

  for (const line of [
    'HTTP/1.1 20 OK',
    'HTTP/1.1',
    'HTTP/11 200 OK',
    'http/1.1 200 OK',
    'ICY 200 OK',
    '',
    'x'.repeat(9),
  ]) {
    it(`refuses the status line ${JSON.stringify(line)}`, () => {
      assert.throws(() => readIn([`${line}\r\n`]), { name: 'MalformedResponseError' });
    });
  }

  it('does not wait for the end of a line that does not begin like a status line', () => {
    assert.throws(() => readIn(['SSH-2']), { name: 'MalformedResponseError' });
  });

  for (const line of ['a:\n', ' \n', `a:${'b'.repeat(9000)}\n`, '\t\t\t\n']) {
    it(`refuses more bytes than allowed, in lines of ${JSON.stringify(line.slice(0, 5))}`, () => {
      const lines = line.repeat(Math.ceil(MAX_HEADER_BYTES / line.length));
      assert.throws(() => readIn([`HTTP/1.1 200 OK\na:b\n${lines}\n`]), { name: 'HeadersOverflowError' });
    });
  }

  it('reads half of them, byte by byte, in one line or in many folded ones', () => {
    const long = 'y'.repeat(MAX_HEADER_BYTES / 4);
    const folds = '\n x'.repeat(MAX_HEADER_BYTES / 12);
    const head = readIn([...`HTTP/1.1 200 OK\na: ${long}${folds}\n\n`]);
    assert.equal(head?.headers.a?.[0]?.length, long.length + (2 * folds.length) / 3);
  });
});
