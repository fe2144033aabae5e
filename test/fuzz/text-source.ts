// Texts for a parser: examples of what it reads, cut, doubled, mixed and sprinkled with what parsers trip over.

import type { Random } from './random.ts';

/** Between a few characters and this, but for one in a thousand. */
const MAX_LENGTH = 4_000;
const MAX_LONG_LENGTH = 60_000;

const TRIPS: readonly string[] = [
  ...'\0\t\n\r\v\f \x1b\x7f\x85\xa0\xad"\'`\\/:;,.@#$%^&*()[]{}<>|=+-_!?~',
  ...'\u200b\u200d\u202e\u2028\u2029\ufeff\ufffd\ufffe\ud800\udc00é\u0301😀ſK\ue000',
  '\r\n',
  '\n\n',
  '---\n',
  '  ',
  '\x1b[31m',
  '\x1b]0;x\x07',
  '\n::error::x',
  '##[error]',
  '##vso[x]',
  '$&',
  "$'",
  '$`',
  '$$',
  `\${`,
  '{{ x }}',
  ']]>',
  '<!--',
  '&amp;',
  '%00',
  '%2F',
  '%',
  '\\u0000',
  '\\n',
  '//',
  '../',
  '__proto__',
  'constructor',
  'toString',
  'null',
  'true',
  'NaN',
  '-1',
  '0',
  '1e400',
  '9007199254740993',
  '99999999999999999999',
  '[::1]',
  'xn--',
  'sha256:',
];

/** `words`: what the grammar is made of. */
export function createTextSource(seeds: readonly string[], words: readonly string[] = []): (random: Random) => string {
  const examples = seeds.length > 0 ? seeds : words;
  const piece = (random: Random): string =>
    words.length > 0 && random.next() < 0.6 ? random.pick(words) : random.pick(TRIPS);

  const compose = (random: Random): string => {
    let text = '';
    for (let left = random.below(30); left >= 0; left -= 1) text += piece(random);
    return text;
  };

  const change = (text: string, random: Random): string => {
    const from = random.below(text.length + 1);
    const to = Math.min(text.length, from + 1 + random.below(random.isOnce(3) ? text.length + 1 : 8));
    const [before, within, after] = [text.slice(0, from), text.slice(from, to), text.slice(to)];
    switch (random.below(9)) {
      case 0:
        return before + after;
      case 1:
        return before + within.repeat(2 + random.below(random.isOnce(20) ? 200 : 4)) + after;
      case 2:
        return before + piece(random) + after;
      case 3:
        return before + (random.isOnce(2) ? within.toUpperCase() : within.toLowerCase()) + after;
      case 4: {
        const other = random.pick(examples);
        return before + other.slice(random.below(other.length + 1));
      }
      case 5:
        return after + within + before;
      default:
        return before + piece(random) + within + after;
    }
  };

  return (random) => {
    if (random.isOnce(12)) return compose(random);
    let text = random.pick(examples);
    for (let left = random.isOnce(10) ? 20 : random.below(6); left >= 0; left -= 1) text = change(text, random);
    if (random.isOnce(1000)) text = text.repeat(1 + Math.floor(MAX_LONG_LENGTH / (text.length + 1)));
    return text.slice(
      0,
      text.length > MAX_LONG_LENGTH ? MAX_LONG_LENGTH : random.isOnce(100) ? text.length : MAX_LENGTH,
    );
  };
}
