// Preemptive authentication: what a known challenge saves, and that a wrong one decides nothing.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  CHALLENGE,
  DENIED,
  FOUND,
  MANIFEST,
  password,
  REALM,
  refusal,
  type Script,
  startRun,
  summaryOf,
  TOKEN,
  tokenReply,
  WRONG_PASSWORD,
} from '../support/scripted-registry.ts';

const EXPECTED = { realm: REALM, service: 'registry.test' };
const WRONG = { realm: 'https://old.test/token', service: 'registry.test' };

const me = password('me', 'old');

/** Sends the request of one image, for a registry that is expected to challenge like this. */
async function sendExpecting(expected: typeof EXPECTED, script: Script = {}, credentials = [me].slice(1)) {
  const run = startRun(script);
  const outcome = await run.startImage({ knownChallenge: expected, credentials }).send();
  return { run, lines: run.lines(), summary: summaryOf(outcome) };
}

describe('a known challenge', () => {
  it('saves the first request', async () => {
    const { lines, summary } = await sendExpecting(EXPECTED);
    assert.deepEqual(lines, [TOKEN, `${MANIFEST} as Bearer good`]);
    assert.equal(summary.status, 200);
  });

  it('requests the token exactly as after a challenge', async () => {
    const { run } = await sendExpecting(EXPECTED, { token: (_, { url }) => tokenReply(url.search) });
    const expected = run.sent;
    const { run: live } = await sendExpecting(EXPECTED);
    assert.deepEqual(expected, live.sent);
    const preemptive = startRun();
    await preemptive.startImage({ knownChallenge: EXPECTED }).send();
    const challenged = startRun();
    await challenged.startImage().send();
    const hrefs = [preemptive, challenged].map(({ sent }) => sent.find(({ purpose }) => purpose === 'token')?.url.href);
    assert.equal(hrefs[0], hrefs[1]);
    assert.equal(hrefs[0], `${REALM}?service=registry.test&scope=repository%3Aapp%3Apull`);
  });

  it('has both connections opened before the token is requested', async () => {
    const order: string[] = [];
    const run = startRun({
      token: () => {
        order.push('token');
        return tokenReply('good');
      },
    });
    await run.startImage({ knownChallenge: EXPECTED, open: ({ host }) => order.push(host) }).send();
    assert.deepEqual(order, ['registry.test', 'auth.test', 'token']);
  });

  it('sends the stored credential as for any other', async () => {
    const { lines, summary } = await sendExpecting(EXPECTED, {}, [me]);
    assert.deepEqual(lines, [`${TOKEN} as me:old`, `${MANIFEST} as Bearer good`]);
    assert.equal(summary.used, 'me');
  });

  it('is vetted like any other: a credential is never sent there unencrypted', async () => {
    const { lines, summary } = await sendExpecting({ ...EXPECTED, realm: 'http://auth.test/token' }, {}, [me]);
    assert.deepEqual(lines, [MANIFEST, `${TOKEN} as me:old`, `${MANIFEST} as Bearer good`]);
    assert.equal(summary.status, 200);
  });

  for (const status of [404, 429, 500]) {
    it(`accepts a ${status} as final`, async () => {
      const { lines, summary } = await sendExpecting(EXPECTED, { registry: () => ({ status }), ping: () => refusal() });
      // A 404 is final only if the registry still requires such a token: `/v2/` says so, once in a run.
      const ping = status === 404 ? ['GET registry.test/v2/'] : [];
      assert.deepEqual(lines, [TOKEN, `${MANIFEST} as Bearer good`, ...ping]);
      assert.equal(summary.status, status);
    });
  }

  it('accepts a 401 as final if the registry names the same endpoint', async () => {
    const { lines, summary } = await sendExpecting(EXPECTED, { registry: () => refusal() });
    assert.deepEqual(lines, [TOKEN, `${MANIFEST} as Bearer good`]);
    assert.equal(summary.status, 401);
  });

  it('confirms a 401 that requires something else, as Harbor and Gitea do after a token', async () => {
    const registry: Script['registry'] = (authorization) => (authorization ? refusal('Basic realm="x"') : refusal());
    const { lines, summary } = await sendExpecting(EXPECTED, { registry });
    assert.deepEqual(lines, [TOKEN, `${MANIFEST} as Bearer good`, MANIFEST]);
    assert.equal(summary.status, 401);
  });

  it('confirms a 403 for a token', async () => {
    const registry: Script['registry'] = (authorization) => (authorization ? DENIED : refusal());
    const { lines, summary } = await sendExpecting(EXPECTED, { registry });
    assert.deepEqual(lines, [TOKEN, `${MANIFEST} as Bearer good`, MANIFEST]);
    assert.equal(summary.status, 403);
  });

  it('confirms a refused credential, without sending it again', async () => {
    const { lines, summary } = await sendExpecting(EXPECTED, { token: () => WRONG_PASSWORD }, [me]);
    assert.deepEqual(lines, [`${TOKEN} as me:old`, TOKEN, MANIFEST]);
    assert.deepEqual(summary, { kind: 'token-refused', status: 401, used: undefined, refused: ['me'] });
  });
});

describe('a known challenge that is wrong', () => {
  const elsewhere: Script['elsewhere'] = ({ url }) => (url.host === 'old.test' ? tokenReply('old') : FOUND);

  it('is replaced by what the registry requires', async () => {
    const { lines, summary } = await sendExpecting(WRONG, { elsewhere });
    const guessed = ['GET old.test/token', `${MANIFEST} as Bearer old`];
    assert.deepEqual(lines, [...guessed, MANIFEST, TOKEN, `${MANIFEST} as Bearer good`]);
    assert.equal(summary.status, 200);
  });

  it('is replaced if only the scope differs', async () => {
    const registry: Script['registry'] = (authorization) =>
      authorization === 'Bearer good' ? FOUND : refusal(`Bearer realm="${REALM}",service="registry.test",scope="aws"`);
    const token: Script['token'] = (_, { url }) => tokenReply(url.searchParams.get('scope') === 'aws' ? 'good' : 'bad');
    const { lines, summary } = await sendExpecting(EXPECTED, { registry, token });
    assert.deepEqual(lines, [TOKEN, `${MANIFEST} as Bearer bad`, MANIFEST, TOKEN, `${MANIFEST} as Bearer good`]);
    assert.equal(summary.status, 200);
  });

  for (const [what, reply] of [
    ['refuses', DENIED],
    ['is broken', { status: 503 }],
    ['cannot be reached', { fails: { kind: 'tcp' } }],
    ['returns a web page', { status: 200, body: '<html>' }],
  ] as const) {
    it(`is replaced if the old token service ${what}`, async () => {
      const { lines, summary } = await sendExpecting(WRONG, { elsewhere: () => reply });
      assert.deepEqual(lines, ['GET old.test/token', MANIFEST, TOKEN, `${MANIFEST} as Bearer good`]);
      assert.equal(summary.status, 200);
    });

    it(`decides nothing for an open registry if the token service ${what}`, async () => {
      const { lines, summary } = await sendExpecting(WRONG, { elsewhere: () => reply, registry: () => FOUND });
      assert.deepEqual(lines, ['GET old.test/token', MANIFEST]);
      assert.equal(summary.status, 200);
    });
  }

  it('is not tried again in the run', async () => {
    const { run } = await sendExpecting(WRONG, {
      elsewhere: () => ({ fails: { kind: 'tcp' } }),
      registry: () => FOUND,
    });
    await run.startImage({ knownChallenge: WRONG, repository: 'other' }).send();
    assert.deepEqual(run.lines(), ['GET registry.test/v2/other/manifests/1']);
  });

  it('does not keep a credential that the old service refused from the right one', async () => {
    const { lines, summary } = await sendExpecting(WRONG, { elsewhere: () => DENIED }, [me]);
    assert.ok(lines.includes(`${TOKEN} as me:old`), lines.join('\n'));
    assert.deepEqual([summary.status, summary.used], [200, 'me']);
  });

  it('does not get as much time as the image', async () => {
    const controller = new AbortController();
    const run = startRun({
      elsewhere: () => FOUND,
      registry: (authorization) => (authorization === 'Bearer good' ? FOUND : refusal(CHALLENGE)),
    });
    const image = run.startImage({ knownChallenge: WRONG, signal: controller.signal });
    await image.send();
    const [first] = run.sent;
    assert.notEqual(first?.signal, controller.signal);
    assert.equal(run.sent.at(-1)?.signal, controller.signal);
  });
});

describe('a challenge that a registry sent', () => {
  it('saves the first request of its other repositories', async () => {
    const run = startRun();
    await run.startImage().send();
    run.lines();
    await run.startImage({ repository: 'b' }).send();
    assert.deepEqual(run.lines(), [TOKEN, 'GET registry.test/v2/b/manifests/1 as Bearer good']);
  });

  it('is not used for another registry', async () => {
    const run = startRun({ elsewhere: () => FOUND });
    await run.startImage().send();
    run.lines();
    await run.startImage({ base: 'https://other.test' }).send();
    assert.deepEqual(run.lines(), ['GET other.test/v2/app/manifests/1']);
  });

  it('is not used for other repositories if it names one in its own way', async () => {
    const run = startRun({
      registry: (authorization) =>
        authorization ? FOUND : refusal(`Bearer realm="${REALM}",service="x",scope="repository:virtual/app:pull"`),
    });
    await run.startImage().send();
    run.lines();
    await run.startImage({ repository: 'b' }).send();
    assert.deepEqual(run.lines()[0], 'GET registry.test/v2/b/manifests/1');
  });
});
