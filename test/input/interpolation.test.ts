// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of Compose.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { interpolate } from '../../src/input/interpolation.ts';
import { plainText } from '../../src/input/resolved-text.ts';

const VALUES: Readonly<Record<string, string>> = { A: 'x', E: '', V: '1', a_2: 'y' };
const lookup = (name: string) => (Object.hasOwn(VALUES, name) ? plainText(VALUES[name] ?? '') : undefined);

describe('interpolate', () => {
  const texts: readonly (readonly [template: string, text: string, ...missing: string[]])[] = [
    ['nginx', 'nginx'],
    ['nginx:$V', 'nginx:1'],
    ['nginx:${V}-${a_2}', 'nginx:1-y'],
    ['nginx:$$V', 'nginx:$V'],
    ['nginx:$${V}', 'nginx:${V}'],
    ['nginx:$$$V', 'nginx:$1'],
    ['nginx:$V_2', 'nginx:', 'V_2'],
    ['nginx:$1', 'nginx:$1'],
    ['nginx:$', 'nginx:$'],
    ['$.$-$ ', '$.$-$ '],
    ['$N/$M:$N', '/:', 'N', 'M'],
    ['${N:-d}', 'd'],
    ['${E:-d}', 'd'],
    ['${E-d}', ''],
    ['${N-d}', 'd'],
    ['${N:-}', ''],
    ['${N:-a}b}', 'ab}'],
    ['${N:-${M:-c}}', 'c'],
    ['${N:-$M}', '', 'M'],
    ['${V:-$M}', '1'],
    ['${N:-a$$b}', 'a$b'],
    ['${V:+d}', 'd'],
    ['${E:+d}', ''],
    ['${E+d}', 'd'],
    ['${N+d}', ''],
    ['${V:?m}', '1'],
    ['${E?m}', ''],
    ['${V-a:-b}', '1'],
    ['${N-a:-b}', 'a:-b'],
    ['${V[0]}', '${V[0]}'],
    ['${N:-{}}', '{}'],
  ];
  for (const [template, text, ...missing] of texts) {
    it(`${template} is ${JSON.stringify(text)}`, () => {
      assert.deepEqual(interpolate(template, lookup), {
        ok: true,
        value: { text, missing: missing.map((name) => ({ name })) },
      });
    });
  }

  const failures: readonly (readonly [template: string, error: string])[] = [
    ['${V:?x', 'missing } in ${V:?x'],
    ['${N:?give it}', 'required variable N is not set: give it'],
    ['${N:?$V}', 'required variable N is not set: 1'],
    ['${N?}', 'required variable N is not set'],
    ['${E:?}', 'required variable E is not set'],
    ['${V:-${N?}}', 'required variable N is not set'],
    ['${}', '${} is not a variable; write a literal dollar as $$'],
    ['${1}', '${1} is not a variable; write a literal dollar as $$'],
    ['${V/a/b}', '${V/a/b} is not a variable; write a literal dollar as $$'],
    ['${V:x}', '${V:x} is not a variable; write a literal dollar as $$'],
    ['${ V}', '${ V} is not a variable; write a literal dollar as $$'],
    [`${'${N:-'.repeat(200)}${'}'.repeat(200)}`, 'variables are nested more than 100 levels deep'],
  ];
  for (const [template, error] of failures) {
    it(`${template.slice(0, 20)} is invalid: ${error}`, () => {
      assert.deepEqual(interpolate(template, lookup), { ok: false, error });
    });
  }

  it('inserts a mark where a value is missing', () => {
    assert.deepEqual(interpolate('a$N${M:-b}', lookup, '?'), {
      ok: true,
      value: { text: 'a?b', missing: [{ name: 'N' }] },
    });
  });

  it('limits variables that repeat each other', () => {
    const long = plainText('x'.repeat(10_000));
    const { ok } = interpolate('$A'.repeat(10_000), () => long);
    assert.equal(ok, false);
  });

  it('never throws', () => {
    const unit = fc.constantFrom('$', '{', '}', ':', '-', '?', '+', '[', ']', 'A', 'N', ' ', '\n');
    fc.assert(fc.property(fc.string({ unit }), (template) => typeof interpolate(template, lookup).ok === 'boolean'));
  });
});
