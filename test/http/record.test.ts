import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createKnownSecrets } from '../../src/http/known-secrets.ts';
import { type SentRequest, withRecord } from '../../src/http/record.ts';
import { withRedirect } from '../../src/http/redirect.ts';
import { withRetry } from '../../src/http/retry.ts';
import { type HttpRequest, type Send, stack } from '../../src/http/send.ts';
import { shownUrl } from '../../src/http/shown-url.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createFakeSend, inOrder, requestFor } from '../support/fake-send.ts';

describe('withRecord', () => {
  it('writes down every request of retry over redirect, in order, redacted, with its duration', async () => {
    const clock = createFakeClock();
    const fake = createFakeSend(
      inOrder(
        { status: 307, headers: { location: 'https://cdn.example/m?sig=s3cret' } },
        { fails: { detail: 'other side closed', isTransient: true } },
        { status: 307, headers: { location: 'https://cdn.example/m?sig=s3cret' } },
        { status: 200 },
      ),
    );
    const slow: Send = (request) => {
      clock.pass(10);
      return fake.send(request);
    };
    const sent: SentRequest[] = [];
    const retry = withRetry({ retries: 2, deadlineMs: 60_000, clock, random: () => 0, limitOf: () => undefined });
    const send = stack([retry, withRedirect(), withRecord(sent, clock, (text) => text)], slow);
    await send(requestFor('https://user:s3cret@r.example/v2/a/manifests/1'));
    const asked = { purpose: 'manifest', method: 'GET', durationMs: 10 } as const;
    const registry = { ...asked, url: 'https://r.example/v2/a/manifests/1', status: 307 };
    const cdn = { ...asked, url: 'https://cdn.example/m?sig=***' };
    const records = sent.map(({ record }) => record);
    assert.deepEqual(records, [
      { ...registry, attempt: 1 },
      { ...cdn, status: null, attempt: 1, error: 'other side closed' },
      { ...registry, attempt: 2 },
      { ...cdn, status: 200, attempt: 2 },
    ]);
  });
});

describe('stack', () => {
  it('puts the first middleware outermost', async () => {
    const order: string[] = [];
    const note =
      (name: string) =>
      (next: Send): Send =>
      (request) => {
        order.push(name);
        return next(request);
      };
    await stack([note('outer'), note('inner')], createFakeSend({}).send)(requestFor('https://r.example/'));
    assert.deepEqual(order, ['outer', 'inner']);
  });
});

const shown = (text: string, more: Partial<HttpRequest> = {}, secrets = createKnownSecrets()): string =>
  shownUrl(requestFor(text, more), (words) => secrets.hide(words));

const redirected = (text: string, secrets = createKnownSecrets()): string =>
  shown(text, { redirectedFrom: new URL('https://r.example/v2/team/app/manifests/1.27') }, secrets);

const withLogin = (password: string) => {
  const secrets = createKnownSecrets();
  secrets.addCredential('me', password);
  return secrets;
};

describe('the URL of a request', () => {
  it('is shown as we made it', () => {
    const manifest = `https://r.example:5000/v2/${'long/'.repeat(40)}nginx/manifests/1.27?ns=docker.io`;
    assert.equal(shown(manifest), manifest);
    const blob = `https://r.example/v2/a/blobs/sha512:${'a'.repeat(128)}`;
    assert.equal(shown(blob), blob);
  });

  for (const password of ['manifest', 'manifests', 'http', 'https', 'sha256', 'team', 'example']) {
    it(`is not cut because the password is ${password}`, () => {
      const manifest = `https://r.example/v2/team/app/manifests/sha256:${'a'.repeat(64)}`;
      assert.equal(shown(manifest, {}, withLogin(password)), manifest);
    });
  }

  it('of a token has the requested scope', () => {
    const token = 'https://auth.example/token?service=registry&scope=repository:library/nginx:pull&account=me';
    assert.equal(shown(token, { purpose: 'token' }), token);
  });

  it('of a token shows no secret that the registry put into it', () => {
    const realm = 'https://hunter2-Zq9.example/hunter2-Zq9?service=hunter2-Zq9&scope=repository:team/app:pull';
    assert.equal(
      shown(realm, { purpose: 'token' }, withLogin('hunter2-Zq9')),
      'https://***.example/***?service=***&scope=repository:team/app:pull',
    );
  });
});

describe('the URL a server redirects to', () => {
  it('is shown without user info and fragment', () => {
    assert.equal(redirected('https://user:hunter2@r.example/v2/#hunter3'), 'https://r.example/v2/');
  });

  it('is shown without the value of any parameter', () => {
    assert.equal(
      redirected('https://s3.example/x?X-Amz-Signature=abc&sig=def&scope=a&account=b&last=c'),
      'https://s3.example/x?X-Amz-Signature=***&sig=***&scope=***&account=***&last=***',
    );
    assert.equal(
      shown('https://s3.example/x?scope=a', { purpose: 'token', redirectedFrom: new URL('https://r.example/token') }),
      'https://s3.example/x?scope=***',
    );
  });

  it('is shown without a query that is a token itself', () => {
    assert.equal(redirected('https://cdn.example/x?dGhpc2lzYXNlY3JldA=='), 'https://cdn.example/x?***');
    assert.equal(redirected(`https://cdn.example/x?${'t'.repeat(60)}=1`), 'https://cdn.example/x?***');
  });

  it('is shown without a path segment that is long enough to be a token', () => {
    assert.equal(redirected(`https://cdn.example/${'t'.repeat(41)}/blob`), 'https://cdn.example/***/blob');
    assert.equal(redirected(`https://cdn.example/${'a1'.repeat(32)}/blob`), 'https://cdn.example/***/blob');
    assert.equal(redirected(`https://cdn.example/x/${'t'.repeat(40)}`), `https://cdn.example/x/${'t'.repeat(40)}`);
  });

  it('is still a URL where a token begins with the slash after the host, or is the host', () => {
    const token = `T${'aB3x'.repeat(30)}`;
    const secrets = createKnownSecrets();
    secrets.addToken(token);
    assert.equal(redirected(`http://127.0.0.1:5906/store/${token}/m`, secrets), 'http://127.0.0.1:5906/***');
    secrets.addToken('storage.cdn.example');
    assert.equal(redirected('https://storage.cdn.example/x', secrets), 'https://***/x');
    assert.equal(redirected('https://cdn.example/hunter2/x', withLogin('/hunter2/')), 'https://cdn.example/***x');
  });

  it('is shown without the values of path parameters', () => {
    assert.equal(redirected('https://cdn.example/blob;sig=abc;v=1/x'), 'https://cdn.example/blob;sig=***;v=***/x');
  });

  it('is shown with digests, and with our own parameters', () => {
    const blob = `https://cdn.example/blobs/sha256:${'a'.repeat(64)}/data`;
    assert.equal(redirected(blob), blob);
    const name = 'n'.repeat(100);
    assert.equal(
      shown(`https://cdn.example/v2/${name}`, { redirectedFrom: new URL(`https://r.example/v2/${name}/manifests/1`) }),
      `https://cdn.example/v2/${name}`,
    );
  });

  it('of a foreign layer is also from a server', () => {
    const namedBy = { registry: 'r.example', as: 'redirect' } as const;
    assert.equal(shown('https://cdn.example/l?sig=abc', { namedBy }), 'https://cdn.example/l?sig=***');
  });

  it('shows no secret planted in user info, query or fragment, and only printable ASCII', () => {
    const secret = fc.uuid().map((id) => `s3cret-${id}`);
    fc.assert(
      fc.property(secret, fc.webUrl(), fc.string(), (planted, base, noise) => {
        const url = new URL(base);
        url.username = planted;
        url.password = planted;
        url.searchParams.append('X-Signature', planted);
        url.searchParams.append(noise.slice(0, 10), planted);
        url.searchParams.append(planted, '');
        url.hash = planted;
        const text = redirected(url.href);
        assert.ok(!text.includes(planted), text);
        assert.match(text, /^[\x21-\x7e]*$/);
      }),
    );
  });
});
