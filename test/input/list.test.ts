import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { findNoList, readList } from '../../src/input/list.ts';

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

describe('findNoList', () => {
  const code = 'resource "x" "y" {\n  image = "nginx:1"\n}\n';
  const many = (line: string, count: number): string => `${line}\n`.repeat(count);

  for (const [text, line] of [
    ['# Read me\n\nThis is a text.\nIt has lines.\nAnd more.\n', 3],
    ['Hello world,\nthis is a text\nof a few words', 1],
    [code, 1],
    ['name: value\nother = 1\n\nlast = 2\n', 1],
    ['<html>\n<body>\n  <p>text</p>\n', 1],
    ['dist/\n*.tgz\n.DS_Store\n', 1],
    ['REPOSITORY   TAG   IMAGE ID\nnginx   1   0123\nredis   7   4567\n', 1],
    [many('install', 4) + many('three words here', 5), 5],
    [many('These are words.', 2000), 1],
  ] as const) {
    it(`recognizes ${JSON.stringify(text.slice(0, 30))}`, () => assert.equal(findNoList(text), line));
  }

  for (const text of [
    '',
    '# only a comment\n',
    'nginx\n',
    'foo bar\n',
    'foo bar\nfoo bar\n',
    'nginx\nfoo bar\n',
    'nginx\nfoo bar\nbaz (1)\n',
    'Nginx:1\nuser:pass@host/app:1\nhttp://example.com/a\n',
    `registry.example.com/app:$${'{TAG}'}\napp:$${'{TAG:-x y}'}\napp:{{ .Values.tag }}\napp:<version>\n`,
    'docker run --rm nginx:1\nsudo docker pull redis\n$ podman run x\n',
    'nginx # web server\nredis # cache\n',
    many('three words here', 4) + many('install', 3),
    many('three words here', 5) + many('install', 5),
    'nginx\n'.repeat(1500) + 'a b'.repeat(2000),
  ]) {
    it(`leaves ${JSON.stringify(text.slice(0, 30))} to be read line by line`, () =>
      assert.equal(findNoList(text), undefined));
  }

  it('does not judge a line that is cut off', () => assert.equal(findNoList(`nginx\n${'b '.repeat(4000)}`), undefined));
});
