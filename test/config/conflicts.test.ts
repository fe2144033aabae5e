import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { resolveConflicts } from '../../src/config/conflicts.ts';
import { resolveSettings, type SettingInputs } from '../../src/config/resolve.ts';
import { SETTING_NAMES } from '../../src/config/setting.ts';
import { createSettingParsers, type Settings } from '../../src/config/setting-parsers.ts';
import { UsageError } from '../../src/core/usage-error.ts';

const schema = createSettingParsers(['text', 'json']);

const settle = (flags: SettingInputs['flags'], env: SettingInputs['env'] = {}): Settings =>
  resolveConflicts(resolveSettings(SETTING_NAMES, schema, { flags, env }));

const refuses = (message: string, flags: SettingInputs['flags'], env: SettingInputs['env'] = {}): void =>
  assert.throws(() => settle(flags, env), new UsageError(message));

describe('--proof and --layers', () => {
  it('are unset by default', () => assert.equal(settle({}).proof, undefined));
  it('--layers means --proof layers', () => assert.equal(settle({ layers: true }).proof, 'layers'));
  it('agree if both are layers', () => assert.equal(settle({ layers: true, proof: 'layers' }).proof, 'layers'));

  it('conflict otherwise', () =>
    refuses('--layers means --proof layers, but --proof is head.', { layers: true, proof: 'head' }));

  it('a flag overrides the environment', () => {
    assert.equal(settle({ layers: true }, { KAIROS_PULL_PROOF: 'head' }).proof, 'layers');
    assert.equal(settle({ proof: 'head' }, { KAIROS_PULL_LAYERS: '1' }).proof, 'head');
  });

  it('a switch that is off is ignored', () =>
    assert.equal(settle({ proof: 'head' }, { KAIROS_PULL_LAYERS: 'no' }).proof, 'head'));
});

describe('--use-pull-secrets', () => {
  it('conflicts with --anonymous', () =>
    refuses('--anonymous cannot be combined with --use-pull-secrets.', {
      anonymous: true,
      usePullSecrets: true,
    }));

  it('the stronger source wins against --anonymous', () => {
    const weak = settle({ anonymous: true }, { KAIROS_PULL_USE_PULL_SECRETS: '1' });
    assert.deepEqual([weak.anonymous, weak.usePullSecrets], [true, undefined]);
    const strong = settle({ usePullSecrets: true }, { KAIROS_PULL_ANONYMOUS: '1' });
    assert.deepEqual([strong.anonymous, strong.usePullSecrets], [false, true]);
  });
});

describe('--platform', () => {
  it('raises the proof to manifest', () => assert.equal(settle({ platform: ['linux/amd64'] }).proof, 'manifest'));

  it('keeps a stronger proof', () => assert.equal(settle({ platform: ['linux/amd64'], layers: true }).proof, 'layers'));

  it('rejects --proof head', () =>
    refuses('--platform requires the manifest, but --proof is head; use --proof manifest.', {
      platform: ['linux/amd64'],
      proof: 'head',
    }));

  it('rejects head from the environment, and names the variable', () =>
    refuses(
      '--platform requires the manifest, but KAIROS_PULL_PROOF is head; use --proof manifest.',
      { platform: ['all'] },
      { KAIROS_PULL_PROOF: 'head' },
    ));
});

describe('--username and --password-stdin', () => {
  const login = { username: 'me', passwordStdin: true };

  it('are accepted together', () => assert.equal(settle(login).username, 'me'));

  it('are rejected without a password', () =>
    refuses('--username requires --password-stdin: passwords on the command line are visible to other users.', {
      username: 'me',
    }));

  it('are rejected without a name', () => refuses('--password-stdin requires --username.', { passwordStdin: true }));

  it('name the variable in an error', () =>
    refuses('KAIROS_PULL_PASSWORD_STDIN requires --username.', {}, { KAIROS_PULL_PASSWORD_STDIN: '1' }));

  it('reject a list from the same standard input', () =>
    refuses('--password-stdin and --file - both read standard input; put the images into a file.', {
      ...login,
      file: ['a.txt', '-'],
    }));
});

describe('--anonymous', () => {
  const login = { username: 'me', passwordStdin: true };

  it('conflicts with --username', () =>
    refuses('--anonymous cannot be combined with --username.', { ...login, anonymous: true }));

  it('conflicts with --auth-file', () =>
    refuses('--anonymous cannot be combined with --auth-file.', { authFile: 'a.json', anonymous: true }));

  it('overrides credentials from the environment', () => {
    const env = { KAIROS_PULL_USERNAME: 'me', KAIROS_PULL_PASSWORD_STDIN: '1', KAIROS_PULL_AUTH_FILE: 'a.json' };
    const { anonymous, username, passwordStdin, authFile } = settle({ anonymous: true }, env);
    assert.deepEqual(
      { anonymous, username, passwordStdin, authFile },
      { anonymous: true, username: undefined, passwordStdin: false, authFile: undefined },
    );
  });

  it('from the environment is overridden by credentials from flags', () => {
    const { anonymous, username } = settle(login, { KAIROS_PULL_ANONYMOUS: '1' });
    assert.deepEqual({ anonymous, username }, { anonymous: false, username: 'me' });
  });
});

describe('--from kubernetes', () => {
  it('is required by its options, but not by those of the environment', () => {
    for (const name of ['namespace', 'selector', 'context', 'server'] as const) {
      const value = name === 'server' ? 'http://127.0.0.1:8001' : 'shop';
      refuses(`--${name} requires --from kubernetes.`, { [name]: name === 'namespace' ? [value] : value });
    }
    assert.deepEqual(settle({}, { KAIROS_PULL_NAMESPACE: 'shop' }).namespace, ['shop']);
    assert.equal(settle({ from: 'kubernetes', selector: 'app in (a, b),!test' }).selector, 'app in (a, b),!test');
  });

  it('uses the network, and one cluster', () => {
    const instead = 'kubectl get pods --all-namespaces -o json | kairos-pull images -f -';
    assert.throws(
      () => settle({ from: 'kubernetes', dryRun: true }),
      new UsageError('--dry-run uses no network; it cannot be combined with --from.', instead),
    );
    refuses('--server cannot be combined with --context.', {
      ...{ from: 'kubernetes', server: 'http://127.0.0.1:8001', context: 'prod' },
    });
  });
});
