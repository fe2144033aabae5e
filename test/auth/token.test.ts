import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type FetchTokenOptions, fetchToken } from '../../src/auth/token.ts';
import type { TokenEndpoint } from '../../src/auth/token-endpoint.ts';
import { createFakeSend, type Reply, type Scripted } from '../support/fake-send.ts';
import { basic, identityToken, password } from '../support/scripted-registry.ts';

const signal = new AbortController().signal;

async function fetch(
  reply: (method: string) => Scripted,
  endpoint: Partial<TokenEndpoint> = {},
  credential?: FetchTokenOptions['credential'],
) {
  const { send, requests: sent } = createFakeSend(({ method }) => reply(method));
  const realm = new URL('https://auth.test/token');
  const outcome = await fetchToken(send, {
    endpoint: { realm, path: realm.pathname, service: 'registry.test', scopes: ['repository:app:pull'], ...endpoint },
    credential,
    namedBy: { registry: 'registry.test', as: 'realm' },
    signal,
  });
  return { outcome, sent };
}

const json = (value: unknown, status = 200): Reply => ({ status, body: JSON.stringify(value) });

describe('the path of a token request', () => {
  it('is that of the realm, byte by byte', async () => {
    for (const credential of [undefined, identityToken('refresh')]) {
      const realm = new URL('https://auth.test/x/../token?host=x');
      const endpoint = { realm, path: '/x/../token', service: undefined, scopes: ['a'] };
      const { sent } = await fetch(() => json({ token: 'good', access_token: 'good' }), endpoint, credential);
      const expected = credential === undefined ? '/x/../token?host=x&scope=a' : '/x/../token?host=x';
      assert.equal(sent[0]?.target, expected);
    }
  });
});

describe('a token request', () => {
  const give = () => json({ token: 'good' });
  const endpoints: [string, Partial<TokenEndpoint>, string][] = [
    ['contains service and scope', {}, '?service=registry.test&scope=repository%3Aapp%3Apull'],
    ['omits a service that the challenge does not name', { service: undefined }, '?scope=repository%3Aapp%3Apull'],
    ['omits an empty service', { service: '' }, '?scope=repository%3Aapp%3Apull'],
    ['repeats the parameter for several scopes', { service: undefined, scopes: ['a', 'b'] }, '?scope=a&scope=b'],
    ['escapes the service', { service: 'x&scope=all#', scopes: ['a'] }, '?service=x%26scope%3Dall%23&scope=a'],
    [
      'keeps the query of the realm',
      { realm: new URL('https://auth.test/token?host=x'), scopes: ['a'] },
      '?host=x&service=registry.test&scope=a',
    ],
    [
      'accepts a service with colons',
      { service: 'registry.aliyuncs.com:cn-hangzhou:26842', scopes: ['a'] },
      '?service=registry.aliyuncs.com%3Acn-hangzhou%3A26842&scope=a',
    ],
  ];
  for (const [name, endpoint, search] of endpoints) {
    it(name, async () => {
      const { sent } = await fetch(give, endpoint);
      assert.deepEqual(
        sent.map(({ method, url }) => `${method} ${url.search}`),
        [`GET ${search}`],
      );
    });
  }

  it('has no Authorization field without a credential', async () => {
    const { sent } = await fetch(give);
    assert.deepEqual(sent[0]?.headers, { accept: 'application/json' });
  });

  it('sends a password as Basic, in UTF-8', async () => {
    const { sent } = await fetch(give, {}, password('jürgen', 'pä:ss'));
    assert.equal(sent[0]?.headers.authorization, basic('jürgen', 'pä:ss'));
  });

  it('sends bytes of a password that are not UTF-8 as they were stored', async () => {
    const { sent } = await fetch(
      (method) => (method === 'GET' ? { status: 405 } : give()),
      {},
      password('\udcfc', 'p\udce4 &'),
    );
    assert.equal(sent[0]?.headers.authorization, `Basic ${Buffer.from('\xfc:p\xe4 &', 'latin1').toString('base64')}`);
    assert.match(sent[1]?.body ?? '', /&username=%FC&password=p%E4%20%26$/);
  });

  it('is marked as named by the registry', async () => {
    const { sent } = await fetch(give);
    assert.deepEqual(sent[0]?.namedBy, { registry: 'registry.test', as: 'realm' });
    assert.equal(sent[0]?.purpose, 'token');
  });

  it('sends an identity token by POST', async () => {
    const { sent, outcome } = await fetch(
      () => json({ access_token: 'good' }),
      { scopes: ['a', 'b'] },
      identityToken('idt&x'),
    );
    assert.equal(outcome.ok && outcome.value.value.reveal(), 'good');
    assert.deepEqual(
      sent.map(({ method, url, headers, body }) => [method, url.href, headers, body]),
      [
        [
          'POST',
          'https://auth.test/token',
          { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
          'grant_type=refresh_token&client_id=kairos-pull&service=registry.test&scope=a+b&refresh_token=idt%26x',
        ],
      ],
    );
  });

  for (const status of [400, 401, 404, 405]) {
    it(`sends an identity token by GET if POST is answered with ${status}`, async () => {
      const { sent, outcome } = await fetch(
        (method) => (method === 'POST' ? { status } : json({ token: 'good' })),
        {},
        identityToken('idt'),
      );
      assert.equal(outcome.ok && outcome.value.value.reveal(), 'good');
      assert.deepEqual(
        sent.map(({ method, headers }) => [method, headers.authorization]),
        [
          ['POST', undefined],
          ['GET', basic('', 'idt')],
        ],
      );
    });
  }

  it('sends an identity token by GET with the user name it was stored with', async () => {
    const stored = { ...identityToken('idt'), username: '00000000-0000-0000-0000-000000000000' };
    const { sent } = await fetch(
      (method) => (method === 'POST' ? { status: 404 } : json({ token: 'good' })),
      {},
      stored,
    );
    assert.equal(sent[1]?.headers.authorization, basic('00000000-0000-0000-0000-000000000000', 'idt'));
  });

  for (const reply of [
    { status: 403 },
    { status: 429 },
    { status: 500 },
    { fails: { kind: 'tcp' } },
  ] satisfies Scripted[]) {
    it(`does not send an identity token again after ${JSON.stringify(reply)}`, async () => {
      const { sent, outcome } = await fetch(() => reply, {}, identityToken('idt'));
      assert.equal(outcome.ok, false);
      assert.equal(sent.length, 1);
    });
  }
});

describe('a token service that supports only OAuth 2.0', () => {
  for (const status of [404, 405, 501]) {
    it(`and answers GET with ${status} gets the password by POST`, async () => {
      const { sent, outcome } = await fetch(
        (method) => (method === 'GET' ? { status } : json({ access_token: 'good' })),
        {},
        password('me', 'a&b'),
      );
      assert.equal(outcome.ok && outcome.value.value.reveal(), 'good');
      assert.deepEqual(
        sent.map(({ method, headers, body }) => [method, headers.authorization, body]),
        [
          ['GET', basic('me', 'a&b'), undefined],
          [
            'POST',
            undefined,
            'grant_type=password&client_id=kairos-pull&service=registry.test&scope=repository%3Aapp%3Apull&username=me&password=a%26b',
          ],
        ],
      );
    });

    it(`gets no POST without a password: the ${status} remains`, async () => {
      const { sent, outcome } = await fetch(() => ({ status }));
      assert.equal(sent.length, 1);
      assert.ok(!outcome.ok && outcome.error.kind === 'response' && outcome.error.response.status === status);
    });
  }

  it('neither GET nor POST: the response to GET remains', async () => {
    const { sent, outcome } = await fetch(
      (method) => ({ status: method === 'GET' ? 405 : 501 }),
      {},
      password('me', 'x'),
    );
    assert.equal(sent.length, 2);
    assert.ok(!outcome.ok && outcome.error.kind === 'response' && outcome.error.response.status === 405);
  });
});

describe('a token response', () => {
  const good: [string, unknown, string, number][] = [
    ['token', { token: 'a' }, 'a', 55_000],
    ['access_token', { access_token: 'a' }, 'a', 55_000],
    ['access_token before token', { token: 'a', access_token: 'b' }, 'b', 55_000],
    ['access_token if token is empty', { token: '', access_token: 'b' }, 'b', 55_000],
    ['access_token if token is null', { token: null, access_token: 'b' }, 'b', 55_000],
    ['its lifetime, less five seconds', { token: 'a', expires_in: 300 }, 'a', 295_000],
    ['a minute for a shorter lifetime', { token: 'a', expires_in: 1 }, 'a', 55_000],
    ['a minute for a negative one', { token: 'a', expires_in: -1 }, 'a', 55_000],
    ['names in any case', { Token: 'a', EXPIRES_IN: 300 }, 'a', 295_000],
    ['a token with spaces inside', { token: 'a b' }, 'a b', 55_000],
  ];
  for (const [name, body, value, lifetimeMs] of good) {
    it(`gives ${name}`, async () => {
      const { outcome } = await fetch(() => json(body));
      assert.ok(outcome.ok);
      assert.deepEqual([outcome.value.value.reveal(), outcome.value.lifetimeMs], [value, lifetimeMs]);
    });
  }

  const raw = (body: string): Reply => ({ status: 200, body });
  const repeated: [string, string, string | undefined][] = [
    ['the last of two', '{"token":"a","token":"b"}', 'b'],
    ['the last of two spellings', '{"token":"a","Token":"b"}', 'b'],
    ['the one before null', '{"token":"a","token":null}', 'a'],
    ['none if the first of two is of the wrong type', '{"token":"a","expires_in":"1","expires_in":1}', undefined],
  ];
  for (const [name, body, value] of repeated) {
    it(`gives ${name}`, async () => {
      const { outcome } = await fetch(() => raw(body));
      assert.equal(outcome.ok ? outcome.value.value.reveal() : undefined, value);
    });
  }

  const UNREADABLE = 'a response that clients cannot read, because it';
  const bad: [string, Reply, string | null][] = [
    [
      'one with a lifetime as text',
      json({ token: 'a', expires_in: '300' }),
      `${UNREADABLE} has no valid expires_in: "300" is not an integer`,
    ],
    [
      'one with a lifetime of 300.0',
      raw('{"token":"a","expires_in":300.0}'),
      `${UNREADABLE} has no valid expires_in: 300.0 is not an integer`,
    ],
    [
      'one with a time that is empty',
      json({ token: 'a', issued_at: '' }),
      `${UNREADABLE} has no valid issued_at: "" is not an RFC 3339 time`,
    ],
    [
      'one with a time as number',
      json({ token: 'a', issued_at: 1 }),
      `${UNREADABLE} has no valid issued_at: 1 is not an RFC 3339 time`,
    ],
    [
      'one with another token as number',
      json({ token: 'a', refresh_token: 5 }),
      `${UNREADABLE} has no valid refresh_token: 5 is not a string`,
    ],
    [
      'one whose long text may be a token',
      json({ token: 'a', expires_in: 'eyJhbGciOiJSUzI1NiIsInR5cCI6' }),
      `${UNREADABLE} has no valid expires_in: "…" is not an integer`,
    ],
    ['an empty object', json({}), 'a response without a token'],
    ['a list', json([{ token: 'a' }]), `${UNREADABLE} is not valid: an array is not an object`],
    ['a page', { status: 200, body: '<html>' }, 'a response that is not JSON'],
    ['nothing', { status: 200 }, 'a response that is not JSON'],
    ['too much', { ...json({ token: 'a' }), truncated: true } as Reply, 'a response that is too long'],
    ['a token that would break the header field', json({ token: 'a\r\nhost: b' }), 'a token with invalid characters'],
    ['another status', json({ token: 'a' }, 403), null],
    ['a redirect', { status: 302, headers: { location: 'https://elsewhere.test/' } }, null],
  ];
  for (const [name, reply, problem] of bad) {
    it(`is refused if it is ${name}`, async () => {
      const { outcome } = await fetch(() => reply);
      assert.ok(!outcome.ok && outcome.error.kind === 'response');
      assert.equal(outcome.error.problem, problem);
    });
  }

  it('keeps the body of a page, for its title, and of nothing that may contain a token', async () => {
    const page = await fetch(() => ({ status: 200, body: ' <html>' }));
    const text = await fetch(() => ({ status: 200, body: 'eyJhbGciOi' }));
    const bodyOf = ({ outcome }: typeof page) =>
      !outcome.ok && outcome.error.kind === 'response' && Buffer.from(outcome.error.response.body).toString();
    assert.equal(bodyOf(page), ' <html>');
    assert.equal(bodyOf(text), '');
  });

  it('passes on a failure', async () => {
    const { outcome } = await fetch(() => ({ fails: { kind: 'dns' } }));
    assert.equal(!outcome.ok && outcome.error.kind === 'failure' && outcome.error.failure.kind, 'dns');
  });
});
