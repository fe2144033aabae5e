import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { settleSettings } from '../../src/config/contradiction.ts';
import { type Given, resolveSettings } from '../../src/config/resolve.ts';
import { createSchema, type Settings } from '../../src/config/schema.ts';
import { SETTING_NAMES } from '../../src/config/setting.ts';
import { UsageError } from '../../src/core/usage-error.ts';

const schema = createSchema(['text', 'json']);

const settle = (flags: Given['flags'], env: Given['env'] = {}): Settings =>
  settleSettings(resolveSettings(SETTING_NAMES, schema, { flags, env }));

const refuses = (message: string, flags: Given['flags'], env: Given['env'] = {}): void =>
  assert.throws(() => settle(flags, env), new UsageError(message));

describe('--proof and --layers', () => {
  it('are free when nothing is said', () => assert.equal(settle({}).proof, undefined));
  it('--layers is short for --proof layers', () => assert.equal(settle({ layers: true }).proof, 'layers'));
  it('agree when both say layers', () => assert.equal(settle({ layers: true, proof: 'layers' }).proof, 'layers'));

  it('contradict each other otherwise', () =>
    refuses('--layers is short for --proof layers, but --proof says head.', { layers: true, proof: 'head' }));

  it('the flag wins over the environment', () => {
    assert.equal(settle({ layers: true }, { KAIROS_PULL_PROOF: 'head' }).proof, 'layers');
    assert.equal(settle({ proof: 'head' }, { KAIROS_PULL_LAYERS: '1' }).proof, 'head');
  });

  it('a switch that is off says nothing', () =>
    assert.equal(settle({ proof: 'head' }, { KAIROS_PULL_LAYERS: 'no' }).proof, 'head'));
});

describe('--use-pull-secrets', () => {
  it('is refused beside --anonymous', () =>
    refuses('--anonymous uses no credentials, but --use-pull-secrets names some.', {
      anonymous: true,
      usePullSecrets: true,
    }));

  it('gives way to --anonymous, or stands before it, by the stronger source', () => {
    const weak = settle({ anonymous: true }, { KAIROS_PULL_USE_PULL_SECRETS: '1' });
    assert.deepEqual([weak.anonymous, weak.usePullSecrets], [true, undefined]);
    const strong = settle({ usePullSecrets: true }, { KAIROS_PULL_ANONYMOUS: '1' });
    assert.deepEqual([strong.anonymous, strong.usePullSecrets], [false, true]);
  });
});

describe('--platform', () => {
  it('lifts the proof to the manifest', () => assert.equal(settle({ platform: ['linux/amd64'] }).proof, 'manifest'));

  it('leaves a stronger proof alone', () =>
    assert.equal(settle({ platform: ['linux/amd64'], layers: true }).proof, 'layers'));

  it('refuses --proof head', () =>
    refuses('--platform needs the manifest, but --proof says head; write --proof manifest.', {
      platform: ['linux/amd64'],
      proof: 'head',
    }));

  it('refuses head from the environment too, and names it', () =>
    refuses(
      '--platform needs the manifest, but KAIROS_PULL_PROOF says head; write --proof manifest.',
      { platform: ['all'] },
      { KAIROS_PULL_PROOF: 'head' },
    ));
});

describe('--username and --password-stdin', () => {
  const login = { username: 'me', passwordStdin: true };

  it('go together', () => assert.equal(settle(login).username, 'me'));

  it('a name without a password', () =>
    refuses('--username needs --password-stdin: a password on the command line would be seen by others.', {
      username: 'me',
    }));

  it('a password without a name', () => refuses('--password-stdin needs --username.', { passwordStdin: true }));

  it('names the variable', () =>
    refuses('KAIROS_PULL_PASSWORD_STDIN needs --username.', {}, { KAIROS_PULL_PASSWORD_STDIN: '1' }));

  it('refuse a list from the same standard input', () =>
    refuses('--password-stdin and --file - both read standard input; put the images in a file.', {
      ...login,
      file: ['a.txt', '-'],
    }));
});

describe('--anonymous', () => {
  const login = { username: 'me', passwordStdin: true };

  it('contradicts --username', () =>
    refuses('--anonymous uses no credentials, but --username names some.', { ...login, anonymous: true }));

  it('contradicts --auth-file', () =>
    refuses('--anonymous uses no credentials, but --auth-file names some.', { authFile: 'a.json', anonymous: true }));

  it('wins over a login from the environment', () => {
    const env = { KAIROS_PULL_USERNAME: 'me', KAIROS_PULL_PASSWORD_STDIN: '1', KAIROS_PULL_AUTH_FILE: 'a.json' };
    const { anonymous, username, passwordStdin, authFile } = settle({ anonymous: true }, env);
    assert.deepEqual(
      { anonymous, username, passwordStdin, authFile },
      { anonymous: true, username: undefined, passwordStdin: false, authFile: undefined },
    );
  });

  it('from the environment yields to a login by flags', () => {
    const { anonymous, username } = settle(login, { KAIROS_PULL_ANONYMOUS: '1' });
    assert.deepEqual({ anonymous, username }, { anonymous: false, username: 'me' });
  });
});
