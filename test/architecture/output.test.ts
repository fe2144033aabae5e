// Text reaches a user or a pipeline through one module, which cleans it: nothing else in src can write to the streams of
// the process.

import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

/** The streams are taken hold of in the first, and written to in the second. */
const TAKES_HOLD = 'cli/io.ts';
const WRITES = 'cli/output-stream.ts';

const src = join(rootOf(fileURLToPath(import.meta.url)), 'src');
const sources = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => ({ file: file.split(sep).join('/'), code: withoutComments(readFileSync(join(src, file), 'utf8')) }));

/** The folder of package.json: the compiled test lies deeper than its source. */
function rootOf(path: string): string {
  const folder = dirname(path);
  return existsSync(join(folder, 'package.json')) ? folder : rootOf(folder);
}

function withoutComments(text: string): string {
  return text.replace(/^\s*(?:\/\/|\/?\*).*$/gm, '');
}

const filesWith = (pattern: RegExp): string[] =>
  sources.filter(({ code }) => pattern.test(code)).map(({ file }) => file);

describe('the streams of the process', () => {
  it(`are taken over only in ${TAKES_HOLD}`, () => {
    const byName = /\bprocess\s*(?:\?\.|\.|\[\s*['"`])\s*(?:stdout|stderr)\b/;
    const byPattern = /\{[^{}]*\b(?:stdout|stderr)\b[^{}]*\}\s*=\s*(?:globalThis\s*\.\s*)?process\b/;
    assert.deepEqual(filesWith(byName), [TAKES_HOLD]);
    assert.deepEqual(filesWith(byPattern), []);
  });

  it('are handed on as doors, not as streams', () => {
    const io = sources.find(({ file }) => file === TAKES_HOLD)?.code ?? '';
    const uses = [...io.matchAll(/.*\bprocess\.(?:stdout|stderr)\b.*/g)].map(([line]) => line.trim());
    for (const use of uses) assert.match(use, /^(?:stdout|stderr): createOutputStream\(process\.\w+, /);
    assert.equal(uses.length, 2);
  });

  it(`are written to in ${WRITES} alone`, () => {
    const door = filesWith(/\bstream\.(?:write|end|pipe)\(/).filter((file) => file.startsWith('cli/'));
    assert.deepEqual(door, [WRITES]);
    assert.deepEqual(filesWith(/\b(?:stdout|stderr)\.(?:write|end|cork|pipe)\(/), []);
  });

  it('are not reached past it: no console, no descriptor, no device', () => {
    assert.deepEqual(filesWith(/\bconsole\s*[.[]/), []);
    assert.deepEqual(filesWith(/\bwrite(?:v|File)?Sync\(\s*[12]\b|\/dev\/(?:stdout|stderr|tty|fd)/), []);
    assert.deepEqual(filesWith(/['"]node:tty['"]/), []);
  });
});
