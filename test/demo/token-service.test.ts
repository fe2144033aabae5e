import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { errorReply } from '../../src/demo/reply.ts';
import type { TokenServiceOptions } from '../../src/demo/token-service.ts';
import { ask } from '../support/ask.ts';
import { startTokenService } from '../support/token-service.ts';

const SCOPE = 'repository:team/app:pull';
const OPTIONS: TokenServiceOptions = {
  users: { ada: 'pw' },
  access: (user, repository) => user === 'ada' || repository === 'team/public',
  service: 'demo',
};

/** What came back, and whether the token in it opens team/app. */
async function tokenFor(options: TokenServiceOptions, query: string, login?: string) {
  await using tokens = await startTokenService(options);
  const headers = login === undefined ? {} : { authorization: `Basic ${btoa(login)}` };
  const { status, body } = await ask(`${tokens.origin}/token?${query}`, { headers });
  const said = body === '' ? {} : JSON.parse(body);
  const token = said.token ?? said.access_token ?? '';
  return { status, said, opens: tokens.find(token)?.opens('team/app', SCOPE) };
}

/** The same by POST, as OAuth 2 clients ask. */
async function postedFor(options: TokenServiceOptions, form: Record<string, string>) {
  await using tokens = await startTokenService(options);
  const body = new URLSearchParams({ service: 'demo', scope: SCOPE, ...form }).toString();
  const answered = await ask(`${tokens.origin}/token`, { method: 'POST', body });
  const said = answered.body === '' ? {} : JSON.parse(answered.body);
  return { status: answered.status, said, opens: tokens.find(said.access_token ?? '')?.opens('team/app', SCOPE) };
}

describe('the token service', () => {
  it('issues a token for the requested scope to a correct credential', async () => {
    const { status, said, opens } = await tokenFor(OPTIONS, `service=demo&scope=${SCOPE}`, 'ada:pw');
    assert.deepEqual([status, opens, said.expires_in], [200, true, 300]);
    assert.equal(said.token, said.access_token);
  });

  it('reads several scopes, in one parameter or in several', async () => {
    const one = await tokenFor(OPTIONS, `scope=repository:team/x:push%20${SCOPE}`, 'ada:pw');
    const two = await tokenFor(OPTIONS, `scope=repository:team/x:pull&scope=repository:team/app:push,pull`, 'ada:pw');
    assert.deepEqual([one.opens, two.opens], [true, true]);
  });

  it('issues a token for what is public to an anonymous client', async () => {
    const { status, opens } = await tokenFor(OPTIONS, `scope=${SCOPE}&scope=repository:team/public:pull`);
    assert.deepEqual([status, opens], [200, false]);
  });

  it('refuses a wrong password', async () =>
    assert.equal((await tokenFor(OPTIONS, `scope=${SCOPE}`, 'ada:wrong')).status, 401));

  it('refuses another service', async () =>
    assert.equal((await tokenFor(OPTIONS, `service=undefined&scope=${SCOPE}`, 'ada:pw')).status, 400));

  it('accepts a password by POST', async () => {
    const { status, opens } = await postedFor(OPTIONS, { grant_type: 'password', username: 'ada', password: 'pw' });
    assert.deepEqual([status, opens], [200, true]);
    assert.equal((await postedFor(OPTIONS, { grant_type: 'password', username: 'ada', password: 'no' })).status, 401);
  });

  it('accepts an identity token by POST', async () => {
    const options = { ...OPTIONS, identityTokens: { secret: 'ada' } };
    const form = (token: string) => ({ grant_type: 'refresh_token', refresh_token: token });
    const { status, opens } = await postedFor(options, form('secret'));
    assert.deepEqual([status, opens], [200, true]);
    assert.equal((await postedFor(options, form('stolen'))).status, 401);
  });

  it('issues an identity token only on request', async () => {
    await using tokens = await startTokenService(OPTIONS);
    const headers = { authorization: `Basic ${btoa('ada:pw')}` };
    const refreshTokenFor = async (query: string) =>
      JSON.parse((await ask(`${tokens.origin}/token?${query}`, { headers })).body).refresh_token;
    assert.equal(await refreshTokenFor(`scope=${SCOPE}`), undefined);
    const refresh_token = await refreshTokenFor(`scope=${SCOPE}&offline_token=true`);
    const body = new URLSearchParams({ grant_type: 'refresh_token', refresh_token }).toString();
    assert.equal((await ask(`${tokens.origin}/token`, { method: 'POST', body })).status, 200);
  });

  describe('by policy', () => {
    const refused = errorReply(403, 'DENIED', 'denied');

    it('refuses immediately what it will not grant', async () => {
      const options = { ...OPTIONS, policy: { nothingGranted: refused } };
      assert.equal((await tokenFor(options, `scope=${SCOPE}`)).status, 403);
      assert.equal((await tokenFor(options, `scope=${SCOPE}`, 'ada:pw')).status, 200);
    });

    it('treats a wrong password as none', async () => {
      const options = { ...OPTIONS, policy: { wrongCredential: 'anonymous' as const } };
      const { status, opens } = await tokenFor(options, `scope=${SCOPE}`, 'ada:wrong');
      assert.deepEqual([status, opens], [200, false]);
    });

    it('requires at least a credential or a scope', async () => {
      const options = { ...OPTIONS, policy: { nothingRequested: { status: 401 } } };
      assert.equal((await tokenFor(options, 'service=demo')).status, 401);
      assert.equal((await tokenFor(options, 'service=demo', 'ada:pw')).status, 200);
    });

    it('responds with the configured fields', async () => {
      const policy = { fields: ['access_token'] as const, expiresInSeconds: undefined };
      const { said } = await tokenFor({ ...OPTIONS, policy }, `scope=${SCOPE}`, 'ada:pw');
      assert.deepEqual(Object.keys(said), ['access_token']);
    });

    it('refuses POST', async () => {
      const options = { ...OPTIONS, policy: { post: { status: 405 } } };
      assert.equal((await postedFor(options, { username: 'ada', password: 'pw' })).status, 405);
    });
  });
});
