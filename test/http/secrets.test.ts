import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createSecrets, type Secrets } from '../../src/http/secrets.ts';
import type { HttpRequest } from '../../src/http/send.ts';
import { createFakeSend, requestFor } from '../support/fake-send.ts';

const basic = (username: string, password: string): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;

async function after(...requests: Partial<HttpRequest>[]): Promise<Secrets> {
  const secrets = createSecrets();
  for (const request of requests) {
    await secrets.remember(createFakeSend({ status: 200 }).send)(requestFor('https://registry.test/v2/', request));
  }
  return secrets;
}

describe('what was sent is hidden', () => {
  it('nothing is, before anything was sent', () => assert.equal(createSecrets().hide('s3cret'), 's3cret'));

  it('a password, alone and as it went over the wire', async () => {
    const { hide } = await after({ headers: { authorization: basic('me', 's3cret/12') } });
    assert.equal(hide(`no s3cret/12 for ${basic('me', 's3cret/12')}; S3CRET%2F12`), 'no *** for Basic ***; ***');
  });

  it('a token, short or long', async () => {
    const token = `eyJhbGciOiJSUzI1NiJ9.${'x'.repeat(900)}.signature`;
    const { hide } = await after(
      { headers: { authorization: `Bearer ${token}` } },
      { headers: { authorization: 'Bearer opaque-1' } },
    );
    assert.equal(hide(`have ${token}, had opaque-1`), 'have ***, had ***');
  });

  it('an identity token of a form', async () => {
    const body = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: 'refr esh/1' }).toString();
    const { hide } = await after({ method: 'POST', body });
    assert.equal(hide('refr esh/1 or refr%20esh%2F1'), '*** or ***');
  });

  it('the login of a proxy', () => {
    const { hide } = createSecrets(['http://me:p%40ss@proxy.test:3128', undefined, 'http://%zz:plain@proxy.test']);
    assert.equal(hide('p@ss p%40ss plain'), '*** *** ***');
  });

  it('a secret that was cut off with its text', async () => {
    const { hide } = await after({ headers: { authorization: basic('me', 'correct-horse') } });
    assert.equal(hide('it said correct-ho…'), 'it said ***…');
  });

  it('but a name that holds it is left as it is', async () => {
    const { hide } = await after({ headers: { authorization: basic('demo', 'demo') } });
    assert.equal(
      hide('registry.test/demo/app, demo', { known: ['registry.test/demo/app'] }),
      'registry.test/demo/app, ***',
    );
  });

  it('and a short one may be left to be an ordinary word', async () => {
    const { hide } = await after({ headers: { authorization: basic('me', 'right') } });
    assert.equal(hide('all right'), 'all ***');
    assert.equal(hide('all right', { shortest: 8 }), 'all right');
  });

  it('whatever characters it has', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ minLength: 4, unit: 'grapheme-ascii' }), fc.string(), async (password, words) => {
        const { hide } = await after({ headers: { authorization: basic('me', password) } });
        assert.ok(!hide(`${words}\n${password}\n${words}`).split('\n').includes(password));
      }),
    );
  });

  it('tokens of many repositories do not pile up', async () => {
    const secrets = await after(
      ...Array.from({ length: 2_000 }, (_, at) => ({ headers: { authorization: `Bearer token-${at}-` } })),
    );
    assert.equal(secrets.hide('token-1999-'), '***');
    assert.equal(secrets.hide('token-0-'), 'token-0-');
  });
});
