import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createKnownSecrets, type KnownSecrets } from '../../src/http/known-secrets.ts';

function withLogin(secret: string, username = 'me'): KnownSecrets {
  const secrets = createKnownSecrets();
  secrets.addCredential(username, secret);
  return secrets;
}

function withToken(token: string): KnownSecrets {
  const secrets = createKnownSecrets();
  secrets.addToken(token);
  return secrets;
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('a secret is hidden', () => {
  it('only once it is known', () => assert.equal(createKnownSecrets().hide('s3cret'), 's3cret'));

  it('alone and as RFC 7617 sends it', () => {
    const { hide } = withLogin('s3cret/12');
    assert.equal(hide(`no s3cret/12 for Basic ${base64('me:s3cret/12')}; S3CRET%2F12`), 'no *** for Basic ***; ***');
  });

  it('also if the user name holds a colon', () => {
    const { hide } = withLogin('hunter2-Zq9', 'dom:user');
    assert.equal(hide('bad hunter2-Zq9'), 'bad ***');
  });

  it('as the login of a proxy, with or without a scheme', () => {
    const { hide } = createKnownSecrets([
      'http://me:p%40ss@proxy.test:3128',
      undefined,
      'http://%zz:plain@proxy.test',
      'u:bare1@p:3128',
    ]);
    assert.equal(hide('p@ss p%40ss plain bare1'), '*** *** *** ***');
  });

  it('but no name of the image that holds it', () => {
    const { hide } = withLogin('demo', 'demo');
    assert.equal(hide('registry.test/demo/app, demo', ['registry.test/demo/app']), 'registry.test/demo/app, ***');
  });

  it('of four code units that can be seen', () => assert.equal(withLogin('𐀀 !!').hide('no 𐀀 !! here'), 'no *** here'));

  it('whatever characters it has', () => {
    const password = fc
      .string({ minLength: 4, maxLength: 40, unit: 'grapheme' })
      .filter((text) => [...text.replace(/[\s\p{C}]/gu, '')].length >= 4);
    fc.assert(
      fc.property(password, fc.string(), (secret, words) => {
        const shown = withLogin(secret).hide(`${words}\n${secret}\n${words}`, []);
        assert.ok(!shown.split('\n').includes(secret) || words.includes(secret), shown);
      }),
    );
  });
});

/** How servers and the libraries they are written with quote a text. */
const ENCODINGS: Readonly<Record<string, (text: string) => string>> = {
  'as it is': (text) => text,
  'in upper case': (text) => text.toUpperCase(),
  'as HTML': (text) =>
    text.replace(/[&<>"']/g, (it) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[it] ?? '&#39;'),
  'as HTML, twice': (text) => text.replaceAll('&', '&amp;amp;').replaceAll('<', '&amp;lt;'),
  'as decimal entities': (text) => [...text].map((it) => `&#${it.codePointAt(0)};`).join(''),
  'as hexadecimal entities': (text) => [...text].map((it) => `&#x${it.codePointAt(0)?.toString(16)};`).join(''),
  'as a JSON string': (text) => JSON.stringify(text).slice(1, -1),
  'as JSON in JSON': (text) => JSON.stringify(JSON.stringify(text)).slice(1, -1),
  'as JSON in HTML': (text) =>
    JSON.stringify(text)
      .slice(1, -1)
      .replace(/[&<>"']/g, (it) => `&#${it.charCodeAt(0)};`),
  'as Go escapes HTML in JSON': (text) =>
    JSON.stringify(text)
      .slice(1, -1)
      .replace(/[&<>]/g, (it) => `\\u00${it.charCodeAt(0).toString(16)}`),
  'as ASCII JSON': (text) =>
    JSON.stringify(text)
      .slice(1, -1)
      .replace(/[^ -~]/g, (it) => `\\u${it.charCodeAt(0).toString(16).padStart(4, '0')}`),
  'as a Python string of bytes': (text) =>
    [...Buffer.from(text)]
      .map((byte) => (byte < 0x80 ? String.fromCharCode(byte) : `\\x${byte.toString(16)}`))
      .join(''),
  'in a URL': (text) => encodeURIComponent(text),
  'in a URL, twice': (text) => encodeURIComponent(encodeURIComponent(text)),
  'in a URL, every byte': (text) =>
    [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
  'in a form': (text) => new URLSearchParams({ a: text }).toString().slice(2),
  'in a form, in a URL': (text) => encodeURIComponent(new URLSearchParams({ a: text }).toString().slice(2)),
  'with entities that lack their semicolon': (text) => text.replaceAll('&', '&amp').replaceAll('<', '&lt'),
  'with the names of HTML for its signs': (text) =>
    text.replaceAll('!', '&excl;').replaceAll('$', '&dollar;').replaceAll('ä', '&auml;').replaceAll('ö', '&ouml;'),
  'decomposed, as Unicode NFD': (text) => text.normalize('NFD'),
  'in ISO 8859-1, read as UTF-8': (text) => text.replace(/[\x80-\xff]/g, '\ufffd'),
  'in ISO 8859-1, in a URL': (text) => text.replace(/[\x80-\xff]/g, (it) => `%${it.charCodeAt(0).toString(16)}`),
  'with its quotes doubled': (text) => text.replaceAll("'", "''").replaceAll('"', '""'),
  'in octal, as C quotes': (text) =>
    [...Buffer.from(text)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join(''),
  'in base64': (text) => base64(text),
  'in base64url': (text) => Buffer.from(text).toString('base64url'),
  'in base64, after the user name': (text) => base64(`me:${text}`),
  'in base64, in the middle of something': (text) => base64(`{"a":"${text}"}`),
  'in base64, in a URL': (text) => encodeURIComponent(base64(text)),
  'in hexadecimal': (text) => Buffer.from(text).toString('hex'),
  'in a header field, read as Latin-1': (text) => Buffer.from(text).toString('latin1'),
  'with its blanks collapsed': (text) => text.replace(/[\s\u200b]+/g, ' '),
  'without its blanks': (text) => text.replace(/[\s\u200b]+/g, ''),
};

const SECRETS: Readonly<Record<string, string>> = {
  'a plain password': 'correct-horse',
  'a password with quotes and brackets': 'quo"te\'<b>&"Zq9%41',
  'a password with backslashes': 'back\\slash\\\\Zq9',
  'a password of signs': '!@#$%^&*()_+{}|:',
  'a password beyond ASCII': 'pässwörd-Zq9-😀',
  'a pass phrase': 'my pass  word\twith blanks',
  'a pass phrase of more than 64 characters': 'some words that make a very long pass phrase, longer than any token is',
  'a long password whose base64 has signs': 'Zq9?>~?>~pass'.repeat(5),
  'a password with a zero-width character': 'zero\u200bwidth-Zq9',
  'a password that would be a command in a log': 'pw##[x]Zq9long',
  'a JSON key of several lines': JSON.stringify(
    {
      type: 'service_account',
      private_key: `-----BEGIN PRIVATE KEY-----\n${'MIIEvQ/+Zq9'.repeat(30)}\n`,
      client_email: 'a@b',
    },
    null,
    2,
  ),
};

/** Longer pieces of the secret than that are not shown. */
const LONGEST_PIECE = 10;

for (const [what, secret] of Object.entries(SECRETS)) {
  describe(`${what} is hidden`, () => {
    for (const [how, encode] of Object.entries(ENCODINGS)) {
      it(how, () => {
        const { hide } = withLogin(secret);
        const quoted = encode(secret);
        const shown = hide(`bad <${quoted}> given`);
        assert.match(shown, /^bad .*\*\*\*.* given$/s);
        for (let at = 0; at + LONGEST_PIECE <= quoted.length; at += 1) {
          assert.ok(!shown.includes(quoted.slice(at, at + LONGEST_PIECE)), shown);
        }
      });
    }

    it('where the text breaks off within it', () => {
      for (const end of ['', '…', '...']) {
        const shown = withLogin(secret).hide(`it said ${secret.slice(0, 12)}${end}`);
        assert.equal(shown, 'it said ***');
      }
    });
  });
}

describe('a token is hidden', () => {
  const token = `eyJhbGciOiJSUzI1NiJ9.${'QkJCQ0NDRERE'.repeat(70)}.c2lnbmF0dXJlLW9mLXRoZS10b2tlbg`;

  it('long or short', () => {
    assert.equal(withToken(token).hide(`have ${token}, had`), 'have ***, had');
    assert.equal(withToken('opaque-1').hide('had opaque-1'), 'had ***');
  });

  it('also in part: its end, its middle, its beginning', () => {
    const { hide } = withToken(token);
    for (const part of [token.slice(30), token.slice(100, 140), token.slice(0, 30), token.split('.')[2]]) {
      assert.equal(hide(`have ${part} now`), 'have *** now');
    }
  });

  it('unless 500 others came after it', () => {
    const secrets = createKnownSecrets();
    for (let at = 0; at < 2_000; at += 1) secrets.addToken(`token-${at}-`);
    assert.equal(secrets.hide('token-1999-'), '***');
    assert.equal(secrets.hide('token-0-'), 'token-0-');
  });

  it('if it is still in use, however many came in between', () => {
    const secrets = createKnownSecrets();
    for (let at = 0; at < 2_000; at += 1) {
      secrets.addToken('token-in-use');
      secrets.addToken(`token-${at}-`);
    }
    assert.equal(secrets.hide('token-in-use'), '***');
  });

  it('while no login is ever forgotten', () => {
    const secrets = createKnownSecrets(['http://pu:proxy-pass@proxy.test']);
    for (let at = 0; at < 2_000; at += 1) {
      secrets.addCredential('me', `login-${at}-`);
      secrets.addToken(`token-${at}-`);
    }
    assert.equal(secrets.hide(`proxy-pass login-0- ${base64('pu:proxy-pass')},`), '*** *** ***==,');
  });
});

describe('what is no secret is shown', () => {
  it('digests, addresses and words beside a long token', () => {
    const { hide } = withToken(`eyJ${'x'.repeat(200)}`);
    const words = `sha256:${'ab12'.repeat(16)} at https://registry.test/v2/library/nginx/manifests/latest`;
    assert.equal(hide(words), words);
  });

  it('a password of three characters, which any word may hold', () =>
    assert.equal(withLogin('the').hide('then'), 'then'));
});

describe('hiding takes no longer than its text is long', () => {
  for (const [name, piece] of Object.entries({
    backslashes: '\\',
    percents: '%25',
    entities: '&amp;',
    blanks: ' ',
    words: 'a',
  })) {
    it(`whatever it repeats: ${name}`, () => {
      const secrets = createKnownSecrets();
      for (let at = 0; at < 5; at += 1) secrets.addCredential('me', `${piece.repeat(30)}${at}`);
      assert.equal(typeof secrets.hide(piece.repeat(200_000)), 'string');
    });
  }
});
