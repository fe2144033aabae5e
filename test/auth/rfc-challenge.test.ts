import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseChallenges, type RfcChallenge } from '../../src/auth/rfc-challenge.ts';

const challenge = (scheme: string, params: Record<string, string> = {}, token68?: string): RfcChallenge =>
  token68 === undefined ? { scheme, params } : { scheme, params, token68 };

describe('parseChallenges', () => {
  const grammatical: [string, RfcChallenge[]][] = [
    ['Negotiate, Basic realm="corp"', [challenge('negotiate'), challenge('basic', { realm: 'corp' })]],
    [
      'Basic realm="b", Bearer realm="https://a/t",service="s"',
      [challenge('basic', { realm: 'b' }), challenge('bearer', { realm: 'https://a/t', service: 's' })],
    ],
    [
      'Basic realm="x",Negotiate,Bearer realm="a"',
      [challenge('basic', { realm: 'x' }), challenge('negotiate'), challenge('bearer', { realm: 'a' })],
    ],
    [
      'Bearer realm="a", Basic, Negotiate',
      [challenge('bearer', { realm: 'a' }), challenge('basic'), challenge('negotiate')],
    ],
    ['Negotiate YII=, Basic realm="x"', [challenge('negotiate', {}, 'YII='), challenge('basic', { realm: 'x' })]],
    ['Bearer abc==', [challenge('bearer', {}, 'abc==')]],
    ['Bearer realm="a",service="",scope="c"', [challenge('bearer', { realm: 'a', service: '', scope: 'c' })]],
    ['Bearer realm = "a"', [challenge('bearer', { realm: 'a' })]],
    ['Bearer realm\t=\t"a"', [challenge('bearer', { realm: 'a' })]],
    ['Bearer realm="a",,service="b"', [challenge('bearer', { realm: 'a', service: 'b' })]],
    [',Bearer realm="a", Basic', [challenge('bearer', { realm: 'a' }), challenge('basic')]],
    ['Bearer ,realm="a"', [challenge('bearer', { realm: 'a' })]],
    ['Basic', [challenge('basic')]],
    ['', []],
    [' , ,', []],
    [
      'Basic realm="Bearer realm=\\"a\\"", Bearer realm="b"',
      [challenge('basic', { realm: 'Bearer realm="a"' }), challenge('bearer', { realm: 'b' })],
    ],
    ['Bearer realm="a\\\\",service="b"', [challenge('bearer', { realm: 'a\\', service: 'b' })]],
    [
      'Bearer realm="a",scope="repository:x:pull,push,delete",service="s"',
      [challenge('bearer', { realm: 'a', scope: 'repository:x:pull,push,delete', service: 's' })],
    ],
    ['BASIC REALM="Sonatype"', [challenge('basic', { realm: 'Sonatype' })]],
    [
      'Basic realm=openshift,error="access denied"',
      [challenge('basic', { realm: 'openshift', error: 'access denied' })],
    ],
    [
      'Bearer realm="https://a/t?x=1,2",error="invalid_token"',
      [challenge('bearer', { realm: 'https://a/t?x=1,2', error: 'invalid_token' })],
    ],
  ];
  for (const [line, expected] of grammatical) {
    it(`reads ${line || 'nothing'}`, () => assert.deepEqual(parseChallenges(line), expected));
  }

  const asMeant: [string, string, RfcChallenge[]][] = [
    [
      'a value without quotes',
      'Bearer realm=https://a/t,service=s',
      [challenge('bearer', { realm: 'https://a/t', service: 's' })],
    ],
    [
      'what IBM sends',
      'Bearer realm=https://cp.icr.io/oauth/token, service=registry, scope=repository:x/y:pull',
      [
        challenge('bearer', {
          realm: 'https://cp.icr.io/oauth/token',
          service: 'registry',
          scope: 'repository:x/y:pull',
        }),
      ],
    ],
    [
      'parameters parted by blanks',
      'Bearer realm="a" service="s"',
      [challenge('bearer', { realm: 'a', service: 's' })],
    ],
    [
      'parameters parted by nothing',
      'Bearer realm="a"service="s"',
      [challenge('bearer', { realm: 'a', service: 's' })],
    ],
    [
      'parameters parted by semicolons',
      'Bearer realm="a"; service="s"',
      [challenge('bearer', { realm: 'a', service: 's' })],
    ],
    [
      'challenges parted by blanks',
      'Basic realm="b" Bearer realm="a"',
      [challenge('basic', { realm: 'b' }), challenge('bearer', { realm: 'a' })],
    ],
    ['the first of duplicate parameters', 'Bearer realm="a",realm="b"', [challenge('bearer', { realm: 'a' })]],
    [
      'a value that is missing',
      'Bearer realm="a",service=,scope="c"',
      [challenge('bearer', { realm: 'a', service: '', scope: 'c' })],
    ],
    ['nothing from a quote that never closes', 'Bearer service="s",realm="a', [challenge('bearer', { service: 's' })]],
    [
      'past text after a closing quote',
      'Bearer realm="a"b,service="s"',
      [challenge('bearer', { realm: 'a', service: 's' })],
    ],
    [
      'past a quoted text that nothing asks for',
      '"x, Basic realm=y", Bearer realm="a"',
      [challenge('bearer', { realm: 'a' })],
    ],
    ['past parameters without a scheme', 'realm="a", Basic', [challenge('basic')]],
    ['past invalid characters', '@(), Basic', [challenge('basic')]],
  ];
  for (const [name, line, expected] of asMeant) {
    it(`reads ${name}`, () => assert.deepEqual(parseChallenges(line), expected));
  }

  it('reads several lines in order', () => {
    assert.deepEqual(parseChallenges(['Bearer realm="a"', '', 'Basic realm="b", Negotiate']), [
      challenge('bearer', { realm: 'a' }),
      challenge('basic', { realm: 'b' }),
      challenge('negotiate'),
    ]);
  });

  it('does not carry a challenge over to the next line', () => {
    assert.deepEqual(parseChallenges(['Bearer realm="a"', 'service="s"']), [challenge('bearer', { realm: 'a' })]);
  });

  it('treats all names as data', () => {
    const [{ params } = challenge('')] = parseChallenges('Bearer __proto__="a",constructor="b"');
    assert.deepEqual(Object.entries(params), [
      ['__proto__', 'a'],
      ['constructor', 'b'],
    ]);
    assert.equal(Object.getPrototypeOf(params), Object.prototype);
  });

  it('reads every challenge in every form that the grammar allows', () => {
    fc.assert(
      fc.property(arbitraryWriting(), ({ challenges, lines }) => {
        assert.deepEqual(parseChallenges(lines), challenges);
        assert.deepEqual(parseChallenges(lines.join(', ')), challenges, 'and as fetch joins them');
      }),
      { numRuns: 2_000 },
    );
  });

  it('never throws', () => {
    const pieces = fc.constantFrom(
      'Bearer',
      'realm',
      '=',
      '"',
      '\\',
      ',',
      ' ',
      '\t',
      ';',
      'a',
      ':',
      '/',
      'é',
      '\u0000',
      '==',
    );
    const line = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.array(pieces).map((some) => some.join('')),
    );
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        for (const { scheme, params } of parseChallenges(lines)) {
          assert.equal(scheme, scheme.toLowerCase());
          assert.ok(Object.keys(params).every((name) => name === name.toLowerCase()));
        }
      }),
      { numRuns: 2_000 },
    );
  });

  // A quadratic parser would take minutes for each of these.
  const pieces = [
    '"\\',
    ',',
    'a=',
    'a ',
    'a',
    '"',
    '\\',
    ' ',
    '=',
    'a="',
    'a==',
    'Bearer a=',
    'é',
    'a a\t',
    'B r="a",',
  ];
  for (const piece of pieces) {
    it(`reads hundreds of kilobytes of ${JSON.stringify(piece)}`, () => {
      const text = piece.repeat(200_000);
      for (const line of [text, `Bearer ${text}"`, `Bearer realm="${text}`]) {
        assert.ok(parseChallenges(line).every(({ scheme }) => scheme !== ''));
      }
    });
  }
});

const TOKEN_CHARACTERS = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz";
const token = (maxLength = 8) => fc.string({ unit: fc.constantFrom(...TOKEN_CHARACTERS), minLength: 1, maxLength });

function arbitraryChallenge(): fc.Arbitrary<RfcChallenge> {
  // HTAB, SP, VCHAR and obs-text: everything that a quoted-string may contain, escaped or not.
  const quotable = fc.string({
    unit: fc.oneof(
      fc.constantFrom('\t', ' ', '"', '\\', ',', '=', 'é', 'ÿ'),
      fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
    ),
    maxLength: 12,
  });
  const params = fc.dictionary(token(), fc.oneof(token(), quotable), { maxKeys: 4, noNullPrototype: true });
  const token68 = fc
    .tuple(
      fc.string({ unit: fc.constantFrom(...'ABCxyz019-._~+/'), minLength: 1, maxLength: 12 }),
      fc.integer({ min: 0, max: 2 }),
    )
    .map(([text, padding]) => text + '='.repeat(padding));
  return fc.oneof(
    fc.record({ scheme: token(), params }, { noNullPrototype: true }),
    fc.record({ scheme: token(), params: fc.constant({}), token68 }, { noNullPrototype: true }),
  );
}

/** Challenges and one of their spellings: on one line or several, with spaces, empty elements, quotes, escapes. */
function arbitraryWriting(): fc.Arbitrary<{ challenges: RfcChallenge[]; lines: string[] }> {
  const challenges = fc.array(arbitraryChallenge(), { maxLength: 5 });
  return fc
    .tuple(challenges, fc.infiniteStream(fc.nat({ max: 1_000 })))
    .map(([written, choices]) => ({ challenges: written, lines: writeChallenges(written, choices) }));
}

function writeChallenges(challenges: readonly RfcChallenge[], choices: fc.Stream<number>): string[] {
  const choose = <T>(...options: readonly T[]): T => options[choices.next().value % options.length] as T;
  const blanks = () => choose('', ' ', '\t', '  ');
  const comma = () => choose(',', ', ', ' ,', ' , ', ',,', ', ,', '\t,\t');
  const spelled = (name: string) => choose(name, name.toUpperCase());
  const quoted = (text: string) =>
    `"${[...text].map((one) => (one === '"' || one === '\\' ? `\\${one}` : choose(one, one, `\\${one}`))).join('')}"`;
  const isToken = (text: string) => text !== '' && [...text].every((one) => TOKEN_CHARACTERS.includes(one));
  const write = ({ scheme, params, token68 }: RfcChallenge): string => {
    const start = `${spelled(scheme)}${choose(' ', '  ')}`;
    if (token68 !== undefined) return `${start}${token68}`;
    const pairs = Object.entries(params).map(([name, value]) => {
      const text = isToken(value) ? choose(value, quoted(value)) : quoted(value);
      return `${spelled(name)}${blanks()}=${blanks()}${text}`;
    });
    return pairs.length === 0
      ? spelled(scheme)
      : `${start}${choose('', ', ')}${pairs.reduce((list, pair) => `${list}${comma()}${pair}`)}`;
  };
  const lines: string[] = [];
  for (const challenge of challenges) {
    const last = choose(true, false) ? lines.pop() : undefined;
    const text = `${choose('', ',', ' ')}${write(challenge)}${choose('', ',', ' ')}`;
    lines.push(last === undefined ? text : `${last}${comma()}${text}`);
  }
  return lines;
}
