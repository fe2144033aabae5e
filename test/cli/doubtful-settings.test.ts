import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { unknownPlatforms, unknownVariables } from '../../src/cli/doubtful-settings.ts';
import { MONITOR_SETTINGS } from '../../src/config/monitor-setting.ts';
import { environmentNameOf, SETTING_NAMES } from '../../src/config/setting.ts';
import { KNOWN_PLATFORMS } from '../../src/core/platform.ts';
import { runMain } from './run-main.ts';

describe('a warning for a variable', () => {
  it('that is not a setting has a suggestion', () =>
    assert.deepEqual(unknownVariables({ KAIROS_PULL_TIMOUT: '5s', KAIROS_PULL_XYZ: '1' }), [
      'warning: ignoring the unknown environment variable KAIROS_PULL_TIMOUT. Did you mean KAIROS_PULL_TIMEOUT?',
      'warning: ignoring the unknown environment variable KAIROS_PULL_XYZ.',
    ]));

  it('is not given for settings, credentials, and what Kubernetes sets for a Service', () => {
    const names = [...SETTING_NAMES, ...Object.keys(MONITOR_SETTINGS)].map(environmentNameOf);
    const others = [
      'KAIROS_PULL_REGISTRY',
      'KAIROS_PULL_USERNAME',
      'KAIROS_PULL_PASSWORD',
      'KAIROS_PULL_DEBUG',
      'KAIROS_PULL_REQUIRE_PROGRAMS',
      'KAIROS_PULL_SERVICE_HOST',
      'KAIROS_PULL_SERVICE_PORT',
      'KAIROS_PULL_MONITOR_SERVICE_PORT_HTTP',
      'KAIROS_PULL_PORT',
      'KAIROS_PULL_PORT_8790_TCP_ADDR',
      'KAIROS_PULLS',
    ];
    assert.deepEqual(unknownVariables(Object.fromEntries([...names, ...others].map((name) => [name, '1']))), []);
    assert.deepEqual(unknownVariables({ KAIROS_PULL_TIMOUT: '' }), []);
  });

  it('is on standard error, once, and changes nothing else', async () => {
    const env = { KAIROS_PULL_RETRYS: '3' };
    for (const argv of [
      ['check', 'nginx'],
      ['check', 'nginx', '--dry-run'],
      ['images', 'nginx'],
    ]) {
      const { exitCode, stderr } = await runMain(argv, { env });
      assert.equal(exitCode, 0);
      assert.match(stderr, /^warning: .*KAIROS_PULL_RETRYS\. Did you mean KAIROS_PULL_RETRIES\?\n$/);
    }
  });
});

describe('a warning for a platform', () => {
  it('that is unknown has a suggestion', () => {
    assert.deepEqual(unknownPlatforms(['linux/amd46', 'lunix/arm64', 'linux/arm64'], '--platform'), [
      'warning: --platform: "linux/amd46" has an unknown architecture. Did you mean linux/amd64?',
      'warning: --platform: "lunix/arm64" has an unknown operating system. Did you mean linux/arm64?',
    ]);
  });

  it('is not given for one that is known, or for "all"', () =>
    assert.deepEqual(unknownPlatforms(['all', 'x86_64', 'windows(10.0.17763)/amd64', ...KNOWN_PLATFORMS], ''), []));

  it('names where it is set', async () => {
    const { stderr } = await runMain(['check', 'nginx'], { env: { KAIROS_PULL_PLATFORM: 'linux/amd46' } });
    assert.match(stderr, /^warning: KAIROS_PULL_PLATFORM: "linux\/amd46" /);
  });
});
