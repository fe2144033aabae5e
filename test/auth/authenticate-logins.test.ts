import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  basic,
  CHALLENGE,
  DENIED,
  FOUND,
  MANIFEST,
  password,
  refusal,
  startRun,
  summaryOf,
  TOKEN,
  tokenReply,
  WRONG_LOGIN,
} from '../support/scripted-registry.ts';
import type { Reply } from '../support/scripted-send.ts';

const me = password('me', 'old');
const other = password('other', 'secret', 'auth.json');
const third = password('third', 'secret', 'auth.json');
const wantsBasic = refusal('Basic realm="x"');

describe('a login that is refused', () => {
  const refusals: [string, Reply][] = [
    ['401', WRONG_LOGIN],
    ['403', DENIED],
    ['400 for an expired one', { status: 400, body: "this identity's keys have expired" }],
  ];
  for (const [name, reply] of refusals) {
    it(`with ${name} does not hide a public image: four requests`, async () => {
      const run = startRun({ token: (shown) => (shown ? reply : tokenReply('good')) });
      const answer = await run.startImage({ logins: [me] }).ask();
      assert.deepEqual(run.lines(), [MANIFEST, `${TOKEN} as me:old`, TOKEN, `${MANIFEST} as Bearer good`]);
      assert.deepEqual(summaryOf(answer), { kind: 'response', status: 200, used: undefined, refused: ['me'] });
    });
  }

  it('keeps the words it was refused with', async () => {
    const run = startRun({ token: (shown) => (shown ? WRONG_LOGIN : { status: 401 }) });
    const answer = await run.startImage({ logins: [me] }).ask();
    assert.deepEqual(summaryOf(answer), { kind: 'token-refused', status: 401, used: undefined, refused: ['me'] });
    const [refused] = answer.credentials.refused;
    assert.equal(
      Buffer.from(refused?.response.body ?? '').toString(),
      '{"details":"incorrect username or password"}\n',
    );
  });

  it('is not blamed for a question that is wrong', async () => {
    const run = startRun({ token: () => ({ status: 400, body: 'No service name provided' }) });
    const answer = await run.startImage({ logins: [me] }).ask();
    assert.deepEqual(summaryOf(answer), { kind: 'token-refused', status: 400, used: 'me', refused: [] });
  });

  it('with Basic is not sent twice', async () => {
    const run = startRun({ registry: () => wantsBasic });
    const image = run.startImage({ logins: [me] });
    const answer = await image.ask();
    assert.deepEqual(run.lines(), [MANIFEST, `${MANIFEST} as me:old`]);
    assert.deepEqual(summaryOf(answer), { kind: 'response', status: 401, used: undefined, refused: ['me'] });
    await Promise.all([image.ask(), image.ask()]);
    assert.deepEqual(run.lines(), [MANIFEST, MANIFEST]);
  });

  it('with Basic is not sent twice by forty blobs at once', async () => {
    const run = startRun({ registry: () => wantsBasic });
    const image = run.startImage({ logins: [me] });
    await Promise.all(Array.from({ length: 40 }, (_, at) => image.ask(`blobs/sha256:${at}`)));
    assert.equal(run.sent.filter(({ headers }) => headers.authorization !== undefined).length, 1);
  });

  it('is not sent twice to a token service by forty blobs at once', async () => {
    const run = startRun({ token: (shown) => (shown ? DENIED : tokenReply('good')) });
    const image = run.startImage({ logins: [me] });
    const answers = await Promise.all(Array.from({ length: 40 }, (_, at) => image.ask(`blobs/sha256:${at}`)));
    assert.equal(run.sent.filter(({ headers }) => headers.authorization === basic('me', 'old')).length, 1);
    assert.equal(run.sent.length, 82);
    assert.ok(answers.every((answer) => summaryOf(answer).status === 200));
  });
});

describe('what is said in the end', () => {
  const both = refusal([CHALLENGE, 'Basic realm="x"']);

  it('is that the login is good when its token was given, though Basic is refused too', async () => {
    const run = startRun({ registry: () => both });
    const answer = await run.startImage({ logins: [me] }).ask();
    assert.equal(run.lines().at(-1), `${MANIFEST} as me:old`);
    assert.deepEqual(summaryOf(answer), { kind: 'response', status: 401, used: 'me', refused: [] });
  });

  it('is what the registry says to Basic when the token service is down', async () => {
    const run = startRun({ registry: () => both, token: () => ({ failure: 'tcp' }) });
    const answer = await run.startImage({ logins: [me] }).ask();
    assert.deepEqual(summaryOf(answer), { kind: 'response', status: 401, used: undefined, refused: ['me'] });
  });

  it('is that a login is wrong, even when a 503 came between', async () => {
    let isDown = true;
    const run = startRun({ registry: (shown) => (shown && isDown ? { status: 503 } : refusal('Basic realm="x"')) });
    const image = run.startImage({ logins: [me] });
    assert.deepEqual(summaryOf(await image.ask()), { kind: 'response', status: 503, used: 'me', refused: [] });
    isDown = false;
    assert.deepEqual(summaryOf(await image.ask()), { kind: 'response', status: 401, used: undefined, refused: ['me'] });
  });
});

describe('several logins', () => {
  it('are tried one after the other, the most specific first', async () => {
    const run = startRun({
      token: (shown) => (shown === basic('other', 'secret') ? tokenReply('good') : WRONG_LOGIN),
    });
    const image = run.startImage({ logins: [me, other, third] });
    const answer = await image.ask();
    assert.deepEqual(run.lines(), [
      MANIFEST,
      `${TOKEN} as me:old`,
      `${TOKEN} as other:secret`,
      `${MANIFEST} as Bearer good`,
    ]);
    assert.deepEqual(summaryOf(answer), { kind: 'response', status: 200, used: 'other', refused: ['me'] });
    assert.deepEqual(image.drawn, [me, other], 'the third is not even looked up');
  });

  it('are tried within the limit of two questions for a token', async () => {
    const run = startRun({ token: () => WRONG_LOGIN });
    const answer = await run.startImage({ logins: [me, other, third] }).ask();
    assert.deepEqual(run.lines(), [MANIFEST, `${TOKEN} as me:old`, `${TOKEN} as other:secret`]);
    assert.deepEqual(summaryOf(answer), {
      kind: 'token-refused',
      status: 401,
      used: undefined,
      refused: ['me', 'other'],
    });
  });

  it('are tried two with Basic', async () => {
    const run = startRun({ registry: () => wantsBasic });
    const answer = await run.startImage({ logins: [me, other, third] }).ask();
    assert.deepEqual(run.lines(), [MANIFEST, `${MANIFEST} as me:old`, `${MANIFEST} as other:secret`]);
    assert.deepEqual(summaryOf(answer).refused, ['me', 'other']);
  });

  it('that are the same are tried once', async () => {
    const run = startRun({ token: (shown) => (shown ? DENIED : tokenReply('good')) });
    const again = password('me', 'old', 'auth.json');
    const answer = await run.startImage({ logins: [me, again] }).ask();
    assert.equal(run.sent.length, 4);
    assert.deepEqual(summaryOf(answer).refused, ['me']);
  });

  for (const status of [401, 403]) {
    it(`are tried on when one is taken and the image answers ${status}`, async () => {
      const run = startRun({
        token: (shown) => tokenReply(shown === basic('other', 'secret') ? 'good' : 'weak'),
        registry: (shown) =>
          shown === 'Bearer good' ? FOUND : shown === undefined ? refusal() : { ...refusal(), status },
      });
      const answer = await run.startImage({ logins: [me, other] }).ask();
      assert.deepEqual(run.lines(), [
        MANIFEST,
        `${TOKEN} as me:old`,
        `${MANIFEST} as Bearer weak`,
        `${TOKEN} as other:secret`,
        `${MANIFEST} as Bearer good`,
      ]);
      assert.deepEqual(summaryOf(answer), { kind: 'response', status: 200, used: 'other', refused: ['me'] });
    });

    it(`that are both taken, while the image answers ${status}, leave the word to the first`, async () => {
      for (const challenge of [CHALLENGE, 'Basic realm="x"']) {
        if (status === 401 && challenge !== CHALLENGE) continue;
        const run = startRun({
          registry: (shown) => (shown === undefined ? refusal(challenge) : { ...refusal(), status }),
        });
        const answer = await run.startImage({ logins: [me, other] }).ask();
        assert.deepEqual(summaryOf(answer), { kind: 'response', status, used: 'me', refused: [] });
      }
    });

    it(`that are taken, while the image answers ${status}, are told from those that are not`, async () => {
      const run = startRun({
        token: (shown) => (shown === basic('me', 'old') ? tokenReply('weak') : WRONG_LOGIN),
        registry: (shown) => (shown === undefined ? refusal() : { ...refusal(), status }),
      });
      const answer = await run.startImage({ logins: [me, other] }).ask();
      assert.deepEqual(summaryOf(answer), { kind: 'response', status, used: 'me', refused: [] });
      assert.equal(run.sent.length, 4);
    });
  }

  it('are tried on with Basic when one has expired', async () => {
    const expired = {
      status: 403,
      body: '{"errors":[{"code":"DENIED","message":"Your authorization token has expired."}]}',
    };
    const run = startRun({
      registry: (shown) => (shown === undefined ? wantsBasic : shown === basic('other', 'secret') ? FOUND : expired),
    });
    const answer = await run.startImage({ logins: [me, other] }).ask();
    assert.deepEqual(summaryOf(answer), { kind: 'response', status: 200, used: 'other', refused: ['me'] });
    const alone = await run.startImage({ repository: 'b', logins: [me] }).ask();
    assert.deepEqual(summaryOf(alone), { kind: 'response', status: 403, used: 'me', refused: [] });
  });

  it('are not tried on for a person who is only asked to wait', async () => {
    const run = startRun({ registry: (shown) => (shown ? { status: 429 } : refusal()) });
    const answer = await run.startImage({ logins: [me, other] }).ask();
    assert.deepEqual(summaryOf(answer), { kind: 'response', status: 429, used: 'me', refused: [] });
    assert.equal(run.sent.length, 3);
  });

  it('are all shown as Bearer before one is shown as Basic', async () => {
    const run = startRun({
      token: () => tokenReply('weak'),
      registry: (shown) => (shown === basic('other', 'secret') ? FOUND : refusal([CHALLENGE, 'Basic realm="x"'])),
    });
    const answer = await run.startImage({ logins: [me, other] }).ask();
    assert.deepEqual(run.lines().slice(1), [
      `${TOKEN} as me:old`,
      `${MANIFEST} as Bearer weak`,
      `${TOKEN} as other:secret`,
      `${MANIFEST} as Bearer weak`,
      `${MANIFEST} as me:old`,
      `${MANIFEST} as other:secret`,
    ]);
    assert.deepEqual(summaryOf(answer), { kind: 'response', status: 200, used: 'other', refused: ['me'] });
  });
});
