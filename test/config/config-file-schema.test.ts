import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { formatConfigSchema } from '../../src/config/json-schema.ts';
import { readMonitorSection } from '../../src/config/monitor-section.ts';
import { parseConfig } from '../../src/config/parse-config.ts';
import { resolveSettings } from '../../src/config/resolve.ts';
import { SETTING_NAMES } from '../../src/config/setting.ts';
import { createSettingParsers } from '../../src/config/setting-parsers.ts';
import { UsageError } from '../../src/core/usage-error.ts';
import { FORMATS } from '../../src/report/format.ts';

/** The folder of package.json: the compiled test lies deeper than its source. */
function rootOf(path: string): string {
  const folder = dirname(path);
  return existsSync(join(folder, 'package.json')) ? folder : rootOf(folder);
}

const root = rootOf(fileURLToPath(import.meta.url));
const schema = formatConfigSchema();
const isValid = new Ajv({ allErrors: true }).compile(JSON.parse(schema));

function isAccepted(text: string): boolean {
  try {
    const { values: fileValues } = parseConfig(text, {
      ...{ name: 'kairos-pull.yaml', locate: (path) => path },
      readMonitor: (source) => {
        const section = readMonitorSection(source, 'kairos-pull.yaml');
        return 'mistakes' in section ? section.mistakes : [];
      },
    });
    resolveSettings(SETTING_NAMES, createSettingParsers(FORMATS), { flags: {}, env: {}, fileValues });
    return true;
  } catch (error) {
    assert.ok(error instanceof UsageError);
    return false;
  }
}

const GOOD = [
  'timeout: 30s',
  'wait: 1m30s',
  'retries: 0',
  'concurrency: 1000',
  'layers: true',
  'proof: head',
  'expect: absent',
  'color: never',
  'file: compose.yaml',
  'format: compose',
  'file: [compose.yaml, k8s]',
  'platform: [linux/amd64, all]',
  'warnOn: [rate-limited, unreachable]',
  'output: [text, json=report.json]',
  '$schema: ./kairos-pull.schema.json',
  'registries: { localhost:5000: { plainHttp: true }, docker.io: { caFile: ca.pem, cert: c.pem, key: k.pem } }',
  'registries: { r.example: { realms: auth.example }, docker.io: { realms: [auth.docker.io, b.example:8443] } }',
  'registries: { docker.io: { mirrors: [mirror.example, http://10.0.0.1:5000/hub] } }',
  'ignore: [{ image: "a/*", reason: built later, until: 2026-12-31 }, { image: b, reason: c }]',
  'search: [{ kind: A, path: a.b }, { kind: A, group: x.example, path: "a[].b", skip: true }, { kind: B, skip: true }]',
  'monitor: { listen: "0.0.0.0:80", interval: 1d, retention: { days: 400d }, resources: [{ image: nginx, interval: 10s }] }',
  'monitor: { resources: [{ http: https://a.example, expect: { status: [200, 301-302] } }, { tcp: "a.example:1" }] }',
  'monitor: { resources: [{ files: [a, b], credentials: { authFile: c } }, { kairos: d, group: e }] }',
  'monitor: { resources: [{ tcp: "a:1" }], notify: [{ ping: https://a.example }, { webhook: { urlEnv: A }, events: state }] }',
  'monitor: { resources: [{ tcp: "a:1" }], maintenance: [{ weekly: sunday, from: "22:00", to: "02:00", groups: [a] }] }',
  '{}',
];

const BAD = [
  'timeout: 30',
  'timeout: soon',
  'retries: -1',
  'retries: "2"',
  'concurrency: 0',
  'layers: yes please',
  'proof: deep',
  'expect: gone',
  'color: blue',
  'file: ""',
  'format: word',
  'file: [1]',
  'warnOn: [never]',
  'output: xml-ish',
  'output: json=',
  'timout: 5s',
  'config: other.yaml',
  'password: x',
  'registries: { localhost:5000: { plainHttp: maybe } }',
  'registries: { localhost:5000: { timeout: 5s } }',
  'registries: { docker.io: { mirrors: [1] } }',
  'registries: { docker.io: { realms: true } }',
  'ignore: [{ image: a }]',
  'ignore: [{ reason: a }]',
  'ignore: [{ image: a, reason: b, until: soon }]',
  'ignore: [{ image: a, reason: b, when: 2026-12-31 }]',
  'search: [{ kind: A }]',
  'search: [{ kind: A, skip: false }]',
  'search: [{ path: a }]',
  'search: [{ kind: A, path: a..b }]',
  'search: [{ kind: A, path: b, c: d }]',
  'monitor: { resources: [{ image: nginx, intervall: 5m }] }',
  'monitor: { resources: [{ image: nginx, interval: 5 }] }',
  'monitor: { resources: [{ image: nginx, http: https://a.example }] }',
  'monitor: { resources: [{ files: [] }] }',
  'monitor: { resources: [{ image: nginx }], notify: [{ mail: a@b.example }] }',
  'monitor: { resources: [{ image: nginx }], notify: [{ webhook: { urlEnv: A }, events: [outtage] }] }',
  'monitor: { resources: [{ image: nginx }], maintenance: [{ from: "22:00" }] }',
  'monitor: []',
  '[]',
];

describe('the JSON Schema of the config file', () => {
  it('is the shipped one, which npm run schema writes', () => {
    assert.equal(readFileSync(join(root, 'schema', 'kairos-pull.schema.json'), 'utf8'), schema);
  });

  for (const text of GOOD) {
    it(`and the program accept: ${text}`, () => {
      assert.equal(isValid(parse(text)), true, JSON.stringify(isValid.errors));
      assert.equal(isAccepted(text), true);
    });
  }

  it('and the program accept the examples of the documentation', () => {
    const page = readFileSync(join(root, 'docs', 'configuration.md'), 'utf8');
    const examples = [...page.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, text = '']) => text);
    assert.ok(examples.length > 0);
    for (const text of examples) assert.deepEqual([isValid(parse(text)), isAccepted(text)], [true, true], text);
  });

  for (const text of BAD) {
    it(`and the program reject: ${text}`, () => {
      assert.equal(isValid(parse(text)), false);
      assert.equal(isAccepted(text), false);
    });
  }

  it('describes each setting', () => {
    const { properties } = JSON.parse(schema);
    const described = SETTING_NAMES.filter((name) => typeof properties[name]?.description === 'string');
    assert.deepEqual(
      described,
      SETTING_NAMES.filter((name) => name !== 'config' && name !== 'shard'),
    );
  });
});
