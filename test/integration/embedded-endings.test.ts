// A check that cannot succeed does not go on forever: each of these ends immediately, with its reason.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createImage } from '../../src/demo/image.ts';
import { type EmbeddedRegistry, startRegistry } from '../../src/demo/registry.ts';
import { type Fault, redirect, replyWith, reset, tooManyRequests, unavailable } from '../support/faults.ts';
import { spawnCheck } from '../support/process.ts';
import { startTokenService } from '../support/token-service.ts';

/** Exit code, reason and cause. */
async function judge({ name }: EmbeddedRegistry, env: Readonly<Record<string, string>> = {}): Promise<string> {
  const { exitCode, result } = await spawnCheck([`${name}/team/app:v1`, '--plain-http'], env);
  return `${exitCode} ${result.reason ?? result.verdict}/${result.cause}`;
}

const challenging = (challenge: string): Fault =>
  replyWith({ status: 401, headers: { 'www-authenticate': challenge } });

describe('a check gives up immediately, at', { concurrency: 4 }, () => {
  const faults: readonly (readonly [string, Fault, expected: string, requests: number])[] = [
    ['a limit for six hours', tooManyRequests('21600'), '5 rate-limited/too-many-requests', 1],
    [
      'a limit for the rest of the century',
      tooManyRequests('Fri, 31 Dec 2100 23:59:59 GMT'),
      '5 rate-limited/too-many-requests',
      1,
    ],
    ['a connection reset for the third time', reset(), '5 unreachable/tcp', 3],
    ['an outage at the third time, and /v2/ once', unavailable(), '5 registry-error/registry', 4],
    ['a redirect to itself', redirect('/v2/team/app/manifests/v1'), '5 not-a-registry/redirect-loop', 1],
    ['a challenge nobody can answer', challenging('Negotiate, NTLM'), '5 not-a-registry/bad-challenge', 2],
    ['a challenge without an address', challenging('Bearer service="x"'), '5 not-a-registry/bad-challenge', 2],
  ];
  for (const [name, fault, expected, requests] of faults) {
    it(name, async () => {
      await using registry = await startRegistry();
      registry.put('team/app', 'v1', createImage());
      registry.inject(fault);
      assert.equal(await judge(registry), expected);
      assert.equal(registry.log.length, requests);
    });
  }

  it('a redirect in a circle', async () => {
    await using registry = await startRegistry();
    registry.inject(redirect('/v2/team/app/manifests/v2'), { path: /v1$/ });
    registry.inject(redirect('/v2/team/app/manifests/v1'), { path: /v2$/ });
    assert.equal(await judge(registry), '5 not-a-registry/redirect-loop');
    assert.equal(registry.log.length, 2);
  });

  it('the tenth of thirty redirects, as Go does', async () => {
    await using registry = await startRegistry();
    for (let hop = 1; hop <= 30; hop += 1) {
      registry.inject(redirect(`/v2/team/app/manifests/v${hop + 1}`), { path: `/v2/team/app/manifests/v${hop}` });
    }
    registry.put('team/app', 'v31', createImage());
    assert.equal(await judge(registry), '5 not-a-registry/redirect-loop');
    assert.equal(registry.log.length, 10);
  });

  it('a registry that refuses the token it requested', async () => {
    await using tokens = await startTokenService();
    await using registry = await startRegistry();
    registry.inject(challenging(`Bearer realm="${tokens.realm}"`));
    assert.equal(await judge(registry), '3 unauthorized/missing-or-private');
    assert.deepEqual([registry.log.length, tokens.log.length], [3, 1], 'and once /v2/');
  });

  it('a registry that refuses every token and requests another scope each time', async () => {
    await using tokens = await startTokenService();
    await using registry = await startRegistry();
    let asked = 0;
    registry.inject(() => {
      asked += 1;
      return challenging(`Bearer realm="${tokens.realm}",scope="repository:team/app${asked}:pull"`);
    });
    assert.equal(await judge(registry), '3 unauthorized/missing-or-private');
    assert.ok(registry.log.length <= 4 && tokens.log.length <= 2, registry.transcript().join('\n'));
  });

  it('a registry that refuses every credential', async () => {
    await using registry = await startRegistry({ auth: 'basic', users: {} });
    const config = { auths: { [registry.name]: { auth: btoa('ada:secret') } } };
    const env = { DOCKER_AUTH_CONFIG: JSON.stringify(config) };
    assert.equal(await judge(registry, env), '3 unauthorized/bad-credentials');
    assert.equal(registry.log.length, 3);
  });

  it('a token service that redirects to the registry', async () => {
    await using registry = await startRegistry();
    registry.inject(challenging(`Bearer realm="${registry.origin}/v2/token"`));
    assert.equal(await judge(registry), '3 unauthorized/credentials-required');
    assert.equal(registry.log.length, 3);
  });
});
