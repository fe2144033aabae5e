import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { withRedirect } from '../../src/http/redirect.ts';
import {
  basic,
  CHALLENGE,
  DENIED,
  FOUND,
  identityToken,
  MANIFEST,
  password,
  REALM,
  refusal,
  startRun,
  summaryOf,
  TOKEN,
  tokenReply,
  WRONG_PASSWORD,
} from '../support/scripted-registry.ts';

const me = password('me', 'old');

describe('the second image of a repository', () => {
  it('is one request: token and challenge are known', async () => {
    const run = startRun();
    await run.startImage().send();
    run.lines();
    const outcome = await run.startImage().send('manifests/2');
    assert.deepEqual(run.lines(), ['GET registry.test/v2/app/manifests/2 as Bearer good']);
    assert.deepEqual(summaryOf(outcome), { kind: 'response', status: 200, used: undefined, refused: [] });
  });

  it('is one request if the registry is open', async () => {
    const run = startRun({ registry: () => FOUND });
    await run.startImage().send();
    await run.startImage().send();
    assert.deepEqual(run.lines(), [MANIFEST, MANIFEST]);
  });

  it('is one request with Basic', async () => {
    const run = startRun({ registry: (authorization) => (authorization ? FOUND : refusal('Basic realm="x"')) });
    await run.startImage({ credentials: [me] }).send();
    run.lines();
    const image = run.startImage({ credentials: [me] });
    const outcome = await image.send();
    assert.deepEqual(run.lines(), [`${MANIFEST} as me:old`]);
    assert.deepEqual(summaryOf(outcome), { kind: 'response', status: 200, used: 'me', refused: [] });
    assert.deepEqual(image.lookedUp, []);
  });

  it('renews an expired token without a challenge', async () => {
    const run = startRun();
    await run.startImage().send();
    run.lines();
    run.passTime(60_000);
    await run.startImage().send();
    assert.deepEqual(run.lines(), [TOKEN, `${MANIFEST} as Bearer good`]);
  });

  it('reports the credential that was refused for the first, without sending it again', async () => {
    const run = startRun({ token: (authorization) => (authorization ? DENIED : tokenReply('good')) });
    await run.startImage({ credentials: [me] }).send();
    run.lines();
    const outcome = await run.startImage({ credentials: [me] }).send();
    assert.deepEqual(run.lines(), [`${MANIFEST} as Bearer good`]);
    assert.deepEqual(summaryOf(outcome), { kind: 'response', status: 200, used: undefined, refused: ['me'] });
  });

  it('starts over if what worked no longer works', async () => {
    let isPrivate = false;
    const run = startRun({
      token: (authorization) => tokenReply(authorization === undefined ? 'anybody' : 'good'),
      registry: (authorization) =>
        authorization === 'Bearer good' || (authorization === 'Bearer anybody' && !isPrivate) ? FOUND : refusal(),
    });
    await run.startImage().send();
    run.lines();
    isPrivate = true;
    const outcome = await run.startImage({ credentials: [me] }).send();
    assert.deepEqual(run.lines(), [
      `${MANIFEST} as Bearer anybody`,
      TOKEN,
      `${MANIFEST} as Bearer anybody`,
      `${TOKEN} as me:old`,
      `${MANIFEST} as Bearer good`,
    ]);
    assert.deepEqual(summaryOf(outcome), { kind: 'response', status: 200, used: 'me', refused: [] });
  });

  it('forgets what no longer works, and what was refused', async () => {
    let isPrivate = false;
    const run = startRun({
      token: (authorization) => (authorization && !isPrivate ? DENIED : tokenReply(authorization ? 'good' : 'anybody')),
      registry: (authorization) =>
        authorization === 'Bearer good' || (authorization === 'Bearer anybody' && !isPrivate) ? FOUND : refusal(),
    });
    const first = await run.startImage({ credentials: [me] }).send();
    assert.deepEqual(summaryOf(first), { kind: 'response', status: 200, used: undefined, refused: ['me'] });
    isPrivate = true;
    const anonymous = await run.startImage().send();
    assert.deepEqual(summaryOf(anonymous), { kind: 'response', status: 401, used: undefined, refused: [] });
    run.lines();
    const outcome = await run.startImage({ credentials: [me] }).send();
    // The repository refused this credential before: it is not sent again in this run.
    assert.deepEqual(run.lines(), [`${MANIFEST} as Bearer anybody`, TOKEN, `${MANIFEST} as Bearer anybody`]);
    assert.deepEqual(summaryOf(outcome), { kind: 'response', status: 401, used: undefined, refused: ['me'] });
  });

  it('does not send a credential again that worked before and is refused now', async () => {
    let isGood = true;
    const run = startRun({
      registry: (authorization) =>
        isGood && authorization === basic('me', 'old') ? FOUND : refusal('Basic realm="x"'),
    });
    await run.startImage({ credentials: [me] }).send();
    run.lines();
    isGood = false;
    const outcome = await run.startImage({ credentials: [me] }).send();
    assert.deepEqual(run.lines(), [`${MANIFEST} as me:old`, MANIFEST]);
    assert.deepEqual(summaryOf(outcome), { kind: 'response', status: 401, used: undefined, refused: ['me'] });
  });

  it('continues without a credential whose token has expired and is not issued again', async () => {
    let isGood = true;
    const run = startRun({ token: (authorization) => (authorization && !isGood ? DENIED : tokenReply('good')) });
    await run.startImage({ credentials: [me] }).send();
    run.lines();
    run.passTime(60_000);
    isGood = false;
    const outcome = await run.startImage({ credentials: [me] }).send();
    assert.deepEqual(run.lines(), [`${TOKEN} as me:old`, TOKEN, `${MANIFEST} as Bearer good`]);
    assert.deepEqual(summaryOf(outcome), { kind: 'response', status: 200, used: undefined, refused: ['me'] });
  });

  it('fails immediately if the token service is gone', async () => {
    let isUp = true;
    const run = startRun({ token: () => (isUp ? tokenReply('good') : { fails: { kind: 'tcp' } }) });
    await run.startImage().send();
    run.lines();
    run.passTime(60_000);
    isUp = false;
    const outcome = await run.startImage().send();
    assert.deepEqual(run.lines(), [TOKEN]);
    assert.equal(outcome.kind === 'failure' && outcome.from, 'token-service');
  });
});

describe('images checked concurrently', () => {
  it('share one token request', async () => {
    const run = startRun();
    const outcomes = await Promise.all([run.startImage().send(), run.startImage().send()]);
    assert.deepEqual(run.lines().sort(), [
      TOKEN,
      MANIFEST,
      MANIFEST,
      `${MANIFEST} as Bearer good`,
      `${MANIFEST} as Bearer good`,
    ]);
    assert.ok(outcomes.every((outcome) => summaryOf(outcome).status === 200));
  });

  it('send a password that the registry does not request once, if it is rejected', async () => {
    const run = startRun({ registry: (authorization) => ({ status: authorization === undefined ? 404 : 401 }) });
    const images = ['a', 'b', 'c'].map((repository) =>
      run.startImage({ repository, credentials: [password('me', 'wrong')] }),
    );
    const outcomes = await Promise.all(images.map((image) => image.send()));
    assert.deepEqual(
      outcomes.map((outcome) => [summaryOf(outcome).status, outcome.credentials.inconclusive]),
      images.map(() => [404, undefined]),
    );
    assert.equal(run.lines().filter((line) => line.endsWith(' as me:wrong')).length, 1);
  });

  it('also share a refusal: a wrong credential is sent once', async () => {
    const run = startRun({ token: (authorization) => (authorization ? WRONG_PASSWORD : tokenReply('good')) });
    const outcomes = await Promise.all(Array.from({ length: 16 }, () => run.startImage({ credentials: [me] }).send()));
    assert.equal(run.sent.filter(({ headers }) => headers.authorization === basic('me', 'old')).length, 1);
    for (const outcome of outcomes) {
      assert.deepEqual(summaryOf(outcome), { kind: 'response', status: 200, used: undefined, refused: ['me'] });
    }
  });

  it('of several repositories wait until the first learns that a credential is wrong', async () => {
    const run = startRun({
      token: (authorization) => (authorization ? WRONG_PASSWORD : tokenReply('good')),
      registry: (authorization) => (authorization ? FOUND : refusal(`Bearer realm="${REALM}"`)),
    });
    const repositories = Array.from({ length: 16 }, (_, at) => `app${at}`);
    const outcomes = await Promise.all(
      repositories.map((repository) => run.startImage({ repository, credentials: [me] }).send()),
    );
    assert.equal(run.sent.filter(({ headers }) => headers.authorization === basic('me', 'old')).length, 1);
    for (const outcome of outcomes) {
      assert.deepEqual(summaryOf(outcome), { kind: 'response', status: 200, used: undefined, refused: ['me'] });
    }
  });

  it('do not wait for the first beyond their deadline', async () => {
    const patience = new AbortController();
    const run = startRun({
      registry: (authorization) => (authorization ? new Promise(() => {}) : refusal('Basic realm="x"')),
    });
    void run.startImage({ repository: 'a', credentials: [me] }).send();
    const waiting = run.startImage({ repository: 'b', credentials: [me], signal: patience.signal }).send();
    while (run.sent.length < 3) await new Promise((resolve) => setImmediate(resolve));
    for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    patience.abort(new Error('no more time'));
    await assert.rejects(waiting, /no more time/);
    assert.equal(run.sent.length, 3);
  });

  it('do not share a token between credentials', async () => {
    const run = startRun();
    await Promise.all([run.startImage({ credentials: [me] }).send(), run.startImage().send()]);
    assert.deepEqual(
      run
        .lines()
        .filter((line) => line.startsWith(TOKEN))
        .sort(),
      [TOKEN, `${TOKEN} as me:old`],
    );
  });

  it('do not share a token between passwords of one user', async () => {
    const run = startRun();
    await Promise.all(
      [me, password('me', 'new')].map((credential) => run.startImage({ credentials: [credential] }).send()),
    );
    assert.deepEqual(
      run.lines().filter((line) => line.startsWith(TOKEN)),
      [`${TOKEN} as me:old`, `${TOKEN} as me:new`],
    );
  });

  it('do not share a token between repositories', async () => {
    const run = startRun({
      registry: (authorization, { url }) =>
        authorization ? FOUND : refusal(CHALLENGE.replace('app', url.pathname.includes('/a/') ? 'a' : 'b')),
    });
    await Promise.all([run.startImage({ repository: 'a' }).send(), run.startImage({ repository: 'b' }).send()]);
    assert.equal(run.sent.filter(({ purpose }) => purpose === 'token').length, 2);
  });

  it('are not delayed by one that is aborted', async () => {
    const gaveUp = new AbortController();
    let tokens = 0;
    const run = startRun({
      token: async () => {
        tokens += 1;
        if (tokens > 1) return tokenReply('good');
        gaveUp.abort(new Error('interrupted'));
        throw gaveUp.signal.reason;
      },
    });
    const hasty = run.startImage({ signal: gaveUp.signal }).send();
    const patient = run.startImage().send();
    await assert.rejects(hasty, /interrupted/);
    assert.equal(summaryOf(await patient).status, 200);
  });
});

describe('a token that the registry no longer accepts', () => {
  it('is renewed once for forty concurrent requests', async () => {
    let good = 'first';
    const run = startRun({
      token: () => tokenReply(good),
      registry: (authorization) =>
        authorization === `Bearer ${good}` ? FOUND : refusal(`${CHALLENGE},error="invalid_token"`),
    });
    const image = run.startImage();
    await image.send();
    run.lines();
    good = 'second';
    const outcomes = await Promise.all(Array.from({ length: 40 }, (_, at) => image.send(`blobs/sha256:${at}`)));
    assert.ok(outcomes.every((outcome) => summaryOf(outcome).status === 200));
    assert.equal(run.sent.filter(({ purpose }) => purpose === 'token').length, 1);
    assert.equal(run.sent.length, 81);
  });

  it('is renewed once for forty requests that are never accepted', async () => {
    let isOver = false;
    const run = startRun({
      registry: (authorization) => (authorization && !isOver ? FOUND : refusal(`${CHALLENGE},error="invalid_token"`)),
    });
    const image = run.startImage();
    await image.send();
    run.lines();
    isOver = true;
    const outcomes = await Promise.all(Array.from({ length: 40 }, (_, at) => image.send(`blobs/sha256:${at}`)));
    assert.ok(outcomes.every((outcome) => summaryOf(outcome).status === 401));
    assert.equal(run.sent.filter(({ purpose }) => purpose === 'token').length, 1);
    assert.equal(run.sent.length, 81);
  });

  it('is renewed where it was issued, whatever the registry names now', async () => {
    let good = 'first';
    const moved = 'Bearer realm="https://elsewhere.test/token",service="registry",error="invalid_token"';
    const run = startRun({
      token: () => tokenReply(good),
      registry: (authorization) =>
        authorization === `Bearer ${good}` ? FOUND : refusal(authorization ? moved : CHALLENGE),
    });
    const image = run.startImage();
    await image.send();
    run.lines();
    good = 'second';
    assert.equal(summaryOf(await image.send()).status, 200);
    assert.deepEqual(run.lines(), [`${MANIFEST} as Bearer first`, TOKEN, `${MANIFEST} as Bearer second`]);
  });

  it('is renewed if it comes from another image, even if the registry only returns 400', async () => {
    let good = 'first';
    const run = startRun({
      token: () => tokenReply(good),
      registry: (authorization) =>
        authorization === `Bearer ${good}` ? FOUND : authorization ? { status: 400 } : refusal(),
    });
    await run.startImage().send();
    run.lines();
    good = 'second';
    assert.equal(summaryOf(await run.startImage().send()).status, 200);
    assert.deepEqual(run.lines(), [`${MANIFEST} as Bearer first`, TOKEN, `${MANIFEST} as Bearer second`]);
  });

  it('is not renewed for a request that is refused anyway', async () => {
    const run = startRun({
      registry: (authorization, { method }) => (authorization && method === 'GET' ? FOUND : refusal()),
    });
    const image = run.startImage();
    await image.send();
    run.lines();
    const heads = await Promise.all(Array.from({ length: 40 }, (_, at) => image.send(`blobs/sha256:${at}`, 'HEAD')));
    assert.ok(heads.every((outcome) => summaryOf(outcome).status === 401));
    assert.equal(run.sent.length, 40);
  });

  it('is not renewed because of another host that a redirect led to', async () => {
    const script = {
      registry: (authorization: string | undefined) =>
        authorization ? { status: 307, headers: { location: 'https://storage.test/blob' } } : refusal(),
      elsewhere: () => refusal('Basic realm="x"'),
    };
    const run = startRun(script, [withRedirect()]);
    await run.startImage().send();
    await run.startImage().send();
    assert.equal(run.sent.filter(({ purpose }) => purpose === 'token').length, 1);
  });

  it('is not renewed once two were requested', async () => {
    let isOver = false;
    const run = startRun({
      token: (authorization) => (authorization ? DENIED : tokenReply('good')),
      registry: (authorization) => (authorization && !isOver ? FOUND : refusal(`${CHALLENGE},error="invalid_token"`)),
    });
    const image = run.startImage({ credentials: [me] });
    await image.send();
    run.lines();
    isOver = true;
    for (let at = 0; at < 3; at += 1) assert.equal(summaryOf(await image.send()).status, 401);
    assert.deepEqual(run.lines(), Array(3).fill(`${MANIFEST} as Bearer good`));
  });

  it('is renewed whenever it expires, if a check takes that long', async () => {
    const run = startRun();
    const image = run.startImage();
    for (let minute = 0; minute < 5; minute += 1) {
      assert.equal(summaryOf(await image.send()).status, 200);
      run.passTime(60_000);
    }
    assert.equal(run.sent.filter(({ purpose }) => purpose === 'token').length, 5);
  });
});

describe('a credential that a service called wrong', () => {
  it('is not sent to it again for another repository', async () => {
    const run = startRun({
      token: (authorization) => (authorization ? WRONG_PASSWORD : tokenReply('good')),
      registry: (authorization) => (authorization ? FOUND : refusal(`Bearer realm="${REALM}"`)),
    });
    await run.startImage({ repository: 'a', credentials: [me] }).send();
    run.lines();
    const outcome = await run.startImage({ repository: 'b', credentials: [me] }).send();
    assert.deepEqual(run.lines(), [TOKEN, 'GET registry.test/v2/b/manifests/1 as Bearer good']);
    assert.deepEqual(summaryOf(outcome), { kind: 'response', status: 200, used: undefined, refused: ['me'] });
  });

  it('is not sent to it again with Basic', async () => {
    const run = startRun({ registry: () => refusal('Basic realm="x"', 'Bad credentials') });
    for (const repository of ['a', 'b']) {
      const outcome = await run.startImage({ repository, credentials: [me] }).send();
      assert.deepEqual(summaryOf(outcome), { kind: 'response', status: 401, used: undefined, refused: ['me'] });
    }
    assert.equal(run.sent.filter(({ headers }) => headers.authorization !== undefined).length, 1);
  });

  it('is not sent to it again in another form', async () => {
    const run = startRun({
      registry: (authorization, { url }) =>
        authorization === 'Bearer good'
          ? FOUND
          : refusal(url.pathname.includes('/b/') ? CHALLENGE : 'Basic realm="x"', 'Bad credentials'),
    });
    await run.startImage({ repository: 'a', credentials: [me] }).send();
    const outcome = await run.startImage({ repository: 'b', credentials: [me] }).send();
    assert.equal(run.sent.filter(({ headers }) => headers.authorization?.startsWith('Basic ')).length, 1);
    assert.deepEqual(summaryOf(outcome), { kind: 'response', status: 200, used: undefined, refused: ['me'] });
  });

  it('is sent once per repository if it may only lack access', async () => {
    const run = startRun({ token: (authorization) => (authorization ? DENIED : { status: 403 }) });
    for (const repository of ['a', 'b', 'a']) await run.startImage({ repository, credentials: [me] }).send();
    assert.equal(run.sent.filter(({ headers }) => headers.authorization !== undefined).length, 2);
  });

  it('does not exclude the new password of the same user', async () => {
    const run = startRun({
      token: (authorization) => (authorization === basic('me', 'new') ? tokenReply('good') : WRONG_PASSWORD),
    });
    await run.startImage({ credentials: [me] }).send();
    const outcome = await run.startImage({ credentials: [password('me', 'new')] }).send();
    assert.deepEqual(summaryOf(outcome), { kind: 'response', status: 200, used: 'me', refused: [] });
  });

  it('does not count for another registry', async () => {
    const run = startRun({
      token: (authorization) => (authorization ? WRONG_PASSWORD : tokenReply('good')),
      elsewhere: ({ headers }) => (headers.authorization ? FOUND : refusal('Basic realm="x"')),
    });
    await run.startImage({ credentials: [me] }).send();
    const outcome = await run.startImage({ base: 'https://other.test', credentials: [me] }).send();
    assert.deepEqual(summaryOf(outcome), { kind: 'response', status: 200, used: 'me', refused: [] });
  });

  it('is not sent while the account is locked, and tried again later', async () => {
    let isLocked = true;
    const lockedOut = { status: 429, body: 'too many failed login attempts for username or IP address' };
    const run = startRun({ token: (authorization) => (authorization && isLocked ? lockedOut : tokenReply('good')) });
    const check = async () => summaryOf(await run.startImage({ credentials: [me] }).send());
    const outcome = { kind: 'token-refused', status: 429, used: 'me', refused: [] };
    assert.deepEqual([await check(), await check()], [outcome, outcome]);
    assert.equal(run.sent.filter(({ purpose }) => purpose === 'token').length, 1);
    isLocked = false;
    run.passTime(10 * 60_000);
    assert.deepEqual(await check(), { kind: 'response', status: 200, used: 'me', refused: [] });
  });

  it('is recognized by its secret, for every kind', async () => {
    const run = startRun({ token: () => WRONG_PASSWORD });
    for (const credential of [identityToken('a'), identityToken('b'), identityToken('a')]) {
      await run.startImage({ credentials: [credential] }).send();
    }
    assert.equal(run.sent.filter(({ method }) => method === 'POST').length, 2);
  });
});
