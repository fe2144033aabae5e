// Platforms of an index and of a single image.

import type { Script } from '../../support/fake-send.ts';
import { type Content, descriptorOf, imageOf, indexOf, linux } from '../../support/images.ts';
import {
  AMD64,
  ARM64,
  BOTH,
  blob,
  html,
  INDEX,
  MISSING,
  manifest,
  ONE,
  platforms,
  refuses,
  serves,
  tagged,
} from '../../support/scripted-check.ts';
import type { RegistryBehavior } from './behavior.ts';

const SCHEMA1 = 'application/vnd.docker.distribution.manifest.v1+prettyjws';
const WITH_FEATURES = { os: 'linux', architecture: 'amd64', 'os.features': ['sse4'] };
const MANY = indexOf(Array.from({ length: 5000 }, () => descriptorOf(AMD64, linux('amd64'))));

const on = (...texts: string[]) => ({ platforms: platforms(...texts) });

function nested(depth: number): Script {
  let script: Script = {};
  let inner: Content = AMD64;
  for (let at = 0; at < depth; at += 1) {
    inner = indexOf([descriptorOf(inner)]);
    script = { ...script, ...tagged(inner) };
  }
  return script;
}

export const PLATFORMS: readonly RegistryBehavior[] = [
  {
    name: 'a platform of an index',
    ...on('linux/amd64'),
    script: BOTH,
    requests: 2,
    message: new RegExp(`can be pulled for linux/amd64 \\(${AMD64.digest}\\)\\.$`),
  },
  { name: 'two platforms of an index', ...on('linux/amd64', 'linux/arm64'), script: BOTH, requests: 3 },
  {
    name: 'every platform of an index',
    platforms: ['every'],
    script: BOTH,
    requests: 3,
    message: /can be pulled for every platform\.$/,
  },
  {
    name: 'every platform, and a missing one',
    platforms: ['every', ...platforms('linux/s390x')],
    script: BOTH,
    reason: 'platform-missing',
    requests: 1,
  },
  {
    name: 'every platform, and one of them: read once',
    platforms: [...platforms('linux/amd64'), 'every'],
    script: BOTH,
    requests: 3,
  },
  {
    name: 'a missing platform',
    ...on('linux/s390x'),
    script: BOTH,
    reason: 'platform-missing',
    requests: 1,
    message: /^registry\.example\/team\/app:1 has no image for linux\/s390x; available: linux\/amd64, linux\/arm64\.$/,
  },
  {
    name: 'one of two platforms is missing: the other is not requested',
    ...on('linux/amd64', 'linux/s390x'),
    script: BOTH,
    reason: 'platform-missing',
    requests: 1,
    message: /has no image for linux\/s390x;/,
  },
  {
    name: 'another variant is not suggested',
    ...on('linux/arm/v6'),
    script: BOTH,
    reason: 'platform-missing',
    requests: 1,
    hint: /^Build and push it for linux\/arm\/v6, or choose another image\.$/,
  },
  {
    name: 'containerd also runs 32-bit images',
    ...on('linux/amd64'),
    script: { ...tagged(indexOf([descriptorOf(AMD64, linux('386'))])), [manifest(AMD64)]: serves(AMD64) },
    requests: 2,
  },
  {
    name: 'a single image, by its config',
    ...on('linux/amd64'),
    script: { ...ONE, [blob(AMD64.config, 'GET ')]: serves(AMD64.config) },
    requests: 2,
  },
  {
    name: 'a single image of another platform, by its config',
    ...on('linux/arm64', 'linux/s390x'),
    script: { ...ONE, [blob(AMD64.config, 'GET ')]: serves(AMD64.config) },
    reason: 'platform-missing',
    requests: 2,
    message: /has no image for linux\/arm64, linux\/s390x; available: linux\/amd64\.$/,
  },
  {
    name: 'an index without a platform: the config has it',
    ...on('linux/amd64'),
    script: {
      ...tagged(indexOf([descriptorOf(AMD64)])),
      [manifest(AMD64)]: serves(AMD64),
      [blob(AMD64.config, 'GET ')]: serves(AMD64.config),
    },
    requests: 3,
  },
  {
    name: 'an index in an index',
    ...on('linux/arm64'),
    script: {
      ...tagged(indexOf([descriptorOf(INDEX)])),
      [manifest(INDEX)]: serves(INDEX),
      [manifest(ARM64)]: serves(ARM64),
    },
    warnings: ['nested-index'],
    requests: 3,
  },
  {
    name: 'an index in an index, without the platform',
    ...on('linux/s390x'),
    script: { ...tagged(indexOf([descriptorOf(INDEX)])), [manifest(INDEX)]: serves(INDEX) },
    reason: 'platform-missing',
    requests: 2,
  },
  {
    name: 'the image of the platform is missing',
    ...on('linux/arm64'),
    script: { ...BOTH, [manifest(ARM64)]: refuses(404, 'MANIFEST_UNKNOWN', 'manifest unknown') },
    reason: 'incomplete',
    cause: 'child-manifest',
    requests: 2,
    message: new RegExp(
      `^The manifest of linux/arm64 is missing from registry\\.example/team/app: ${ARM64.digest}\\.$`,
    ),
  },
  {
    name: 'the image of another platform is missing',
    ...on('linux/amd64'),
    script: { ...BOTH, [manifest(ARM64)]: MISSING },
    requests: 2,
  },
  {
    name: 'the image of the platform was changed, with its old digest',
    ...on('linux/arm64'),
    script: { ...BOTH, [manifest(ARM64)]: serves(AMD64, { 'docker-content-digest': ARM64.digest }) },
    reason: 'corrupt',
    cause: 'child-manifest',
    requests: 2,
    message: new RegExp(`^The manifest of linux/arm64 \\(${ARM64.digest}\\) does not match its digest`),
  },
  {
    name: 'the index states another size',
    ...on('linux/amd64'),
    script: {
      ...tagged(indexOf([{ ...descriptorOf(AMD64, linux('amd64')), size: 1 }])),
      [manifest(AMD64)]: serves(AMD64),
    },
    reason: 'corrupt',
    cause: 'child-manifest',
    requests: 2,
    message: new RegExp(`has ${AMD64.size} bytes, but the index says 1\\.$`),
  },
  {
    name: 'the index states another media type',
    ...on('linux/amd64'),
    script: {
      ...tagged(
        indexOf([
          { ...descriptorOf(AMD64, linux('amd64')), mediaType: 'application/vnd.docker.distribution.manifest.v2+json' },
        ]),
      ),
      [manifest(AMD64)]: serves(AMD64),
    },
    warnings: ['manifest-media-type', 'layer-media-type'],
    requests: 2,
  },
  {
    name: 'the registry cannot read the image of the platform',
    ...on('linux/amd64'),
    script: { ...BOTH, [manifest(AMD64)]: refuses(500, 'UNKNOWN', 'unknown error') },
    reason: 'registry-error',
    cause: 'registry',
    requests: 2,
    message: new RegExp(`^The manifest of linux/amd64 \\(${AMD64.digest}\\): registry\\.example returned 500`),
  },
  {
    name: 'a web page instead of the image of the platform',
    ...on('linux/amd64'),
    script: { ...BOTH, [manifest(AMD64)]: html(200) },
    reason: 'not-a-registry',
    cause: 'intercepted',
    requests: 2,
  },
  {
    name: 'a definite no outranks a doubt',
    ...on('linux/amd64', 'linux/arm64'),
    script: { ...BOTH, [manifest(AMD64)]: { status: 503 }, [manifest(ARM64)]: MISSING },
    reason: 'incomplete',
    cause: 'child-manifest',
    requests: 3,
  },
  {
    name: 'the config is missing',
    ...on('linux/amd64'),
    script: { ...ONE, [blob(AMD64.config, 'GET ')]: MISSING },
    reason: 'incomplete',
    cause: 'config',
    requests: 2,
    message: new RegExp(`^The config is missing from registry\\.example/team/app: ${AMD64.config.digest}\\.`),
  },
  {
    name: 'the config was changed, with the same length',
    ...on('linux/amd64'),
    script: { ...ONE, [blob(AMD64.config, 'GET ')]: { body: Buffer.alloc(AMD64.config.size, 'x') } },
    reason: 'corrupt',
    cause: 'config',
    requests: 2,
    message: new RegExp(`^The config ${AMD64.config.digest} does not match its digest`),
  },
  {
    name: 'endless indexes in indexes',
    ...on('linux/amd64'),
    script: nested(10),
    reason: 'corrupt',
    requests: 9,
    message: /nests image indexes more than 8 levels deep: podman refuses that, and the check reads no further\.$/,
  },
  {
    name: 'indexes in indexes, six deep',
    ...on('linux/amd64'),
    script: { ...nested(6), [manifest(AMD64)]: serves(AMD64), [blob(AMD64.config, 'GET ')]: serves(AMD64.config) },
    warnings: ['nested-index'],
    requests: 8,
  },
  {
    name: 'an index in an index, many times, for every platform',
    platforms: ['every'],
    script: {
      ...tagged(indexOf(Array.from({ length: 5000 }, () => descriptorOf(MANY)))),
      [manifest(MANY)]: serves(MANY),
      [manifest(AMD64)]: serves(AMD64),
    },
    warnings: ['nested-index'],
    requests: 3,
  },
  ...(
    [
      [
        'of an unknown type',
        { mediaType: 'application/x.thing' },
        'not-an-image',
        /a document of type application\/x\.thing/,
      ],
      ['of schema 1', { mediaType: SCHEMA1 }, 'legacy-schema1', /a Docker schema 1 manifest/],
      ['without a size', { size: undefined }, 'corrupt', /has no valid manifests\[0\]\.size/],
      ['without a digest', { digest: '' }, 'corrupt', /has no valid manifests\[0\]\.digest/],
      [
        'with a sha512 digest',
        { digest: `sha512:${'0'.repeat(128)}` },
        'corrupt',
        /has a sha512 digest for manifests\[0\]/,
      ],
    ] as const
  ).flatMap(([name, changes, reason, message]): RegistryBehavior[] => {
    const broken = { ...descriptorOf(AMD64, linux('amd64')), ...changes };
    const script = { [manifest(AMD64)]: serves(AMD64) };
    return [
      {
        name: `the first entry for the platform is one ${name}`,
        ...on('linux/amd64'),
        script: { ...tagged(indexOf([broken, descriptorOf(AMD64, linux('amd64'))])), ...script },
        reason,
        warnings: ['index-entry'],
        requests: 1,
        message,
      },
      {
        name: `the first entry for a platform is one ${name}, without a required platform`,
        script: tagged(indexOf([broken, descriptorOf(AMD64, linux('amd64'))])),
        warnings: ['index-entry'],
        requests: 1,
      },
      {
        name: `a later entry for the platform is one ${name}`,
        ...on('linux/amd64'),
        script: { ...tagged(indexOf([descriptorOf(AMD64, linux('amd64')), broken])), ...script },
        warnings: 'mediaType' in changes ? [] : ['index-entry'],
        requests: 2,
      },
    ];
  }),
  {
    name: 'an entry of an unknown type for another platform',
    ...on('linux/amd64'),
    script: {
      ...tagged(
        indexOf([{ ...descriptorOf(ARM64, linux('arm64')), mediaType: 'x' }, descriptorOf(AMD64, linux('amd64'))]),
      ),
      [manifest(AMD64)]: serves(AMD64),
    },
    requests: 2,
  },
  {
    name: 'an entry of an unknown type without a platform',
    script: tagged(indexOf([{ ...descriptorOf(ARM64), mediaType: 'x' }, descriptorOf(AMD64, linux('amd64'))])),
    warnings: ['index-entry'],
    requests: 1,
  },
  {
    name: 'only an entry of an unknown type for the platform',
    ...on('linux/arm64'),
    script: tagged(
      indexOf([{ ...descriptorOf(ARM64, linux('arm64')), mediaType: 'x' }, descriptorOf(AMD64, linux('amd64'))]),
    ),
    reason: 'not-an-image',
    requests: 1,
  },
  {
    name: 'an image that requires features of the operating system',
    ...on('linux/amd64'),
    script: {
      ...tagged(indexOf([descriptorOf(AMD64, { platform: WITH_FEATURES })])),
      [manifest(AMD64)]: serves(AMD64),
    },
    warnings: ['platform-unclear'],
    requests: 2,
  },
  {
    name: 'an image that requires features, before one that requires none',
    ...on('linux/amd64'),
    script: {
      ...tagged(indexOf([descriptorOf(ARM64, { platform: WITH_FEATURES }), descriptorOf(AMD64, linux('amd64'))])),
      [manifest(AMD64)]: serves(AMD64),
    },
    requests: 2,
  },
  ...([WITH_FEATURES, { os: 'linux' }, { os: 'linux', architecture: '' }, {}, { variant: 'v7' }] as const).map(
    (platform): RegistryBehavior => {
      const image = imageOf(platform);
      return {
        name: `a single image whose config has ${JSON.stringify(platform)}`,
        ...on('linux/amd64'),
        script: { ...tagged(image), [blob(image.config, 'GET ')]: serves(image.config) },
        warnings: ['platform-unclear'],
        requests: 2,
      };
    },
  ),
  ...([{ os: 'windows' }, { architecture: 'am d64' }, { architecture: 'arm64' }] as const).map(
    (platform): RegistryBehavior => {
      const image = imageOf(platform);
      return {
        name: `a single image whose config has ${JSON.stringify(platform)}`,
        ...on('linux/amd64'),
        script: { ...tagged(image), [blob(image.config, 'GET ')]: serves(image.config) },
        reason: 'platform-missing',
        requests: 2,
      };
    },
  ),
  {
    name: 'the entry of the platform is not an image',
    ...on('linux/amd64'),
    ...(() => {
      const chart = imageOf(undefined, undefined, {
        config: { ...descriptorOf(AMD64.config), mediaType: 'application/vnd.cncf.helm.config.v1+json' },
      });
      return {
        script: { ...tagged(indexOf([descriptorOf(chart, linux('amd64'))])), [manifest(chart)]: serves(chart) },
      };
    })(),
    reason: 'not-an-image',
    requests: 2,
    message:
      /^The manifest of linux\/amd64 \(sha256:[0-9a-f]{64}\) is a Helm chart \(config type [\w./+]+\), not a container image\.$/,
  },
];
