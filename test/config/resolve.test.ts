import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type Given, resolveSettings } from '../../src/config/resolve.ts';
import { createSchema } from '../../src/config/schema.ts';
import { environmentNameOf, flagOf, SETTING_NAMES } from '../../src/config/setting.ts';
import { UsageError } from '../../src/core/usage-error.ts';

const schema = createSchema(['text', 'json', 'ndjson']);

const resolve = (given: Partial<Given>) => resolveSettings(SETTING_NAMES, schema, { flags: {}, env: {}, ...given });

const refusal = (given: Partial<Given>): string => {
  try {
    resolve(given);
  } catch (error) {
    assert.ok(error instanceof UsageError);
    return error.message;
  }
  return assert.fail('nothing was refused');
};

describe('resolveSettings', () => {
  it('falls back on the defaults', () => {
    assert.deepEqual(resolve({}).values, {
      file: [],
      format: undefined,
      buildArg: [],
      allowEnv: [],
      profile: [],
      platform: [],
      expect: 'present',
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
      caFile: undefined,
      cert: undefined,
      key: undefined,
      mirrorsFrom: undefined,
      noCache: undefined,
      output: [],
      warnOn: [],
      color: 'auto',
      quiet: undefined,
      verbose: undefined,
    });
  });

  it('takes the flag before the environment', () => {
    const { values, sources } = resolve({ flags: { timeout: '5s' }, env: { KAIROS_PULL_TIMEOUT: '7s' } });
    assert.equal(values.timeout, 5000);
    assert.equal(sources.timeout.label, '--timeout');
  });

  it('takes the environment before the default', () => {
    const { values, sources } = resolve({ env: { KAIROS_PULL_TIMEOUT: '7s' } });
    assert.equal(values.timeout, 7000);
    assert.equal(sources.timeout.label, 'KAIROS_PULL_TIMEOUT');
  });

  it('takes the config file before the default and after all else', () => {
    const written = { timeout: { raw: '9s', label: 'timeout in kairos-pull.yaml:3' } };
    const { values, sources } = resolve({ written });
    assert.equal(values.timeout, 9000);
    assert.equal(sources.timeout.label, 'timeout in kairos-pull.yaml:3');
    assert.equal(resolve({ written, env: { KAIROS_PULL_TIMEOUT: '7s' } }).values.timeout, 7000);
    assert.equal(resolve({ written, flags: { timeout: '5s' } }).values.timeout, 5000);
  });

  it('takes an empty variable for unset', () => {
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

  it('reads lists from the environment by commas', () => {
    const { values } = resolve({
      env: { KAIROS_PULL_FILE: 'a.txt, b.txt,', KAIROS_PULL_OUTPUT: 'text,json=report.json' },
    });
    assert.deepEqual(values.file, ['a.txt', 'b.txt']);
    assert.deepEqual(values.output, [{ format: 'text' }, { format: 'json', path: 'report.json' }]);
  });

  it('keeps a comma in the file name of a flag', () =>
    assert.deepEqual(resolve({ flags: { file: ['a,b.txt'] } }).values.file, ['a,b.txt']));

  it('reads reasons and platforms by commas from flags too', () => {
    const { values } = resolve({
      flags: { warnOn: ['rate-limited,unreachable', 'denied'], platform: ['linux/amd64,linux/arm64/v8', 'all'] },
    });
    assert.deepEqual(values.warnOn, ['rate-limited', 'unreachable', 'denied']);
    assert.deepEqual(values.platform, ['linux/amd64', 'linux/arm64/v8', 'all']);
  });

  it('reads where a report goes', () => {
    const { values } = resolve({ flags: { output: ['text=-', 'json=a=b.json', 'ndjson'] } });
    assert.deepEqual(values.output, [{ format: 'text' }, { format: 'json', path: 'a=b.json' }, { format: 'ndjson' }]);
  });

  describe('refuses with the source, the value and what was expected', () => {
    const flags: readonly (readonly [Given['flags'], string])[] = [
      [{ timeout: '30' }, '--timeout: "30" has no unit; write 30s for seconds.'],
      [{ timeout: '0s' }, '--timeout: No check can be done in no time; write 30s, say.'],
      [{ retries: '-1' }, '--retries: "-1" is not a whole number from 0 to 100.'],
      [{ concurrency: '0' }, '--concurrency: "0" is not a whole number from 1 to 1000.'],
      [{ proof: 'layer' }, '--proof: "layer" is not one of head, manifest, layers. Did you mean layers?'],
      [{ expect: 'gone' }, '--expect: "gone" is not one of present, absent.'],
      [{ color: 'alway' }, '--color: "alway" is not one of auto, always, never. Did you mean always?'],
      [{ output: ['jsno'] }, '--output: "jsno" is not one of text, json, ndjson. Did you mean json?'],
      [{ output: ['json='] }, '--output: "json=" names no file; write json=path, or json alone.'],
      [{ file: ['a.txt', ''] }, '--file: The value is empty.'],
      [{ username: '' }, '--username: The value is empty.'],
    ];
    for (const [given, message] of flags) {
      it(JSON.stringify(given), () => assert.equal(refusal({ flags: given }), message));
    }

    it('a reason that is none', () =>
      assert.equal(
        refusal({ flags: { warnOn: ['denied,not-fund'] } }),
        '--warn-on: "not-fund" is not one of unauthorized, denied, not-found, platform-missing, incomplete, corrupt, ' +
          'not-an-image, legacy-schema1, invalid-reference, unreachable, registry-error, rate-limited, not-a-registry. ' +
          'Did you mean not-found?',
      ));

    it('a platform that is none', () =>
      assert.match(refusal({ flags: { platform: ['linux/amd64', 'li nux'] } }), /^--platform: "li nux" /));

    it('a line of the config file', () =>
      assert.equal(
        refusal({ written: { timeout: { raw: '30', label: 'timeout in kairos-pull.yaml:3' } } }),
        'timeout in kairos-pull.yaml:3: "30" has no unit; write 30s for seconds.',
      ));

    it('a variable', () =>
      assert.equal(
        refusal({ env: { KAIROS_PULL_INSECURE: 'maybe' } }),
        'KAIROS_PULL_INSECURE: "maybe" is neither yes nor no; write true or false.',
      ));
  });

  it('every setting has a twin that is read, and that is named when it is wrong', () => {
    const samples: Readonly<Record<string, string>> = {
      format: 'list',
      buildArg: 'A=1',
      platform: 'linux/amd64',
      expect: 'absent',
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

  it('reads only what the command knows', () => {
    const given = { flags: {}, env: { KAIROS_PULL_TIMEOUT: 'nonsense', KAIROS_PULL_FILE: 'a.txt' } };
    assert.deepEqual(resolveSettings(['file'], schema, given).values, { file: ['a.txt'] });
  });

  it('shows no control character of a bad value', () => {
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

  it('names flags as they are typed', () => assert.equal(flagOf('warnOn'), '--warn-on'));
});
