import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inputOptions } from '../../src/config/input-options.ts';
import { resolveSettings, type SettingInputs } from '../../src/config/resolve.ts';
import { INPUT_SETTINGS } from '../../src/config/setting.ts';
import { createSettingParsers } from '../../src/config/setting-parsers.ts';
import { UsageError } from '../../src/core/usage-error.ts';
import { plainText, withheldText } from '../../src/input/resolved-text.ts';

const read = (
  flags: Record<string, unknown>,
  env: Record<string, string> = {},
  fileValues: SettingInputs['fileValues'] = {},
) => inputOptions(resolveSettings(INPUT_SETTINGS, createSettingParsers([]), { flags, env, fileValues }), env);

const NOTHING = { exclude: [], useGitignore: true };

describe('inputOptions', () => {
  it('have no format, arguments or profiles by default', () =>
    assert.deepEqual(read({}), {
      format: undefined,
      buildArgs: {},
      allowEnv: [],
      profiles: [],
      env: {},
      leaveOut: NOTHING,
    }));

  it('include build arguments with their value, or that of the environment', () => {
    const env = { B: 'from outside' };
    assert.deepEqual(read({ buildArg: ['A=1=2', 'B', 'C', 'D='] }, env).buildArgs, {
      A: '1=2',
      B: plainText('from outside'),
      D: '',
    });
  });

  it('use a secret of the environment for a build argument of the user, but not for one of a config file', () => {
    const env = { A_TOKEN: 'secret', KAIROS_PULL_BUILD_ARG: 'A_TOKEN' };
    const fileValues = { buildArg: { raw: ['A_TOKEN', 'B'], label: 'buildArg in kairos-pull.yaml:1' } };
    assert.deepEqual(read({ buildArg: ['A_TOKEN'] }, env).buildArgs, { A_TOKEN: plainText('secret') });
    assert.deepEqual(read({}, env, fileValues).buildArgs, { A_TOKEN: plainText('secret') });
    assert.deepEqual(read({}, { A_TOKEN: 'secret', B: '1' }, fileValues).buildArgs, {
      A_TOKEN: withheldText('A_TOKEN'),
      B: plainText('1'),
    });
    assert.deepEqual(read({ allowEnv: ['A_TOKEN'] }, { A_TOKEN: 'secret' }, fileValues).buildArgs, {
      A_TOKEN: plainText('secret'),
    });
  });

  it('include no build argument from the prototype of objects', () =>
    assert.deepEqual(read({ buildArg: ['constructor'] }).buildArgs, {}));

  it('accept profiles one by one or separated by commas', () =>
    assert.deepEqual(read({ profile: ['a,b', 'c'] }).profiles, ['a', 'b', 'c']));

  it('can be set in the environment', () => {
    const env = {
      KAIROS_PULL_FORMAT: 'list',
      KAIROS_PULL_BUILD_ARG: 'A=1,B=2',
      KAIROS_PULL_ALLOW_ENV: 'A_TOKEN, B_TOKEN',
      KAIROS_PULL_PROFILE: 'x',
      KAIROS_PULL_EXCLUDE: 'dist/,*.gen.yaml',
      KAIROS_PULL_NO_GITIGNORE: 'true',
    };
    assert.deepEqual(read({}, env), {
      format: 'list',
      buildArgs: { A: '1', B: '2' },
      allowEnv: ['A_TOKEN', 'B_TOKEN'],
      profiles: ['x'],
      env,
      leaveOut: { exclude: ['dist/', '*.gen.yaml'], useGitignore: false },
    });
  });

  it('reject an invalid format and an invalid build argument', () => {
    assert.throws(
      () => read({ format: 'yml' }),
      new UsageError(
        '--format: "yml" is unknown. Did you mean yaml? Use one of: list, dockerfile, compose, bake, devcontainer, github-workflow, gitlab-ci, circleci, bitbucket, azure-pipelines, woodpecker, cloud-build, buildkite, quadlet, ecs, sbom, ansible, kubernetes, chart, yaml.',
      ),
    );
    assert.throws(
      () => read({ buildArg: ['=1'] }),
      new UsageError('--build-arg: "" is not a valid name of a build argument; use NAME=value.'),
    );
  });
});
