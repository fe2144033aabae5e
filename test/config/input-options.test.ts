import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inputOptions } from '../../src/config/input-options.ts';
import { type Given, resolveSettings } from '../../src/config/resolve.ts';
import { createSchema } from '../../src/config/schema.ts';
import { INPUT_SETTINGS } from '../../src/config/setting.ts';
import { UsageError } from '../../src/core/usage-error.ts';
import { plainText, withheldText } from '../../src/input/resolved-text.ts';

const read = (flags: Record<string, unknown>, env: Record<string, string> = {}, written: Given['written'] = {}) =>
  inputOptions(resolveSettings(INPUT_SETTINGS, createSchema([]), { flags, env, written }), env);

describe('inputOptions', () => {
  it('are by name and content, without arguments and profiles, unless told', () =>
    assert.deepEqual(read({}), { format: undefined, buildArgs: {}, allowEnv: [], profiles: [], env: {} }));

  it('take build arguments with their value, or with that of the environment', () => {
    const env = { B: 'from outside' };
    assert.deepEqual(read({ buildArg: ['A=1=2', 'B', 'C', 'D='] }, env).buildArgs, {
      A: '1=2',
      B: plainText('from outside'),
      D: '',
    });
  });

  it('take a secret of the environment for a build argument that a person named, and not for one of a config file', () => {
    const env = { A_TOKEN: 'secret', KAIROS_PULL_BUILD_ARG: 'A_TOKEN' };
    const written = { buildArg: { raw: ['A_TOKEN', 'B'], label: 'buildArg in kairos-pull.yaml:1' } };
    assert.deepEqual(read({ buildArg: ['A_TOKEN'] }, env).buildArgs, { A_TOKEN: plainText('secret') });
    assert.deepEqual(read({}, env, written).buildArgs, { A_TOKEN: plainText('secret') });
    assert.deepEqual(read({}, { A_TOKEN: 'secret', B: '1' }, written).buildArgs, {
      A_TOKEN: withheldText('A_TOKEN'),
      B: plainText('1'),
    });
    assert.deepEqual(read({ allowEnv: ['A_TOKEN'] }, { A_TOKEN: 'secret' }, written).buildArgs, {
      A_TOKEN: plainText('secret'),
    });
  });

  it('take no build argument from what every object has', () =>
    assert.deepEqual(read({ buildArg: ['constructor'] }).buildArgs, {}));

  it('take profiles one by one or with commas', () =>
    assert.deepEqual(read({ profile: ['a,b', 'c'] }).profiles, ['a', 'b', 'c']));

  it('have twins in the environment', () => {
    const env = {
      KAIROS_PULL_FORMAT: 'list',
      KAIROS_PULL_BUILD_ARG: 'A=1,B=2',
      KAIROS_PULL_ALLOW_ENV: 'A_TOKEN, B_TOKEN',
      KAIROS_PULL_PROFILE: 'x',
    };
    assert.deepEqual(read({}, env), {
      format: 'list',
      buildArgs: { A: '1', B: '2' },
      allowEnv: ['A_TOKEN', 'B_TOKEN'],
      profiles: ['x'],
      env,
    });
  });

  it('refuse what is no format and no build argument', () => {
    assert.throws(
      () => read({ format: 'yml' }),
      new UsageError(
        '--format: "yml" is not one of list, dockerfile, compose, bake, devcontainer, github-workflow, gitlab-ci, kubernetes, chart, yaml. Did you mean yaml?',
      ),
    );
    assert.throws(
      () => read({ buildArg: ['=1'] }),
      new UsageError('--build-arg: "" is not the name of a build argument; write NAME=value.'),
    );
  });
});
