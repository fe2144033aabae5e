import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DOUBTS, SKIPS, UNPULLABLE_REASONS } from '../../src/core/result.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { failedResult } from '../support/results.ts';
import { type FakeResults, fakeChecker } from './fake-checker.ts';
import { documentOf, runMain } from './run-main.ts';

const CODES: Readonly<Record<string, number>> = {
  pullable: 0,
  unauthorized: 3,
  denied: 3,
  'not-found': 4,
  'platform-missing': 6,
  incomplete: 6,
  corrupt: 6,
  'not-an-image': 6,
  'legacy-schema1': 6,
  'invalid-reference': 2,
  unreachable: 5,
  'registry-error': 5,
  'rate-limited': 5,
  'not-a-registry': 5,
  'unresolved-variable': 2,
  'local-build': 2,
  ignored: 2,
};

describe('check', () => {
  for (const answer of ['pullable', ...UNPULLABLE_REASONS, ...DOUBTS, ...SKIPS] as const) {
    it(`ends with ${CODES[answer]} if the only image is ${answer}, and the document says so`, async () => {
      const checker = fakeChecker({ image: answer });
      const finished = await runMain(['check', 'image', '-o', 'json'], { checker });
      const { exitCode, summary, results, tool, schemaVersion } = documentOf(finished);
      assert.equal(finished.exitCode, CODES[answer]);
      assert.equal(exitCode, CODES[answer]);
      assert.equal(results[0].input, 'image');
      assert.equal(results[0].reason, answer === 'pullable' ? null : answer);
      assert.equal(summary.total, 1);
      assert.deepEqual({ schemaVersion, tool }, { schemaVersion: 1, tool: { name: 'kairos-pull', version: '0.1.0' } });
      assert.equal(checker.isFinished(), true);
    });
  }

  it('says on standard error why a run that checked nothing fails', async () => {
    const { stderr } = await runMain(['check', 'a', 'b'], { checker: fakeChecker({ a: 'local-build', b: 'ignored' }) });
    assert.equal(stderr, 'error: nothing was checked: 2 images, all skipped.\n');
  });

  it('passes if some images were skipped and one is pullable', async () => {
    const { exitCode, stderr } = await runMain(['check', 'a', 'b'], { checker: fakeChecker({ a: 'local-build' }) });
    assert.deepEqual({ exitCode, stderr }, { exitCode: 0, stderr: '' });
  });

  it('lets a definite failure outrank "cannot tell"', async () => {
    const checker = fakeChecker({ a: 'unreachable', b: 'denied', c: 'incomplete', d: 'not-found' });
    assert.equal((await runMain(['check', 'a', 'b', 'c', 'd'], { checker })).exitCode, 4);
    assert.equal((await runMain(['check', 'a', 'b', 'c'], { checker })).exitCode, 6);
    assert.equal((await runMain(['check', 'a', 'b'], { checker })).exitCode, 3);
    assert.equal((await runMain(['check', 'a'], { checker })).exitCode, 5);
  });

  it('counts the verdicts and keeps the order', async () => {
    const checker = fakeChecker({ b: 'denied', c: 'unreachable', d: 'local-build' });
    const { summary, results } = documentOf(await runMain(['check', 'd', 'c', 'b', 'a', '-o', 'json'], { checker }));
    assert.deepEqual(summary, { total: 4, pullable: 1, unpullable: 1, undetermined: 1, skipped: 1 });
    assert.deepEqual(
      results.map(({ input }: { input: string }) => input),
      ['d', 'c', 'b', 'a'],
    );
  });

  it('checks a repeated image once', async () => {
    const checker = fakeChecker();
    await runMain(['check', 'nginx', 'docker.io/library/nginx:latest'], { checker });
    assert.deepEqual(checker.checked, ['nginx']);
  });

  describe('--warn-on', () => {
    it('reports without failing', async () => {
      const checker = fakeChecker({ a: 'rate-limited', b: 'unreachable' });
      const argv = ['check', 'a', 'b', '--warn-on', 'rate-limited,unreachable', '-o', 'json'];
      const finished = await runMain(argv, { checker });
      assert.equal(finished.exitCode, 0);
      assert.equal(documentOf(finished).summary.undetermined, 2);
    });

    it('does not affect other reasons', async () => {
      const checker = fakeChecker({ a: 'rate-limited', b: 'not-found' });
      assert.equal((await runMain(['check', 'a', 'b', '--warn-on', 'rate-limited'], { checker })).exitCode, 4);
    });
  });

  describe('--expect absent', () => {
    it('gives no advice for an expected absence, and does for a failure', async () => {
      const result = failedResult('not-found', 'tag', { input: 'image', hint: 'Look.', hintCode: 'check-name' });
      const checkAll = async function* () {
        yield result;
      };
      const checker = { createChecker: () => ({ ...fakeChecker().createChecker({}), checkAll }) };
      const adviceOf = async (...more: string[]) => {
        const { stdout } = await runMain(['check', 'image', '-o', 'json', ...more], { checker });
        const [{ hint, hintCode }] = JSON.parse(stdout).results;
        return [hint, hintCode];
      };
      assert.deepEqual(await adviceOf(), ['Look.', 'check-name']);
      assert.deepEqual(await adviceOf('--expect', 'absent'), [null, null]);
    });

    const check = async (answer: 'pullable' | 'not-found' | 'unauthorized' | 'unreachable' | 'incomplete') => {
      const checker = fakeChecker({ image: answer });
      const { exitCode, stderr } = await runMain(['check', 'image', '--expect', 'absent'], { checker });
      return { exitCode, stderr };
    };
    const isThere = 'Failed: 1 image already exists (--expect absent).\n';
    it('passes on a definite absence', async () =>
      assert.deepEqual(await check('not-found'), { exitCode: 0, stderr: 'OK: the image does not exist.\n' }));
    it('fails with 7 if the image exists', async () =>
      assert.deepEqual(await check('pullable'), { exitCode: 7, stderr: isThere }));
    it('fails with 7 if an unpullable image exists', async () =>
      assert.deepEqual(await check('incomplete'), { exitCode: 7, stderr: isThere }));
    it('never treats unauthorized as absent', async () =>
      assert.deepEqual(await check('unauthorized'), { exitCode: 3, stderr: '' }));
    it('never treats "cannot tell" as absent', async () =>
      assert.deepEqual(await check('unreachable'), { exitCode: 5, stderr: '' }));
    it('counts what is absent and what is present', async () => {
      const checker = fakeChecker({ gone: 'not-found', broken: 'incomplete', secret: 'unauthorized' });
      const run = async (...argv: readonly string[]) =>
        (await runMain(['check', '--expect', 'absent', ...argv], { checker })).stdout;
      const images = ['gone', 'there', 'broken', 'secret'];
      const counts = /^4 images: 1 absent, 2 present, 1 undetermined · /m;
      assert.match(await run(...images), counts);
      assert.match(await run(...images), /^✖ broken\s+present · incomplete/m);
      assert.match(await run('-q', ...images), counts);
      assert.equal(await run('-q', 'gone'), '');
      assert.match(await run('-o', 'markdown', ...images), /^### ❌ 4 images: 1 absent, 2 present, 1 undetermined\n/);
      assert.match(await run('-o', 'markdown', ...images), /\| `gone` \| ✅ absent \|/);
      const { summary } = JSON.parse(await run('-o', 'json', ...images));
      assert.deepEqual(summary, { total: 4, pullable: 1, unpullable: 3, undetermined: 0, skipped: 0 });
    });
    it('does not call an image absent that --warn-on tolerates', async () => {
      const checker = fakeChecker({ image: 'unreachable', other: 'not-found' });
      const argv = ['check', 'image', 'other', '--expect', 'absent', '--warn-on', 'unreachable'];
      const { exitCode, stderr } = await runMain(argv, { checker });
      assert.deepEqual(
        { exitCode, stderr },
        { exitCode: 0, stderr: '1 problem not counted as a failure (--warn-on).\n' },
      );
    });
  });

  it('--wait checks again until the image passes', async () => {
    const checker = fakeChecker({ image: ['not-found', 'unreachable', 'pullable'] });
    const finished = await runMain(['check', 'image', '--wait', '1m', '-o', 'json'], { checker });
    assert.equal(finished.exitCode, 0);
    assert.equal(documentOf(finished).results.length, 1);
    assert.deepEqual(checker.checked, ['image', 'image', 'image']);
  });

  describe('--wait', () => {
    const waitFor = (line: string, answers: FakeResults, circumstances = {}) =>
      runMain(`check ${line} --wait 3m`.split(' '), { ...circumstances, checker: fakeChecker(answers) });
    const later = { a: ['not-found', 'not-found', 'pullable'] } as const;
    const first = 'Waiting for 1 of 2 images: a (not found); next try in 1 s, 3 min left.\n';
    const rounds = `${first}${first.replace('in 1 s', 'in 2 s')}`;
    const ending = 'All images passed after 3 s.\n';

    it('reports the first pause where no line can be redrawn, and the outcome', async () => {
      assert.equal((await waitFor('a b', later)).stderr, `${first}${ending}`);
      const dumb = { stderrColumns: 80, env: { TERM: 'dumb' } };
      assert.equal((await waitFor('a b', later, dumb)).stderr, `${first}${ending}`);
    });

    it('redraws one line on a terminal', async () => {
      const { stderr } = await waitFor('a b', later, { stderrColumns: 80 });
      assert.match(stderr, /\r\u001b\[2KWaiting for 1 of 2 images: a \(not found\) · next try in 1 s · 3 min left/);
      assert.equal(stderr.replaceAll(/[^\n]*\u001b\[2K/g, ''), ending);
    });

    it('reports every pause with --verbose', async () => {
      const { stderr } = await waitFor('a b -v', later);
      assert.deepEqual(stderr.match(/^(?:Waiting|All images).*\n/gm)?.join(''), `${rounds}${ending}`);
    });

    it('gives the reason if one check took all of the time', async () => {
      const clock = createFakeClock();
      const slowly = () => clock.sleep(181_000, new AbortController().signal);
      const checker = fakeChecker({ a: 'rate-limited/too-many-requests' }, slowly);
      const { stderr, exitCode } = await runMain(['check', 'a', '--wait', '3m'], { checker, clock });
      assert.deepEqual([exitCode, stderr], [5, 'Gave up after 3 min 1 s: rate limited.\n']);
    });

    it('reports nothing if there was nothing to wait for', async () =>
      assert.equal((await waitFor('a b', {}, { stderrColumns: 80, env: { TERM: 'dumb' } })).stderr, ''));
  });

  it('--wait --expect absent checks again until the image is gone', async () => {
    const checker = fakeChecker({ image: ['pullable', 'not-found'] });
    const { exitCode } = await runMain(['check', 'image', '--wait', '1m', '--expect', 'absent'], { checker });
    assert.equal(exitCode, 0);
    assert.equal(checker.checked.length, 2);
  });

  it('passes the options to the checker', async () => {
    const checker = fakeChecker();
    const env = { KAIROS_PULL_RETRIES: '5', HTTPS_PROXY: 'http://proxy.example.com', XDG_CACHE_HOME: '/cache' };
    const argv = ['check', 'image', '--platform', 'linux/arm64', '--timeout', '5s', '--plain-http', '--anonymous'];
    await runMain(argv, { checker, env });
    assert.deepEqual(checker.options, [
      {
        proof: 'manifest',
        platforms: ['linux/arm64'],
        authFile: undefined,
        anonymous: true,
        plainHttp: true,
        insecure: undefined,
        allowPrivate: undefined,
        ca: undefined,
        challengeFile: '/cache/kairos-pull/challenges.json',
        noCache: undefined,
        timeoutMs: 5000,
        retries: 5,
        concurrency: undefined,
        login: undefined,
        pullSecrets: undefined,
        env,
      },
    ]);
  });

  it('treats --layers as --proof layers', async () => {
    const checker = fakeChecker();
    await runMain(['check', 'image', '--layers'], { checker });
    assert.equal(checker.options[0]?.proof, 'layers');
  });

  it('reads every option from the environment', async () => {
    const checker = fakeChecker({ a: 'unreachable' });
    const env = { KAIROS_PULL_OUTPUT: 'json', KAIROS_PULL_WARN_ON: 'unreachable', KAIROS_PULL_FILE: '-' };
    const finished = await runMain(['check'], { checker, env, stdin: 'a\n' });
    assert.equal(finished.exitCode, 0);
    assert.equal(documentOf(finished).results[0].input, 'a');
  });
});
