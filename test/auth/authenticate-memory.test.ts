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
  WRONG_LOGIN,
} from '../support/scripted-registry.ts';

const me = password('me', 'old');

describe('the second image of a repository', () => {
  it('takes one request: the token is kept, the challenge is known', async () => {
    const run = startRun();
    await run.startImage().ask();
    run.lines();
    const answer = await run.startImage().ask('manifests/2');
    assert.deepEqual(run.lines(), ['GET registry.test/v2/app/manifests/2 as Bearer good']);
    assert.deepEqual(summaryOf(answer), { kind: 'response', status: 200, used: undefined, refused: [] });
  });

  it('takes one request when the registry is open', async () => {
    const run = startRun({ registry: () => FOUND });
    await run.startImage().ask();
    await run.startImage().ask();
    assert.deepEqual(run.lines(), [MANIFEST, MANIFEST]);
  });

  it('takes one request with Basic', async () => {
    const run = startRun({ registry: (shown) => (shown ? FOUND : refusal('Basic realm="x"')) });
    await run.startImage({ logins: [me] }).ask();
    run.lines();
    const image = run.startImage({ logins: [me] });
    const answer = await image.ask();
    assert.deepEqual(run.lines(), [`${MANIFEST} as me:old`]);
    assert.deepEqual(summaryOf(answer), { kind: 'response', status: 200, used: 'me', refused: [] });
    assert.deepEqual(image.drawn, []);
  });

  it('renews a token that ran out, without a challenge', async () => {
    const run = startRun();
    await run.startImage().ask();
    run.lines();
    run.passTime(60_000);
    await run.startImage().ask();
    assert.deepEqual(run.lines(), [TOKEN, `${MANIFEST} as Bearer good`]);
  });

  it('names the login that was refused for the first, without sending it again', async () => {
    const run = startRun({ token: (shown) => (shown ? DENIED : tokenReply('good')) });
    await run.startImage({ logins: [me] }).ask();
    run.lines();
    const answer = await run.startImage({ logins: [me] }).ask();
    assert.deepEqual(run.lines(), [`${MANIFEST} as Bearer good`]);
    assert.deepEqual(summaryOf(answer), { kind: 'response', status: 200, used: undefined, refused: ['me'] });
  });

  it('starts over when what worked works no more', async () => {
    let isPrivate = false;
    const run = startRun({
      token: (shown) => tokenReply(shown === undefined ? 'anybody' : 'good'),
      registry: (shown) => (shown === 'Bearer good' || (shown === 'Bearer anybody' && !isPrivate) ? FOUND : refusal()),
    });
    await run.startImage().ask();
    run.lines();
    isPrivate = true;
    const answer = await run.startImage({ logins: [me] }).ask();
    assert.deepEqual(run.lines(), [
      `${MANIFEST} as Bearer anybody`,
      TOKEN,
      `${MANIFEST} as Bearer anybody`,
      `${TOKEN} as me:old`,
      `${MANIFEST} as Bearer good`,
    ]);
    assert.deepEqual(summaryOf(answer), { kind: 'response', status: 200, used: 'me', refused: [] });
  });

  it('forgets what works no more, and whom it refused', async () => {
    let isPrivate = false;
    const run = startRun({
      token: (shown) => (shown && !isPrivate ? DENIED : tokenReply(shown ? 'good' : 'anybody')),
      registry: (shown) => (shown === 'Bearer good' || (shown === 'Bearer anybody' && !isPrivate) ? FOUND : refusal()),
    });
    const first = await run.startImage({ logins: [me] }).ask();
    assert.deepEqual(summaryOf(first), { kind: 'response', status: 200, used: undefined, refused: ['me'] });
    isPrivate = true;
    const stranger = await run.startImage().ask();
    assert.deepEqual(summaryOf(stranger), { kind: 'response', status: 401, used: undefined, refused: [] });
    run.lines();
    const answer = await run.startImage({ logins: [me] }).ask();
    // The repository refused this login before: it is not sent again in this run.
    assert.deepEqual(run.lines(), [`${MANIFEST} as Bearer anybody`, TOKEN, `${MANIFEST} as Bearer anybody`]);
    assert.deepEqual(summaryOf(answer), { kind: 'response', status: 401, used: undefined, refused: ['me'] });
  });

  it('does not send a login again that worked before and is refused now', async () => {
    let isGood = true;
    const run = startRun({
      registry: (shown) => (isGood && shown === basic('me', 'old') ? FOUND : refusal('Basic realm="x"')),
    });
    await run.startImage({ logins: [me] }).ask();
    run.lines();
    isGood = false;
    const answer = await run.startImage({ logins: [me] }).ask();
    assert.deepEqual(run.lines(), [`${MANIFEST} as me:old`, MANIFEST]);
    assert.deepEqual(summaryOf(answer), { kind: 'response', status: 401, used: undefined, refused: ['me'] });
  });

  it('does without a login whose token ran out and is not given again', async () => {
    let isGood = true;
    const run = startRun({ token: (shown) => (shown && !isGood ? DENIED : tokenReply('good')) });
    await run.startImage({ logins: [me] }).ask();
    run.lines();
    run.passTime(60_000);
    isGood = false;
    const answer = await run.startImage({ logins: [me] }).ask();
    assert.deepEqual(run.lines(), [`${TOKEN} as me:old`, TOKEN, `${MANIFEST} as Bearer good`]);
    assert.deepEqual(summaryOf(answer), { kind: 'response', status: 200, used: undefined, refused: ['me'] });
  });

  it('is told at once when the token service is gone', async () => {
    let isUp = true;
    const run = startRun({ token: () => (isUp ? tokenReply('good') : { failure: 'tcp' }) });
    await run.startImage().ask();
    run.lines();
    run.passTime(60_000);
    isUp = false;
    const answer = await run.startImage().ask();
    assert.deepEqual(run.lines(), [TOKEN]);
    assert.equal(answer.kind === 'failure' && answer.from, 'token-service');
  });
});

describe('images checked at once', () => {
  it('share one question for a token', async () => {
    const run = startRun();
    const answers = await Promise.all([run.startImage().ask(), run.startImage().ask()]);
    assert.deepEqual(run.lines().sort(), [
      TOKEN,
      MANIFEST,
      MANIFEST,
      `${MANIFEST} as Bearer good`,
      `${MANIFEST} as Bearer good`,
    ]);
    assert.ok(answers.every((answer) => summaryOf(answer).status === 200));
  });

  it('share a refusal too: a wrong login is sent once', async () => {
    const run = startRun({ token: (shown) => (shown ? WRONG_LOGIN : tokenReply('good')) });
    const answers = await Promise.all(Array.from({ length: 16 }, () => run.startImage({ logins: [me] }).ask()));
    assert.equal(run.sent.filter(({ headers }) => headers.authorization === basic('me', 'old')).length, 1);
    for (const answer of answers) {
      assert.deepEqual(summaryOf(answer), { kind: 'response', status: 200, used: undefined, refused: ['me'] });
    }
  });

  it('of several repositories wait for the first to learn that a login is wrong', async () => {
    const run = startRun({
      token: (shown) => (shown ? WRONG_LOGIN : tokenReply('good')),
      registry: (shown) => (shown ? FOUND : refusal(`Bearer realm="${REALM}"`)),
    });
    const repositories = Array.from({ length: 16 }, (_, at) => `app${at}`);
    const answers = await Promise.all(
      repositories.map((repository) => run.startImage({ repository, logins: [me] }).ask()),
    );
    assert.equal(run.sent.filter(({ headers }) => headers.authorization === basic('me', 'old')).length, 1);
    for (const answer of answers) {
      assert.deepEqual(summaryOf(answer), { kind: 'response', status: 200, used: undefined, refused: ['me'] });
    }
  });

  it('do not wait for the first any longer than they may', async () => {
    const patience = new AbortController();
    const run = startRun({
      registry: (shown) => (shown ? new Promise(() => {}) : refusal('Basic realm="x"')),
    });
    void run.startImage({ repository: 'a', logins: [me] }).ask();
    const waiting = run.startImage({ repository: 'b', logins: [me], signal: patience.signal }).ask();
    while (run.sent.length < 3) await new Promise((resolve) => setImmediate(resolve));
    for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    patience.abort(new Error('no more time'));
    await assert.rejects(waiting, /no more time/);
    assert.equal(run.sent.length, 3);
  });

  it('do not share a token between logins', async () => {
    const run = startRun();
    await Promise.all([run.startImage({ logins: [me] }).ask(), run.startImage().ask()]);
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
    await Promise.all([me, password('me', 'new')].map((login) => run.startImage({ logins: [login] }).ask()));
    assert.deepEqual(
      run.lines().filter((line) => line.startsWith(TOKEN)),
      [`${TOKEN} as me:old`, `${TOKEN} as me:new`],
    );
  });

  it('do not share a token between repositories', async () => {
    const run = startRun({
      registry: (shown, { url }) =>
        shown ? FOUND : refusal(CHALLENGE.replace('app', url.pathname.includes('/a/') ? 'a' : 'b')),
    });
    await Promise.all([run.startImage({ repository: 'a' }).ask(), run.startImage({ repository: 'b' }).ask()]);
    assert.equal(run.sent.filter(({ purpose }) => purpose === 'token').length, 2);
  });

  it('are not held up by one that gives up', async () => {
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
    const hasty = run.startImage({ signal: gaveUp.signal }).ask();
    const patient = run.startImage().ask();
    await assert.rejects(hasty, /interrupted/);
    assert.equal(summaryOf(await patient).status, 200);
  });
});

describe('a token that the registry takes no more', () => {
  it('is renewed once for forty requests at once', async () => {
    let good = 'first';
    const run = startRun({
      token: () => tokenReply(good),
      registry: (shown) => (shown === `Bearer ${good}` ? FOUND : refusal(`${CHALLENGE},error="invalid_token"`)),
    });
    const image = run.startImage();
    await image.ask();
    run.lines();
    good = 'second';
    const answers = await Promise.all(Array.from({ length: 40 }, (_, at) => image.ask(`blobs/sha256:${at}`)));
    assert.ok(answers.every((answer) => summaryOf(answer).status === 200));
    assert.equal(run.sent.filter(({ purpose }) => purpose === 'token').length, 1);
    assert.equal(run.sent.length, 81);
  });

  it('is renewed once for forty requests that are never taken', async () => {
    let isOver = false;
    const run = startRun({
      registry: (shown) => (shown && !isOver ? FOUND : refusal(`${CHALLENGE},error="invalid_token"`)),
    });
    const image = run.startImage();
    await image.ask();
    run.lines();
    isOver = true;
    const answers = await Promise.all(Array.from({ length: 40 }, (_, at) => image.ask(`blobs/sha256:${at}`)));
    assert.ok(answers.every((answer) => summaryOf(answer).status === 401));
    assert.equal(run.sent.filter(({ purpose }) => purpose === 'token').length, 1);
    assert.equal(run.sent.length, 81);
  });

  it('is renewed where it came from, whatever the registry names now', async () => {
    let good = 'first';
    const moved = 'Bearer realm="https://elsewhere.test/token",service="registry",error="invalid_token"';
    const run = startRun({
      token: () => tokenReply(good),
      registry: (shown) => (shown === `Bearer ${good}` ? FOUND : refusal(shown ? moved : CHALLENGE)),
    });
    const image = run.startImage();
    await image.ask();
    run.lines();
    good = 'second';
    assert.equal(summaryOf(await image.ask()).status, 200);
    assert.deepEqual(run.lines(), [`${MANIFEST} as Bearer first`, TOKEN, `${MANIFEST} as Bearer second`]);
  });

  it('is renewed when it was taken over from another image, even if the registry says no more than 400', async () => {
    let good = 'first';
    const run = startRun({
      token: () => tokenReply(good),
      registry: (shown) => (shown === `Bearer ${good}` ? FOUND : shown ? { status: 400 } : refusal()),
    });
    await run.startImage().ask();
    run.lines();
    good = 'second';
    assert.equal(summaryOf(await run.startImage().ask()).status, 200);
    assert.deepEqual(run.lines(), [`${MANIFEST} as Bearer first`, TOKEN, `${MANIFEST} as Bearer second`]);
  });

  it('is not renewed for a request that is turned away all the same', async () => {
    const run = startRun({
      registry: (shown, { method }) => (shown && method === 'GET' ? FOUND : refusal()),
    });
    const image = run.startImage();
    await image.ask();
    run.lines();
    const heads = await Promise.all(Array.from({ length: 40 }, (_, at) => image.ask(`blobs/sha256:${at}`, 'HEAD')));
    assert.ok(heads.every((answer) => summaryOf(answer).status === 401));
    assert.equal(run.sent.length, 40);
  });

  it('is not renewed because of a stranger that a redirect led to', async () => {
    const script = {
      registry: (shown: string | undefined) =>
        shown ? { status: 307, headers: { location: 'https://stranger.test/blob' } } : refusal(),
      elsewhere: () => refusal('Basic realm="x"'),
    };
    const run = startRun(script, [withRedirect()]);
    await run.startImage().ask();
    await run.startImage().ask();
    assert.equal(run.sent.filter(({ purpose }) => purpose === 'token').length, 1);
  });

  it('is left as it is once two were asked for', async () => {
    let isOver = false;
    const run = startRun({
      token: (shown) => (shown ? DENIED : tokenReply('good')),
      registry: (shown) => (shown && !isOver ? FOUND : refusal(`${CHALLENGE},error="invalid_token"`)),
    });
    const image = run.startImage({ logins: [me] });
    await image.ask();
    run.lines();
    isOver = true;
    for (let at = 0; at < 3; at += 1) assert.equal(summaryOf(await image.ask()).status, 401);
    assert.deepEqual(run.lines(), Array(3).fill(`${MANIFEST} as Bearer good`));
  });

  it('is renewed as often as it runs out, when a check takes that long', async () => {
    const run = startRun();
    const image = run.startImage();
    for (let minute = 0; minute < 5; minute += 1) {
      assert.equal(summaryOf(await image.ask()).status, 200);
      run.passTime(60_000);
    }
    assert.equal(run.sent.filter(({ purpose }) => purpose === 'token').length, 5);
  });
});

describe('a login that a service called wrong', () => {
  it('is not sent to it again for another repository', async () => {
    const run = startRun({
      token: (shown) => (shown ? WRONG_LOGIN : tokenReply('good')),
      registry: (shown) => (shown ? FOUND : refusal(`Bearer realm="${REALM}"`)),
    });
    await run.startImage({ repository: 'a', logins: [me] }).ask();
    run.lines();
    const answer = await run.startImage({ repository: 'b', logins: [me] }).ask();
    assert.deepEqual(run.lines(), [TOKEN, 'GET registry.test/v2/b/manifests/1 as Bearer good']);
    assert.deepEqual(summaryOf(answer), { kind: 'response', status: 200, used: undefined, refused: ['me'] });
  });

  it('is not sent to it again with Basic', async () => {
    const run = startRun({ registry: () => refusal('Basic realm="x"', 'Bad credentials') });
    for (const repository of ['a', 'b']) {
      const answer = await run.startImage({ repository, logins: [me] }).ask();
      assert.deepEqual(summaryOf(answer), { kind: 'response', status: 401, used: undefined, refused: ['me'] });
    }
    assert.equal(run.sent.filter(({ headers }) => headers.authorization !== undefined).length, 1);
  });

  it('is not sent to it again as something else', async () => {
    const run = startRun({
      registry: (shown, { url }) =>
        shown === 'Bearer good'
          ? FOUND
          : refusal(url.pathname.includes('/b/') ? CHALLENGE : 'Basic realm="x"', 'Bad credentials'),
    });
    await run.startImage({ repository: 'a', logins: [me] }).ask();
    const answer = await run.startImage({ repository: 'b', logins: [me] }).ask();
    assert.equal(run.sent.filter(({ headers }) => headers.authorization?.startsWith('Basic ')).length, 1);
    assert.deepEqual(summaryOf(answer), { kind: 'response', status: 200, used: undefined, refused: ['me'] });
  });

  it('is sent once a repository where it may be only out of its reach', async () => {
    const run = startRun({ token: (shown) => (shown ? DENIED : { status: 403 }) });
    for (const repository of ['a', 'b', 'a']) await run.startImage({ repository, logins: [me] }).ask();
    assert.equal(run.sent.filter(({ headers }) => headers.authorization !== undefined).length, 2);
  });

  it('makes room for the new password of the same user', async () => {
    const run = startRun({ token: (shown) => (shown === basic('me', 'new') ? tokenReply('good') : WRONG_LOGIN) });
    await run.startImage({ logins: [me] }).ask();
    const answer = await run.startImage({ logins: [password('me', 'new')] }).ask();
    assert.deepEqual(summaryOf(answer), { kind: 'response', status: 200, used: 'me', refused: [] });
  });

  it('does not stand for another registry', async () => {
    const run = startRun({
      token: (shown) => (shown ? WRONG_LOGIN : tokenReply('good')),
      elsewhere: ({ headers }) => (headers.authorization ? FOUND : refusal('Basic realm="x"')),
    });
    await run.startImage({ logins: [me] }).ask();
    const answer = await run.startImage({ base: 'https://other.test', logins: [me] }).ask();
    assert.deepEqual(summaryOf(answer), { kind: 'response', status: 200, used: 'me', refused: [] });
  });

  it('is left alone while the account is locked, and tried again later', async () => {
    let isLocked = true;
    const lockedOut = { status: 429, body: 'too many failed login attempts for username or IP address' };
    const run = startRun({ token: (shown) => (shown && isLocked ? lockedOut : tokenReply('good')) });
    const check = async () => summaryOf(await run.startImage({ logins: [me] }).ask());
    const answer = { kind: 'token-refused', status: 429, used: 'me', refused: [] };
    assert.deepEqual([await check(), await check()], [answer, answer]);
    assert.equal(run.sent.filter(({ purpose }) => purpose === 'token').length, 1);
    isLocked = false;
    run.passTime(10 * 60_000);
    assert.deepEqual(await check(), { kind: 'response', status: 200, used: 'me', refused: [] });
  });

  it('is known by its secret, whatever its kind', async () => {
    const run = startRun({ token: () => WRONG_LOGIN });
    for (const login of [identityToken('a'), identityToken('b'), identityToken('a')]) {
      await run.startImage({ logins: [login] }).ask();
    }
    assert.equal(run.sent.filter(({ method }) => method === 'POST').length, 2);
  });
});
