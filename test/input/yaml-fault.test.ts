// What a broken YAML file is said to be, and where: the mistake, not what the parser stumbles over, and none of the text.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseYamlFile } from '../../src/input/yaml.ts';

const firstProblem = (text: string): string => {
  const [problem] = parseYamlFile(text).problems;
  return problem === undefined ? '' : `${problem.line} ${problem.message}`;
};

const WEB = 'services:\n  web:\n';

describe('a YAML file that is broken', () => {
  for (const [text, expected] of [
    [
      `${WEB}    image: x\n   ports: y\n`,
      '4: this line is indented by 3 spaces; use 2 or 4, as the lines above it (column 4)',
    ],
    [
      `${WEB}    image: x\n      ports: y\n`,
      '4: this line is indented by 6 spaces, but the line above it by 4, and that one has a value already (column 7)',
    ],
    [
      '- z: 1\n   b: 2\n',
      '2: this line is indented by 3 spaces, but the line above it by 2, and that one has a value already (column 4)',
    ],
    ['a:\n  - x\n - y\n', '3: this line is indented by 1 space; use 0 or 2, as the lines above it (column 2)'],
    ['\na:\n  - x\n - y\n', '4: this line is indented by 1 space; use 0 or 2, as the lines above it (column 2)'],
    ['a:\n  - x\n  y: 1\n', '3: this line is indented as the list above it, but does not begin with "- " (column 3)'],
    [`${WEB}\t\timage: x\n`, '3: there is a tab in the indentation; use spaces (column 1)'],
    ['a:\n  b: 1\n  \tc: 2\n', '3: there is a tab in the indentation; use spaces (column 3)'],
    [`${WEB}    ports: [80, 443\n    x: y\n`, '3: this "[" is never closed (column 12)'],
    ['a: [1, 2\n', '1: this "[" is never closed (column 4)'],
    ['a: {b: 1\nc: 2\n', '1: this "{" is never closed (column 4)'],
    [`${WEB}    {image: x\n  db: y\n`, '3: this "{" is never closed (column 5)'],
    ['a: 1]\nb: ]\n', '2: there is no "[" for this "]" (column 4)'],
    ['a: "secret\nb: 1\n', '1: this quote (") is never closed (column 4)'],
    ["a: 'x'\nb: 'secret\n", "2: this quote (') is never closed (column 4)"],
    ['a: "se\\"cret\n', '1: this quote (") is never closed (column 4)'],
    ['a: "x" secret\n', '1: this text does not belong to the value before it (column 8)'],
    [`${WEB}    command: echo secret: b\n`, '3: there are two ": " on this line; put the value in quotes (column 14)'],
    [`${WEB}    image nginx\n    ports: x\n`, '3: this line has no ": " between a key and a value (column 5)'],
    [`${WEB}    ports: x\n    image nginx\n`, '4: this line has no ": " between a key and a value (column 5)'],
    [`${WEB}    image:nginx\n    ports: x\n`, '3: a space is missing after the ":" (column 11)'],
    ['a: 1\n<<<<<<< HEAD\nb: 1\n', '2: this is a conflict marker of Git (column 1)'],
    ['a: 1\n- b\n', '2: a list item ("- ") does not fit here (column 1)'],
    ['a: - x\n', '1: a list ("- ") must begin on a line of its own (column 4)'],
    ['a: @secret\n', '1: a value cannot begin with @; put it in quotes (column 4)'],
    ['a: [1,,2]\n', '1: there is a "," too many (column 7)'],
    ['a: ["x" "y"]\n', '1: a "," is missing before this item (column 9)'],
    [
      'a: "\\w"\n',
      '1: a backslash in double quotes begins no known escape; use single quotes, or two backslashes (column 5)',
    ],
  ] as const) {
    it(JSON.stringify(text), () => {
      assert.equal(firstProblem(text), `${expected.replace(': ', ' Not valid YAML: ')}.`);
      assert.doesNotMatch(firstProblem(text), /secret/);
    });
  }

  it('with a key twice is told the key and the line', () => {
    assert.equal(firstProblem('a: 1\nb: 2\na: 3\n'), '3 Duplicate key "a".');
  });
});
