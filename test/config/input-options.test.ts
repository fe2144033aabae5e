import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inputOptions } from '../../src/config/input-options.ts';
import { resolveSettings } from '../../src/config/resolve.ts';
import { createSchema } from '../../src/config/schema.ts';
import { INPUT_SETTINGS } from '../../src/config/setting.ts';
import { UsageError } from '../../src/core/usage-error.ts';

const read = (flags: Record<string, unknown>, env: Record<string, string> = {}) =>
  inputOptions(resolveSettings(INPUT_SETTINGS, createSchema([]), { flags, env }).values, env);

describe('inputOptions', () => {
  it('are by name and content, without arguments and profiles, unless told', () =>
    assert.deepEqual(read({}), { format: undefined, buildArgs: {}, profiles: [], env: {} }));

  it('take build arguments with their value, or with that of the environment', () => {
    const env = { B: 'from outside' };
    assert.deepEqual(read({ buildArg: ['A=1=2', 'B', 'C', 'D='] }, env).buildArgs, {
      A: '1=2',
      B: 'from outside',
      D: '',
    });
  });

  it('take profiles one by one or with commas', () =>
    assert.deepEqual(read({ profile: ['a,b', 'c'] }).profiles, ['a', 'b', 'c']));

  it('have twins in the environment', () => {
    const env = { KAIROS_PULL_FORMAT: 'list', KAIROS_PULL_BUILD_ARG: 'A=1,B=2', KAIROS_PULL_PROFILE: 'x' };
    assert.deepEqual(read({}, env), { format: 'list', buildArgs: { A: '1', B: '2' }, profiles: ['x'], env });
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
      new UsageError('--build-arg: "=1" is no build argument; write NAME=value.'),
    );
  });
});
