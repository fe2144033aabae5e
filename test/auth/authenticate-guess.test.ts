// A challenge that is known before the registry has spoken: what it saves, and that a wrong one decides nothing.

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
  WRONG_LOGIN,
} from '../support/scripted-registry.ts';

const EXPECTED = { realm: REALM, service: 'registry.test' };
const WRONG = { realm: 'https://old.test/token', service: 'registry.test' };

const me = password('me', 'old');

/** Asks for one image of a registry that is expected to challenge so. */
async function askExpecting(expected: typeof EXPECTED, script: Script = {}, logins = [me].slice(1)) {
  const run = startRun(script);
  const answer = await run.startImage({ knownChallenge: expected, logins }).ask();
  return { run, lines: run.lines(), summary: summaryOf(answer) };
}

describe('a challenge that is known', () => {
  it('saves the first question', async () => {
    const { lines, summary } = await askExpecting(EXPECTED);
    assert.deepEqual(lines, [TOKEN, `${MANIFEST} as Bearer good`]);
    assert.equal(summary.status, 200);
  });

  it('asks for the token as the registry would have it asked', async () => {
    const { run } = await askExpecting(EXPECTED, { token: (_, { url }) => tokenReply(url.search) });
    const expected = run.sent;
    const { run: live } = await askExpecting(EXPECTED);
    assert.deepEqual(expected, live.sent);
    const asked = startRun();
    await asked.startImage({ knownChallenge: EXPECTED }).ask();
    const unasked = startRun();
    await unasked.startImage().ask();
    const hrefs = [asked, unasked].map(({ sent }) => sent.find(({ purpose }) => purpose === 'token')?.url.href);
    assert.equal(hrefs[0], hrefs[1]);
    assert.equal(hrefs[0], `${REALM}?service=registry.test&scope=repository%3Aapp%3Apull`);
  });

  it('has both connections opened before the token is asked for', async () => {
    const order: string[] = [];
    const run = startRun({
      token: () => {
        order.push('token');
        return tokenReply('good');
      },
    });
    await run.startImage({ knownChallenge: EXPECTED, open: ({ host }) => order.push(host) }).ask();
    assert.deepEqual(order, ['registry.test', 'auth.test', 'token']);
  });

  it('sends the stored login to it as to any other', async () => {
    const { lines, summary } = await askExpecting(EXPECTED, {}, [me]);
    assert.deepEqual(lines, [`${TOKEN} as me:old`, `${MANIFEST} as Bearer good`]);
    assert.equal(summary.used, 'me');
  });

  it('is vetted as any other: a login never goes there unencrypted', async () => {
    const { lines, summary } = await askExpecting({ ...EXPECTED, realm: 'http://auth.test/token' }, {}, [me]);
    assert.deepEqual(lines, [MANIFEST, `${TOKEN} as me:old`, `${MANIFEST} as Bearer good`]);
    assert.equal(summary.status, 200);
  });

  for (const status of [404, 429, 500]) {
    it(`takes a ${status} for what it is`, async () => {
      const { lines, summary } = await askExpecting(EXPECTED, { registry: () => ({ status }) });
      assert.deepEqual(lines, [TOKEN, `${MANIFEST} as Bearer good`]);
      assert.equal(summary.status, status);
    });
  }

  it('takes a 401 for what it is when the registry asks for that very token', async () => {
    const { lines, summary } = await askExpecting(EXPECTED, { registry: () => refusal() });
    assert.deepEqual(lines, [TOKEN, `${MANIFEST} as Bearer good`]);
    assert.equal(summary.status, 401);
  });

  it('makes sure of a 401 that asks for something else: Harbor and Gitea do once they were shown a token', async () => {
    const registry: Script['registry'] = (shown) => (shown ? refusal('Basic realm="x"') : refusal());
    const { lines, summary } = await askExpecting(EXPECTED, { registry });
    assert.deepEqual(lines, [TOKEN, `${MANIFEST} as Bearer good`, MANIFEST]);
    assert.equal(summary.status, 401);
  });

  it('makes sure of a 403 that a token met', async () => {
    const registry: Script['registry'] = (shown) => (shown ? DENIED : refusal());
    const { lines, summary } = await askExpecting(EXPECTED, { registry });
    assert.deepEqual(lines, [TOKEN, `${MANIFEST} as Bearer good`, MANIFEST]);
    assert.equal(summary.status, 403);
  });

  it('makes sure of a refused login, without sending it again', async () => {
    const { lines, summary } = await askExpecting(EXPECTED, { token: () => WRONG_LOGIN }, [me]);
    assert.deepEqual(lines, [`${TOKEN} as me:old`, TOKEN, MANIFEST]);
    assert.deepEqual(summary, { kind: 'token-refused', status: 401, used: undefined, refused: ['me'] });
  });
});

describe('a challenge that is known and wrong', () => {
  const elsewhere: Script['elsewhere'] = ({ url }) => (url.host === 'old.test' ? tokenReply('old') : FOUND);

  it('gives way to what the registry asks for', async () => {
    const { lines, summary } = await askExpecting(WRONG, { elsewhere });
    const guessed = ['GET old.test/token', `${MANIFEST} as Bearer old`];
    assert.deepEqual(lines, [...guessed, MANIFEST, TOKEN, `${MANIFEST} as Bearer good`]);
    assert.equal(summary.status, 200);
  });

  it('gives way where only another scope is asked for', async () => {
    const registry: Script['registry'] = (shown) =>
      shown === 'Bearer good' ? FOUND : refusal(`Bearer realm="${REALM}",service="registry.test",scope="aws"`);
    const token: Script['token'] = (_, { url }) => tokenReply(url.searchParams.get('scope') === 'aws' ? 'good' : 'bad');
    const { lines, summary } = await askExpecting(EXPECTED, { registry, token });
    assert.deepEqual(lines, [TOKEN, `${MANIFEST} as Bearer bad`, MANIFEST, TOKEN, `${MANIFEST} as Bearer good`]);
    assert.equal(summary.status, 200);
  });

  for (const [what, reply] of [
    ['refuses', DENIED],
    ['is broken', { status: 503 }],
    ['cannot be reached', { failure: 'tcp' }],
    ['talks nonsense', { status: 200, body: '<html>' }],
  ] as const) {
    it(`gives way when the old token service ${what}`, async () => {
      const { lines, summary } = await askExpecting(WRONG, { elsewhere: () => reply });
      assert.deepEqual(lines, ['GET old.test/token', MANIFEST, TOKEN, `${MANIFEST} as Bearer good`]);
      assert.equal(summary.status, 200);
    });

    it(`decides nothing at an open registry when the token service ${what}`, async () => {
      const { lines, summary } = await askExpecting(WRONG, { elsewhere: () => reply, registry: () => FOUND });
      assert.deepEqual(lines, ['GET old.test/token', MANIFEST]);
      assert.equal(summary.status, 200);
    });
  }

  it('is not tried again in the run', async () => {
    const { run } = await askExpecting(WRONG, { elsewhere: () => ({ failure: 'tcp' }), registry: () => FOUND });
    await run.startImage({ knownChallenge: WRONG, repository: 'other' }).ask();
    assert.deepEqual(run.lines(), ['GET registry.test/v2/other/manifests/1']);
  });

  it('leaves a login that the old service refused to be sent to the right one', async () => {
    const { lines, summary } = await askExpecting(WRONG, { elsewhere: () => DENIED }, [me]);
    assert.ok(lines.includes(`${TOKEN} as me:old`), lines.join('\n'));
    assert.deepEqual([summary.status, summary.used], [200, 'me']);
  });

  it('is not waited for as long as the image has', async () => {
    const patient = new AbortController();
    const run = startRun({
      // As a firewall that drops what comes: it ends with the question.
      elsewhere: () => FOUND,
      registry: (shown) => (shown === 'Bearer good' ? FOUND : refusal(CHALLENGE)),
    });
    const image = run.startImage({ knownChallenge: WRONG, signal: patient.signal });
    await image.ask();
    const [asked] = run.sent;
    assert.notEqual(asked?.signal, patient.signal);
    assert.equal(run.sent.at(-1)?.signal, patient.signal);
  });
});

describe('what a registry asked for', () => {
  it('saves the first question for its other repositories', async () => {
    const run = startRun();
    await run.startImage().ask();
    run.lines();
    await run.startImage({ repository: 'b' }).ask();
    assert.deepEqual(run.lines(), [TOKEN, 'GET registry.test/v2/b/manifests/1 as Bearer good']);
  });

  it('is not taken for that of another registry', async () => {
    const run = startRun({ elsewhere: () => FOUND });
    await run.startImage().ask();
    run.lines();
    await run.startImage({ base: 'https://other.test' }).ask();
    assert.deepEqual(run.lines(), ['GET other.test/v2/app/manifests/1']);
  });

  it('is not guessed for others where it names one repository in its own way', async () => {
    const run = startRun({
      registry: (shown) =>
        shown ? FOUND : refusal(`Bearer realm="${REALM}",service="x",scope="repository:virtual/app:pull"`),
    });
    await run.startImage().ask();
    run.lines();
    await run.startImage({ repository: 'b' }).ask();
    assert.deepEqual(run.lines()[0], 'GET registry.test/v2/b/manifests/1');
  });
});
