import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { resolveSettings, type SettingInputs } from '../../src/config/resolve.ts';
import { environmentNameOf, flagOf, SETTING_NAMES } from '../../src/config/setting.ts';
import { createSettingParsers } from '../../src/config/setting-parsers.ts';
import { UsageError } from '../../src/core/usage-error.ts';

const schema = createSettingParsers(['text', 'json', 'ndjson']);

const resolve = (given: Partial<SettingInputs>) =>
  resolveSettings(SETTING_NAMES, schema, { flags: {}, env: {}, ...given });

const refusal = (given: Partial<SettingInputs>): string => {
  try {
    resolve(given);
  } catch (error) {
    assert.ok(error instanceof UsageError);
    return error.message;
  }
  return assert.fail('nothing was refused');
};

describe('resolveSettings', () => {
  it('uses the defaults', () => {
    assert.deepEqual(resolve({}).values, {
      file: [],
      from: undefined,
      namespace: [],
      selector: undefined,
      context: undefined,
      server: undefined,
      format: undefined,
      exclude: [],
      noGitignore: undefined,
      ignore: [],
      buildArg: [],
      allowEnv: [],
      profile: [],
      platform: [],
      expect: 'present',
      shard: undefined,
      dryRun: undefined,
      proof: undefined,
      layers: undefined,
      wait: undefined,
      timeout: 30_000,
      retries: 2,
      concurrency: undefined,
      config: undefined,
      username: undefined,
      passwordStdin: undefined,
      authFile: undefined,
      usePullSecrets: undefined,
      anonymous: undefined,
      plainHttp: undefined,
      insecure: undefined,
      allowPrivate: undefined,
      caFile: undefined,
      cert: undefined,
      key: undefined,
      mirrorsFrom: undefined,
      noCache: undefined,
      output: [],
      warnOn: [],
      strict: undefined,
      color: 'auto',
      quiet: undefined,
      verbose: undefined,
    });
  });

  it('uses a flag before the environment', () => {
    const { values, sources } = resolve({ flags: { timeout: '5s' }, env: { KAIROS_PULL_TIMEOUT: '7s' } });
    assert.equal(values.timeout, 5000);
    assert.equal(sources.timeout.label, '--timeout');
  });

  it('uses the environment before the default', () => {
    const { values, sources } = resolve({ env: { KAIROS_PULL_TIMEOUT: '7s' } });
    assert.equal(values.timeout, 7000);
    assert.equal(sources.timeout.label, 'KAIROS_PULL_TIMEOUT');
  });

  it('uses the config file before the default and after everything else', () => {
    const fileValues = { timeout: { raw: '9s', label: 'timeout in kairos-pull.yaml:3' } };
    const { values, sources } = resolve({ fileValues });
    assert.equal(values.timeout, 9000);
    assert.equal(sources.timeout.label, 'timeout in kairos-pull.yaml:3');
    assert.equal(resolve({ fileValues, env: { KAIROS_PULL_TIMEOUT: '7s' } }).values.timeout, 7000);
    assert.equal(resolve({ fileValues, flags: { timeout: '5s' } }).values.timeout, 5000);
  });

  it('treats an empty variable as unset', () => {
    const { values } = resolve({ env: { KAIROS_PULL_TIMEOUT: '', KAIROS_PULL_PROOF: ' ', KAIROS_PULL_FILE: '' } });
    assert.equal(values.timeout, 30_000);
    assert.equal(values.proof, undefined);
    assert.deepEqual(values.file, []);
  });

  for (const [word, meaning] of Object.entries({ 1: true, true: true, YES: true, 0: false, False: false, no: false })) {
    it(`reads a switch from the environment: ${word}`, () =>
      assert.equal(resolve({ env: { KAIROS_PULL_INSECURE: word } }).values.insecure, meaning));
  }

  it('reads a switch from a flag', () => assert.equal(resolve({ flags: { insecure: true } }).values.insecure, true));

  it('splits lists in the environment at commas', () => {
    const { values } = resolve({
      env: { KAIROS_PULL_FILE: 'a.txt, b.txt,', KAIROS_PULL_OUTPUT: 'text,json=report.json' },
    });
    assert.deepEqual(values.file, ['a.txt', 'b.txt']);
    assert.deepEqual(values.output, [{ format: 'text' }, { format: 'json', path: 'report.json' }]);
  });

  it('does not split a file name in a flag', () =>
    assert.deepEqual(resolve({ flags: { file: ['a,b.txt'] } }).values.file, ['a,b.txt']));

  it('splits reasons and platforms in flags at commas', () => {
    const { values } = resolve({
      flags: { warnOn: ['rate-limited,unreachable', 'denied'], platform: ['linux/amd64,linux/arm64/v8', 'all'] },
    });
    assert.deepEqual(values.warnOn, ['rate-limited', 'unreachable', 'denied']);
    assert.deepEqual(values.platform, ['linux/amd64', 'linux/arm64/v8', 'all']);
  });

  it('reads the path of a report', () => {
    const { values } = resolve({ flags: { output: ['text=-', 'json=a=b.json', 'ndjson'] } });
    assert.deepEqual(values.output, [{ format: 'text' }, { format: 'json', path: 'a=b.json' }, { format: 'ndjson' }]);
  });

  describe('rejects with the source, the value and what was expected', () => {
    const flags: readonly (readonly [SettingInputs['flags'], string])[] = [
      [{ timeout: '30' }, '--timeout: "30" is missing a unit; use 30s for seconds.'],
      [{ timeout: '0s' }, '--timeout: must be greater than 0, for example 30s.'],
      [{ retries: '-1' }, '--retries: "-1" is not an integer from 0 to 100.'],
      [{ concurrency: '0' }, '--concurrency: "0" is not an integer from 1 to 1000.'],
      [{ proof: 'layer' }, '--proof: "layer" is unknown. Did you mean layers? Use one of: head, manifest, layers.'],
      [{ expect: 'gone' }, '--expect: "gone" is unknown. Use one of: present, absent.'],
      [{ color: 'alway' }, '--color: "alway" is unknown. Did you mean always? Use one of: auto, always, never.'],
      [{ output: ['jsno'] }, '--output: "jsno" is unknown. Did you mean json? Use one of: text, json, ndjson.'],
      [{ output: ['json='] }, '--output: expected json or json=path, not "json=".'],
      [{ file: ['a.txt', ''] }, '--file: the value is empty.'],
      [{ username: '' }, '--username: the value is empty.'],
      [{ from: 'docker' }, '--from: "docker" is unknown. Use one of: kubernetes.'],
      [
        { namespace: ['shop,Pay'] },
        '--namespace: "Pay" is not the name of a namespace; use a name such as shop, or * for all.',
      ],
      [{ selector: 'app="web"' }, '--selector: "app="web"" is not a selector; use labels such as app=web,tier!=test.'],
      [
        { server: 'https://api.example' },
        '--server: "https://api.example" is not the address of kubectl proxy on this machine, such as http://127.0.0.1:8001.',
      ],
    ];
    for (const [given, message] of flags) {
      it(JSON.stringify(given), () => assert.equal(refusal({ flags: given }), message));
    }

    it('an unknown reason', () =>
      assert.equal(
        refusal({ flags: { warnOn: ['denied,not-fund'] } }),
        '--warn-on: "not-fund" is unknown. Did you mean not-found? Use one of: unauthorized, denied, not-found, ' +
          'platform-missing, incomplete, corrupt, not-an-image, legacy-schema1, invalid-reference, unreachable, ' +
          'registry-error, rate-limited, not-a-registry.',
      ));

    it('an invalid platform', () =>
      assert.match(refusal({ flags: { platform: ['linux/amd64', 'li nux'] } }), /^--platform: "li nux" /));

    it('a line of the config file', () =>
      assert.equal(
        refusal({ fileValues: { timeout: { raw: '30', label: 'timeout in kairos-pull.yaml:3' } } }),
        'timeout in kairos-pull.yaml:3: "30" is missing a unit; use 30s for seconds.',
      ));

    it('a variable', () =>
      assert.equal(
        refusal({ env: { KAIROS_PULL_INSECURE: 'maybe' } }),
        'KAIROS_PULL_INSECURE: expected true or false, not "maybe".',
      ));
  });

  it('reads every setting from the environment, and names the variable in errors', () => {
    const samples: Readonly<Record<string, string>> = {
      from: 'kubernetes',
      namespace: 'shop',
      server: 'http://127.0.0.1:8001',
      format: 'list',
      buildArg: 'A=1',
      platform: 'linux/amd64',
      expect: 'absent',
      shard: '3/10',
      proof: 'head',
      wait: '1m',
      timeout: '1m',
      retries: '3',
      concurrency: '4',
      output: 'json',
      warnOn: 'denied',
      color: 'never',
    };
    for (const name of SETTING_NAMES) {
      const variable = environmentNameOf(name);
      const { values, sources } = resolve({ env: { [variable]: samples[name] ?? 'true' } });
      assert.notDeepEqual(values[name], resolve({}).values[name], variable);
      assert.equal(sources[name].label, variable);
      if (samples[name] !== undefined) {
        assert.match(refusal({ env: { [variable]: 'non sense' } }), new RegExp(`^${variable}: "non sense" `));
      }
    }
  });

  it('reads only the settings of the command', () => {
    const given = { flags: {}, env: { KAIROS_PULL_TIMEOUT: 'nonsense', KAIROS_PULL_FILE: 'a.txt' } };
    assert.deepEqual(resolveSettings(['file'], schema, given).values, { file: ['a.txt'] });
  });

  it('removes control characters of an invalid value', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        try {
          resolve({ flags: { timeout: text } });
        } catch (error) {
          assert.doesNotMatch((error as Error).message, /[\p{Cc}\p{Cf}]/u);
          assert.ok(error instanceof UsageError);
        }
      }),
    );
  });

  it('names flags as on the command line', () => assert.equal(flagOf('warnOn'), '--warn-on'));
});
