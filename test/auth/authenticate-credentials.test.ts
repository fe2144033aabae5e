import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Secret } from '../../src/credentials/secret.ts';
import type { Reply } from '../support/fake-send.ts';
import {
  basic,
  CHALLENGE,
  DENIED,
  FOUND,
  identityToken,
  MANIFEST,
  password,
  refusal,
  registryToken,
  startRun,
  summaryOf,
  TOKEN,
  tokenReply,
  WRONG_PASSWORD,
} from '../support/scripted-registry.ts';

const me = password('me', 'old');
const other = password('other', 'secret', 'auth.json');
const third = password('third', 'secret', 'auth.json');
const wantsBasic = refusal('Basic realm="x"');

describe('a refused credential', () => {
  const refusals: [string, Reply][] = [
    ['401', WRONG_PASSWORD],
    ['403', DENIED],
    ['400 for an expired one', { status: 400, body: "this identity's keys have expired" }],
  ];
  for (const [name, reply] of refusals) {
    it(`with ${name} does not hide a public image: four requests`, async () => {
      const run = startRun({ token: (authorization) => (authorization ? reply : tokenReply('good')) });
      const outcome = await run.startImage({ credentials: [me] }).send();
      assert.deepEqual(run.lines(), [MANIFEST, `${TOKEN} as me:old`, TOKEN, `${MANIFEST} as Bearer good`]);
      assert.deepEqual(summaryOf(outcome), { kind: 'response', status: 200, used: undefined, refused: ['me'] });
    });
  }

  it('keeps the response that refused it', async () => {
    const run = startRun({ token: (authorization) => (authorization ? WRONG_PASSWORD : { status: 401 }) });
    const outcome = await run.startImage({ credentials: [me] }).send();
    assert.deepEqual(summaryOf(outcome), { kind: 'token-refused', status: 401, used: undefined, refused: ['me'] });
    const [refused] = outcome.credentials.refused;
    assert.equal(
      Buffer.from(refused?.response.body ?? '').toString(),
      '{"details":"incorrect username or password"}\n',
    );
  });

  it('is not blamed for an invalid request', async () => {
    const run = startRun({ token: () => ({ status: 400, body: 'No service name provided' }) });
    const outcome = await run.startImage({ credentials: [me] }).send();
    assert.deepEqual(summaryOf(outcome), { kind: 'token-refused', status: 400, used: 'me', refused: [] });
  });

  it('that is a token gives way to the password beside it, where Basic is required', async () => {
    const login = { username: 'me', password: new Secret('old') };
    for (const stored of [
      { ...identityToken('idt'), login },
      { ...registryToken('rt'), login },
    ]) {
      const run = startRun({ registry: (authorization) => (authorization ? FOUND : wantsBasic) });
      const outcome = await run.startImage({ credentials: [stored] }).send();
      assert.deepEqual(run.lines(), [MANIFEST, `${MANIFEST} as me:old`]);
      assert.deepEqual(outcome.credentials.used, {
        kind: 'password',
        ...login,
        source: 'config.json',
        beside: stored.kind,
      });
    }
  });

  it('that is a token, without a password, is named where Basic is required', async () => {
    const run = startRun({ registry: () => wantsBasic });
    const outcome = await run.startImage({ credentials: [registryToken('rt')] }).send();
    assert.deepEqual(run.lines(), [MANIFEST]);
    assert.deepEqual(outcome.credentials.omitted, registryToken('rt'));
  });

  it('with Basic is not sent twice', async () => {
    const run = startRun({ registry: () => wantsBasic });
    const image = run.startImage({ credentials: [me] });
    const outcome = await image.send();
    assert.deepEqual(run.lines(), [MANIFEST, `${MANIFEST} as me:old`]);
    assert.deepEqual(summaryOf(outcome), { kind: 'response', status: 401, used: undefined, refused: ['me'] });
    await Promise.all([image.send(), image.send()]);
    assert.deepEqual(run.lines(), [MANIFEST, MANIFEST]);
  });

  it('with Basic is not sent twice by forty concurrent blobs', async () => {
    const run = startRun({ registry: () => wantsBasic });
    const image = run.startImage({ credentials: [me] });
    await Promise.all(Array.from({ length: 40 }, (_, at) => image.send(`blobs/sha256:${at}`)));
    assert.equal(run.sent.filter(({ headers }) => headers.authorization !== undefined).length, 1);
  });

  it('is not sent twice to a token service by forty concurrent blobs', async () => {
    const run = startRun({ token: (authorization) => (authorization ? DENIED : tokenReply('good')) });
    const image = run.startImage({ credentials: [me] });
    const outcomes = await Promise.all(Array.from({ length: 40 }, (_, at) => image.send(`blobs/sha256:${at}`)));
    assert.equal(run.sent.filter(({ headers }) => headers.authorization === basic('me', 'old')).length, 1);
    assert.equal(run.sent.length, 82);
    assert.ok(outcomes.every((outcome) => summaryOf(outcome).status === 200));
  });
});

describe('the final outcome', () => {
  const both = refusal(['Basic realm="x"', CHALLENGE]);

  it('is the response of the registry to Basic if the token service is down', async () => {
    const run = startRun({ registry: () => both, token: () => ({ fails: { kind: 'tcp' } }) });
    const outcome = await run.startImage({ credentials: [me] }).send();
    assert.deepEqual(summaryOf(outcome), { kind: 'response', status: 401, used: undefined, refused: ['me'] });
  });

  it('is that a credential is wrong, even after a 503', async () => {
    let isDown = true;
    const run = startRun({
      registry: (authorization) => (authorization && isDown ? { status: 503 } : refusal('Basic realm="x"')),
    });
    const image = run.startImage({ credentials: [me] });
    assert.deepEqual(summaryOf(await image.send()), { kind: 'response', status: 503, used: 'me', refused: [] });
    isDown = false;
    assert.deepEqual(summaryOf(await image.send()), {
      kind: 'response',
      status: 401,
      used: undefined,
      refused: ['me'],
    });
  });
});

describe('several credentials', () => {
  it('are tried one after the other, the most specific first', async () => {
    const run = startRun({
      token: (authorization) => (authorization === basic('other', 'secret') ? tokenReply('good') : WRONG_PASSWORD),
    });
    const image = run.startImage({ credentials: [me, other, third] });
    const outcome = await image.send();
    assert.deepEqual(run.lines(), [
      MANIFEST,
      `${TOKEN} as me:old`,
      `${TOKEN} as other:secret`,
      `${MANIFEST} as Bearer good`,
    ]);
    assert.deepEqual(summaryOf(outcome), { kind: 'response', status: 200, used: 'other', refused: ['me'] });
    assert.deepEqual(image.lookedUp, [me, other], 'the third is not even looked up');
  });

  it('are tried within the limit of two token requests', async () => {
    const run = startRun({ token: () => WRONG_PASSWORD });
    const outcome = await run.startImage({ credentials: [me, other, third] }).send();
    assert.deepEqual(run.lines(), [MANIFEST, `${TOKEN} as me:old`, `${TOKEN} as other:secret`]);
    assert.deepEqual(summaryOf(outcome), {
      kind: 'token-refused',
      status: 401,
      used: undefined,
      refused: ['me', 'other'],
    });
  });

  it('are limited to two with Basic', async () => {
    const run = startRun({ registry: () => wantsBasic });
    const outcome = await run.startImage({ credentials: [me, other, third] }).send();
    assert.deepEqual(run.lines(), [MANIFEST, `${MANIFEST} as me:old`, `${MANIFEST} as other:secret`]);
    assert.deepEqual(summaryOf(outcome).refused, ['me', 'other']);
  });

  it('that are equal are tried once', async () => {
    const run = startRun({ token: (authorization) => (authorization ? DENIED : tokenReply('good')) });
    const again = password('me', 'old', 'auth.json');
    const outcome = await run.startImage({ credentials: [me, again] }).send();
    assert.equal(run.sent.length, 4);
    assert.deepEqual(summaryOf(outcome).refused, ['me']);
  });

  for (const status of [401, 403]) {
    it(`are tried further if one is accepted and the image returns ${status}`, async () => {
      const run = startRun({
        token: (authorization) => tokenReply(authorization === basic('other', 'secret') ? 'good' : 'weak'),
        registry: (authorization) =>
          authorization === 'Bearer good' ? FOUND : authorization === undefined ? refusal() : { ...refusal(), status },
      });
      const outcome = await run.startImage({ credentials: [me, other] }).send();
      assert.deepEqual(run.lines(), [
        MANIFEST,
        `${TOKEN} as me:old`,
        `${MANIFEST} as Bearer weak`,
        `${TOKEN} as other:secret`,
        `${MANIFEST} as Bearer good`,
      ]);
      assert.deepEqual(summaryOf(outcome), { kind: 'response', status: 200, used: 'other', refused: ['me'] });
    });

    it(`that are both accepted, while the image returns ${status}, give the outcome of the first`, async () => {
      for (const challenge of [CHALLENGE, 'Basic realm="x"']) {
        if (status === 401 && challenge !== CHALLENGE) continue;
        const run = startRun({
          registry: (authorization) => (authorization === undefined ? refusal(challenge) : { ...refusal(), status }),
        });
        const outcome = await run.startImage({ credentials: [me, other] }).send();
        assert.deepEqual(summaryOf(outcome), { kind: 'response', status, used: 'me', refused: [] });
      }
    });

    it(`that are accepted, while the image returns ${status}, are distinguished from those that are not`, async () => {
      const run = startRun({
        token: (authorization) => (authorization === basic('me', 'old') ? tokenReply('weak') : WRONG_PASSWORD),
        registry: (authorization) => (authorization === undefined ? refusal() : { ...refusal(), status }),
      });
      const outcome = await run.startImage({ credentials: [me, other] }).send();
      assert.deepEqual(summaryOf(outcome), { kind: 'response', status, used: 'me', refused: [] });
      assert.equal(run.sent.length, 4);
    });
  }

  it('are tried further with Basic if one has expired', async () => {
    const expired = {
      status: 403,
      body: '{"errors":[{"code":"DENIED","message":"Your authorization token has expired."}]}',
    };
    const run = startRun({
      registry: (authorization) =>
        authorization === undefined ? wantsBasic : authorization === basic('other', 'secret') ? FOUND : expired,
    });
    const outcome = await run.startImage({ credentials: [me, other] }).send();
    assert.deepEqual(summaryOf(outcome), { kind: 'response', status: 200, used: 'other', refused: ['me'] });
    const alone = await run.startImage({ repository: 'b', credentials: [me] }).send();
    assert.deepEqual(summaryOf(alone), { kind: 'response', status: 403, used: 'me', refused: [] });
  });

  it('are not tried further if the registry only asks to wait', async () => {
    const run = startRun({ registry: (authorization) => (authorization ? { status: 429 } : refusal()) });
    const outcome = await run.startImage({ credentials: [me, other] }).send();
    assert.deepEqual(summaryOf(outcome), { kind: 'response', status: 429, used: 'me', refused: [] });
    assert.equal(run.sent.length, 3);
  });

  it('are all tried with Bearer if that challenge is the first', async () => {
    const run = startRun({
      token: () => tokenReply('weak'),
      registry: (authorization) =>
        authorization === basic('other', 'secret') ? FOUND : refusal([CHALLENGE, 'Basic realm="x"']),
    });
    const outcome = await run.startImage({ credentials: [me, other] }).send();
    assert.deepEqual(run.lines().slice(1), [
      `${TOKEN} as me:old`,
      `${MANIFEST} as Bearer weak`,
      `${TOKEN} as other:secret`,
      `${MANIFEST} as Bearer weak`,
    ]);
    assert.deepEqual(summaryOf(outcome), { kind: 'response', status: 401, used: 'me', refused: [] });
  });
});
