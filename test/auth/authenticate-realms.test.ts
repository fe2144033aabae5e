// Token services on other hosts: which receive requests, which receive credentials, and that it is reported.

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

describe('a token service that is not in the realms', () => {
  const realms = ['other.test'];
  const problem = 'it names the token service auth.test, which is not in the realms configured for it';

  for (const [who, credentials] of [
    ['for a password', [me]],
    ['without a credential', []],
    ['for an identity token', [identityToken('refresh')]],
  ] as const) {
    it(`is not sent a request ${who}`, async () => {
      const run = startRun();
      const { credentials: _, ...outcome } = await run.startImage({ realms, credentials }).send();
      assert.deepEqual(run.lines(), [MANIFEST]);
      assert.deepEqual(outcome, { kind: 'bad-challenge', problem, because: 'unlisted-realm' });
    });
  }

  it('has no credential looked up for it', async () => {
    const image = startRun().startImage({ realms, credentials: [me] });
    await image.send();
    assert.deepEqual(image.lookedUp, []);
  });

  it('is neither sent a request nor connected to because it is known for the registry', async () => {
    const opened: string[] = [];
    const run = startRun();
    const image = run.startImage({
      realms,
      credentials: [me],
      knownChallenge: EXPECTED,
      open: ({ host }) => opened.push(host),
    });
    const outcome = await image.send();
    assert.deepEqual(run.lines(), [MANIFEST]);
    assert.equal(outcome.kind, 'bad-challenge');
    assert.ok(!opened.includes('auth.test'));
  });

  it('is not sent a request because an earlier image learned it', async () => {
    const run = startRun();
    await run.startImage({ credentials: [me] }).send();
    run.lines();
    const outcome = await run.startImage({ repository: 'b', realms, credentials: [me] }).send();
    assert.deepEqual(run.lines(), ['GET registry.test/v2/b/manifests/1']);
    assert.equal(outcome.kind, 'bad-challenge');
  });

  it('is not sent a request for a host that the registry redirected to', async () => {
    const run = startRun(
      {
        registry: () => ({ status: 307, headers: { location: 'https://storage.test/v2/app/manifests/1' } }),
        elsewhere: () => refusal(),
      },
      [withRedirect()],
    );
    const outcome = await run.startImage({ realms, credentials: [me] }).send();
    assert.deepEqual(run.lines(), [MANIFEST, 'GET storage.test/v2/app/manifests/1']);
    assert.equal(outcome.kind, 'bad-challenge');
  });

  it('does not affect an open registry', async () => {
    const run = startRun({ registry: () => FOUND });
    assert.equal(
      summaryOf(await run.startImage({ realms, credentials: [me], knownChallenge: EXPECTED }).send()).status,
      200,
    );
    assert.deepEqual(run.lines(), [MANIFEST]);
  });

  it('does not keep a credential from the registry itself, if it requires Basic', async () => {
    const run = startRun({
      registry: (authorization) =>
        authorization?.startsWith('Basic') ? FOUND : refusal(['Basic realm="x"', CHALLENGE]),
    });
    await run.startImage({ realms, credentials: [me] }).send();
    assert.deepEqual(run.lines(), [MANIFEST, `${MANIFEST} as me:old`]);
  });

  it('may be the registry itself: only listed hosts are sent requests', async () => {
    const run = startRun({ registry: () => refusal('Bearer realm="/token"') });
    const outcome = await run.startImage({ realms, credentials: [me] }).send();
    assert.deepEqual(run.lines(), [MANIFEST]);
    assert.equal(outcome.kind, 'bad-challenge');
  });
});

describe('a token service that is in the realms', () => {
  it('is used as usual', async () => {
    const run = startRun();
    await run.startImage({ realms: ['auth.test'], credentials: [me], knownChallenge: EXPECTED }).send();
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

  for (const [what, credential] of [
    ['password', me],
    ['identity token', identityToken('refresh')],
  ] as const) {
    it(`is sent no ${what}, and no request without it`, async () => {
      const run = startRun(clear);
      const { credentials: _, ...outcome } = await run.startImage({ ...IN_CLEAR, credentials: [credential] }).send();
      assert.deepEqual(run.lines(), [MANIFEST]);
      const problem = 'it names the token service http://auth.test, which does not use encryption';
      assert.deepEqual(outcome, { kind: 'bad-challenge', problem, because: 'cleartext-credentials' });
    });
  }

  it('is sent none if it is remembered', async () => {
    const run = startRun(clear);
    await run.startImage(IN_CLEAR).send();
    run.lines();
    const outcome = await run.startImage({ ...IN_CLEAR, repository: 'b', credentials: [me] }).send();
    assert.deepEqual(run.lines(), ['GET registry.test/v2/b/manifests/1']);
    assert.equal(outcome.kind, 'bad-challenge');
  });

  it('is used without a credential', async () => {
    const run = startRun(clear);
    assert.equal(summaryOf(await run.startImage(IN_CLEAR).send()).status, 200);
    assert.deepEqual(run.lines(), [MANIFEST, TOKEN, `${MANIFEST} as Bearer good`]);
  });

  it('does not keep a registry token from the registry', async () => {
    const run = startRun(clear);
    const outcome = await run.startImage({ ...IN_CLEAR, credentials: [registryToken('good')] }).send();
    assert.deepEqual(run.lines(), [MANIFEST, `${MANIFEST} as Bearer good`]);
    assert.equal(summaryOf(outcome).status, 200);
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
    await run.startImage({ ...IN_CLEAR, credentials: [me] }).send();
    assert.deepEqual(linesOf(run.sent)[1], 'GET registry.test:5001/token as me:old');
  });
});

describe('a credential that was sent to a token service is reported', () => {
  const reportedBy = async (run: ReturnType<typeof startRun>, options: Parameters<typeof run.startImage>[0]) => {
    const image = run.startImage(options);
    await image.send();
    return image.credentialsSent.map(
      ({ credential, realm }) => `${credential.username ?? credential.kind} ${realm.host}`,
    );
  };

  for (const [what, credential, line] of [
    ['a password', me, 'me auth.test'],
    ['an identity token', identityToken('refresh'), 'identity-token auth.test'],
  ] as const) {
    it(`once, if it is ${what}`, async () =>
      assert.deepEqual(await reportedBy(startRun(), { credentials: [credential] }), [line]));
  }

  it('if the challenge was known before', async () =>
    assert.deepEqual(await reportedBy(startRun(), { credentials: [me], knownChallenge: EXPECTED }), ['me auth.test']));

  it('if the token comes from an earlier image', async () => {
    const run = startRun();
    await reportedBy(run, { credentials: [me] });
    run.lines();
    assert.deepEqual(await reportedBy(run, { credentials: [password('me', 'old')] }), ['me auth.test']);
    assert.deepEqual(run.lines(), [`${MANIFEST} as Bearer good`]);
  });

  it('if it was refused there', async () => {
    const run = startRun({ token: (authorization) => (authorization ? DENIED : tokenReply('good')) });
    assert.deepEqual(await reportedBy(run, { credentials: [me] }), ['me auth.test']);
    run.lines();
    // The next image of the repository continues without it, and still reports it.
    assert.deepEqual(await reportedBy(run, { credentials: [me] }), ['me auth.test']);
    assert.deepEqual(run.lines(), [`${MANIFEST} as Bearer good`]);
  });

  it('for another repository that does not send it again', async () => {
    const run = startRun({
      token: (authorization) =>
        authorization ? { status: 401, body: 'incorrect username or password' } : tokenReply('good'),
    });
    await reportedBy(run, { credentials: [me] });
    assert.deepEqual(await reportedBy(run, { repository: 'b', credentials: [me] }), ['me auth.test']);
    assert.equal(run.sent.filter(({ headers }) => headers.authorization?.startsWith('Basic')).length, 1);
  });

  it('if a response never came', async () => {
    const run = startRun({ token: () => ({ fails: { kind: 'timeout', phase: 'headers' } }) });
    assert.deepEqual(await reportedBy(run, { credentials: [me] }), ['me auth.test']);
  });

  it('but not if the service was not reached', async () => {
    const run = startRun({ token: () => ({ fails: { kind: 'dns', phase: 'dns' } }) });
    assert.deepEqual(await reportedBy(run, { credentials: [me] }), []);
  });

  it('but not for a request without a credential', async () => assert.deepEqual(await reportedBy(startRun(), {}), []));

  it('but not if it was only sent to the registry itself', async () => {
    const basicRun = startRun({ registry: (authorization) => (authorization ? FOUND : refusal('Basic realm="x"')) });
    assert.deepEqual(await reportedBy(basicRun, { credentials: [me] }), []);
    assert.deepEqual(await reportedBy(startRun(), { credentials: [registryToken('good')] }), []);
  });
});
