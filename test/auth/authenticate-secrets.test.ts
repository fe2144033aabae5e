import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import type { AuthOutcome } from '../../src/auth/authenticate.ts';
import type { Credential } from '../../src/credentials/credential.ts';
import { withRedirect } from '../../src/http/redirect.ts';
import type { HttpRequest } from '../../src/http/send.ts';
import type { Reply } from '../support/fake-send.ts';
import {
  basic,
  CHALLENGE,
  FOUND,
  identityToken,
  linesOf,
  MANIFEST,
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
const CREDENTIALS: Credential[] = [registryToken(`registry ${SECRET}`), identityToken(SECRET), password('me', SECRET)];

/** Sends one request with every kind of credential; redirects are followed as in a real check. */
async function check(script: Script, credentials = CREDENTIALS, base = 'https://registry.test') {
  const run = startRun(script, [withRedirect()]);
  const image = run.startImage({ credentials, base });
  return { outcome: await image.send(), lookedUp: image.lookedUp, sent: run.sent };
}

const carriesSecret = ({ headers, body = '', url }: HttpRequest): boolean => {
  const [, credentials = ''] = (headers.authorization ?? '').split(' ');
  return [url.href, JSON.stringify(headers), body, Buffer.from(credentials, 'base64').toString()].some((text) =>
    decodeURIComponent(text.replaceAll('+', ' ')).includes(SECRET),
  );
};

describe('a credential', () => {
  const realms: [string, string][] = [
    ['to a token service with a user name in its URL', 'https://user:word@auth.test/token'],
    ['to a link-local address', 'https://169.254.169.254/latest/meta-data'],
    ['to a link-local address in IPv6', 'https://[fe80::1]/token'],
    ['to a URL that is not http or https', 'ftp://auth.test/token'],
  ];
  for (const [name, realm] of realms) {
    it(`is never sent ${name}, nor looked up`, async () => {
      const { outcome, lookedUp, sent } = await check({ registry: () => refusal(`Bearer realm="${realm}"`) });
      assert.deepEqual(linesOf(sent), ['GET registry.test/v2/app/manifests/1']);
      assert.deepEqual(lookedUp, []);
      assert.equal(outcome.kind, 'bad-challenge');
    });
  }

  for (const [name, realm] of [
    ['the token service of an https registry', 'http://auth.test/token'],
    ['the https registry itself', 'http://registry.test/token'],
  ]) {
    it(`is never sent over http to ${name}, and no request without it`, async () => {
      const { outcome, sent } = await check({ registry: () => refusal(`Bearer realm="${realm}"`) });
      assert.deepEqual(
        sent.filter(({ purpose }) => purpose === 'token'),
        [],
      );
      assert.ok(sent.filter(carriesSecret).every(({ url }) => url.origin === 'https://registry.test'));
      assert.equal(outcome.kind, 'response', 'only the registry token was sent, to the registry');
    });

    it(`is not needed over http at ${name}, if it issues anonymous tokens`, async () => {
      const issue = (): Reply => tokenReply('good');
      const registry = (authorization: string | undefined, { purpose }: HttpRequest): Reply =>
        purpose === 'token' ? issue() : authorization === 'Bearer good' ? FOUND : refusal(`Bearer realm="${realm}"`);
      const { outcome, sent } = await check({ registry, elsewhere: issue }, []);
      assert.equal(summaryOf(outcome).status, 200);
      assert.ok(!sent.some(carriesSecret));
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

  it('is not looked up for a registry that requires none', async () => {
    const { lookedUp } = await check({ registry: () => FOUND });
    assert.deepEqual(lookedUp, []);
  });

  it('is never sent where a registry redirects to', async () => {
    const { outcome, sent } = await check({
      registry: (authorization) =>
        authorization === basic('me', SECRET)
          ? { status: 307, headers: { location: 'https://storage.test/blob' } }
          : refusal('Basic realm="x"'),
      elsewhere: () => FOUND,
    });
    assert.equal(summaryOf(outcome).status, 200);
    assert.deepEqual(linesOf(sent).at(-1), 'GET storage.test/blob');
    assert.ok(sent.filter(carriesSecret).every(({ url }) => url.origin === 'https://registry.test'));
  });

  it('is never sent where a token service redirects to', async () => {
    for (const credential of [identityToken(SECRET), password('me', SECRET)]) {
      const { outcome, sent } = await check(
        {
          token: (_, { method }) =>
            method === 'POST'
              ? { status: 404 }
              : { status: 307, headers: { location: 'https://elsewhere.test/token' } },
          elsewhere: () => tokenReply('good'),
        },
        [credential],
      );
      assert.equal(summaryOf(outcome).status, 200);
      assert.ok(sent.filter(carriesSecret).every(({ url }) => url.href.startsWith(REALM)));
      assert.deepEqual(linesOf(sent).slice(-2), ['GET elsewhere.test/token', `${MANIFEST} as Bearer good`]);
    }
  });

  it('is not sent for a host that a redirect led to: its token service is used anonymously', async () => {
    const storage = 'Bearer realm="https://auth.storage.test/token",service="storage",scope="repository:them/app:pull"';
    const { outcome, lookedUp, sent } = await check({
      registry: () => ({ status: 307, headers: { location: 'https://storage.test/v2/them/app/manifests/1' } }),
      elsewhere: ({ url, headers }) =>
        url.host === 'auth.storage.test'
          ? tokenReply('storage')
          : headers.authorization === 'Bearer storage'
            ? FOUND
            : refusal(storage),
    });
    assert.deepEqual(linesOf(sent), [
      'GET registry.test/v2/app/manifests/1',
      'GET storage.test/v2/them/app/manifests/1',
      'GET auth.storage.test/token',
      'GET storage.test/v2/them/app/manifests/1 as Bearer storage',
    ]);
    assert.equal(sent[2]?.url.search, '?service=storage&scope=repository%3Athem%2Fapp%3Apull');
    assert.deepEqual(lookedUp, []);
    assert.deepEqual(summaryOf(outcome), { kind: 'response', status: 200, used: undefined, refused: [] });
    assert.equal(outcome.kind === 'response' && outcome.response.crossedOrigin, true);
  });

  it('is not sent for a host that a redirect led to, even if the registry accepted it', async () => {
    const { outcome, sent } = await check(
      {
        registry: (authorization) =>
          authorization
            ? { status: 307, headers: { location: 'https://storage.test/blob' } }
            : refusal('Basic realm="x"'),
        // The registry's own token service, named by another host.
        elsewhere: () => refusal(CHALLENGE),
      },
      [password('me', SECRET)],
    );
    assert.deepEqual(linesOf(sent), [
      'GET registry.test/v2/app/manifests/1',
      `GET registry.test/v2/app/manifests/1 as me:${SECRET}`,
      'GET storage.test/blob',
      'GET auth.test/token',
      'GET storage.test/blob as Bearer good',
    ]);
    assert.deepEqual(summaryOf(outcome), { kind: 'response', status: 401, used: 'me', refused: [] });
  });

  const challenges: [string, string][] = [
    ['Basic', 'Basic realm="x"'],
    ['no token service', 'Bearer authorization_uri="https://auth.test/token"'],
  ];
  for (const [name, challenge] of challenges) {
    it(`is not sent to a host that a redirect led to and that requires ${name}: its 401 is the outcome`, async () => {
      const { outcome, lookedUp, sent } = await check({
        registry: () => ({ status: 307, headers: { location: 'https://storage.test/blob' } }),
        elsewhere: () => refusal(challenge),
      });
      assert.equal(sent.length, 2);
      assert.deepEqual(lookedUp, []);
      assert.deepEqual(summaryOf(outcome), { kind: 'response', status: 401, used: undefined, refused: [] });
    });
  }
});

describe('the token of a host that a redirect led to', () => {
  it('is neither sent to the registry that redirected there, nor cached for it', async () => {
    const script: Script = {
      registry: () => ({ status: 307, headers: { location: 'https://storage.test/v2/app/manifests/1' } }),
      elsewhere: ({ headers }) => (headers.authorization === 'Bearer good' ? FOUND : refusal(CHALLENGE)),
    };
    const run = startRun(script, [withRedirect()]);
    const image = run.startImage();
    for (let at = 0; at < 3; at += 1) assert.equal(summaryOf(await image.send()).status, 200);
    await run.startImage().send();
    const receivers = run.sent.filter(({ headers }) => headers.authorization).map(({ url }) => url.host);
    assert.deepEqual(new Set(receivers), new Set(['storage.test']));
    assert.equal(
      run.sent.filter(({ purpose }) => purpose === 'token').length,
      1,
      'one token is enough for all of them',
    );
  });

  it('is not the one that is sent to the registry itself', async () => {
    let tokens = 0;
    const script: Script = {
      token: () => {
        tokens += 1;
        return tokenReply(`token-${tokens}`);
      },
      registry: (authorization) =>
        authorization ? { status: 307, headers: { location: 'https://storage.test/v2/app/manifests/1' } } : refusal(),
      elsewhere: ({ headers }) => (headers.authorization ? FOUND : refusal(CHALLENGE)),
    };
    const { sent } = await check(script, []);
    assert.deepEqual(
      linesOf(sent).filter((line) => line.includes('Bearer')),
      [
        'GET registry.test/v2/app/manifests/1 as Bearer token-1',
        'GET storage.test/v2/app/manifests/1 as Bearer token-2',
      ],
    );
  });
});

describe('an outcome', () => {
  const everythingIn = (outcome: AuthOutcome): string => {
    const bodies = [outcome, ...outcome.credentials.refused].map((one) =>
      'response' in one ? Buffer.from(one.response.body).toString() : '',
    );
    return [
      inspect(outcome, { depth: null, showHidden: true, maxArrayLength: null, maxStringLength: null }),
      inspect(outcome, { depth: null, customInspect: false }),
      JSON.stringify(outcome),
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
        registry: (authorization) => (authorization?.includes('bearer-') ? FOUND : refusal()),
      },
    ],
    ['of a token service that refuses us', { token: () => ({ status: 401 }) }],
    ['of a token service that returns a token as text', { token: () => ({ status: 200, body: SECRET }) }],
    ['of a token service that returns an invalid token', { token: () => tokenReply(SECRET) }],
  ];
  for (const [name, script] of scripts) {
    it(`${name} shows no secret`, async () => {
      for (const credential of CREDENTIALS) {
        const { outcome } = await check(script, [credential]);
        const text = everythingIn(outcome);
        for (const secret of [...shownAs, SECRET.replaceAll(' ', '-')]) assert.ok(!text.includes(secret), text);
      }
    });
  }

  it('is unchanged if it is the content', async () => {
    const run = startRun({
      registry: (authorization) =>
        authorization ? { status: 200, body: `{"a":"${SECRET}"}` } : refusal('Basic realm="x"'),
    });
    const outcome = await run.startImage({ credentials: [password('me', SECRET)] }).send();
    assert.equal(outcome.kind === 'response' && Buffer.from(outcome.response.body).toString(), `{"a":"${SECRET}"}`);
  });
});

describe('the realm of a registry', () => {
  it('is sent only the credential of that registry', async () => {
    // Both registries name the same token service; each credential was stored for one of them.
    const run = startRun({
      elsewhere: ({ headers }) => (headers.authorization ? FOUND : refusal(`Bearer realm="${REALM}",service="other"`)),
    });
    await run.startImage({ credentials: [password('me', 'one')] }).send();
    await run.startImage({ base: 'https://other.test', credentials: [password('you', 'two')] }).send();
    assert.deepEqual(linesOf(run.sent.filter(({ purpose }) => purpose === 'token')), [
      'GET auth.test/token as me:one',
      'GET auth.test/token as you:two',
    ]);
  });
});
