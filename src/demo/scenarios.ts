// The scenarios of `kairos-pull demo`: a registry with one image for every kind of result, and how to check each.

import { createArtifact, HELM_CHART } from './artifact.ts';
import { captivePortal, tooManyRequests, unavailable } from './fault.ts';
import { createImage } from './image.ts';
import { createIndex } from './image-index.ts';
import { type EmbeddedRegistry, startRegistry } from './registry.ts';

export interface Scenario {
  readonly title: string;
  readonly reference: string;
  readonly credential?: { readonly username: string; readonly password: string };
  readonly platform?: string;
  readonly layers?: true;
}

export interface DemoRegistry {
  readonly name: string;
  readonly scenarios: readonly Scenario[];
  close(): Promise<void>;
}

const USERS = { demo: 'demo' };

export async function startDemo(): Promise<DemoRegistry> {
  const registry = await startRegistry({
    auth: 'bearer',
    users: USERS,
    access: (user, repository) => user !== undefined || !repository.startsWith('private/'),
  });
  fill(registry);
  const { name } = registry;
  // Nothing listens on a port that was just closed.
  const gone = await startRegistry();
  await gone.close();
  return {
    name,
    close: () => registry.close(),
    scenarios: [
      { title: 'an image for three platforms', reference: `${name}/shop/web:1.4` },
      {
        title: 'one platform, with every layer',
        reference: `${name}/shop/web:1.4`,
        platform: 'linux/arm64',
        layers: true,
      },
      {
        title: 'a private image, with valid credentials',
        reference: `${name}/private/api:2`,
        credential: { username: 'demo', password: 'demo' },
      },
      {
        title: 'a public image, with invalid credentials',
        reference: `${name}/shop/web:1.4`,
        credential: { username: 'demo', password: 'old' },
      },
      { title: 'a private image, without credentials', reference: `${name}/private/api:2` },
      {
        title: 'a private image, with invalid credentials',
        reference: `${name}/private/api:2`,
        credential: { username: 'demo', password: 'old' },
      },
      { title: 'a missing tag', reference: `${name}/shop/web:9.9` },
      { title: 'a missing platform', reference: `${name}/shop/web:1.4`, platform: 'linux/s390x' },
      { title: 'a missing layer', reference: `${name}/shop/broken:1`, layers: true },
      { title: 'a Helm chart', reference: `${name}/shop/chart:1` },
      { title: 'a rate-limiting registry', reference: `${name}/shop/busy:1` },
      { title: 'a registry that is down', reference: `${name}/shop/down:1` },
      { title: 'no server at that address', reference: `${gone.name}/shop/web:1.4` },
      { title: 'a captive portal', reference: `${name}/shop/portal:1` },
      { title: 'an invalid reference', reference: 'Shop/Web:latest' },
    ],
  };
}

function fill(registry: EmbeddedRegistry): void {
  const images = ['linux/amd64', 'linux/arm64', 'linux/arm/v7'].map((platform) =>
    createImage({ platform, layers: 3, text: platform }),
  );
  registry.put('shop/web', '1.4', createIndex(images, { attestations: true }));
  registry.put('private/api', '2', createImage({ text: 'private' }));
  const broken = createImage({ layers: 3, text: 'broken' });
  registry.put('shop/broken', '1', broken);
  registry.remove('shop/broken', broken.layers[1]?.digest ?? '');
  registry.put('shop/chart', '1', createArtifact(HELM_CHART));
  const manifests = (repository: string) => new RegExp(`^/v2/${repository}/manifests/`);
  registry.inject(tooManyRequests('120'), { path: manifests('shop/busy') });
  registry.inject(unavailable(), { path: manifests('shop/down') });
  registry.inject(captivePortal(), { path: manifests('shop/portal') });
}
