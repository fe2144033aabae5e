import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TokenPlace } from '../../src/auth/plan.ts';
import { fetchToken, type TokenQuestion } from '../../src/auth/token.ts';
import { basic, identityToken, password } from '../support/scripted-registry.ts';
import { createScriptedSend, type Reply } from '../support/scripted-send.ts';

const signal = new AbortController().signal;

async function ask(
  reply: (method: string) => Reply,
  place: Partial<TokenPlace> = {},
  credential?: TokenQuestion['credential'],
) {
  const { send, sent } = createScriptedSend(({ method }) => reply(method));
  const realm = new URL('https://auth.test/token');
  const question = {
    place: { realm, service: 'registry.test', scopes: ['repository:app:pull'], ...place },
    credential,
  };
  const outcome = await fetchToken(send, { ...question, namedBy: { registry: 'registry.test', as: 'realm' }, signal });
  return { outcome, sent };
}

const json = (value: unknown, status = 200): Reply => ({ status, body: JSON.stringify(value) });

describe('the question for a token', () => {
  const give = () => json({ token: 'good' });
  const places: [string, Partial<TokenPlace>, string][] = [
    ['names service and scope', {}, '?service=registry.test&scope=repository%3Aapp%3Apull'],
    ['leaves out a service nobody named', { service: undefined }, '?scope=repository%3Aapp%3Apull'],
    ['leaves out an empty service', { service: '' }, '?scope=repository%3Aapp%3Apull'],
    ['repeats the parameter for several scopes', { service: undefined, scopes: ['a', 'b'] }, '?scope=a&scope=b'],
    ['cannot be bent by a service', { service: 'x&scope=all#', scopes: ['a'] }, '?service=x%26scope%3Dall%23&scope=a'],
    [
      'keeps the query of the realm',
      { realm: new URL('https://auth.test/token?host=x'), scopes: ['a'] },
      '?host=x&service=registry.test&scope=a',
    ],
    [
      'takes a service with colons',
      { service: 'registry.aliyuncs.com:cn-hangzhou:26842', scopes: ['a'] },
      '?service=registry.aliyuncs.com%3Acn-hangzhou%3A26842&scope=a',
    ],
  ];
  for (const [name, place, search] of places) {
    it(name, async () => {
      const { sent } = await ask(give, place);
      assert.deepEqual(
        sent.map(({ method, url }) => `${method} ${url.search}`),
        [`GET ${search}`],
      );
    });
  }

  it('shows nothing when nobody logs in', async () => {
    const { sent } = await ask(give);
    assert.deepEqual(sent[0]?.headers, { accept: 'application/json' });
  });

  it('shows a password as Basic, in UTF-8', async () => {
    const { sent } = await ask(give, {}, password('jürgen', 'pä:ss'));
    assert.equal(sent[0]?.headers.authorization, basic('jürgen', 'pä:ss'));
  });

  it('is marked as asked on the word of the registry', async () => {
    const { sent } = await ask(give);
    assert.deepEqual(sent[0]?.namedBy, { registry: 'registry.test', as: 'realm' });
    assert.equal(sent[0]?.purpose, 'token');
  });

  it('trades an identity token by POST', async () => {
    const { sent, outcome } = await ask(
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
    it(`trades an identity token by GET where POST answers ${status}`, async () => {
      const { sent, outcome } = await ask(
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

  it('shows an identity token by GET under the user name it was stored with', async () => {
    const stored = { ...identityToken('idt'), username: '00000000-0000-0000-0000-000000000000' };
    const { sent } = await ask((method) => (method === 'POST' ? { status: 404 } : json({ token: 'good' })), {}, stored);
    assert.equal(sent[1]?.headers.authorization, basic('00000000-0000-0000-0000-000000000000', 'idt'));
  });

  for (const reply of [{ status: 403 }, { status: 429 }, { status: 500 }, { failure: 'tcp' }] satisfies Reply[]) {
    it(`does not send an identity token again after ${JSON.stringify(reply)}`, async () => {
      const { sent, outcome } = await ask(() => reply, {}, identityToken('idt'));
      assert.equal(outcome.ok, false);
      assert.equal(sent.length, 1);
    });
  }
});

describe('the answer with a token', () => {
  const good: [string, unknown, string, number][] = [
    ['token', { token: 'a' }, 'a', 55_000],
    ['access_token', { access_token: 'a' }, 'a', 55_000],
    ['token before access_token', { token: 'a', access_token: 'b' }, 'a', 55_000],
    ['access_token beside an empty token', { token: '', access_token: 'b' }, 'b', 55_000],
    ['access_token beside a token that is no text', { token: null, access_token: 'b' }, 'b', 55_000],
    ['its lifetime, less five seconds', { token: 'a', expires_in: 300 }, 'a', 295_000],
    ['a minute for a shorter lifetime', { token: 'a', expires_in: 1 }, 'a', 55_000],
    ['a minute for a negative one', { token: 'a', expires_in: -1 }, 'a', 55_000],
    ['a minute for one that is no number', { token: 'a', expires_in: '300' }, 'a', 55_000],
  ];
  for (const [name, body, value, lifetimeMs] of good) {
    it(`gives ${name}`, async () => {
      const { outcome } = await ask(() => json(body));
      assert.ok(outcome.ok);
      assert.deepEqual([outcome.value.value.reveal(), outcome.value.lifetimeMs], [value, lifetimeMs]);
    });
  }

  const bad: [string, Reply, string | null][] = [
    ['an empty object', json({}), 'an answer without a token'],
    ['a list', json([{ token: 'a' }]), 'an answer without a token'],
    ['a page', { status: 200, body: '<html>' }, 'an answer without a token'],
    ['nothing', { status: 200 }, 'an answer without a token'],
    ['too much', { ...json({ token: 'a' }), truncated: true } as Reply, 'an answer that is too long'],
    [
      'a token that would break the field',
      json({ token: 'a\r\nhost: b' }),
      'a token with characters that no token has',
    ],
    ['another status', json({ token: 'a' }, 403), null],
    ['a redirect', { status: 302, headers: { location: 'https://elsewhere.test/' } }, null],
  ];
  for (const [name, reply, problem] of bad) {
    it(`is refused when it is ${name}`, async () => {
      const { outcome } = await ask(() => reply);
      assert.ok(!outcome.ok && outcome.error.kind === 'answer');
      assert.equal(outcome.error.problem, problem);
    });
  }

  it('keeps a page, to be named by its title, and nothing that may hold a token', async () => {
    const page = await ask(() => ({ status: 200, body: ' <html>' }));
    const text = await ask(() => ({ status: 200, body: 'eyJhbGciOi' }));
    const bodyOf = ({ outcome }: typeof page) =>
      !outcome.ok && outcome.error.kind === 'answer' && Buffer.from(outcome.error.response.body).toString();
    assert.equal(bodyOf(page), ' <html>');
    assert.equal(bodyOf(text), '');
  });

  it('passes on that there was none', async () => {
    const { outcome } = await ask(() => ({ failure: 'dns' }));
    assert.equal(!outcome.ok && outcome.error.kind === 'failure' && outcome.error.failure.kind, 'dns');
  });
});
