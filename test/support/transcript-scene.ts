// The registries, files and credentials in the transcripts.

import { chdir, cwd } from 'node:process';
import { createArtifact, HELM_CHART } from '../../src/demo/artifact.ts';
import { createImage } from '../../src/demo/image.ts';
import { createIndex } from '../../src/demo/image-index.ts';
import { type EmbeddedRegistry, startRegistry } from '../../src/demo/registry.ts';
import { createSchema1 } from '../../src/demo/schema1.ts';
import { selfSignedIdentity } from './certificates.ts';
import { captivePortal, corrupted, hang, redirect, replyWith, tooManyRequests, unavailable } from './faults.ts';
import { startNamedServer } from './named-registry.ts';
import { startProxy } from './proxy.ts';
import { DIALECTS } from './registry-dialects.ts';
import { createHome } from './temporary-folder.ts';

export interface TranscriptScene extends AsyncDisposable {
  readonly env: Readonly<Record<string, string>>;
  /** Addresses as they are, and as the transcripts show them: of the same length. */
  readonly shownAs: Readonly<Record<string, string>>;
}

const USERS = { ada: 'right' };

export async function startTranscriptScene(): Promise<TranscriptScene> {
  const access = (user: string | undefined, repository: string): boolean =>
    user !== undefined || !repository.startsWith('private/');
  const bearer = { auth: 'bearer', service: 'registry.example.com' } as const;
  const own = await startNamedServer({ host: 'registry.example.com', dialect: bearer, users: USERS, access });
  const hub = await startNamedServer({
    host: 'registry-1.docker.io',
    tokenHost: 'auth.docker.io',
    dialect: DIALECTS.dockerHub,
    users: USERS,
    access,
  });
  const ghcr = await startNamedServer({ host: 'ghcr.io', dialect: DIALECTS.ghcr, users: USERS, access });
  const untrusted = await startRegistry({ tls: selfSignedIdentity() });
  const gone = await startRegistry();
  await gone.close();
  const proxy = await startProxy({ routes: { ...own.routes, ...hub.routes, ...ghcr.routes } });

  fill(own.registry);
  spoil(own.registry);
  const nginx = createIndex([createImage({ text: 'nginx' }), createImage({ text: 'nginx', platform: 'linux/arm64' })]);
  hub.registry.put('library/nginx', '1.27', nginx);
  hub.registry.inject(
    {
      ...replyWith({ status: 429, body: HUB_QUOTA }),
      headers: { 'ratelimit-limit': '100;w=21600', 'ratelimit-remaining': '0;w=21600' },
    },
    { path: /\/library\/redis\// },
  );

  const home = createHome({
    'images.txt': IMAGES,
    'bad.txt': 'registry.example.com/shop/web:1.4\nRegistry.Example.com/Shop/Web\n',
    'broken/config.json': '{"auths": {',
    'kairos-pull.monitor.yaml': MONITOR,
    'mistakes.yaml': MONITOR_MISTAKES,
    'deploy/web.yaml': DEPLOYMENT,
    'resources.yaml': KAIROS,
    'stale/config.json': { auths: { 'registry.example.com': { auth: btoa('ada:old') } } },
    'good/config.json': { auths: { 'registry.example.com': { auth: btoa('ada:right') } } },
  });
  const before = cwd();
  chdir(home.path);
  return {
    env: {
      ...home.env,
      HTTPS_PROXY: proxy.origin,
      NO_PROXY: '127.0.0.1',
      KAIROS_PULL_INSECURE: 'yes',
      LANG: 'C.UTF-8',
    },
    shownAs: { [gone.name]: '127.0.0.1:50001', [untrusted.name]: '127.0.0.1:50002', [home.path]: '~' },
    async [Symbol.asyncDispose]() {
      chdir(before);
      home[Symbol.dispose]();
      for (const server of [proxy, own.registry, hub.registry, ghcr.registry, untrusted]) await server.close();
    },
  };
}

const HUB_QUOTA =
  '{"errors":[{"code":"TOOMANYREQUESTS","message":"You have reached your unauthenticated pull rate limit. ' +
  'https://www.docker.com/increase-rate-limit"}]}\n';

const IMAGES = `# What we run
registry.example.com/shop/web:1.4
registry.example.com/shop/api:2   # the same twice
registry.example.com/shop/api:2

nginx:1.27
registry.example.com/shop/web:9.9
registry.example.com/shop/down:1
`;

const MONITOR = `monitor:
  interval: 5m
  resources:
    - image: registry.example.com/shop/web:1.4
      name: web
      id: web
      group: shop
      interval: 1m
    - http: https://shop.example.com/healthz
    - tcp: db.example.com:5432
      paused: true
    - files: [deploy/, images.txt]
      group: deploy
    - kairos: resources.yaml
  notify:
    - webhook: { urlEnv: HOOK }
      groups: [shpo]
ignore:
  - image: registry.example.com/shop/down
    reason: moves next week
`;

const MONITOR_MISTAKES = `timeot: 5s
monitor:
  listen: 8790
  interval: 5s
  resources:
    - image: Registry.Example.com/Shop/Web
    - image: nginx
      credentials: { username: ada, password: right }
    - htpp: https://shop.example.com
    - { tcp: "db.example.com:5432", intervall: 1m }
`;

const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  template:
    spec:
      containers:
        - image: registry.example.com/shop/web:1.4
        - image: registry.example.com/shop/sidecar:7
`;

const KAIROS = `format: kairos-resources
schemaVersion: 1
resources:
  - { name: Shop API, resourceType: DOCKER, target: registry.example.com/shop/api:2, groupName: Kairos, active: true }
  - { name: Shop, resourceType: HTTP, target: https://shop.example.com, skipTLS: true, recursive: true, active: false }
`;

function fill(registry: EmbeddedRegistry): void {
  const platforms = ['linux/amd64', 'linux/arm64', 'linux/arm/v7'];
  const images = platforms.map((platform) => createImage({ platform, layers: 3, text: platform }));
  registry.put('shop/web', '1.4', createIndex(images, { attestations: true }));
  registry.put('shop/api', '2', createImage({ text: 'api', layers: 2 }));
  registry.put('private/api', '2', createImage({ text: 'private' }));
  registry.put('shop/chart', '1', createArtifact(HELM_CHART));
  registry.put(
    'shop/old',
    '1',
    createSchema1({ repository: 'shop/old', tag: '1', layers: createImage().layers.map(({ digest }) => digest) }),
  );
  const broken = createImage({ layers: 3, text: 'broken' });
  registry.put('shop/broken', '1', broken);
  registry.remove('shop/broken', broken.layers[1]?.digest ?? '');
  registry.put('shop/later', '1', createImage({ text: 'later' }));
  for (const name of ['busy', 'down', 'portal', 'slow', 'loop', 'policy', 'changed', 'tired']) {
    registry.put(`shop/${name}`, '1', createImage({ text: name }));
  }
}

function spoil(registry: EmbeddedRegistry): void {
  const manifests = (name: string) => ({ path: new RegExp(`^/v2/shop/${name}/manifests/`) });
  const policy = { code: 'DENIED', message: 'artifact blocked by policy: 3 critical vulnerabilities' };
  registry.inject(tooManyRequests('120'), manifests('busy'));
  registry.inject(unavailable(), manifests('down'));
  registry.inject(captivePortal(), manifests('portal'));
  registry.inject(hang(), manifests('slow'));
  registry.inject(redirect('/v2/shop/loop/manifests/1'), manifests('loop'));
  registry.inject(replyWith({ status: 403, body: JSON.stringify({ errors: [policy] }) }), manifests('policy'));
  registry.inject(corrupted(), manifests('changed'));
  registry.inject({ headers: { warning: '299 - "This registry closes on 1 May."' } }, manifests('tired'));
  registry.inject(replyWith({ status: 404, body: MANIFEST_UNKNOWN }), { ...manifests('later'), times: 2 });
}

const MANIFEST_UNKNOWN = '{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}';
