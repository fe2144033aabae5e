// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are Compose's own variables.
// The images found in Compose files, and those that docker-compose itself finds there.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { mustRun, runProgram } from '../support/process.ts';
import { requirePrograms } from '../support/require-programs.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';

const skip = requirePrograms('docker-compose');
// build/test/integration/real-compose.test.js
const BIN = fileURLToPath(new URL('../../../bin/kairos-pull.js', import.meta.url));

type Texts = Readonly<Record<string, string>>;
interface Project {
  /** `compose.yaml` among them. */
  readonly files: Texts;
  readonly env?: Texts;
}

const PROJECTS: Readonly<Record<string, Project>> = {
  'every way to write a variable': {
    files: {
      'compose.yaml':
        'services:\n' +
        '  a: { image: "${HOST}/a:${TAG}" }\n' +
        '  b: { image: "$HOST/b:$TAG" }\n' +
        '  c: { image: "${HOST:-r.example}/c:${NONE:-1.0}" }\n' +
        '  d: { image: "${EMPTY:-filled}/d:1" }\n' +
        '  e: { image: "x${EMPTY-filled}/e:1" }\n' +
        '  f: { image: "shop/f:${NONE-1-2.3}" }\n' +
        '  g: { image: "shop/g:${TAG:?set a tag}", command: "echo $$HOME $${HOME}" }\n' +
        '  h: { image: "${HOST}:5000/h" }\n',
    },
    env: { HOST: 'registry.example.com', TAG: '2', EMPTY: '' },
  },
  'values of .env, behind those of the environment': {
    files: {
      '.env':
        '# versions\nPLAIN=1.2\nexport EXPORTED=2.3\nSINGLE=\'3.4\'\nDOUBLE="4.5" # newest\n' +
        'BEHIND=5.6 # older\nTAKEN=from-file\n\nSPACED = 6.7\n',
      'compose.yaml':
        'services:\n' +
        ['PLAIN', 'EXPORTED', 'SINGLE', 'DOUBLE', 'BEHIND', 'TAKEN', 'SPACED']
          .map((name) => `  ${name.toLowerCase()}: { image: "shop/${name.toLowerCase()}:\${${name}}" }\n`)
          .join(''),
    },
    env: { TAKEN: 'from-environment' },
  },
  'services that extend others, here and elsewhere': {
    files: {
      'compose.yaml':
        'services:\n' +
        '  base: { image: "shop/base:1", command: run }\n' +
        '  same: { extends: { service: base }, command: other }\n' +
        '  own: { extends: { service: base }, image: "shop/own:2" }\n' +
        '  far: { extends: { file: common/parts.yaml, service: worker } }\n',
      'common/parts.yaml':
        'services:\n  worker: { extends: { service: root } }\n  root: { image: "shop/worker:${TAG:-3}" }\n  unused: { image: unused }\n',
    },
  },
  'anchors, merge keys and extension fields': {
    files: {
      'compose.yaml':
        'x-image: &image shop/shared:1\nx-web: &web\n  image: shop/web:2\n  restart: always\n' +
        'services:\n  a: { image: *image }\n  b: { <<: *web }\n  c: { <<: *web, image: "shop/c:3" }\n',
    },
  },
  'what is built, and what is in a profile': {
    files: {
      'compose.yaml':
        'services:\n' +
        '  built: { build: . }\n' +
        '  named: { build: { context: ., dockerfile: Other }, image: "shop/named:1" }\n' +
        '  debug: { image: "shop/debug:1", profiles: [debug] }\n' +
        '  tools: { image: "shop/tools@sha256:' +
        'a'.repeat(64) +
        '", profiles: [tools, debug] }\n' +
        '  web: { image: redis }\n',
    },
  },
  'a file of version 3 with Windows line ends': {
    files: {
      'compose.yaml':
        "version: '3.8'\r\nservices:\r\n  web:\r\n    image: nginx:1.27 # newest\r\n    ports:\r\n      - 80:80\r\n",
    },
  },
};

/** Of services that are not built; docker-compose lists those of every profile, whatever is asked for. */
async function theirs(file: string, env: Texts): Promise<string[]> {
  const written = await mustRun('docker-compose', ['-f', file, 'config'], { env: { HOME: '/nonexistent', ...env } });
  const { services } = parse(written) as { services: Record<string, { image?: string; build?: unknown }> };
  return sorted(Object.values(services).flatMap(({ image, build }) => (image && !build ? [image] : [])));
}

async function ours(file: string, env: Texts): Promise<string[]> {
  const written = await mustRun(process.execPath, [BIN, 'images', '-f', file, '--profile', '*', '-o', 'json'], { env });
  const { images } = JSON.parse(written) as { images: { input: string; skip: unknown }[] };
  return sorted(images.flatMap(({ input, skip }) => (skip === null ? [input] : [])));
}

const sorted = (texts: readonly string[]): string[] => [...new Set(texts)].sort();

describe('the images of docker-compose config', { skip }, () => {
  for (const [what, { files, env = {} }] of Object.entries(PROJECTS)) {
    it(`are ours: ${what}`, async () => {
      using folder = createTemporaryFolder(files);
      const file = join(folder.path, 'compose.yaml');
      const expected = await theirs(file, env);
      assert.ok(expected.length > 0);
      assert.deepEqual(await ours(file, env), expected);
    });
  }

  for (const [what, text] of Object.entries({
    'a variable that must be set': 'services:\n  a: { image: "a:${TAG:?set it}" }\n',
    'a service that extends what is not there': 'services:\n  a: { extends: { service: none } }\n',
    'YAML that is none': 'services:\n  a: { image: a\n',
  })) {
    it(`are none for either: ${what}`, async () => {
      using folder = createTemporaryFolder({ 'compose.yaml': text });
      const file = join(folder.path, 'compose.yaml');
      const env = { HOME: '/nonexistent' };
      const refused = await runProgram('docker-compose', ['-f', file, 'config'], { env });
      assert.notEqual(refused.status, 0);
      const { status, stderr } = await runProgram(process.execPath, [BIN, 'images', '-f', file]);
      assert.equal(status, 2);
      assert.match(stderr, /compose\.yaml:\d/);
    });
  }
});
