import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Script } from '../support/fake-send.ts';
import { descriptorOf, imageOf, indexOf, linux } from '../support/images.ts';
import {
  AMD64,
  ARM64,
  BOTH,
  blob,
  checkScripted,
  INDEX,
  manifest,
  platforms,
  serves,
  tagged,
} from '../support/scripted-check.ts';

const check = (script: Script, ...texts: string[]) =>
  checkScripted({ script, platforms: texts.length === 0 ? ['every'] : platforms(...texts) });

describe('the platforms of a check', () => {
  it('reports the child of each required platform, in order', async () => {
    const { result } = await check(BOTH, 'linux/arm64', 'linux/x86_64');
    assert.deepEqual(result.selected, [
      { platform: 'linux/arm64', digest: ARM64.digest },
      { platform: 'linux/amd64', digest: AMD64.digest },
    ]);
    assert.deepEqual(result.platforms, ['linux/amd64', 'linux/arm64']);
    assert.equal(result.digest, INDEX.digest);
  });

  it('reports every runnable child for all', async () => {
    const { result } = await check(BOTH);
    assert.deepEqual(result.selected, [
      { platform: 'linux/amd64', digest: AMD64.digest },
      { platform: 'linux/arm64', digest: ARM64.digest },
    ]);
  });

  it('reports the platform `unknown` for a single image and all', async () => {
    const { result, log } = await check(tagged(AMD64));
    assert.equal(result.verdict, 'pullable');
    assert.deepEqual(result.selected, [{ platform: 'unknown', digest: AMD64.digest }]);
    assert.equal(log.length, 1);
  });

  it('reads a child of two platforms once', async () => {
    const index = indexOf([descriptorOf(AMD64, linux('amd64')), descriptorOf(AMD64, linux('386'))]);
    const { result, log } = await check(
      { ...tagged(index), [manifest(AMD64)]: serves(AMD64) },
      'linux/amd64',
      'linux/386',
    );
    assert.equal(result.verdict, 'pullable');
    assert.equal(log.length, 2);
  });

  it('omits an entry without a platform that is not an image, for all', async () => {
    const chart = imageOf(undefined, undefined, {
      config: { ...descriptorOf(AMD64.config), mediaType: 'application/vnd.cncf.helm.config.v1+json' },
    });
    const index = indexOf([descriptorOf(AMD64, linux('amd64')), descriptorOf(chart)]);
    const { result } = await check({
      ...tagged(index),
      [manifest(AMD64)]: serves(AMD64),
      [manifest(chart)]: serves(chart),
    });
    assert.equal(result.verdict, 'pullable');
    assert.deepEqual(
      result.selected?.map(({ platform }) => platform),
      ['linux/amd64'],
    );
  });

  it('compares the Windows build in the config of a single image', async () => {
    const windows = imageOf({ os: 'windows', architecture: 'amd64', 'os.version': '10.0.17763.1' });
    const script = { ...tagged(windows), [blob(windows.config, 'GET ')]: serves(windows.config) };
    assert.equal((await check(script, 'windows(10.0.17763)/amd64')).result.verdict, 'pullable');
    assert.equal((await check(script, 'windows(10.0.20348)/amd64')).result.reason, 'platform-missing');
  });

  for (const [platform, hint] of [
    ['linux/amd46', 'linux/amd46 has an unknown architecture: check its spelling. Did you mean linux/amd64?'],
    ['linux/arn/v7', 'linux/arn/v7 has an unknown architecture: check its spelling. Did you mean linux/arm/v7?'],
  ] as const) {
    it(`never assumes that an image without an architecture is for ${platform}`, async () => {
      const image = imageOf({});
      const alone = await check({ ...tagged(image), [blob(image.config, 'GET ')]: serves(image.config) }, platform);
      assert.equal(alone.result.reason, 'platform-missing');
      assert.equal(alone.result.hint, hint);
      const index = indexOf([descriptorOf(image)]);
      const inIndex = {
        ...tagged(index),
        [manifest(image)]: serves(image),
        [blob(image.config, 'GET ')]: serves(image.config),
      };
      assert.equal((await check(inIndex, platform)).result.reason, 'platform-missing');
    });
  }

  it('warns that the platform of a config without one is assumed', async () => {
    const silent = imageOf({});
    const script = { ...tagged(silent), [blob(silent.config, 'GET ')]: serves(silent.config) };
    const { result } = await check(script, 'linux/amd64');
    assert.equal(result.verdict, 'pullable');
    assert.equal(
      result.warnings[0]?.message,
      'The config names no architecture: the image is assumed to be for linux/amd64.',
    );
  });

  it('says that containerd finds no entry without a platform by such a config', async () => {
    const silent = imageOf({});
    const script = {
      ...tagged(indexOf([descriptorOf(silent)])),
      [manifest(silent)]: serves(silent),
      [blob(silent.config, 'GET ')]: serves(silent.config),
    };
    const { result } = await check(script, 'linux/amd64');
    assert.match(
      result.warnings[0]?.message ?? '',
      /linux\/amd64, which containerd does not do for an entry of an index\.$/,
    );
  });

  it('lists twelve platforms at most, and none longer than a line', async () => {
    const names = [...Array.from({ length: 14 }, (_, at) => `cpu${at}`), 'x'.repeat(5000)];
    const index = indexOf(names.map((name) => descriptorOf(AMD64, linux(name))));
    const { result } = await check(tagged(index), 'linux/amd64');
    assert.match(result.message, /; available: linux\/cpu0, .*, linux\/cpu11 and 3 more\.$/);
    assert.ok(result.platforms?.every((platform) => platform.length <= 80));
  });

  it('shows a masked version as `***`', async () => {
    const masked = { os: 'windows', architecture: 'amd64', 'os.version': '10.***', 'os.features': ['***'] };
    const index = indexOf([descriptorOf(AMD64, linux('arm64')), descriptorOf(ARM64, { platform: masked })]);
    const { result } = await check(tagged(index), 'linux/s390x');
    assert.deepEqual(result.platforms, ['linux/arm64', 'windows(10.***+***)/amd64']);
    assert.match(result.message, /; available: linux\/arm64, windows\(10\.\*{3}\+\*{3}\)\/amd64\.$/);
  });

  it('reads a thousand children and no more', async () => {
    const children = Array.from({ length: 1001 }, (_, at) => imageOf({ os: 'linux', architecture: `cpu${at}` }));
    const index = indexOf(children.map((child, at) => descriptorOf(child, linux(`cpu${at}`))));
    const script = {
      ...tagged(index),
      ...Object.fromEntries(children.map((child) => [manifest(child), serves(child)])),
    };
    const { result, log } = await check(script);
    assert.equal(result.reason, 'corrupt');
    assert.equal(log.length, 1001);
  });
});
