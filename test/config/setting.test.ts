import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { environmentNameOf, flagOf, SETTING_NAMES, SETTINGS, settingOf } from '../../src/config/setting.ts';
import { createSettingParsers } from '../../src/config/setting-parsers.ts';
import { FORMATS } from '../../src/report/format.ts';

describe('settings', () => {
  it('have a flag and an environment variable derived from the name', () => {
    assert.equal(flagOf('passwordStdin'), '--password-stdin');
    assert.equal(environmentNameOf('passwordStdin'), 'KAIROS_PULL_PASSWORD_STDIN');
    assert.equal(flagOf('timeout'), '--timeout');
    assert.equal(environmentNameOf('timeout'), 'KAIROS_PULL_TIMEOUT');
  });

  it('are those of the contract', () => {
    assert.deepEqual(
      SETTING_NAMES.map(flagOf).sort(),
      (
        '--allow-env --allow-private --anonymous --auth-file --build-arg --ca-file --cert --color --concurrency --config --context --dry-run --exclude --expect --file --format --from --ignore ' +
        '--insecure --key --layers --mirrors-from --namespace --no-cache --no-gitignore --output --password-stdin --plain-http --platform --profile --proof --quiet ' +
        '--retries --selector --server --shard --strict --timeout --use-pull-secrets --username --verbose --wait --warn-on'
      ).split(' '),
    );
  });

  it('use each letter at most once', () => {
    const letters = SETTING_NAMES.map((name) => settingOf(name).short).filter((letter) => letter !== undefined);
    assert.deepEqual(letters.sort(), ['f', 'o', 'q', 'u', 'v']);
  });

  it('have valid defaults', () => {
    const schema = createSettingParsers(FORMATS);
    for (const name of SETTING_NAMES) {
      const fallback = settingOf(name).default;
      if (fallback !== undefined) assert.equal(schema[name](fallback).ok, true, name);
    }
  });

  it('have valid choices', () => {
    const schema = createSettingParsers(FORMATS);
    for (const name of SETTING_NAMES) {
      for (const choice of settingOf(name).choices ?? []) assert.equal(schema[name](choice).ok, true);
    }
  });

  it('list every report format in the help', () => {
    for (const format of FORMATS) assert.match(SETTINGS.output.description, new RegExp(`\\b${format}\\b`));
  });
});
