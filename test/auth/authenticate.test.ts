import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { withRedirect } from '../../src/http/redirect.ts';
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

describe('a request to a registry', () => {
  it('is one request if it is open', async () => {
    const run = startRun({ registry: () => FOUND });
    const image = run.startImage({ credentials: [password('me', 'secret')] });
    const outcome = await image.send();
    assert.deepEqual(run.lines(), [MANIFEST]);
    assert.deepEqual(summaryOf(outcome), { kind: 'response', status: 200, used: undefined, refused: [] });
    assert.equal(outcome.credentials.withToken, false);
    assert.deepEqual(image.lookedUp, [], 'no credential is looked up for it');
  });

  it('is three if it requires a token', async () => {
    const run = startRun();
    const outcome = await run.startImage().send();
    assert.deepEqual(run.lines(), [MANIFEST, TOKEN, `${MANIFEST} as Bearer good`]);
    assert.deepEqual(summaryOf(outcome), { kind: 'response', status: 200, used: undefined, refused: [] });
    assert.equal(outcome.credentials.withToken, true);
  });

  it('requests the token with the service and the scope of the challenge', async () => {
    const run = startRun();
    await run.startImage().send();
    assert.equal(run.sent[1]?.url.search, '?service=registry.test&scope=repository%3Aapp%3Apull');
  });

  it('does not resolve a relative realm: no client does', async () => {
    const run = startRun({ registry: () => refusal('Bearer realm="/service/token"') });
    assert.equal((await run.startImage().send()).kind, 'bad-challenge');
    assert.deepEqual(run.lines(), [MANIFEST]);
  });

  it('requests a token of the registry itself as its own, of another host as named by it', async () => {
    const named: unknown[] = [];
    for (const realm of ['https://registry.test/service/token', REALM, 'https://registry.test:8443/token']) {
      const run = startRun({
        registry: (_, { purpose }) => (purpose === 'token' ? tokenReply('x') : refusal(`Bearer realm="${realm}"`)),
        elsewhere: () => tokenReply('x'),
      });
      await run.startImage().send();
      named.push(run.sent[1]?.namedBy);
    }
    const byRegistry = { registry: 'registry.test', as: 'realm' };
    assert.deepEqual(named, [undefined, byRegistry, byRegistry]);
  });

  it('uses one token for forty blobs', async () => {
    const run = startRun();
    const image = run.startImage();
    await image.send();
    run.lines();
    const blobs = Array.from({ length: 40 }, (_, at) => `blobs/sha256:${at}`);
    const outcomes = await Promise.all(blobs.map((blob) => image.send(blob, 'HEAD')));
    assert.deepEqual(
      run.lines(),
      blobs.map((blob) => `HEAD registry.test/v2/app/${blob} as Bearer good`),
    );
    assert.ok(outcomes.every((outcome) => summaryOf(outcome).status === 200));
  });

  it('authenticates once if forty blobs are the first to be challenged', async () => {
    const run = startRun({
      registry: (authorization, { url }) =>
        url.pathname.includes('/manifests/') || authorization === basic('me', 'secret')
          ? FOUND
          : refusal('Basic realm="x"'),
    });
    const image = run.startImage({ credentials: [password('me', 'secret')] });
    await image.send();
    run.lines();
    const outcomes = await Promise.all(Array.from({ length: 40 }, (_, at) => image.send(`blobs/sha256:${at}`)));
    assert.ok(outcomes.every((outcome) => summaryOf(outcome).status === 200));
    assert.equal(run.sent.length, 80);
    assert.equal(image.lookedUp.length, 1);
  });

  it('sends a password to a registry that requires Basic', async () => {
    const run = startRun({
      registry: (authorization) => (authorization === basic('me', 'secret') ? FOUND : refusal('Basic realm="x"')),
    });
    const outcome = await run.startImage({ credentials: [password('me', 'secret')] }).send();
    assert.deepEqual(run.lines(), [MANIFEST, `${MANIFEST} as me:secret`]);
    assert.deepEqual(summaryOf(outcome), { kind: 'response', status: 200, used: 'me', refused: [] });
    assert.equal(outcome.credentials.withToken, false);
  });

  it('answers Basic with a user name and password only', async () => {
    const run = startRun({ registry: () => refusal('Basic realm="x"') });
    const credentials = [identityToken('idt'), registryToken('rt')];
    const outcome = await run.startImage({ credentials }).send();
    assert.deepEqual(run.lines(), [MANIFEST]);
    assert.deepEqual(summaryOf(outcome), { kind: 'response', status: 401, used: undefined, refused: [] });
  });

  it('sends a registry token as it is, without requesting another', async () => {
    const run = startRun({ registry: (authorization) => (authorization === 'Bearer stored' ? FOUND : refusal()) });
    const outcome = await run.startImage({ credentials: [registryToken('stored')] }).send();
    assert.deepEqual(run.lines(), [MANIFEST, `${MANIFEST} as Bearer stored`]);
    assert.deepEqual(summaryOf(outcome), { kind: 'response', status: 200, used: 'registry-token', refused: [] });
    assert.equal(outcome.credentials.withToken, true);
  });

  it('continues without a registry token that is refused', async () => {
    const run = startRun();
    const outcome = await run.startImage({ credentials: [registryToken('stored')] }).send();
    assert.deepEqual(run.lines(), [MANIFEST, `${MANIFEST} as Bearer stored`, TOKEN, `${MANIFEST} as Bearer good`]);
    assert.deepEqual(summaryOf(outcome), {
      kind: 'response',
      status: 200,
      used: undefined,
      refused: ['registry-token'],
    });
  });

  it('exchanges an identity token by POST, and by GET where POST is not supported', async () => {
    const run = startRun({
      token: (authorization, { method }) =>
        method === 'POST' ? { status: 404 } : authorization === basic('', 'idt') ? tokenReply('good') : { status: 401 },
    });
    const outcome = await run.startImage({ credentials: [identityToken('idt')] }).send();
    assert.deepEqual(run.lines(), [MANIFEST, 'POST auth.test/token', `${TOKEN} as :idt`, `${MANIFEST} as Bearer good`]);
    assert.deepEqual(summaryOf(outcome), { kind: 'response', status: 200, used: 'identity-token', refused: [] });
  });

  it('continues without an identity token that is refused by POST and by GET', async () => {
    const run = startRun({
      token: (authorization, { method }) => (method === 'GET' && !authorization ? tokenReply('good') : { status: 401 }),
    });
    const outcome = await run.startImage({ credentials: [identityToken('idt')] }).send();
    assert.deepEqual(run.lines(), [
      MANIFEST,
      'POST auth.test/token',
      `${TOKEN} as :idt`,
      TOKEN,
      `${MANIFEST} as Bearer good`,
    ]);
    assert.deepEqual(summaryOf(outcome), {
      kind: 'response',
      status: 200,
      used: undefined,
      refused: ['identity-token'],
    });
  });
});

describe('a registry that refuses everything', () => {
  const challenges: [string, string | string[], number, number][] = [
    ['Bearer', CHALLENGE, 3, 1],
    ['Bearer, error="invalid_token"', `${CHALLENGE},error="invalid_token"`, 5, 2],
    ['Bearer and Basic', [CHALLENGE, 'Basic realm="x"'], 3, 1],
    ['Basic and Bearer', ['Basic realm="x"', CHALLENGE], 4, 1],
    ['Bearer twice', [CHALLENGE, CHALLENGE], 3, 1],
    ['Bearer fifty times', Array.from({ length: 50 }, (_, at) => `Bearer realm="${REALM}?${at}"`), 3, 1],
    ['Basic fifty times', Array.from({ length: 50 }, () => 'Basic realm="x"'), 2, 0],
  ];
  for (const [name, challenge, requests, tokens] of challenges) {
    it(`is sent ${requests} requests if it challenges with ${name}`, async () => {
      const run = startRun({ registry: () => refusal(challenge) });
      const outcome = await run.startImage({ credentials: [password('me', 'secret')] }).send();
      assert.equal(summaryOf(outcome).status, 401);
      const tokenRequests = run.sent.filter(({ purpose }) => purpose === 'token').length;
      assert.deepEqual([run.sent.length, tokenRequests], [requests, tokens]);
    });
  }

  it('causes at most two token requests, for any number of requests', async () => {
    const run = startRun({ registry: () => refusal(`${CHALLENGE},error="invalid_token"`) });
    const image = run.startImage({ credentials: [password('me', 'secret')] });
    await Promise.all(Array.from({ length: 10 }, () => image.send()));
    for (let at = 0; at < 10; at += 1) await image.send();
    assert.equal(run.sent.filter(({ purpose }) => purpose === 'token').length, 2);
  });
});

describe('the challenge of a registry', () => {
  it('is answered in the order of its supported schemes', async () => {
    const run = startRun({ registry: () => refusal(['Negotiate', 'Basic realm="x"', CHALLENGE]) });
    await run.startImage({ credentials: [password('me', 'secret')] }).send();
    assert.deepEqual(run.lines(), [MANIFEST, `${MANIFEST} as me:secret`, TOKEN, `${MANIFEST} as Bearer good`]);
  });

  it('is answered with a token after Basic, without a password', async () => {
    const run = startRun({
      registry: (authorization) => (authorization === 'Bearer good' ? FOUND : refusal(['Basic realm="x"', CHALLENGE])),
    });
    assert.equal(summaryOf(await run.startImage().send()).status, 200);
    assert.deepEqual(run.lines(), [MANIFEST, TOKEN, `${MANIFEST} as Bearer good`]);
  });

  // docker, podman, skopeo, crane, oras and containerd all fail there.
  const first: [string, string, Parameters<typeof startRun>[0], readonly string[]][] = [
    [
      'whose token service is down',
      CHALLENGE,
      { token: () => ({ fails: { kind: 'tcp' } }) },
      [`${TOKEN} as me:secret`],
    ],
    [
      'that gets no token',
      CHALLENGE,
      { token: () => ({ status: 404 }) },
      [`${TOKEN} as me:secret`, 'POST auth.test/token'],
    ],
    ['that cannot be answered', 'Bearer realm="/token"', {}, []],
  ];
  for (const [name, bad, script, lines] of first) {
    for (const second of ['Basic realm="x"', `Bearer realm="${REALM}/second"`]) {
      it(`is not answered with ${second} after a Bearer ${name}`, async () => {
        const registry = (authorization?: string) => (authorization ? FOUND : refusal([bad, second]));
        const run = startRun({ ...script, registry, ping: () => refusal([bad, second]) });
        const outcome = await run.startImage({ credentials: [password('me', 'secret')] }).send();
        assert.notEqual(outcome.kind, 'response');
        assert.deepEqual(
          run.lines().filter((line) => line !== 'GET registry.test/v2/'),
          [MANIFEST, ...lines],
        );
      });
    }
  }

  it('is not answered with Basic and a credential that the token service refused', async () => {
    const run = startRun({ token: () => ({ status: 401 }), registry: () => refusal([CHALLENGE, 'Basic realm="x"']) });
    const outcome = await run.startImage({ credentials: [password('me', 'secret')] }).send();
    assert.deepEqual(run.lines(), [MANIFEST, `${TOKEN} as me:secret`, TOKEN]);
    assert.deepEqual(summaryOf(outcome), { kind: 'token-refused', status: 401, used: undefined, refused: ['me'] });
  });

  const silent: [string, Record<string, string>][] = [
    ['none', {}],
    ['an empty one', { 'www-authenticate': '' }],
    ['an invalid one', { 'www-authenticate': '"' }],
  ];
  for (const [name, headers] of silent) {
    it(`is requested from /v2/ if the 401 has ${name}`, async () => {
      const run = startRun({
        ping: () => refusal(`Bearer realm="${REALM}"`),
        registry: (authorization) => (authorization ? FOUND : { status: 401, headers }),
      });
      const outcome = await run.startImage().send();
      assert.deepEqual(run.lines(), [MANIFEST, 'GET registry.test/v2/', TOKEN, `${MANIFEST} as Bearer good`]);
      assert.equal(summaryOf(outcome).status, 200);
    });
  }

  it("is requested from /v2/, and GHCR's placeholder there is not used", async () => {
    const run = startRun({
      ping: () => refusal(`Bearer realm="${REALM}",scope="repository:user/image:pull"`),
      registry: (authorization) => (authorization ? FOUND : { status: 401 }),
    });
    await run.startImage({ repository: 'team/app' }).send();
    assert.equal(run.sent[2]?.url.search, '?scope=repository%3Ateam%2Fapp%3Apull');
  });

  it('is not read from where /v2/ redirects to', async () => {
    const script = {
      ping: () => ({ status: 302, headers: { location: 'https://storage.test/' } }),
      registry: () => ({ status: 401 }),
      elsewhere: () => refusal(),
    };
    const run = startRun(script, [withRedirect()]);
    const outcome = await run.startImage({ credentials: [password('me', 'secret')] }).send();
    assert.deepEqual(run.lines(), [MANIFEST, 'GET registry.test/v2/', 'GET storage.test/']);
    assert.equal(summaryOf(outcome).status, 401);
  });

  it('is requested from /v2/ only once', async () => {
    const run = startRun({ ping: () => ({ status: 401 }), registry: () => ({ status: 401 }) });
    const image = run.startImage();
    const outcomes = [await image.send(), ...(await Promise.all([image.send(), image.send()]))];
    assert.equal(run.sent.filter(({ purpose }) => purpose === 'ping').length, 1);
    assert.ok(outcomes.every((outcome) => summaryOf(outcome).status === 401));
  });

  it('is not requested once a credential was accepted', async () => {
    const run = startRun({
      // Harbor's response for a missing project.
      registry: (authorization) => (authorization ? refusal('', 'project app not found') : refusal()),
    });
    const outcome = await run.startImage().send();
    assert.deepEqual(run.lines(), [MANIFEST, TOKEN, `${MANIFEST} as Bearer good`]);
    assert.equal(outcome.credentials.withToken, true);
  });

  it('is named if none of its schemes is supported', async () => {
    const run = startRun({ registry: () => refusal(['Negotiate', 'NTLM', 'Negotiate']) });
    const image = run.startImage({ credentials: [password('me', 'secret')] });
    const { credentials: _, ...outcome } = await image.send();
    assert.deepEqual(outcome, {
      kind: 'bad-challenge',
      problem: 'it requires the unsupported schemes "negotiate, ntlm"',
    });
    assert.deepEqual(image.lookedUp, []);
  });

  it('is unusable without a token service', async () => {
    const run = startRun({ registry: () => refusal('Bearer service="x"') });
    const { credentials: _, ...outcome } = await run.startImage().send();
    const problem = 'its challenge names no token service (no realm)';
    assert.deepEqual(outcome, { kind: 'bad-challenge', problem });
  });
});

describe('a failing token service', () => {
  it('that cannot be reached is distinguished from the registry', async () => {
    const run = startRun({ token: () => ({ fails: { kind: 'dns' } }) });
    const outcome = await run.startImage({ credentials: [password('me', 'secret')] }).send();
    assert.deepEqual(run.lines(), [MANIFEST, `${TOKEN} as me:secret`]);
    assert.ok(outcome.kind === 'failure');
    assert.deepEqual([outcome.from, outcome.failure.kind, outcome.failure.host], ['token-service', 'dns', 'auth.test']);
  });

  for (const status of [404, 405, 429, 503]) {
    it(`that returns ${status} for a credential is not sent a request without it`, async () => {
      const run = startRun({ token: () => ({ status }) });
      const outcome = await run.startImage({ credentials: [password('me', 'secret')] }).send();
      const posted = status < 429 ? ['POST auth.test/token'] : [];
      assert.deepEqual(run.lines(), [MANIFEST, `${TOKEN} as me:secret`, ...posted]);
      assert.deepEqual(summaryOf(outcome), { kind: 'token-refused', status, used: 'me', refused: [] });
    });
  }

  it('that refuses the credential and fails without one says nothing about the image', async () => {
    const run = startRun({ token: (authorization) => ({ status: authorization ? 401 : 503 }) });
    const outcome = await run.startImage({ credentials: [password('me', 'secret')] }).send();
    assert.deepEqual(summaryOf(outcome), { kind: 'token-refused', status: 503, used: undefined, refused: ['me'] });
  });

  it('that refuses everything is sent one request', async () => {
    const run = startRun({ token: () => ({ status: 403 }) });
    const outcome = await run.startImage().send();
    assert.deepEqual(run.lines(), [MANIFEST, TOKEN]);
    assert.deepEqual(summaryOf(outcome), { kind: 'token-refused', status: 403, used: undefined, refused: [] });
  });

  it('whose response contains no token is described', async () => {
    const run = startRun({ token: () => ({ status: 200, body: '[]' }) });
    const outcome = await run.startImage().send();
    assert.match((outcome.kind === 'token-refused' && outcome.problem) || '', /an array is not an object$/);
  });
});
