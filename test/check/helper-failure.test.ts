import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkTarget } from '../../src/check/check.ts';
import type { MirrorRule } from '../../src/check/mirror.ts';
import type { Result, Warning } from '../../src/core/result.ts';
import type { Credential } from '../../src/credentials/credential.ts';
import type { FailedHelper } from '../../src/credentials/credential-chain.ts';
import type { Script, Scripted } from '../support/fake-send.ts';
import { imageOf } from '../support/images.ts';
import { bearer, challenges, refuses, scriptContext, serves, whenKnown } from '../support/scripted-check.ts';

const MANIFEST = '/v2/team/app/manifests/1';
const AUTH = 'https://auth.registry.example/token';
const SERVED = serves(imageOf());
const WARNING: Warning = { code: 'helper-failed', message: 'docker-credential-x failed' };

const MISSING: FailedHelper = helper({ code: 'helper-missing', problem: 'is not on the PATH' });
const FAILED: FailedHelper = helper({ code: 'helper-failed', problem: 'exited with code 1' });
const SLOW: FailedHelper = helper({ code: 'helper-failed', problem: 'did not respond in time', isSlow: true });

function helper(failure: Pick<FailedHelper, 'code' | 'problem' | 'isSlow'>): FailedHelper {
  return { program: 'docker-credential-x', label: '~/.docker/config.json', ...failure };
}

async function check(
  script: Script,
  failedHelpers: readonly FailedHelper[],
  { mirrors = [], registry = 'registry.example' }: { mirrors?: readonly MirrorRule[]; registry?: string } = {},
): Promise<Result> {
  const none = async function* (): AsyncGenerator<Credential> {};
  const find = (name: string) =>
    name === registry
      ? { credentials: none(), warnings: [WARNING], failedHelpers }
      : { credentials: none(), warnings: [] };
  const credentials = { find };
  const { context } = scriptContext(script, { credentials, mirrors });
  const target = { text: 'registry.example/team/app:1', foundAt: [] };
  return checkTarget(context, target, new AbortController().signal);
}

const withToken = (known: Scripted): Script => ({
  [MANIFEST]: whenKnown(challenges(bearer(AUTH)), known),
  [AUTH]: { body: { token: 'abc' } },
});
const CLOSED: Script = { [MANIFEST]: challenges('Basic realm="x"') };

describe('a credential helper that returns nothing', () => {
  it('is a warning if the image can be pulled anonymously', async () => {
    const { verdict, warnings } = await check(withToken(SERVED), [SLOW]);
    assert.deepEqual([verdict, warnings], ['pullable', [WARNING]]);
  });

  it('is the message if it is missing and a login is required', async () => {
    const { reason, message, hint, warnings } = await check(CLOSED, [MISSING]);
    assert.equal(reason, 'unauthorized');
    assert.equal(
      message,
      'docker-credential-x is not on the PATH; ~/.docker/config.json relies on it for this registry, which does not serve team/app without credentials: authentication required.',
    );
    assert.match(
      hint ?? '',
      /^Install it\. Or remove this registry from credHelpers in ~\/\.docker\/config\.json and log in: `docker login registry\.example`\.$/,
    );
    assert.deepEqual(warnings, [], 'it is said once');
  });

  it('is the message if it fails', async () => {
    const { reason, hint } = await check(CLOSED, [FAILED]);
    assert.equal(reason, 'unauthorized');
    assert.match(hint ?? '', /`echo registry\.example \| docker-credential-x get`/);
  });

  it('leaves the question open if it is too slow', async () => {
    const { verdict, reason, cause, hint } = await check(CLOSED, [SLOW]);
    assert.deepEqual([verdict, reason, cause], ['undetermined', 'unreachable', 'credential-helper']);
    assert.match(hint ?? '', /increase --timeout\.$/);
  });

  it('leaves the question open if the anonymous token does not show the image', async () => {
    const { cause } = await check(withToken(refuses(404, 'MANIFEST_UNKNOWN', 'no')), [SLOW]);
    assert.equal(cause, 'credential-helper');
  });

  describe('with the hosts of a hosts.toml', () => {
    const HOSTS: readonly MirrorRule[] = [
      { prefix: 'registry.example', mirrors: [{ location: 'm.example' }], usedBy: 'containerd' },
    ];
    const AT_MIRROR = `https://m.example${MANIFEST}`;
    const ABSENT = refuses(404, 'MANIFEST_UNKNOWN', 'manifest unknown');

    for (const [helper, expected] of [
      [MISSING, ['unauthorized', 'credentials-required']],
      [SLOW, ['unreachable', 'credential-helper']],
    ] as const) {
      it(`is the message as well: ${helper.problem}`, async () => {
        const { reason, cause, message, warnings } = await check({ ...CLOSED, [AT_MIRROR]: ABSENT }, [helper], {
          mirrors: HOSTS,
        });
        assert.deepEqual([reason, cause], expected);
        assert.match(message, /^docker-credential-x .*; ~\/\.docker\/config\.json relies on it for this registry, /);
        assert.deepEqual(warnings, [], 'it is said once');
      });
    }

    it('is a warning if only the mirror requires a login', async () => {
      const script = { [AT_MIRROR]: challenges('Basic realm="x"'), [MANIFEST]: SERVED };
      const { verdict, warnings } = await check(script, [MISSING], { mirrors: HOSTS, registry: 'm.example' });
      const codes = warnings.map(({ code }) => code);
      assert.deepEqual([verdict, codes], ['pullable', ['helper-failed', 'mirror-failed']]);
    });
  });

  it('does not matter to a registry that requires no credentials', async () => {
    const { reason } = await check({ [MANIFEST]: refuses(404, 'MANIFEST_UNKNOWN', 'no') }, [SLOW]);
    assert.equal(reason, 'not-found');
  });
});
