// The YAML reader overrides private parts of the yaml package. These tests fail when a new version moves them.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Composer, Lexer, LineCounter, Parser } from 'yaml';
import { parseNodes, type YamlError } from '../../src/file/yaml-parser.ts';

const MOVED =
  'The yaml package moved a private part that src/file/yaml-parser.ts overrides; adapt it to the new version:';

/** Its errors, and the roots as plain data. */
function parse(text: string) {
  const errors: YamlError[] = [];
  const onError = (error: YamlError): void => void errors.push(error);
  const roots = [...parseNodes(text, { lines: new LineCounter(), maxTokens: 100, onError })];
  return { errors, roots: roots.map((root) => root.toJSON()) };
}

describe('the private parts of the yaml package', () => {
  it('Lexer has continueScalar, parseFlowCollection, buffer, pos and indentNext', () => {
    const lexer = new Lexer() as unknown as Record<string, unknown>;
    const types = ['continueScalar', 'parseFlowCollection', 'buffer', 'pos', 'indentNext'].map(
      (name) => `${name}: ${typeof lexer[name]}`,
    );
    assert.deepEqual(
      types,
      [
        'continueScalar: function',
        'parseFlowCollection: function',
        'buffer: string',
        'pos: number',
        'indentNext: number',
      ],
      `${MOVED} a member of Lexer.`,
    );
  });

  it('Lexer asks continueScalar where multi-line text continues', () => {
    const { errors, roots } = parse('a:\n  b: "\n    c\n  "\n  d: e\n');
    assert.deepEqual(errors, [], `${MOVED} a closing quote in the column of its key is an error again.`);
    assert.deepEqual(roots, [{ a: { b: ' c ', d: 'e' } }]);
  });

  it('Lexer asks parseFlowCollection for each step of a collection in brackets', () => {
    const { errors, roots } = parse('a:\n  b: [\nc\n]\n  d: e\n');
    assert.deepEqual(errors, [], `${MOVED} indentation inside brackets is an error again.`);
    assert.deepEqual(roots, [{ a: { b: ['c'], d: 'e' } }]);
  });

  it('Composer reports a comment without a blank before it with these words', () => {
    const { errors, roots } = parse('a: [b,# c\n d]# e\n');
    assert.deepEqual(errors, [], `${MOVED} the message of a comment without a blank before it.`);
    assert.deepEqual(roots, [{ a: ['b', 'd'] }]);
  });

  it('Composer reports errors to onError, with an offset', () => {
    assert.equal(typeof Reflect.get(new Composer(), 'onError'), 'function', `${MOVED} Composer.onError is gone.`);
    const { errors } = parse('a: 1\n\tb: 2\n');
    assert.ok(errors.length > 0, `${MOVED} Composer no longer reports to onError.`);
    assert.ok(
      errors.every(({ message, offset }) => typeof message === 'string' && Number.isInteger(offset)),
      `${MOVED} onError no longer gets an offset and a message.`,
    );
  });

  it('Parser has a stack as deep as the text', () => {
    assert.ok(Array.isArray(new Parser().stack), `${MOVED} Parser.stack is gone.`);
    const deep = '['.repeat(250);
    const onError = () => undefined;
    const parsing = () => [...parseNodes(deep, { lines: new LineCounter(), maxTokens: 10_000, onError })];
    assert.throws(parsing, /Nested more than 200 levels deep/, `${MOVED} Parser.stack no longer grows with depth.`);
  });
});
