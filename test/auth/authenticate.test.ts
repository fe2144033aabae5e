import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { withRedirect } from '../../src/http/redirect.ts';
import type { HttpRequest } from '../../src/http/send.ts';
import {
  basic,
  CHALLENGE,
  FOUND,
  identityToken,
  MANIFEST,
  password,
  REALM,
  refusal,
  registryToken,
  startRun,
  summaryOf,
  TOKEN,
  tokenReply,
} from '../support/scripted-registry.ts';

describe('asking a registry', () => {
  it('takes one request when it is open', async () => {
    const run = startRun({ registry: () => FOUND });
    const image = run.startImage({ logins: [password('me', 'secret')] });
    const answer = await image.ask();
    assert.deepEqual(run.lines(), [MANIFEST]);
    assert.deepEqual(summaryOf(answer), { kind: 'response', status: 200, used: undefined, refused: [] });
    assert.equal(answer.credentials.withToken, false);
    assert.deepEqual(image.drawn, [], 'no login is looked up for it');
  });

  it('takes three when it wants a token', async () => {
    const run = startRun();
    const answer = await run.startImage().ask();
    assert.deepEqual(run.lines(), [MANIFEST, TOKEN, `${MANIFEST} as Bearer good`]);
    assert.deepEqual(summaryOf(answer), { kind: 'response', status: 200, used: undefined, refused: [] });
    assert.equal(answer.credentials.withToken, true);
  });

  it('asks for the token with the service and the scope of the challenge', async () => {
    const run = startRun();
    await run.startImage().ask();
    assert.equal(run.sent[1]?.url.search, '?service=registry.test&scope=repository%3Aapp%3Apull');
  });

  it('finds a token service by a relative address', async () => {
    const run = startRun({
      registry: (authorization, { url }) => {
        if (url.pathname === '/service/token') return tokenReply('good');
        return authorization === 'Bearer good' ? FOUND : refusal('Bearer realm="/service/token"');
      },
    });
    assert.equal(summaryOf(await run.startImage().ask()).status, 200);
    assert.equal(run.sent[1]?.url.href, 'https://registry.test/service/token?scope=repository%3Aapp%3Apull');
  });

  it('asks the registry itself for a token as itself, another host on its word', async () => {
    const named: unknown[] = [];
    for (const realm of ['/service/token', REALM, 'https://registry.test:8443/token']) {
      const run = startRun({
        registry: (_, { purpose }) => (purpose === 'token' ? tokenReply('x') : refusal(`Bearer realm="${realm}"`)),
        elsewhere: () => tokenReply('x'),
      });
      await run.startImage().ask();
      named.push(run.sent[1]?.namedBy);
    }
    const onItsWord = { registry: 'registry.test', as: 'realm' };
    assert.deepEqual(named, [undefined, onItsWord, onItsWord]);
  });

  it('uses one token for forty blobs', async () => {
    const run = startRun();
    const image = run.startImage();
    await image.ask();
    run.lines();
    const blobs = Array.from({ length: 40 }, (_, at) => `blobs/sha256:${at}`);
    const answers = await Promise.all(blobs.map((blob) => image.ask(blob, 'HEAD')));
    assert.deepEqual(
      run.lines(),
      blobs.map((blob) => `HEAD registry.test/v2/app/${blob} as Bearer good`),
    );
    assert.ok(answers.every((answer) => summaryOf(answer).status === 200));
  });

  it('logs in once when forty blobs are the first to be challenged', async () => {
    const run = startRun({
      registry: (authorization, { url }) =>
        url.pathname.includes('/manifests/') || authorization === basic('me', 'secret')
          ? FOUND
          : refusal('Basic realm="x"'),
    });
    const image = run.startImage({ logins: [password('me', 'secret')] });
    await image.ask();
    run.lines();
    const answers = await Promise.all(Array.from({ length: 40 }, (_, at) => image.ask(`blobs/sha256:${at}`)));
    assert.ok(answers.every((answer) => summaryOf(answer).status === 200));
    assert.equal(run.sent.length, 80);
    assert.equal(image.drawn.length, 1);
  });

  it('shows a password to a registry that wants Basic', async () => {
    const run = startRun({
      registry: (shown) => (shown === basic('me', 'secret') ? FOUND : refusal('Basic realm="x"')),
    });
    const answer = await run.startImage({ logins: [password('me', 'secret')] }).ask();
    assert.deepEqual(run.lines(), [MANIFEST, `${MANIFEST} as me:secret`]);
    assert.deepEqual(summaryOf(answer), { kind: 'response', status: 200, used: 'me', refused: [] });
    assert.equal(answer.credentials.withToken, false);
  });

  it('answers Basic with a user name and password only', async () => {
    const run = startRun({ registry: () => refusal('Basic realm="x"') });
    const logins = [identityToken('idt'), registryToken('rt')];
    const answer = await run.startImage({ logins }).ask();
    assert.deepEqual(run.lines(), [MANIFEST]);
    assert.deepEqual(summaryOf(answer), { kind: 'response', status: 401, used: undefined, refused: [] });
  });

  it('shows a registry token as it is, without asking for another', async () => {
    const run = startRun({ registry: (shown) => (shown === 'Bearer stored' ? FOUND : refusal()) });
    const answer = await run.startImage({ logins: [registryToken('stored')] }).ask();
    assert.deepEqual(run.lines(), [MANIFEST, `${MANIFEST} as Bearer stored`]);
    assert.deepEqual(summaryOf(answer), { kind: 'response', status: 200, used: 'registry-token', refused: [] });
    assert.equal(answer.credentials.withToken, true);
  });

  it('goes on without a registry token that is refused', async () => {
    const run = startRun();
    const answer = await run.startImage({ logins: [registryToken('stored')] }).ask();
    assert.deepEqual(run.lines(), [MANIFEST, `${MANIFEST} as Bearer stored`, TOKEN, `${MANIFEST} as Bearer good`]);
    assert.deepEqual(summaryOf(answer), {
      kind: 'response',
      status: 200,
      used: undefined,
      refused: ['registry-token'],
    });
  });

  it('trades an identity token by POST, and by GET where that is not known', async () => {
    const run = startRun({
      token: (shown, { method }) =>
        method === 'POST' ? { status: 404 } : shown === basic('', 'idt') ? tokenReply('good') : { status: 401 },
    });
    const answer = await run.startImage({ logins: [identityToken('idt')] }).ask();
    assert.deepEqual(run.lines(), [MANIFEST, 'POST auth.test/token', `${TOKEN} as :idt`, `${MANIFEST} as Bearer good`]);
    assert.deepEqual(summaryOf(answer), { kind: 'response', status: 200, used: 'identity-token', refused: [] });
  });

  it('does without an identity token that is refused by POST and by GET', async () => {
    const run = startRun({
      token: (shown, { method }) => (method === 'GET' && !shown ? tokenReply('good') : { status: 401 }),
    });
    const answer = await run.startImage({ logins: [identityToken('idt')] }).ask();
    assert.deepEqual(run.lines(), [
      MANIFEST,
      'POST auth.test/token',
      `${TOKEN} as :idt`,
      TOKEN,
      `${MANIFEST} as Bearer good`,
    ]);
    assert.deepEqual(summaryOf(answer), {
      kind: 'response',
      status: 200,
      used: undefined,
      refused: ['identity-token'],
    });
  });
});

describe('a registry that never lets anybody in', () => {
  const challenges: [string, string | string[], number, number][] = [
    ['Bearer', CHALLENGE, 3, 1],
    ['Bearer, error="invalid_token"', `${CHALLENGE},error="invalid_token"`, 5, 2],
    ['Bearer and Basic', [CHALLENGE, 'Basic realm="x"'], 4, 1],
    ['Bearer twice', `${CHALLENGE}, ${CHALLENGE}`, 4, 1],
    ['Bearer fifty times', Array.from({ length: 50 }, (_, at) => `Bearer realm="${REALM}?${at}"`), 5, 2],
    ['Basic fifty times', Array.from({ length: 50 }, () => 'Basic realm="x"'), 2, 0],
  ];
  for (const [name, challenge, requests, tokens] of challenges) {
    it(`is asked ${requests} times when it says ${name}`, async () => {
      const run = startRun({ registry: () => refusal(challenge) });
      const answer = await run.startImage({ logins: [password('me', 'secret')] }).ask();
      assert.equal(summaryOf(answer).status, 401);
      const tokenRequests = run.sent.filter(({ purpose }) => purpose === 'token').length;
      assert.deepEqual([run.sent.length, tokenRequests], [requests, tokens]);
    });
  }

  it('is not asked for more than two tokens, whatever is asked of it', async () => {
    const run = startRun({ registry: () => refusal(`${CHALLENGE},error="invalid_token"`) });
    const image = run.startImage({ logins: [password('me', 'secret')] });
    await Promise.all(Array.from({ length: 10 }, () => image.ask()));
    for (let at = 0; at < 10; at += 1) await image.ask();
    assert.equal(run.sent.filter(({ purpose }) => purpose === 'token').length, 2);
  });
});

describe('the challenge of a registry', () => {
  it('is answered in the best supported of its schemes', async () => {
    const run = startRun({
      registry: (shown) => (shown === 'Bearer good' ? FOUND : refusal(`Negotiate, Basic realm="x", ${CHALLENGE}`)),
    });
    await run.startImage({ logins: [password('me', 'secret')] }).ask();
    assert.deepEqual(run.lines(), [MANIFEST, `${TOKEN} as me:secret`, `${MANIFEST} as Bearer good`]);
  });

  const failing: [string, Parameters<typeof startRun>[0]][] = [
    ['whose token service is down', { token: () => ({ failure: 'tcp' }) }],
    ['whose token service answers 503', { token: () => ({ status: 503 }) }],
    ['whose token service gives no token', { token: () => ({ status: 200, body: '{}' }) }],
    ['whose token is not taken', {}],
  ];
  for (const [name, script] of failing) {
    it(`is answered with Basic after a Bearer ${name}`, async () => {
      const run = startRun({
        ...script,
        registry: (shown) => (shown === basic('me', 'secret') ? FOUND : refusal([CHALLENGE, 'Basic realm="x"'])),
      });
      const answer = await run.startImage({ logins: [password('me', 'secret')] }).ask();
      assert.equal(run.lines().at(-1), `${MANIFEST} as me:secret`);
      assert.deepEqual(summaryOf(answer), { kind: 'response', status: 200, used: 'me', refused: [] });
    });
  }

  it('is answered with Basic after a Bearer that nobody may answer', async () => {
    const run = startRun({
      registry: (shown) => (shown ? FOUND : refusal('Bearer realm="http://auth.test/token", Basic realm="x"')),
    });
    const answer = await run.startImage({ logins: [password('me', 'secret')] }).ask();
    assert.deepEqual(run.lines(), [MANIFEST, `${MANIFEST} as me:secret`]);
    assert.equal(summaryOf(answer).status, 200);
  });

  it('is not answered with Basic by a login the token service refused', async () => {
    const run = startRun({ token: () => ({ status: 401 }), registry: () => refusal([CHALLENGE, 'Basic realm="x"']) });
    const answer = await run.startImage({ logins: [password('me', 'secret')] }).ask();
    assert.deepEqual(run.lines(), [MANIFEST, `${TOKEN} as me:secret`, TOKEN]);
    assert.deepEqual(summaryOf(answer), { kind: 'token-refused', status: 401, used: undefined, refused: ['me'] });
  });

  const silent: [string, Record<string, string>][] = [
    ['none', {}],
    ['an empty one', { 'www-authenticate': '' }],
    ['one that makes no sense', { 'www-authenticate': '"' }],
  ];
  for (const [name, headers] of silent) {
    it(`is looked for at /v2/ when the 401 has ${name}`, async () => {
      const run = startRun({
        registry: (shown, { url }) =>
          url.pathname === '/v2/' ? refusal(`Bearer realm="${REALM}"`) : shown ? FOUND : { status: 401, headers },
      });
      const answer = await run.startImage().ask();
      assert.deepEqual(run.lines(), [MANIFEST, 'GET registry.test/v2/', TOKEN, `${MANIFEST} as Bearer good`]);
      assert.equal(summaryOf(answer).status, 200);
    });
  }

  it("is asked of /v2/ without GHCR's placeholder", async () => {
    const run = startRun({
      registry: (shown, { url }) =>
        url.pathname === '/v2/'
          ? refusal(`Bearer realm="${REALM}",scope="repository:user/image:pull"`)
          : shown
            ? FOUND
            : { status: 401 },
    });
    await run.startImage({ repository: 'team/app' }).ask();
    assert.equal(run.sent[2]?.url.search, '?scope=repository%3Ateam%2Fapp%3Apull');
  });

  it('is not taken from where /v2/ redirects to', async () => {
    const script = {
      registry: (_: string | undefined, { url }: HttpRequest) =>
        url.pathname === '/v2/' ? { status: 302, headers: { location: 'https://stranger.test/' } } : { status: 401 },
      elsewhere: () => refusal(),
    };
    const run = startRun(script, [withRedirect()]);
    const answer = await run.startImage({ logins: [password('me', 'secret')] }).ask();
    assert.deepEqual(run.lines(), [MANIFEST, 'GET registry.test/v2/', 'GET stranger.test/']);
    assert.equal(summaryOf(answer).status, 401);
  });

  it('is looked for at /v2/ only once', async () => {
    const run = startRun({ registry: () => ({ status: 401 }) });
    const image = run.startImage();
    const answers = [await image.ask(), ...(await Promise.all([image.ask(), image.ask()]))];
    assert.equal(run.sent.filter(({ purpose }) => purpose === 'ping').length, 1);
    assert.ok(answers.every((answer) => summaryOf(answer).status === 401));
  });

  it('is not looked for once somebody is logged in', async () => {
    const run = startRun({
      // Harbor's answer for a project that is not there.
      registry: (shown) => (shown ? refusal('', 'project app not found') : refusal()),
    });
    const answer = await run.startImage().ask();
    assert.deepEqual(run.lines(), [MANIFEST, TOKEN, `${MANIFEST} as Bearer good`]);
    assert.equal(answer.credentials.withToken, true);
  });

  it('is named when none of its schemes is known', async () => {
    const run = startRun({ registry: () => refusal('Negotiate, NTLM, Negotiate') });
    const image = run.startImage({ logins: [password('me', 'secret')] });
    const { credentials: _, ...answer } = await image.ask();
    assert.deepEqual(answer, {
      kind: 'bad-challenge',
      problem: 'it requires the unsupported schemes "negotiate, ntlm"',
    });
    assert.deepEqual(image.drawn, []);
  });

  it('is said to be unusable when its token service is', async () => {
    const run = startRun({ registry: () => refusal('Bearer service="x"') });
    const { credentials: _, ...answer } = await run.startImage().ask();
    const problem = 'its challenge names no token service (no realm)';
    assert.deepEqual(answer, { kind: 'bad-challenge', problem });
  });
});

describe('a token service in trouble', () => {
  it('that cannot be reached is told from the registry', async () => {
    const run = startRun({ token: () => ({ failure: 'dns' }) });
    const answer = await run.startImage({ logins: [password('me', 'secret')] }).ask();
    assert.deepEqual(run.lines(), [MANIFEST, `${TOKEN} as me:secret`]);
    assert.ok(answer.kind === 'failure');
    assert.deepEqual([answer.from, answer.failure.kind, answer.failure.host], ['token-service', 'dns', 'auth.test']);
  });

  for (const status of [404, 405, 429, 503]) {
    it(`that answers ${status} to a login is not asked without it`, async () => {
      const run = startRun({ token: () => ({ status }) });
      const answer = await run.startImage({ logins: [password('me', 'secret')] }).ask();
      assert.deepEqual(run.lines(), [MANIFEST, `${TOKEN} as me:secret`]);
      assert.deepEqual(summaryOf(answer), { kind: 'token-refused', status, used: 'me', refused: [] });
    });
  }

  it('that refuses the login and is down for everybody else says nothing of the image', async () => {
    const run = startRun({ token: (shown) => ({ status: shown ? 401 : 503 }) });
    const answer = await run.startImage({ logins: [password('me', 'secret')] }).ask();
    assert.deepEqual(summaryOf(answer), { kind: 'token-refused', status: 503, used: undefined, refused: ['me'] });
  });

  it('that refuses everybody is asked once', async () => {
    const run = startRun({ token: () => ({ status: 403 }) });
    const answer = await run.startImage().ask();
    assert.deepEqual(run.lines(), [MANIFEST, TOKEN]);
    assert.deepEqual(summaryOf(answer), { kind: 'token-refused', status: 403, used: undefined, refused: [] });
  });

  it('whose answer holds no token is described', async () => {
    const run = startRun({ token: () => ({ status: 200, body: '[]' }) });
    const answer = await run.startImage().ask();
    assert.equal(answer.kind === 'token-refused' && answer.problem, 'a response without a token');
  });
});
