// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of files

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
    ['u:@P@h.example/x', '***@h.example/x'],
    ['u:p@${HOST}', '***@${HOST}'],
    ['https://u:p@ss@h.example/x', 'https://***@h.example/x'],
    ['https://u:p/q?r#s@h.example/x', 'https://***@h.example/x'],
    [`https://u:p@h.example/x@${DIGEST}`, `https://***@h.example/x@${DIGEST}`],
    ['u:p@h.example/x:1', '***@h.example/x:1'],
    ['u:p@localhost:5000/x', '***@localhost:5000/x'],
    ['u:p@localhost:5000', '***@localhost:5000'],
    ['token@h.example/x', '***@h.example/x'],
    ['u:with blank@h.example/x', '***@h.example/x'],
    ['u:p@h.example/x@sha256:abc', '***@h.example/x@sha256:abc'],
    ['u:p@127.0.0.1:1/x@sha256:abc', '***@127.0.0.1:1/x@sha256:abc'],
    ['u:p@h.example/x:1@sha512:aaaa', '***@h.example/x:1@sha512:aaaa'],
    ['u:p@h.example@sha256:xyz', '***@h.example@sha256:xyz'],
    ['u:p@sha256.example', '***@sha256.example'],
    ['u:p@localhost', '***@localhost'],
    ['u:p@x', '***@x'],
    ['u:p%40h.example/x', '***@h.example/x'],
    ['u%3Ap%40x', '***@x'],
    ['u%253Ap%2540x', '***@x'],
    ['u:p＠h.example/x', '***@h.example/x'],
    ['u：p﹫x', '***@x'],
    ['https://u:p%40h.example/x', 'https://***@h.example/x'],
    ['https://h.example/x?token=p', 'https://h.example/x?***'],
    ['https://h.example/x?p', 'https://h.example/x?***'],
    ['https://h.example/x#token=p', 'https://h.example/x#***'],
    ['h.example/x?token=p', 'h.example/x?***'],
    ['https://u:p@h.example/x?token=p', 'https://***@h.example/x?***'],
    ['{"auths": {"h": {"auth": "dTpw"}}}', '***'],
    [' [\n"p"]', '***'],
    [Buffer.from('{"auths": {"h": {"auth": "dTpw"}}}').toString('base64'), '***'],
  ];
  for (const [text, shown] of hidden) {
    it(`hides the login in ${text}`, () => {
      assert.equal(hideUserinfo(text), shown);
      assert.equal(hideUserinfo(shown), shown);
    });
  }

  for (const text of [
    'nginx',
    'localhost:5000/x:1',
    `nginx@${DIGEST}`,
    `h.example:5000/x:1@${DIGEST}`,
    `https://h.example/x@${DIGEST}`,
    'https://h.example/x',
    'nginx@latest',
    'web:@TAG@',
    'web:@project.version@-slim',
    'registry.example.com/@NAME@/web:1',
    'web:${TAG}@${DIGEST}',
    'web:1@$WEB_SHA',
    'nginx:1@sha256:12',
    'a@b',
    'a%40b',
    'nginx:1@sha256:',
    'h.example:5000/x:1@sha256:12',
    'h.example:5000/x@sha256',
    `[::1]:5000/x@${DIGEST}`,
    'a?b',
    'folder/file #1',
    '{{ .Values.image }}',
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

  it('hides the login in every word that has a colon before its at sign', () =>
    assert.equal(
      hideUserinfoIn(`FROM u:p@h/x: no image, (u:p@x), "u:p%40x", but h:5000/x:1@${DIGEST} and me@h.example are.`),
      `FROM ***@h/x: no image, (***@x), "***@x", but h:5000/x:1@${DIGEST} and me@h.example are.`,
    ));

  it('takes linear time', () => {
    for (const piece of ['a://', 'a://@', '@', 'a:', '://', 'a.', '@a1', '@a.b:'])
      hideUserinfoIn(piece.repeat(200_000));
    for (const piece of ['a://', '@', 'a@', '@a1', '@a.', ':@', '@sha1', '%25', '%40', '?', ' ', '[', '[ '])
      hideUserinfo(piece.repeat(200_000));
  });
});
