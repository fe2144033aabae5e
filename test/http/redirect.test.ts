import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { withRedirect } from '../../src/http/redirect.ts';
import type { HttpRequest } from '../../src/http/send.ts';
import { createFakeSend, inOrder, type Reply, requestFor, type Scripted } from '../support/fake-send.ts';

const REGISTRY = 'https://r.example/v2/a/manifests/1';
const LOGIN = { authorization: 'Bearer s3cret', cookie: 'a=s3cret', 'proxy-authorization': 'Basic s3cret' };

const to = (location: string, status = 307): Reply => ({ status, headers: { location } });

/** Sends the request through the redirects; gives the outcome and everything that went over the wire. */
async function follow(script: readonly Scripted[], more: Partial<HttpRequest> = {}, url = REGISTRY) {
  const { send, requests } = createFakeSend(inOrder(...script));
  const outcome = await withRedirect()(send)(requestFor(url, more));
  return { outcome, requests, urls: requests.map(({ url: { href } }) => href) };
}

/** `kind, host: detail` of the failure. */
async function refusal(script: readonly Scripted[], url = REGISTRY, more: Partial<HttpRequest> = {}): Promise<string> {
  const { outcome } = await follow(script, more, url);
  assert.equal(outcome.ok, false);
  const { kind, host, detail, isTransient } = outcome.error;
  assert.equal(isTransient, false);
  return `${kind}, ${host}: ${detail}`;
}

describe('withRedirect: where it leads', () => {
  for (const status of [301, 302, 303, 307, 308]) {
    it(`follows ${status} with the same method`, async () => {
      const { outcome, requests } = await follow([to('https://cdn.example/m', status), { body: 'manifest' }], {
        method: 'HEAD',
      });
      assert.ok(outcome.ok);
      assert.equal(outcome.value.url.href, 'https://cdn.example/m');
      assert.equal(outcome.value.crossedOrigin, true);
      assert.deepEqual(
        requests.map(({ method }) => method),
        ['HEAD', 'HEAD'],
      );
    });
  }

  it('resolves a relative Location against the URL of the request', async () => {
    const { urls, outcome } = await follow([to('/downloads/x?y=1#z'), to('../up'), {}]);
    assert.deepEqual(urls, [REGISTRY, 'https://r.example/downloads/x?y=1', 'https://r.example/up']);
    assert.ok(outcome.ok && !outcome.value.crossedOrigin);
  });

  for (const answer of [
    { status: 304, headers: { location: 'https://cdn.example/' } },
    { status: 201, headers: { location: 'https://cdn.example/' } },
    { status: 302 },
    to('http://['),
    to('ftp://cdn.example/m'),
    to('javascript:alert(1)'),
  ]) {
    it(`returns ${JSON.stringify(answer)} as the response`, async () => {
      const { outcome, requests } = await follow([answer]);
      assert.ok(outcome.ok);
      assert.equal(outcome.value.status, answer.status);
      assert.equal(requests.length, 1);
    });
  }

  it('a failure after a redirect names the second host', async () => {
    const { outcome } = await follow([to('https://blocked.example/m'), { fails: { kind: 'timeout' } }]);
    assert.ok(!outcome.ok);
    assert.equal(outcome.error.host, 'blocked.example');
  });
});

describe('withRedirect: credentials', () => {
  it('stay with the request within one origin', async () => {
    const { requests } = await follow([to('/elsewhere'), {}], { headers: LOGIN });
    assert.deepEqual(requests[1]?.headers, { ...LOGIN, referer: REGISTRY });
    assert.equal(requests[1]?.namedBy, undefined);
  });

  for (const [what, location] of [
    ['credentials never cross an origin', 'https://cdn.example/m'],
    ['another port is another origin', 'https://r.example:8443/m'],
    ['a name below the own is another origin', 'https://cdn.r.example/m'],
  ] as const) {
    it(what, async () => {
      const { requests } = await follow([to(location), {}], { headers: { ...LOGIN, accept: 'x', range: 'y' } });
      assert.deepEqual(requests[1]?.headers, { accept: 'x', range: 'y', referer: REGISTRY });
      assert.deepEqual(requests[1]?.namedBy, { registry: 'r.example', as: 'redirect' });
    });
  }

  it('another scheme is another origin', async () => {
    const { requests } = await follow([to('https://r.example/m'), {}], { headers: LOGIN }, 'http://r.example/m');
    assert.deepEqual(requests[1]?.headers, { referer: 'http://r.example/m' });
  });

  it('credentials are not sent again after a detour', async () => {
    const script = [to('https://cdn.example/m'), to('https://r.example/back'), to('/once-more'), {}];
    const { requests, urls, outcome } = await follow(script, { headers: LOGIN });
    assert.deepEqual(urls.slice(2), ['https://r.example/back', 'https://r.example/once-more']);
    for (const { headers, namedBy } of requests.slice(1)) {
      const { referer: _, ...others } = headers;
      assert.deepEqual([others, namedBy], [{}, { registry: 'r.example', as: 'redirect' }]);
    }
    assert.ok(outcome.ok && outcome.value.crossedOrigin);
  });

  it('a credential in the Location itself is not used', async () => {
    const { urls } = await follow([to('https://user:pw@cdn.example/m'), {}]);
    assert.equal(urls[1], 'https://cdn.example/m');
  });

  const realm = { registry: 'r.example', as: 'realm' } as const;
  const REALM = 'https://auth.example/token';

  it('a token request keeps its login at its origin, and loses it elsewhere', async () => {
    const asked = { purpose: 'token', namedBy: realm, headers: { authorization: 'Basic s3cret' } } as const;
    const script = [to('https://auth.example/other'), to('https://elsewhere.example/token'), {}];
    const { requests } = await follow(script, asked, REALM);
    assert.deepEqual(
      requests.map(({ headers }) => headers.authorization),
      ['Basic s3cret', 'Basic s3cret', undefined],
    );
  });

  for (const [what, more] of [
    ['a token request with a login in its body is not redirected', { method: 'POST', body: 's3cret' }],
  ] as const) {
    it(what, async () => {
      const asked = { purpose: 'token', namedBy: realm, ...more } as const;
      const { outcome, requests } = await follow([to('https://auth.example/other')], asked, REALM);
      assert.equal(requests.length, 1);
      assert.ok(outcome.ok);
      assert.equal(outcome.value.status, 307);
    });
  }

  it('an anonymous token request is; where it leads is vetted as any redirect of that registry', async () => {
    const asked = { purpose: 'token', namedBy: realm } as const;
    const { requests } = await follow([to('/other'), to('https://else.example/'), {}], asked, REALM);
    assert.deepEqual(
      requests.map(({ namedBy }) => namedBy),
      [realm, realm, { registry: 'r.example', as: 'redirect' }],
    );
  });

  it('names the registry without port and brackets', async () => {
    const { requests } = await follow([to('https://cdn.example/'), {}], {}, 'https://[fd00::5]:5000/v2/');
    assert.equal(requests[1]?.namedBy?.registry, 'fd00::5');
  });
});

describe('withRedirect: the Referer', () => {
  it('is the address of the registry, and only the origin of an address that a server chose', async () => {
    const script = [to('/other?sig=1'), to('https://cdn.example/secret/b?sig=2'), to('https://store.example/c'), {}];
    const { requests } = await follow(script, {}, `${REGISTRY}?ns=docker.io`);
    const referers = requests.map(({ headers }) => headers.referer);
    assert.deepEqual(referers, [undefined, REGISTRY, 'https://r.example/', 'https://cdn.example/']);
  });

  it('is not sent where no header is', async () => {
    const { send, requests } = createFakeSend(inOrder(to('https://cdn.example/m'), {}));
    await withRedirect(() => {}, { dropsAllHeaders: true })(send)(requestFor(REGISTRY, { headers: LOGIN }));
    assert.deepEqual(requests[1]?.headers, {});
  });
});

describe('withRedirect: the path and query that are sent', () => {
  it('are as the server wrote them, and a relative Location is resolved against them', async () => {
    const { requests, urls } = await follow([to('/a/%2e%2e/b?'), to("c?d='e'"), to('/a/%2e%2e/b'), {}]);
    const targets = requests.map(({ target }) => target);
    assert.deepEqual(targets, [undefined, '/a/%2e%2e/b?', "/a/%2e%2e/c?d='e'", '/a/%2e%2e/b']);
    assert.equal(urls[1], 'https://r.example/b?');
  });
});

describe('withRedirect: where it stops', () => {
  for (const more of [{ usesLogin: true }, { purpose: 'token' }] as const) {
    it(`a redirect to plain HTTP is refused (${JSON.stringify(more)})`, async () => {
      assert.equal(
        await refusal([to('http://r.example/m')], REGISTRY, more),
        'insecure-redirect, r.example: it redirects from https to http://r.example',
      );
      assert.equal(
        await refusal([to('https://cdn.example/a'), to('http://cdn.example/b')], REGISTRY, more),
        'insecure-redirect, cdn.example: it redirects from https to http://cdn.example',
      );
    });
  }

  it('a redirect to plain HTTP is followed without credentials, and reported', async () => {
    const reported: string[] = [];
    const { send, requests } = createFakeSend(
      inOrder(to('https://cdn.example/a'), to('http://cdn.example/b'), to('http://cdn.example/c'), { body: 'm' }),
    );
    const redirect = withRedirect((from, target) => reported.push(`${from} ${target}`));
    const outcome = await redirect(send)(requestFor(REGISTRY, { headers: LOGIN }));
    assert.ok(outcome.ok);
    assert.equal(outcome.value.url.href, 'http://cdn.example/c');
    assert.deepEqual(reported, ['cdn.example cdn.example']);
    const headers = requests.slice(1).map((request) => request.headers);
    assert.deepEqual(headers, [
      { referer: 'https://r.example/v2/a/manifests/1' },
      {},
      { referer: 'http://cdn.example/' },
    ]);
  });

  it('a redirect loop is detected immediately', async () => {
    assert.equal(
      await refusal([to('/a'), to('/b'), to('/a')]),
      'redirect-loop, r.example: redirects in a loop: the last redirect (307) leads back to r.example',
    );
    assert.match(await refusal([to(REGISTRY)]), /: redirects \/\S+ to itself \(307\)$/);
    const { requests } = await follow([to(REGISTRY)]);
    assert.equal(requests.length, 1);
  });

  it('nine redirects are followed, the tenth is not, as in Go', async () => {
    const hops = Array.from({ length: 10 }, (_, hop) => to(`https://h${hop}.example/`));
    assert.ok((await follow([...hops.slice(0, 9), {}])).outcome.ok);
    assert.equal(
      await refusal(hops),
      'redirect-loop, h8.example: redirects 10 times in a row, the last time to h9.example',
    );
  });
});
