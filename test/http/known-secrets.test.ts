import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createKnownSecrets, type KnownSecrets } from '../../src/http/known-secrets.ts';
import { base64, ENCODINGS, hexdump } from '../support/encodings.ts';

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

describe('a secret is hidden', () => {
  it('only once it is known', () => assert.equal(createKnownSecrets().hide('s3cret'), 's3cret'));

  it('alone and as RFC 7617 sends it', () => {
    const { hide } = withLogin('s3cret/12');
    assert.equal(hide(`no s3cret/12 for Basic ${base64('me:s3cret/12')}; S3CRET%2F12`), 'no *** for Basic ***; ***');
  });

  it('also if the user name contains a colon', () => {
    const { hide } = withLogin('hunter2-Zq9', 'dom:user');
    assert.equal(hide('bad hunter2-Zq9'), 'bad ***');
  });

  it('as the credential of a proxy, with or without a scheme', () => {
    const { hide } = createKnownSecrets([
      'http://me:p%40ss@proxy.test:3128',
      undefined,
      'http://%zz:plain@proxy.test',
      'u:bare1@p:3128',
    ]);
    assert.equal(hide('p@ss p%40ss plain bare1'), '*** *** *** ***');
  });

  it('but no name of the image that contains it', () => {
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
        const quoted = encode(secret, 'me');
        const shown = hide(`bad <${quoted}> given`);
        assert.match(shown, /^bad .*\*\*\*.* given$/s);
        for (let at = 0; at + LONGEST_PIECE <= quoted.length; at += 1) {
          assert.ok(!shown.includes(quoted.slice(at, at + LONGEST_PIECE)), shown);
        }
      });
    }

    it('where the text breaks off within it, or within a character of it', () => {
      const { hide } = withLogin(secret);
      for (const end of ['', '…', '...']) assert.equal(hide(`it said ${secret.slice(0, 12)}${end}`), 'it said ***');
      for (const begun of ['', '%', '%2', '\\\\u00', '\\\\x', '&#x2', '&quo', '\ufffd', '\xc3']) {
        assert.equal(hide(`it said ${secret.slice(0, 12)}${begun}... and more`), 'it said *** and more');
        assert.equal(hide(`it said ${secret.slice(0, 12)}${begun}`), 'it said ***');
      }
    });
  });
}

it('a password is hidden though its UTF-16 was read as UTF-8', () => {
  for (const secret of ['correct-horse', 'pässwörd-Zq9']) {
    for (const bytes of [Buffer.from(secret, 'utf16le'), Buffer.from(secret, 'utf16le').swap16()]) {
      assert.equal(withLogin(secret).hide(`bad <${bytes}>`).replaceAll('\0', ''), 'bad <***>');
    }
  }
});

describe('a password is hidden that is broken up', () => {
  const secret = 'Zq9-hunter2pw';
  const [start, end] = [secret.slice(0, 6), secret.slice(6)];
  for (const sign of [
    '\n',
    '\r\n ',
    ' ',
    '\t',
    '\u200b',
    '\u00ad',
    '\0',
    '\\\n',
    '=\r\n',
    '&shy;',
    '<wbr>',
    '\u001b[1m',
    '\ufeff',
  ]) {
    it(`by one ${JSON.stringify(sign)}`, () =>
      assert.equal(withLogin(secret).hide(`bad ${start}${sign}${end} given`), 'bad *** given'));
  }
  for (const sign of ['\n', ' ', '\u200b', '.', '-', '_', '|', ', ', ' - ', '","', "', '", '<b></b>']) {
    it(`by ${JSON.stringify(sign)} after each character`, () => {
      for (const password of [secret, 'k7.-_x']) {
        const shown = withLogin(password).hide(`bad <${[...password].join(sign)}> given`);
        assert.match(shown, /^bad <?\*\*\*>? given$/);
      }
    });
  }
  for (const [how, change] of Object.entries<(it: string) => string>({
    'full-width letters': (it) => String.fromCharCode(it.charCodeAt(0) + 0xfee0),
    'mathematical letters': (it) => (/[a-z]/.test(it) ? String.fromCodePoint(0x1d41a + it.charCodeAt(0) - 97) : it),
    'letters with marks': (it) => `${it}\u0301`,
  })) {
    it(`or in ${how}`, () =>
      assert.match(
        withLogin(secret).hide(`bad <${[...secret].map(change).join('')}> given`),
        /^bad <\*\*\*\u0301?> given$/,
      ));
  }
  for (const cut of ['[truncated]', '***', '[...]', '(…)', '<snip>']) {
    it(`or cut off before ${cut}`, () =>
      assert.equal(withLogin(secret).hide(`bad ${secret.slice(0, -2)}${cut} given`), 'bad *** given'));
  }

  for (const sign of ['…', '...', '......', '[...]', '(…)', '***', '********', '<snip>', '[truncated]']) {
    it(`or without its beginning, after ${sign}`, () => {
      for (const ending of [secret.slice(2), secret.slice(-9), secret.slice(-6)]) {
        assert.equal(withLogin(secret).hide(`bad ${sign}${ending}, given`), `bad ${sign}***, given`);
        assert.equal(withLogin(secret).hide(`bad ${sign}${encodeURIComponent(ending)}`), `bad ${sign}***`);
      }
      assert.equal(
        withLogin(secret).hide(`bad ${secret.slice(0, 8)}${sign}${secret.slice(-3)} given`),
        'bad *** given',
      );
    });
  }

  it('but no ending that may be an ordinary word', () => {
    for (const [password, words] of [
      // Of few letters, within a word, or without a sign that something was left out.
      ['Zq9-denied', 'access ...denied'],
      ['Zq9-manifest', 'see .../manifests and ...manifests'],
      ['Zq9-manifest', 'bad manifest, *** manifest'],
      ['Zq9-hunter2pw', 'see ...ter2pwx, ...2pw, ...r2pw'],
    ] as const) {
      assert.equal(withLogin(password).hide(words), words);
    }
  });

  it('and as a whole if it contains such a sign', () => {
    for (const password of ['Zq9-hunter2...pw', 'Zq9-hunter2***pw', 'rbLtwfh7sNiPKw9n']) {
      assert.equal(withLogin(password).hide(`bad <${password}> given`), 'bad <***> given');
    }
  });

  it('but not in the words of a sentence', () => {
    for (const password of ['them', 'sein', 'isnot', 'manif']) {
      const words = 'the manifest unknown: se in this, is not the\nmanifest of the man';
      assert.equal(withLogin(password).hide(words).includes('the man'), true, password);
    }
  });
});

describe('a long password is hidden', () => {
  const secret = 'a password of some forty characters-Zq9+';
  for (const [how, dump] of Object.entries({
    'as hexdump writes it': hexdump(secret, (at) => at.toString(16).padStart(8, '0'), '  '),
    'as xxd writes it': hexdump(secret, (at) => `${at.toString(16).padStart(8, '0')}:`, ' ', 2),
  })) {
    it(how, () => assert.equal(withLogin(secret).hide(`bad <${dump}\ngiven`), 'bad <***\ngiven'));
    it(`${how}, as JSON`, () =>
      assert.equal(withLogin(secret).hide(`bad <${JSON.stringify(dump).slice(1, -1)}\\ngiven`), 'bad <***\\ngiven'));
  }
});

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

  it('while no credential is ever forgotten', () => {
    const secrets = createKnownSecrets(['http://pu:proxy-pass@proxy.test']);
    for (let at = 0; at < 2_000; at += 1) {
      secrets.addCredential('me', `login-${at}-`);
      secrets.addToken(`token-${at}-`);
    }
    assert.equal(secrets.hide(`proxy-pass login-0- ${base64('pu:proxy-pass')},`), '*** *** ***,');
  });
});

describe('what is no secret is shown', () => {
  it('digests, addresses and words next to a long token', () => {
    const { hide } = withToken(`eyJ${'x'.repeat(200)}`);
    const words = `sha256:${'ab12'.repeat(16)} at https://registry.test/v2/library/nginx/manifests/latest`;
    assert.equal(hide(words), words);
  });

  it('sentences, numbers and data that decode to something else', () => {
    const { hide } = withLogin('demo-1234');
    for (const words of [
      'The manifest of team/app was not found, and added a face: 10 of 25, 2026-01-02 10:20:30 (192.168.0.1).',
      `c29tZXRoaW5nIGVsc2UgdGhhdCBpcyBsb25n ${'54:6f:'.repeat(20)} https://r.test/?a=10&b=%20&amp;c=\\"d\\"`,
      `demo, 1234 ${base64('demo')} 64656d6f sha256:${'0123456789abcdef'.repeat(4)}`,
    ]) {
      assert.equal(hide(words), words);
    }
  });

  it('a password of three characters, which any word may contain', () =>
    assert.equal(withLogin('the').hide('then'), 'then'));
});

describe('hiding takes linear time', () => {
  for (const [name, piece] of Object.entries({
    backslashes: '\\',
    percents: '%25',
    entities: '&amp;',
    blanks: ' ',
    words: 'a',
    base64: 'V',
    'base64 of base64': 'VlZW',
    base32: 'GEZDGNBV',
    omissions: '...a',
    'omissions after eight characters': 'aaaaaaaa...',
    'lines of base64': `${'V'.repeat(60)}\n`,
    'quoted-printable': '=3D',
    bytes: '85 ',
    hexadecimal: '0x55, ',
    hexdumps: `00000000  ${'55 '.repeat(16)} UUUU\n`,
    zeros: 'V\0',
    'UTF-8 in Latin-1': 'Ã¤',
    tags: '<b>',
    'an open tag': '<b',
    dots: 'a.',
    lists: '"a", ',
    'full-width letters': 'ａ',
    marks: 'a\u0301',
    styles: '\u001b[1m',
    'everything at the same time': '%25&amp;=3D\\\\Ã¤ 85 0x55 VVVV\0',
  })) {
    it(`whatever it repeats: ${name}`, () => {
      const secrets = createKnownSecrets();
      for (let at = 0; at < 5; at += 1) secrets.addCredential('me', `${piece.repeat(30)}${at}`);
      assert.equal(typeof secrets.hide(piece.repeat(200_000)), 'string');
    });
  }

  it('and a page of ordinary text is shown', () => {
    const page =
      `<p>a &amp; b <a href="https://x.test/?a=10&amp;b=20%20c">größe</a> = \\"x\\" ${base64('12345')}\n`.repeat(100);
    assert.equal(withLogin('hunter2-Zq9').hide(page), page);
  });
});
