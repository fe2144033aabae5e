// Token services on other hosts: which of them are asked, which of them get a login, and that it is told.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { withRedirect } from '../../src/http/redirect.ts';
import {
  CHALLENGE,
  DENIED,
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
  TOKEN,
  tokenReply,
} from '../support/scripted-registry.ts';

const me = password('me', 'old');
const EXPECTED = { realm: REALM, service: 'registry.test' };

describe('a token service that the person does not list', () => {
  const realms = ['other.test'];
  const problem = 'it names the token service auth.test, which is not in the realms configured for it';

  for (const [who, logins] of [
    ['for a login', [me]],
    ['without a login', []],
    ['for an identity token', [identityToken('refresh')]],
  ] as const) {
    it(`is not asked ${who}`, async () => {
      const run = startRun();
      const { credentials: _, ...answer } = await run.startImage({ realms, logins }).ask();
      assert.deepEqual(run.lines(), [MANIFEST]);
      assert.deepEqual(answer, { kind: 'bad-challenge', problem, because: 'unlisted-realm' });
    });
  }

  it('has no login looked up for it', async () => {
    const image = startRun().startImage({ realms, logins: [me] });
    await image.ask();
    assert.deepEqual(image.drawn, []);
  });

  it('is not asked because it is known to be the usual one, nor is it connected to', async () => {
    const opened: string[] = [];
    const run = startRun();
    const image = run.startImage({
      realms,
      logins: [me],
      knownChallenge: EXPECTED,
      open: ({ host }) => opened.push(host),
    });
    const answer = await image.ask();
    assert.deepEqual(run.lines(), [MANIFEST]);
    assert.equal(answer.kind, 'bad-challenge');
    assert.ok(!opened.includes('auth.test'));
  });

  it('is not asked because an earlier image learned of it', async () => {
    const run = startRun();
    await run.startImage({ logins: [me] }).ask();
    run.lines();
    const answer = await run.startImage({ repository: 'b', realms, logins: [me] }).ask();
    assert.deepEqual(run.lines(), ['GET registry.test/v2/b/manifests/1']);
    assert.equal(answer.kind, 'bad-challenge');
  });

  it('is not asked for a host that the registry redirected to', async () => {
    const run = startRun(
      {
        registry: () => ({ status: 307, headers: { location: 'https://storage.test/v2/app/manifests/1' } }),
        elsewhere: () => refusal(),
      },
      [withRedirect()],
    );
    const answer = await run.startImage({ realms, logins: [me] }).ask();
    assert.deepEqual(run.lines(), [MANIFEST, 'GET storage.test/v2/app/manifests/1']);
    assert.equal(answer.kind, 'bad-challenge');
  });

  it('leaves an open registry open', async () => {
    const run = startRun({ registry: () => FOUND });
    assert.equal(summaryOf(await run.startImage({ realms, logins: [me], knownChallenge: EXPECTED }).ask()).status, 200);
    assert.deepEqual(run.lines(), [MANIFEST]);
  });

  it('leaves the login to the registry itself, where that asks for it', async () => {
    const run = startRun({
      registry: (shown) => (shown?.startsWith('Basic') ? FOUND : refusal([CHALLENGE, 'Basic realm="x"'])),
    });
    await run.startImage({ realms, logins: [me] }).ask();
    assert.deepEqual(run.lines(), [MANIFEST, `${MANIFEST} as me:old`]);
  });

  it('may be the registry itself: only what is listed is asked', async () => {
    const run = startRun({ registry: () => refusal('Bearer realm="/token"') });
    const answer = await run.startImage({ realms, logins: [me] }).ask();
    assert.deepEqual(run.lines(), [MANIFEST]);
    assert.equal(answer.kind, 'bad-challenge');
  });
});

describe('a token service that the person lists', () => {
  it('is asked as ever', async () => {
    const run = startRun();
    await run.startImage({ realms: ['auth.test'], logins: [me], knownChallenge: EXPECTED }).ask();
    assert.deepEqual(run.lines(), [`${TOKEN} as me:old`, `${MANIFEST} as Bearer good`]);
  });
});

describe('a token service on another host, over http', () => {
  const IN_CLEAR = { base: 'http://registry.test' };
  const clear: Script = {
    elsewhere: ({ purpose, headers }) =>
      purpose === 'token'
        ? tokenReply('good')
        : headers.authorization === 'Bearer good'
          ? FOUND
          : refusal('Bearer realm="http://auth.test/token"'),
  };

  for (const [what, login] of [
    ['password', me],
    ['identity token', identityToken('refresh')],
  ] as const) {
    it(`gets no ${what}, and no question without it`, async () => {
      const run = startRun(clear);
      const { credentials: _, ...answer } = await run.startImage({ ...IN_CLEAR, logins: [login] }).ask();
      assert.deepEqual(run.lines(), [MANIFEST]);
      const problem = 'it names the token service http://auth.test, another host without encryption';
      assert.deepEqual(answer, { kind: 'bad-challenge', problem, because: 'cleartext-credentials' });
    });
  }

  it('gets none when it is remembered', async () => {
    const run = startRun(clear);
    await run.startImage(IN_CLEAR).ask();
    run.lines();
    const answer = await run.startImage({ ...IN_CLEAR, repository: 'b', logins: [me] }).ask();
    assert.deepEqual(run.lines(), ['GET registry.test/v2/b/manifests/1']);
    assert.equal(answer.kind, 'bad-challenge');
  });

  it('is asked by those who have no login', async () => {
    const run = startRun(clear);
    assert.equal(summaryOf(await run.startImage(IN_CLEAR).ask()).status, 200);
    assert.deepEqual(run.lines(), [MANIFEST, TOKEN, `${MANIFEST} as Bearer good`]);
  });

  it('does not keep a registry token from the registry', async () => {
    const run = startRun(clear);
    const answer = await run.startImage({ ...IN_CLEAR, logins: [registryToken('good')] }).ask();
    assert.deepEqual(run.lines(), [MANIFEST, `${MANIFEST} as Bearer good`]);
    assert.equal(summaryOf(answer).status, 200);
  });

  it('may be another port of the registry', async () => {
    const run = startRun({
      elsewhere: ({ purpose, headers }) =>
        purpose === 'token'
          ? tokenReply('good')
          : headers.authorization === 'Bearer good'
            ? FOUND
            : refusal('Bearer realm="http://registry.test:5001/token"'),
    });
    await run.startImage({ ...IN_CLEAR, logins: [me] }).ask();
    assert.deepEqual(linesOf(run.sent)[1], 'GET registry.test:5001/token as me:old');
  });
});

describe('a login that went to a token service is told', () => {
  const toldBy = async (run: ReturnType<typeof startRun>, options: Parameters<typeof run.startImage>[0]) => {
    const image = run.startImage(options);
    await image.ask();
    return image.loginsSent.map(({ credential, realm }) => `${credential.username ?? credential.kind} ${realm.host}`);
  };

  for (const [what, login, line] of [
    ['a password', me, 'me auth.test'],
    ['an identity token', identityToken('refresh'), 'identity-token auth.test'],
  ] as const) {
    it(`once, when it is ${what}`, async () => assert.deepEqual(await toldBy(startRun(), { logins: [login] }), [line]));
  }

  it('when the challenge was known before', async () =>
    assert.deepEqual(await toldBy(startRun(), { logins: [me], knownChallenge: EXPECTED }), ['me auth.test']));

  it('when the token is kept of an earlier image', async () => {
    const run = startRun();
    await toldBy(run, { logins: [me] });
    run.lines();
    assert.deepEqual(await toldBy(run, { logins: [password('me', 'old')] }), ['me auth.test']);
    assert.deepEqual(run.lines(), [`${MANIFEST} as Bearer good`]);
  });

  it('when it was refused there', async () => {
    const run = startRun({ token: (shown) => (shown ? DENIED : tokenReply('good')) });
    assert.deepEqual(await toldBy(run, { logins: [me] }), ['me auth.test']);
    run.lines();
    // The next image of the repository goes on without it, and still says so.
    assert.deepEqual(await toldBy(run, { logins: [me] }), ['me auth.test']);
    assert.deepEqual(run.lines(), [`${MANIFEST} as Bearer good`]);
  });

  it('for another repository that does not send it again', async () => {
    const run = startRun({
      token: (shown) => (shown ? { status: 401, body: 'incorrect username or password' } : tokenReply('good')),
    });
    await toldBy(run, { logins: [me] });
    assert.deepEqual(await toldBy(run, { repository: 'b', logins: [me] }), ['me auth.test']);
    assert.equal(run.sent.filter(({ headers }) => headers.authorization?.startsWith('Basic')).length, 1);
  });

  it('when an answer never came', async () => {
    const run = startRun({ token: () => ({ failure: 'timeout', phase: 'headers' }) });
    assert.deepEqual(await toldBy(run, { logins: [me] }), ['me auth.test']);
  });

  it('and nothing where the service was not reached', async () => {
    const run = startRun({ token: () => ({ failure: 'dns', phase: 'dns' }) });
    assert.deepEqual(await toldBy(run, { logins: [me] }), []);
  });

  it('and nothing of a question without a login', async () => assert.deepEqual(await toldBy(startRun(), {}), []));

  it('and nothing of what the registry itself was shown', async () => {
    const basicRun = startRun({ registry: (shown) => (shown ? FOUND : refusal('Basic realm="x"')) });
    assert.deepEqual(await toldBy(basicRun, { logins: [me] }), []);
    assert.deepEqual(await toldBy(startRun(), { logins: [registryToken('good')] }), []);
  });
});
