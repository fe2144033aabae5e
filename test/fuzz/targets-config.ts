// Files and variables with settings. A UsageError is an answer.

import assert from 'node:assert/strict';
import { readHostsToml } from '../../src/config/hosts-toml.ts';
import { parseMirrorLocation } from '../../src/config/mirror-location.ts';
import { parseConfig } from '../../src/config/parse-config.ts';
import { readRegistriesConf } from '../../src/config/registries-conf.ts';
import { resolveSettings } from '../../src/config/resolve.ts';
import { environmentNameOf, SETTING_NAMES } from '../../src/config/setting.ts';
import { createSettingParsers } from '../../src/config/setting-parsers.ts';
import type { UserFiles } from '../../src/config/user-files.ts';
import { UsageError } from '../../src/core/usage-error.ts';
import { FORMATS } from '../../src/report/format.ts';
import { type FuzzTarget, textTarget, valueTarget } from './target.ts';
import { createTextSource } from './text-source.ts';

async function refusing(read: () => unknown): Promise<void> {
  try {
    await read();
  } catch (error) {
    assert.ok(error instanceof UsageError, error instanceof Error ? error.stack : String(error));
  }
}

const CONFIGS = [
  'timeout: 5s\nretries: 0\nlayers: true\nplatform: [linux/amd64]\nwarnOn:\n  - denied\nregistries:\n  r.example: { plainHttp: true, mirrors: [m.example] }\n',
  '{"$schema": "./s.json", "file": ["a.yaml"], "ignore": [{"image": "a/*", "reason": "x", "until": "2026-01-31"}]}',
  'search:\n- { kind: A, group: x.example, path: "a[].b\\\\.c" }\n- { kind: B, skip: true }\noutput: json=out.json\n',
];

const config = textTarget(
  'config-file',
  {
    seeds: CONFIGS,
    words: ['timeout: ', 'registries:\n', '  ', '- ', '{', '}', '&a ', '*a', '<<: ', 'ignore:\n', '? ', ': '],
    cost: 4,
  },
  (text) =>
    refusing(() => {
      for (const found of [undefined, { name: 'kairos-pull.yaml', directory: '/nonexistent' }]) {
        parseConfig(text, { name: 'kairos-pull.yaml', locate: (path) => path, found });
      }
    }),
);

const noFiles: UserFiles = {
  bytes: (_, label) => Promise.reject(new UsageError(`${label}: no such file`)),
  text: (_, label) => Promise.reject(new UsageError(`${label}: no such file`)),
};

const hosts = textTarget(
  'hosts-toml',
  {
    seeds: [
      'server = "https://registry-1.docker.io"\n[host."https://mirror.example:5000"]\n  capabilities = ["pull", "resolve"]\n  skip_verify = true\n',
      '[host."http://m"]\noverride_path = true\nca = ["a.pem"]\nclient = [["a", "b"]]\n[host."https://u:p@m"]\n',
    ],
    words: ['[host."', '"]\n', '[[', ']]', ' = ', 'true', '"""', "'''", '1979-05-27', '{', '}', ',', '\n'],
    cost: 4,
  },
  (text) => refusing(() => readHostsToml(text, 'docker.io', '/etc/containerd/certs.d/docker.io/hosts.toml', noFiles)),
);

const registries = textTarget(
  'registries-conf',
  {
    seeds: [
      'unqualified-search-registries = ["docker.io"]\n[[registry]]\nprefix = "docker.io"\nlocation = "m.example/hub"\n[[registry.mirror]]\nlocation = "a.example"\ninsecure = true\npull-from-mirror = "digest-only"\n',
      '[[registry]]\nprefix = "*.example.com"\nblocked = true\n[registries.search]\nregistries = []\n',
    ],
    words: [
      '[[registry]]\n',
      '[[registry.mirror]]\n',
      'location = "',
      'prefix = ',
      'blocked = true\n',
      '"',
      '\n',
      '*.',
    ],
    cost: 3,
  },
  (text) => refusing(() => readRegistriesConf(text, '/etc/containers/registries.conf')),
);

const mirror = textTarget(
  'mirror-location',
  {
    seeds: ['https://m.example:5000/a/b', 'm', 'http://localhost/x/', 'u:p@m.example'],
    words: ['http://', '/', ':', '@', '.'],
  },
  (text) => {
    const parsed = parseMirrorLocation(text);
    if (parsed.ok)
      assert.deepEqual(parseMirrorLocation(parsed.value.location), {
        ok: true,
        value: { location: parsed.value.location },
      });
  },
);

const settingOf = createTextSource(
  ['5s', 'linux/amd64,linux/arm64', 'json=out.json', 'true', 'A=b', '3', 'present', 'not-found,denied', 'all'],
  [',', '=', 's', '1', '-', 'json', 'linux/', ' '],
);
const SCHEMA = createSettingParsers(FORMATS);

const setting = valueTarget(
  'setting',
  { generate: (random) => ({ setting: random.below(SETTING_NAMES.length), text: settingOf(random) }), cost: 2 },
  ({ setting, text }) =>
    refusing(() => {
      const names = SETTING_NAMES.slice(setting, setting + 1);
      const env = Object.fromEntries(names.map((name) => [environmentNameOf(name), text]));
      resolveSettings(names, SCHEMA, { flags: {}, env });
    }),
);

export const CONFIG_TARGETS: readonly FuzzTarget[] = [config, hosts, registries, mirror, setting];
