import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import type { AuthOutcome } from '../../src/auth/authenticate.ts';
import type { Credential } from '../../src/credentials/credential.ts';
import { withRedirect } from '../../src/http/redirect.ts';
import type { HttpRequest } from '../../src/http/send.ts';
import {
  basic,
  CHALLENGE,
  FOUND,
  identityToken,
  linesOf,
  password,
  REALM,
  refusal,
  registryToken,
  type Script,
  startRun,
  summaryOf,
  tokenReply,
} from '../support/scripted-registry.ts';

const SECRET = 'correct horse battery staple';
const LOGINS: Credential[] = [registryToken(`registry ${SECRET}`), identityToken(SECRET), password('me', SECRET)];

/** Asks once with every kind of login; redirects are followed as they are in earnest. */
async function check(script: Script, logins = LOGINS, base = 'https://registry.test') {
  const run = startRun(script, [withRedirect()]);
  const image = run.startImage({ logins, base });
  return { answer: await image.ask(), drawn: image.drawn, sent: run.sent };
}

const carriesSecret = ({ headers, body = '', url }: HttpRequest): boolean => {
  const [, credentials = ''] = (headers.authorization ?? '').split(' ');
  return [url.href, JSON.stringify(headers), body, Buffer.from(credentials, 'base64').toString()].some((text) =>
    decodeURIComponent(text.replaceAll('+', ' ')).includes(SECRET),
  );
};

describe('a credential', () => {
  const realms: [string, string][] = [
    ['over http to the token service of an https registry', 'http://auth.test/token'],
    ['over http to the https registry itself', 'http://registry.test/token'],
    ['to a token service with a user name in its address', 'https://user:word@auth.test/token'],
    ['to a link-local address', 'https://169.254.169.254/latest/meta-data'],
    ['to a link-local address in IPv6', 'https://[fe80::1]/token'],
    ['to an address that is no web address', 'ftp://auth.test/token'],
  ];
  for (const [name, realm] of realms) {
    it(`is never sent ${name}, nor even looked up`, async () => {
      const { answer, drawn, sent } = await check({ registry: () => refusal(`Bearer realm="${realm}"`) });
      assert.deepEqual(linesOf(sent), ['GET registry.test/v2/app/manifests/1']);
      assert.deepEqual(drawn, []);
      assert.equal(answer.kind, 'bad-challenge');
    });
  }

  for (const [name, realm, expected] of [
    ['is sent over http to the http registry itself', 'http://registry.test/token', 'GET registry.test/token'],
    ['is sent over http to another port of it', 'http://registry.test:81/token', 'GET registry.test:81/token'],
    ['is sent over https to any token service of an http registry', 'https://auth.test/token', 'GET auth.test/token'],
    ['is never sent over http to another host', 'http://auth.test/token', undefined],
    ['is never sent over http to a host below the registry', 'http://auth.registry.test/token', undefined],
  ] as const) {
    it(name, async () => {
      const { sent } = await check(
        {
          token: () => tokenReply('x'),
          elsewhere: ({ purpose }) => (purpose === 'token' ? tokenReply('x') : refusal(`Bearer realm="${realm}"`)),
        },
        [password('me', SECRET)],
        'http://registry.test',
      );
      const lines = expected === undefined ? [] : [`${expected} as me:${SECRET}`];
      assert.deepEqual(linesOf(sent.filter(carriesSecret)), lines);
    });
  }

  it('is not looked up for a registry that asks for nobody', async () => {
    const { drawn } = await check({ registry: () => FOUND });
    assert.deepEqual(drawn, []);
  });

  it('is never sent where a registry redirects to', async () => {
    const { answer, sent } = await check({
      registry: (shown) =>
        shown === basic('me', SECRET)
          ? { status: 307, headers: { location: 'https://storage.test/blob' } }
          : refusal('Basic realm="x"'),
      elsewhere: () => FOUND,
    });
    assert.equal(summaryOf(answer).status, 200);
    assert.deepEqual(linesOf(sent).at(-1), 'GET storage.test/blob');
    assert.ok(sent.filter(carriesSecret).every(({ url }) => url.origin === 'https://registry.test'));
  });

  it('is never sent where a token service redirects to', async () => {
    for (const login of [identityToken(SECRET), password('me', SECRET)]) {
      const { answer, sent } = await check(
        { token: () => ({ status: 307, headers: { location: 'https://elsewhere.test/token' } }) },
        [login],
      );
      assert.deepEqual(summaryOf(answer), {
        kind: 'token-refused',
        status: 307,
        used: login.username ?? login.kind,
        refused: [],
      });
      assert.equal(sent.length, 2);
    }
  });

  it('is not sent for a stranger that a redirect led to: its own token service is asked as nobody', async () => {
    const stranger =
      'Bearer realm="https://auth.stranger.test/token",service="stranger",scope="repository:them/app:pull"';
    const { answer, drawn, sent } = await check({
      registry: () => ({ status: 307, headers: { location: 'https://stranger.test/v2/them/app/manifests/1' } }),
      elsewhere: ({ url, headers }) =>
        url.host === 'auth.stranger.test'
          ? tokenReply('stranger')
          : headers.authorization === 'Bearer stranger'
            ? FOUND
            : refusal(stranger),
    });
    assert.deepEqual(linesOf(sent), [
      'GET registry.test/v2/app/manifests/1',
      'GET stranger.test/v2/them/app/manifests/1',
      'GET auth.stranger.test/token',
      'GET stranger.test/v2/them/app/manifests/1 as Bearer stranger',
    ]);
    assert.equal(sent[2]?.url.search, '?service=stranger&scope=repository%3Athem%2Fapp%3Apull');
    assert.deepEqual(drawn, []);
    assert.deepEqual(summaryOf(answer), { kind: 'response', status: 200, used: undefined, refused: [] });
    assert.equal(answer.kind === 'response' && answer.response.crossedOrigin, true);
  });

  it('is not sent for a stranger even when the registry itself took it', async () => {
    const { answer, sent } = await check(
      {
        registry: (shown) =>
          shown ? { status: 307, headers: { location: 'https://stranger.test/blob' } } : refusal('Basic realm="x"'),
        // The registry's own token service, named by somebody else.
        elsewhere: () => refusal(CHALLENGE),
      },
      [password('me', SECRET)],
    );
    assert.deepEqual(linesOf(sent), [
      'GET registry.test/v2/app/manifests/1',
      `GET registry.test/v2/app/manifests/1 as me:${SECRET}`,
      'GET stranger.test/blob',
      'GET auth.test/token',
      'GET stranger.test/blob as Bearer good',
    ]);
    assert.deepEqual(summaryOf(answer), { kind: 'response', status: 401, used: 'me', refused: [] });
  });

  const strangers: [string, string][] = [
    ['Basic', 'Basic realm="x"'],
    ['a token service without TLS', 'Bearer realm="http://auth.test/token"'],
    ['no token service', 'Bearer authorization_uri="https://auth.test/token"'],
  ];
  for (const [name, challenge] of strangers) {
    it(`is not sent to a stranger that wants ${name}: its 401 is the answer`, async () => {
      const { answer, drawn, sent } = await check({
        registry: () => ({ status: 307, headers: { location: 'https://stranger.test/blob' } }),
        elsewhere: () => refusal(challenge),
      });
      assert.equal(sent.length, 2);
      assert.deepEqual(drawn, []);
      assert.deepEqual(summaryOf(answer), { kind: 'response', status: 401, used: undefined, refused: [] });
    });
  }
});

describe('the token of a stranger', () => {
  it('is not sent to the registry that redirected there, nor kept for it', async () => {
    const script: Script = {
      registry: () => ({ status: 307, headers: { location: 'https://stranger.test/v2/app/manifests/1' } }),
      elsewhere: ({ headers }) => (headers.authorization === 'Bearer good' ? FOUND : refusal(CHALLENGE)),
    };
    const run = startRun(script, [withRedirect()]);
    const image = run.startImage();
    for (let at = 0; at < 3; at += 1) assert.equal(summaryOf(await image.ask()).status, 200);
    await run.startImage().ask();
    const shownTo = run.sent.filter(({ headers }) => headers.authorization).map(({ url }) => url.host);
    assert.deepEqual(new Set(shownTo), new Set(['stranger.test']));
    assert.equal(
      run.sent.filter(({ purpose }) => purpose === 'token').length,
      1,
      'one token is enough for all of them',
    );
  });

  it('is not the one that the registry itself is shown', async () => {
    let tokens = 0;
    const script: Script = {
      token: () => {
        tokens += 1;
        return tokenReply(`token-${tokens}`);
      },
      registry: (shown) =>
        shown ? { status: 307, headers: { location: 'https://stranger.test/v2/app/manifests/1' } } : refusal(),
      elsewhere: ({ headers }) => (headers.authorization ? FOUND : refusal(CHALLENGE)),
    };
    const { sent } = await check(script, []);
    assert.deepEqual(
      linesOf(sent).filter((line) => line.includes('Bearer')),
      [
        'GET registry.test/v2/app/manifests/1 as Bearer token-1',
        'GET stranger.test/v2/app/manifests/1 as Bearer token-2',
      ],
    );
  });
});

describe('an answer', () => {
  const everythingIn = (answer: AuthOutcome): string => {
    const bodies = [answer, ...answer.credentials.refused].map((one) =>
      'response' in one ? Buffer.from(one.response.body).toString() : '',
    );
    return [
      inspect(answer, { depth: null, showHidden: true, maxArrayLength: null, maxStringLength: null }),
      inspect(answer, { depth: null, customInspect: false }),
      JSON.stringify(answer),
      ...bodies,
    ].join('\n');
  };
  const shownAs = [
    SECRET,
    Buffer.from(`me:${SECRET}`).toString('base64'),
    Buffer.from(`:${SECRET}`).toString('base64'),
  ];

  const scripts: [string, Script][] = [
    [
      'of a registry that lets us in',
      {
        token: () => tokenReply(`bearer-${SECRET.replaceAll(' ', '-')}`),
        registry: (shown) => (shown?.includes('bearer-') ? FOUND : refusal()),
      },
    ],
    ['of a token service that refuses us', { token: () => ({ status: 401 }) }],
    ['of a token service that gives a token as text', { token: () => ({ status: 200, body: SECRET }) }],
    ['of a token service that gives an impossible token', { token: () => tokenReply(SECRET) }],
  ];
  for (const [name, script] of scripts) {
    it(`${name} shows no secret`, async () => {
      for (const login of LOGINS) {
        const { answer } = await check(script, [login]);
        const text = everythingIn(answer);
        for (const secret of [...shownAs, SECRET.replaceAll(' ', '-')]) assert.ok(!text.includes(secret), text);
      }
    });
  }

  it('is left as it was sent when it is the content', async () => {
    const run = startRun({
      registry: (shown) => (shown ? { status: 200, body: `{"a":"${SECRET}"}` } : refusal('Basic realm="x"')),
    });
    const answer = await run.startImage({ logins: [password('me', SECRET)] }).ask();
    assert.equal(answer.kind === 'response' && Buffer.from(answer.response.body).toString(), `{"a":"${SECRET}"}`);
  });
});

describe('the realm of a registry', () => {
  it('is asked with the login of that registry alone', async () => {
    // Both registries name the same token service; each login was stored for one of them.
    const run = startRun({
      elsewhere: ({ headers }) => (headers.authorization ? FOUND : refusal(`Bearer realm="${REALM}",service="other"`)),
    });
    await run.startImage({ logins: [password('me', 'one')] }).ask();
    await run.startImage({ base: 'https://other.test', logins: [password('you', 'two')] }).ask();
    assert.deepEqual(linesOf(run.sent.filter(({ purpose }) => purpose === 'token')), [
      'GET auth.test/token as me:one',
      'GET auth.test/token as you:two',
    ]);
  });
});
