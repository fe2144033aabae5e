import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseReference } from '../../src/core/reference.ts';
import { hideUserinfo, hideUserinfoIn } from '../../src/core/userinfo.ts';

const DIGEST = `sha256:${'a1'.repeat(32)}`;

describe('hideUserinfo', () => {
  const hidden: readonly (readonly [text: string, shown: string])[] = [
    ['https://u:p@h.example/x', 'https://***@h.example/x'],
    ['https://token@h.example', 'https://***@h.example'],
    ['HTTP://u:p@h:5000/x:1', 'HTTP://***@h:5000/x:1'],
    ['docker://u:p@h/x', 'docker://***@h/x'],
    ['https://u:p@ss@h.example/x', 'https://***@h.example/x'],
    ['https://u:p/q?r#s@h.example/x', 'https://***@h.example/x'],
    [`https://u:p@h.example/x@${DIGEST}`, `https://***@h.example/x@${DIGEST}`],
    ['u:p@h.example/x:1', '***@h.example/x:1'],
    ['u:p@localhost:5000/x', '***@localhost:5000/x'],
    ['u:p@localhost:5000', '***@localhost:5000'],
    ['token@h.example/x', '***@h.example/x'],
    ['u:with blank@h.example/x', '***@h.example/x'],
  ];
  for (const [text, shown] of hidden) it(`hides the login in ${text}`, () => assert.equal(hideUserinfo(text), shown));

  for (const text of [
    'nginx',
    'localhost:5000/x:1',
    `nginx@${DIGEST}`,
    `h.example:5000/x:1@${DIGEST}`,
    `https://h.example/x@${DIGEST}`,
    'https://h.example/x',
    'nginx@latest',
    'nginx:1@sha256:12',
    'a@b',
    '@',
    '',
  ]) {
    it(`leaves ${JSON.stringify(text)} as it is`, () => assert.equal(hideUserinfo(text), text));
  }

  it('leaves nothing of a password, whatever is in it', () => {
    const password = fc.string({ minLength: 1 }).map((text) => `Zq9${text}Zq9`);
    const host = fc.constantFrom('h.example', 'h.example/x:1', `h.example/x@${DIGEST}`, 'localhost:5000/x');
    fc.assert(
      fc.property(fc.constantFrom('', 'https://', 'http://'), password, host, (scheme, password, host) => {
        const text = `${scheme}u:${password}@${host}`;
        assert.equal(hideUserinfo(text), `${scheme}***@${host}`);
        const parsed = parseReference(text);
        assert.ok(!parsed.ok);
        assert.ok(!parsed.error.message.includes('Zq9'), parsed.error.message);
      }),
    );
  });

  it('touches no image', () => {
    fc.assert(fc.property(fc.string(), (text) => !parseReference(text).ok || hideUserinfo(text) === text));
  });
});

describe('hideUserinfoIn', () => {
  it('hides the login of every URL in a sentence, and nothing else', () =>
    assert.equal(
      hideUserinfoIn('cannot read "https://u:p@h/x", nor http://t@i, nor https://h/x, nor me@h.example.'),
      'cannot read "https://***@h/x", nor http://***@i, nor https://h/x, nor me@h.example.',
    ));

  it('takes linear time', () => {
    for (const piece of ['a://', 'a://@', '@', 'a:', '://', 'a.', '@a1', '@a.b:'])
      hideUserinfoIn(piece.repeat(200_000));
    for (const piece of ['a://', '@', 'a@', '@a1', '@a.', ':@']) hideUserinfo(piece.repeat(200_000));
  });
});
