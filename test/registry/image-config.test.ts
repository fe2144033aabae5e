import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { cleanText } from '../../src/core/text.ts';
import { readImageConfig } from '../../src/registry/image-config.ts';
import { contentOf, OCI_CONFIG } from '../support/images.ts';

const CONFIG = contentOf({ os: 'windows', architecture: 'amd64', 'os.version': '10.0.17763.1' }, OCI_CONFIG);
const read = (bytes: Uint8Array, descriptor = CONFIG, truncated = false) =>
  readImageConfig({ bytes, truncated, quote: cleanText }, descriptor);

function readText(text: string) {
  const config = contentOf(text, OCI_CONFIG);
  return read(config.bytes, config);
}

describe('readImageConfig', () => {
  it('reads names in any case', () => {
    const outcome = readText('{"OS":"linux","Architecture":"arm64","config":{"exposedports":{"80/tcp":null}}}');
    assert.deepEqual(outcome.ok && outcome.value.platform, {
      os: 'linux',
      architecture: 'arm64',
      config: { ExposedPorts: { '80/tcp': {} } },
    });
  });

  it('reads the platform, with the same fields as in an index', () => {
    const { platform } = (read(CONFIG.bytes) as { value: { platform: object } }).value;
    assert.deepEqual(platform, { os: 'windows', architecture: 'amd64', 'os.version': '10.0.17763.1' });
  });

  const other = contentOf({ os: 'Windows' }, OCI_CONFIG);
  const text = contentOf('no JSON', OCI_CONFIG);
  for (const [name, outcome, error] of [
    ['of another length', read(other.bytes), `has ${other.size} bytes, but the manifest says ${CONFIG.size}`],
    ['of one byte', read(Buffer.from('x')), `has 1 byte, but the manifest says ${CONFIG.size}`],
    [
      'of other bytes',
      read(other.bytes, { ...CONFIG, size: other.size }),
      `does not match its digest: the content's digest is ${other.digest}`,
    ],
    ['that is no JSON', read(text.bytes, text), 'is not valid JSON'],
    ['that is a list', readText('[]'), 'is not valid: an array is not an object'],
    ['of a system that is a number', readText('{"os":5}'), 'has no valid os: 5 is not a string'],
    ['for two systems', readText('{"os":"linux","OS":"linux"}'), 'is ambiguous: it has both "os" and "OS"'],
    ['of no time', readText('{"created":""}'), 'has no valid created: "" is not an RFC 3339 time'],
    [
      'with a label that is a number',
      readText('{"config":{"Labels":{"build":7}}}'),
      'has no valid config.Labels["build"]: 7 is not a string',
    ],
    [
      'with a command that is a text',
      readText('{"config":{"Cmd":"sh"}}'),
      'has no valid config.Cmd: "sh" is not an array',
    ],
    [
      'with ports that are a list',
      readText('{"config":{"ExposedPorts":["80/tcp"]}}'),
      'has no valid config.ExposedPorts: an array is not an object',
    ],
    [
      'with layers that are numbers',
      readText('{"rootfs":{"diff_ids":[1]}}'),
      'has no valid rootfs.diff_ids[0]: 1 is not a string',
    ],
    [
      'with a history that says "true"',
      readText('{"history":[{"empty_layer":"true"}]}'),
      'has no valid history[0].empty_layer: "true" is not true or false',
    ],
    ['without an end', read(CONFIG.bytes, CONFIG, true), 'is larger than 4 MiB, which runtimes reject'],
  ] as const) {
    it(`rejects a config ${name}`, () => assert.deepEqual(outcome, { ok: false, error }));
  }

  const LAYER = `sha256:${'0'.repeat(64)}`;
  for (const [text, doubts] of [
    [{}, []],
    [{ rootfs: { diff_ids: [LAYER] } }, []],
    [
      { rootfs: { diff_ids: [LAYER, 'x\u001b'] } },
      ['has no valid rootfs.diff_ids[1]: "x" is not a sha256 digest: containerd refuses it'],
    ],
    [
      { rootfs: { diff_ids: [LAYER.replace('sha256', 'sha512').padEnd(135, '0')] } },
      [/^has no valid rootfs\.diff_ids\[0\]: "sha512:0+…" is not a sha256 digest: containerd refuses it$/],
    ],
    [{ config: { Healthcheck: { Interval: 30_000_000_000, Test: ['NONE'] }, OnBuild: null, StopTimeout: 3 } }, []],
    ...(
      [
        [{ config: { Healthcheck: { Interval: '30s' } } }, 'config.Healthcheck.Interval: "30s" is not an integer'],
        [{ config: { Healthcheck: { Test: 'true' } } }, 'config.Healthcheck.Test: "true" is not an array'],
        [{ config: { Healthcheck: { Timeout: 1.5 } } }, 'config.Healthcheck.Timeout: 1.5 is not an integer'],
        [{ config: { OnBuild: 'x' } }, 'config.OnBuild: "x" is not an array'],
        [{ config: { StopTimeout: '5' } }, 'config.StopTimeout: "5" is not an integer'],
        [{ config: { Tty: 'x' } }, 'config.Tty: "x" is not true or false'],
        [{ config: { Hostname: 5 } }, 'config.Hostname: 5 is not a string'],
        [{ docker_version: 5 }, 'docker_version: 5 is not a string'],
        [{ container_config: 'x' }, 'container_config: "x" is not an object'],
        [{ Size: 'x' }, 'Size: "x" is not an integer'],
      ] as const
    ).map(([given, problem]) => [given, [`has no valid ${problem}: docker and podman refuse it`]] as const),
  ] as readonly [object, readonly (string | RegExp)[]][]) {
    it(`doubts ${JSON.stringify(text).slice(0, 80)}: ${doubts.length}`, () => {
      const outcome = readText(JSON.stringify(text));
      assert.ok(outcome.ok);
      assert.equal(outcome.value.doubts.length, doubts.length);
      for (const [at, doubt] of doubts.entries()) {
        if (typeof doubt === 'string') assert.equal(outcome.value.doubts[at], doubt);
        else assert.match(outcome.value.doubts[at] ?? '', doubt);
      }
    });
  }
});
