// The second argument of `replace` is a pattern: `$&` and `` $` `` in it stand for parts of the text. Text from
// outside is inserted by a function, whose result is used verbatim.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { ROOT } from '../pipeline/project-file.ts';

const src = join(ROOT, 'src');

/** The arguments of each call of `replace` and `replaceAll`, cut at the commas between them. */
function callsIn(text: string): string[][] {
  return [...text.matchAll(/\.replace(?:All)?\(/g)].map(({ 0: call, index }) =>
    splitArguments(text, index + call.length),
  );
}

function splitArguments(text: string, start: number): string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = start;
  for (let at = start; at < text.length; at += 1) {
    const literal =
      /^(?:'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`|\/(?![/*\s])(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*)/.exec(
        text.slice(at, at + 2_000),
      );
    if (literal !== null) {
      at += literal[0].length - 1;
      continue;
    }
    const character = text.charAt(at);
    if (/[([{]/.test(character)) depth += 1;
    if (depth === 0 && /[,)]/.test(character)) {
      parts.push(text.slice(from, at).trim());
      if (character === ')') return parts;
      from = at + 1;
    }
    if (/[)\]}]/.test(character)) depth -= 1;
  }
  return parts;
}

/** A literal, or a function: an arrow, or the name of one that the file declares. */
function isSafe(replacement: string, text: string): boolean {
  if (/^(?:'[^']*'|"[^"]*"|`[^`$]*(?:\$[^`{]*)*`)$/.test(replacement) || replacement.includes('=>')) return true;
  if (!/^\w+$/.test(replacement)) return false;
  return new RegExp(`\\bfunction ${replacement}\\b|\\bconst ${replacement} = (?:\\([^)]*\\)|\\w+)(?:: \\w+)? =>`).test(
    text,
  );
}

describe('replace', () => {
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));

  it('is found', () => {
    assert.deepEqual(callsIn("a.replace(/[,)]/g, (it) => f(it, ',')).replaceAll('b', c);"), [
      ['/[,)]/g', "(it) => f(it, ',')"],
      ["'b'", 'c'],
    ]);
    assert.equal(isSafe('c', 'const c = 1;'), false);
    assert.equal(isSafe("'$1'", ''), true);
  });

  it('is given a literal or a function, never words from elsewhere', () => {
    const unsafe = files.flatMap((file) => {
      const text = readFileSync(join(src, file), 'utf8');
      return callsIn(text)
        .map(([, replacement = '']) => replacement)
        .filter((replacement) => !isSafe(replacement, text))
        .map((replacement) => `${file}: ${replacement}`);
    });
    assert.deepEqual(unsafe, []);
  });
});
