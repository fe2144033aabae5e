// A check that throws is one result; the others are still checked.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createChecker } from '../../src/check/checker.ts';
import type { FoundSecret } from '../../src/credentials/pull-secret.ts';
import { createImage } from '../../src/demo/image.ts';
import type { Reply } from '../../src/demo/reply.ts';
import { startServer } from '../../src/demo/server.ts';
import { documentOf, runMain } from '../cli/run-main.ts';

const { manifest } = createImage();
const GOOD: Reply = { status: 200, headers: { 'content-type': manifest.mediaType }, body: manifest.bytes };

/** A registry that requires a login for repositories below `private/`. */
const startRegistry = () =>
  startServer(({ path }) =>
    path.includes('/private/') ? { status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } } : GOOD,
  );

/** Looking up credentials throws. */
const BROKEN: FoundSecret = {
  file: 'pod.yaml',
  get secret(): unknown {
    throw new TypeError('secret hunter2 is not iterable');
  },
};

describe('a check that throws', () => {
  it('is undetermined, and the others are not affected', async (t) => {
    await using registry = await startRegistry();
    const crashes: unknown[] = [];
    const options = { env: {}, pullSecrets: [BROKEN], plainHttp: true };
    const checker = createChecker(options, { onCrash: (error) => crashes.push(error) });
    t.after(() => checker.close());
    const results = [];
    for await (const result of checker.checkAll(['a', 'private/b', 'c'].map((name) => `${registry.name}/${name}:1`))) {
      results.push(result);
    }
    assert.deepEqual(
      results.map(({ verdict, reason }) => `${verdict} ${reason}`),
      ['pullable null', 'undetermined internal-error', 'pullable null'],
    );
    assert.equal(results[1]?.reference?.repository, 'private/b');
    assert.match(
      results[1]?.message ?? '',
      /^Internal error in kairos-pull .* \(TypeError, Node v.*\): this is a bug and says nothing about the image\.$/,
    );
    assert.ok(!JSON.stringify(results).includes('hunter2'));
    assert.equal(crashes.length, 1);
  });

  it('is not a result if the run was interrupted', async (t) => {
    await using registry = await startRegistry();
    const checker = createChecker({ env: {}, plainHttp: true });
    t.after(() => checker.close());
    const reason = new Error('interrupted');
    await assert.rejects(checker.check(`${registry.name}/a:1`, { signal: AbortSignal.abort(reason) }), reason);
  });

  it('ends the command with 70, whatever else was found, and despite --warn-on', async () => {
    await using registry = await startRegistry();
    const images = ['private/b', 'c'].map((name) => `${registry.name}/${name}:1`);
    const finished = await runMain(['check', ...images, 'NO/IMAGE', '-o', 'json', '--warn-on', 'unreachable'], {
      checker: {
        createChecker: (options, surroundings) => createChecker({ ...options, pullSecrets: [BROKEN] }, surroundings),
      },
    });
    const { results } = documentOf(finished);
    assert.equal(finished.exitCode, 70);
    assert.deepEqual(
      results.map(({ reason }: { reason: string | null }) => reason),
      ['internal-error', null, 'invalid-reference'],
    );
  });
});
