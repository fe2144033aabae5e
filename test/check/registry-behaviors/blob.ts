// Configs and layers, in the registry and foreign.

import type { Reply, Script, Scripted } from '../../support/fake-send.ts';
import { type Content, contentOf, descriptorOf, imageOf, indexOf, linux, OCI_CONFIG } from '../../support/images.ts';
import {
  AMD64,
  APP,
  ARM64,
  BASE,
  BOTH,
  bearer,
  blob,
  challenges,
  html,
  MISSING,
  manifest,
  ONE,
  platforms,
  refuses,
  serveImage,
  serves,
  tagged,
  whenKnown,
} from '../../support/scripted-check.ts';
import type { RegistryBehavior } from './behavior.ts';

const LAYERS = { proof: 'layers' } as const;

const withBlob = (content: Content, reply: Reply): Script => ({
  ...ONE,
  [blob(content, 'HEAD ')]: reply,
  [blob(content, 'GET ')]: reply,
});

const SILENT: Scripted = { fails: { kind: 'timeout', phase: 'headers', waitedMs: 5_000 } };

const FOREIGN = 'https://elsewhere.example/layer';
const foreign = (urls: readonly string[]) => imageOf(undefined, [BASE], { layers: [{ ...descriptorOf(BASE), urls }] });
const HOME = foreign([FOREIGN]);
const away = (more: Script): Script => ({ ...serveImage(HOME), ...tagged(HOME), ...more });
const AT_HOME_MISSING = { [blob(BASE, 'GET ')]: MISSING };
const ROOTFS = { rootfs: { diff_ids: [BASE.digest, APP.digest] } };
const on = (...texts: string[]) => ({ platforms: platforms(...texts) });

export const BLOBS: readonly RegistryBehavior[] = [
  {
    name: 'every layer of a single image: manifest, config, two layers, the digest of the tag',
    ...LAYERS,
    script: ONE,
    requests: 5,
    message: /^registry\.example\/team\/app:1 can be pulled; 3 blobs, 218 B, none downloaded\.$/,
  },
  { name: 'every layer of every platform, a shared layer once', ...LAYERS, script: BOTH, requests: 9 },
  { name: 'every layer of one platform', ...LAYERS, ...on('linux/arm64'), script: BOTH, requests: 6 },
  {
    name: 'a config that was read is not requested again',
    ...LAYERS,
    ...on('linux/amd64'),
    script: { ...ONE, [blob(AMD64.config, 'GET ')]: serves(AMD64.config) },
    requests: 5,
    message: /3 blobs/,
  },
  {
    name: 'a missing layer',
    ...LAYERS,
    script: withBlob(APP, MISSING),
    reason: 'incomplete',
    cause: 'layer',
    requests: 6,
    message: new RegExp(`^Layer 2 of 2 is missing from registry\\.example/team/app: ${APP.digest}\\.$`),
  },
  {
    name: 'a missing layer of one platform',
    ...LAYERS,
    script: {
      ...BOTH,
      [blob(ARM64.layers[1] as Content)]: MISSING,
      [blob(ARM64.layers[1] as Content, 'HEAD ')]: MISSING,
      [blob(ARM64.layers[1] as Content, 'GET ')]: MISSING,
    },
    reason: 'incomplete',
    cause: 'layer',
    requests: 10,
    message: /^Layer 2 of 2 for linux\/arm64 is missing from registry\.example\/team\/app: sha256:/,
  },
  {
    name: 'a missing config',
    ...LAYERS,
    script: withBlob(AMD64.config, MISSING),
    reason: 'incomplete',
    cause: 'config',
    requests: 6,
    message: new RegExp(`^The config is missing from registry\\.example/team/app: ${AMD64.config.digest}`),
  },
  {
    name: 'two missing layers',
    ...LAYERS,
    script: { ...withBlob(APP, MISSING), [blob(BASE, 'HEAD ')]: MISSING, [blob(BASE, 'GET ')]: MISSING },
    reason: 'incomplete',
    cause: 'layer',
    requests: 7,
    message: new RegExp(`^2 of 3 blobs are missing: layer 1 \\(${BASE.digest}.*\\); layer 2 \\(${APP.digest}`),
  },
  {
    name: 'a truncated layer, as docker-registry serves it',
    ...LAYERS,
    script: {
      ...ONE,
      [blob(APP, 'HEAD ')]: { headers: { 'content-length': '1', 'docker-content-digest': APP.digest } },
      [blob(APP, 'GET ')]: { status: 206, headers: { 'content-range': 'bytes 0-0/1' } },
    },
    reason: 'corrupt',
    cause: 'layer',
    requests: 6,
    message: new RegExp(`^Layer 2 \\(${APP.digest}, .*\\) has 1 byte, but the manifest says ${APP.size}\\.$`),
  },
  {
    name: 'an emptied layer',
    ...LAYERS,
    script: withBlob(APP, { status: 416, headers: { 'content-range': 'bytes */0' } }),
    reason: 'corrupt',
    cause: 'layer',
    requests: 6,
  },
  {
    name: 'HEAD reports a wrong size, GET does not',
    ...LAYERS,
    script: { ...ONE, [blob(APP, 'HEAD ')]: { headers: { 'content-length': '0' } } },
    requests: 6,
  },
  {
    name: 'HEAD of a blob is rejected',
    ...LAYERS,
    script: {
      ...ONE,
      '/v2/team/app/manifests/1': whenKnown(challenges(bearer('https://auth.registry.example/token')), serves(AMD64)),
      'https://auth.registry.example/token': { body: { token: 'abc' } },
      ...Object.fromEntries([AMD64.config, ...AMD64.layers].map((it) => [blob(it, 'HEAD '), { status: 401 }])),
    },
    requests: 10,
  },
  {
    name: 'HEAD of a blob is redirected to a URL that is signed for GET',
    ...LAYERS,
    script: {
      ...ONE,
      [blob(APP, 'HEAD ')]: { status: 307, headers: { location: 'https://store.example/x' } },
      [blob(APP, 'GET ')]: { status: 307, headers: { location: 'https://store.example/x' } },
      'HEAD https://store.example/x': { status: 403 },
      'GET https://store.example/x': { status: 206, headers: { 'content-range': `bytes 0-0/${APP.size}` } },
    },
    requests: 8,
  },
  {
    name: 'the storage of the layers blocks this network',
    ...LAYERS,
    script: {
      ...ONE,
      [blob(APP, 'HEAD ')]: { status: 307, headers: { location: 'https://store.example/x' } },
      [blob(APP, 'GET ')]: { status: 307, headers: { location: 'https://store.example/x' } },
      'https://store.example/x': {
        status: 403,
        body: '<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>',
      },
    },
    reason: 'denied',
    cause: 'network-block',
    requests: 10,
    message: new RegExp(
      `^Layer 2 \\(${APP.digest}, .*\\): store\\.example, or a firewall in front of it, blocked the request: 403 Forbidden after a redirect from registry\\.example: Access Denied\\.$`,
    ),
  },
  {
    name: 'a layer blocked by a policy',
    ...LAYERS,
    script: withBlob(APP, refuses(403, 'DENIED', 'blocked by curation policy')),
    reason: 'denied',
    cause: 'policy-block',
    requests: 7,
    message: /a policy of registry\.example blocks it \(403, DENIED\): blocked by curation policy\.$/,
  },
  {
    name: 'a web page instead of a layer',
    ...LAYERS,
    script: withBlob(APP, html(200)),
    reason: 'not-a-registry',
    cause: 'intercepted',
    requests: 7,
    message: new RegExp(
      `^registry\\.example returned 200 with a web page \\("Sign in"\\) instead of layer 2 \\(${APP.digest}, .*\\)\\.$`,
    ),
  },
  {
    name: 'a web page instead of a config',
    ...on('linux/amd64'),
    script: { ...ONE, [blob(AMD64.config, 'GET ')]: html(200) },
    reason: 'not-a-registry',
    cause: 'intercepted',
    requests: 2,
    message: new RegExp(
      `^registry\\.example returned 200 with a web page .* instead of the config ${AMD64.config.digest}\\.$`,
    ),
  },
  {
    name: 'an error with status 200 instead of a config',
    ...on('linux/amd64'),
    script: { ...ONE, [blob(AMD64.config, 'GET ')]: { body: { errors: [{ code: 'UNKNOWN', message: 'oops' }] } } },
    reason: 'not-a-registry',
    cause: 'not-oci',
    requests: 2,
    message: new RegExp(
      `^registry\\.example returned 200 for the config ${AMD64.config.digest}, but with an error message: oops\\.$`,
    ),
  },
  {
    name: 'a 206 instead of a config',
    ...on('linux/amd64'),
    script: { ...ONE, [blob(AMD64.config, 'GET ')]: { status: 206, body: AMD64.config.bytes } },
    warnings: ['response-status'],
    requests: 2,
  },
  ...[203, 299].map(
    (status): RegistryBehavior => ({
      name: `a ${status} instead of a layer`,
      ...LAYERS,
      script: {
        ...withBlob(APP, { status, body: APP.bytes }),
      },
      warnings: ['response-status'],
      requests: 7,
    }),
  ),
  ...[201, 206].map(
    (status): RegistryBehavior => ({
      name: `a manifest with ${status}`,
      script: { '/v2/team/app/manifests/1': { ...serves(AMD64), status } },
      warnings: ['response-status'],
      requests: 1,
    }),
  ),
  {
    name: 'a failing request for a layer',
    ...LAYERS,
    script: withBlob(APP, { status: 503 }),
    reason: 'registry-error',
    cause: 'registry',
    requests: 7,
    message: new RegExp(`^Layer 2 \\(${APP.digest}`),
  },
  {
    name: 'missing outranks blocked, blocked outranks unknown',
    ...LAYERS,
    script: { ...withBlob(APP, { status: 503 }), [blob(BASE, 'HEAD ')]: MISSING, [blob(BASE, 'GET ')]: MISSING },
    reason: 'incomplete',
    cause: 'layer',
    requests: 8,
  },
  {
    name: 'a tag that is served, and a broken digest',
    ...LAYERS,
    script: { ...ONE, [manifest(AMD64)]: serves(ARM64), [manifest(AMD64, 'HEAD ')]: { status: 405 } },
    reason: 'corrupt',
    cause: 'digest-mismatch',
    requests: 6,
  },
  {
    name: 'a manifest that was changed in storage, as docker-registry serves it',
    ...LAYERS,
    script: { ...ONE, '/v2/team/app/manifests/1': serves(AMD64, { 'docker-content-digest': ARM64.digest }) },
    warnings: ['digest-header-mismatch'],
    requests: 4,
  },
  {
    name: 'a stale cache serves the tag, not its digest',
    ...LAYERS,
    script: { ...ONE, [manifest(AMD64)]: refuses(404, 'MANIFEST_UNKNOWN', 'manifest unknown') },
    reason: 'corrupt',
    requests: 6,
    message: new RegExp(`^The tag 1 resolves to ${AMD64.digest}, but that digest is not served`),
  },
  {
    name: 'a HEAD by digest without a response: runtimes send a GET',
    ...LAYERS,
    script: { ...ONE, [manifest(AMD64, 'HEAD ')]: SILENT },
    requests: 6,
  },
  {
    name: 'a tag that is served, and a digest that gets no response',
    ...LAYERS,
    script: { ...ONE, [manifest(AMD64)]: SILENT, [manifest(AMD64, 'HEAD ')]: SILENT },
    reason: 'unreachable',
    cause: 'timeout',
    requests: 6,
    message: new RegExp(
      `^The tag 1 resolves to ${AMD64.digest}, which runtimes pull by digest. registry.example accepted`,
    ),
  },
  {
    name: 'a tag that is served, and a digest that fails',
    ...LAYERS,
    script: { ...ONE, [manifest(AMD64)]: { status: 503 }, [manifest(AMD64, 'HEAD ')]: { status: 503 } },
    reason: 'registry-error',
    cause: 'registry',
    requests: 6,
  },
  {
    name: 'a missing digest outranks a layer that cannot be checked',
    ...LAYERS,
    script: {
      ...withBlob(APP, { status: 503 }),
      [manifest(AMD64)]: refuses(404, 'MANIFEST_UNKNOWN', 'manifest unknown'),
      [manifest(AMD64, 'HEAD ')]: { status: 404 },
    },
    reason: 'corrupt',
    requests: 8,
  },
];

export const FOREIGN_LAYERS: readonly RegistryBehavior[] = [
  {
    name: 'a foreign layer',
    ...LAYERS,
    script: away({ [FOREIGN]: { headers: { 'content-length': String(BASE.size) } } }),
    requests: 4,
  },
  {
    name: 'a foreign layer, missing there, with a copy in the registry',
    ...LAYERS,
    script: away({ [FOREIGN]: { status: 404 } }),
    warnings: ['layer-url'],
    requests: 6,
  },
  {
    name: 'a foreign layer that is refused there, with a copy in the registry',
    ...LAYERS,
    script: away({ [FOREIGN]: { status: 403 } }),
    warnings: ['layer-url'],
    requests: 7,
  },
  {
    name: 'a foreign layer whose server does not respond, with a copy in the registry',
    ...LAYERS,
    script: away({ [FOREIGN]: { fails: { kind: 'tcp', phase: 'tcp', code: 'ECONNREFUSED' } } }),
    warnings: ['layer-url'],
    requests: 5,
  },
  {
    name: 'a foreign layer at a private address, which is not requested, with a copy in the registry',
    ...LAYERS,
    script: away({ [FOREIGN]: { fails: { kind: 'private-address' } } }),
    requests: 5,
  },
  ...([404, 403] as const).map((status): RegistryBehavior => {
    const image = foreign([FOREIGN, `${FOREIGN}2`]);
    return {
      name: `a foreign layer with two URLs, of which the first returns ${status}`,
      ...LAYERS,
      script: {
        ...serveImage(image),
        ...tagged(image),
        [FOREIGN]: { status },
        [`${FOREIGN}2`]: { headers: { 'content-length': String(BASE.size) } },
      },
      warnings: status === 404 ? [] : ['layer-url'],
      requests: status === 403 ? 7 : 6,
    };
  }),
  {
    name: 'a layer by sha512',
    ...on('linux/amd64'),
    ...(() => {
      const image = imageOf(undefined, undefined, {
        layers: [{ ...descriptorOf(BASE), digest: `sha512:${'0'.repeat(128)}` }, descriptorOf(BASE)],
      });
      return { script: { ...tagged(image), [blob(image.config, 'GET ')]: serves(image.config) } };
    })(),
    warnings: ['layer-descriptor'],
    requests: 2,
  },
  {
    name: 'a layer of 0 bytes',
    script: tagged(imageOf(undefined, undefined, { layers: [{ ...descriptorOf(BASE), size: 0 }] })),
    warnings: ['layer-descriptor'],
    requests: 1,
  },
  {
    name: 'a layer of two images with two sizes',
    ...LAYERS,
    ...(() => {
      const wrong = imageOf({ os: 'linux', architecture: 'arm64' }, [BASE], {
        layers: [{ ...descriptorOf(BASE), size: BASE.size + 1 }],
      });
      const right = imageOf(undefined, [BASE]);
      const index = indexOf([descriptorOf(right, linux('amd64')), descriptorOf(wrong, linux('arm64'))]);
      return {
        script: {
          ...serveImage(wrong),
          ...serveImage(right),
          ...tagged(index),
          [`HEAD /v2/team/app/manifests/${index.digest}`]: serves(index),
        },
      };
    })(),
    reason: 'corrupt',
    cause: 'layer',
    requests: 9,
  },
  {
    name: 'an image of Docker with a config of an unknown type',
    script: tagged(
      imageOf(undefined, undefined, {
        mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
        config: { ...descriptorOf(AMD64.config), mediaType: 'text/plain' },
        layers: [{ ...descriptorOf(BASE), mediaType: 'application/vnd.docker.image.rootfs.diff.tar.gzip' }],
      }),
    ),
    warnings: ['config-media-type'],
    requests: 1,
  },
  {
    name: 'a config of an unknown type, with the layers of an image',
    script: tagged(
      imageOf(undefined, undefined, { config: { ...descriptorOf(AMD64.config), mediaType: 'text/plain' } }),
    ),
    reason: 'not-an-image',
    requests: 1,
    message:
      /artifact of type text\/plain, although its layers are those of a container image: docker and podman refuse it\.$/,
    hint: /^containerd ignores the media type of the config and may run it\./,
  },
  ...(
    [
      ['diff_ids that are not digests', { rootfs: { diff_ids: ['x', 'y'] } }],
      ['a health check that docker cannot decode', { config: { Healthcheck: { Interval: '30s' } } }],
    ] as const
  ).map(([name, fields]): RegistryBehavior => {
    const config = contentOf({ os: 'linux', architecture: 'amd64', ...ROOTFS, ...fields }, OCI_CONFIG);
    const image = imageOf(undefined, undefined, { config: descriptorOf(config) });
    return {
      name,
      ...on('linux/amd64'),
      script: { ...tagged(image), [blob(config, 'GET ')]: serves(config) },
      warnings: ['config-field'],
      requests: 2,
    };
  }),
  {
    name: 'a foreign layer, missing',
    ...LAYERS,
    script: away({ [FOREIGN]: { status: 404 }, ...AT_HOME_MISSING }),
    reason: 'incomplete',
    cause: 'layer',
    requests: 6,
    message: /is missing from elsewhere\.example: sha256/,
  },
  {
    name: 'a foreign layer, a web page instead',
    ...LAYERS,
    script: away({ [FOREIGN]: html(200), ...AT_HOME_MISSING }),
    reason: 'not-a-registry',
    cause: 'intercepted',
    requests: 7,
    message: /^elsewhere\.example returned 200 with a web page/,
  },
  {
    name: 'a foreign layer, without a length',
    ...LAYERS,
    script: away({ [FOREIGN]: { body: BASE.bytes } }),
    requests: 6,
  },
  {
    name: 'a foreign layer of another size',
    ...LAYERS,
    script: away({ [FOREIGN]: { headers: { 'content-length': '1' } }, ...AT_HOME_MISSING }),
    reason: 'corrupt',
    cause: 'layer',
    requests: 7,
  },
];
