import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { locateFrom } from '../../src/config/config-file.ts';
import { type LoadedMonitor, loadMonitor } from '../../src/config/load-monitor.ts';
import { createKnownSources, type KnownSources } from '../../src/config/monitor-resources.ts';
import { isUsageError } from '../../src/core/usage-error.ts';
import type { ImageResource } from '../../src/monitor/resource/monitor-resource.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';

const NOW = Date.UTC(2026, 10, 28);

function load(
  folder: TemporaryFolder,
  text: string,
  { known = createKnownSources(), env = {} }: { known?: KnownSources; env?: Record<string, string> } = {},
): Promise<LoadedMonitor> {
  const path = join(folder.path, 'kairos-pull.yaml');
  const place = { path, name: 'kairos-pull.yaml', label: undefined, locate: locateFrom(path, folder.path) };
  // Paths are shown relative to the directory, and read from it.
  const absolute = (value: string): string => join(folder.path, place.locate(value));
  const signal = new AbortController().signal;
  return loadMonitor(text, { ...place, locate: absolute }, { env, nowMs: NOW, signal, known });
}

const section = (...resources: readonly string[]): string =>
  `monitor:\n  resources:\n${resources.map((one) => `    - ${one}\n`).join('')}`;

const shortPlaces = (folder: TemporaryFolder, { plan }: LoadedMonitor) =>
  plan.resources.map(({ id, foundAt }) => [
    id,
    ...foundAt.map(({ source, line }) => `${source.replace(`${folder.path}/`, '')}:${line}`),
  ]);

async function refusal(loading: Promise<unknown>): Promise<string> {
  try {
    await loading;
  } catch (error) {
    if (isUsageError(error)) return error.message;
    throw error;
  }
  return assert.fail('nothing was refused');
}

const DEPLOYMENT = (...images: readonly string[]): string =>
  `apiVersion: v1\nkind: Pod\nspec:\n  containers:\n${images.map((image) => `    - image: ${image}\n`).join('')}`;

describe('the plan of the monitor', () => {
  it('has the defaults of the contract', async () => {
    using folder = createTemporaryFolder();
    const { plan } = await load(folder, section('image: ghcr.io/org/app:1.2'));
    const { resources, checker: _, ...rest } = plan;
    const day = 86_400_000;
    assert.deepEqual(rest, {
      ...{ skipped: [], sourceProblems: [], jitter: 0.1, failAfter: 2, recoverAfter: 2, timeZone: 'UTC' },
      retention: { checksMs: 7 * day, hoursMs: 90 * day, daysMs: 400 * day },
      ...{ kairosMetrics: false, maintenances: [], notifiers: [], probeAllow: null },
    });
    assert.deepEqual(resources, [
      {
        ...{ kind: 'image', id: 'image-ghcr.io-org-app-1.2', name: 'ghcr.io/org/app:1.2', group: null },
        ...{ target: 'ghcr.io/org/app:1.2', host: 'ghcr.io', intervalMs: 300_000, isPaused: false, isMuted: false },
        foundAt: [{ source: 'kairos-pull.yaml', line: 3, path: 'monitor.resources[0]' }],
        ...{ expect: 'present', platforms: [], proof: undefined, credentials: null, insecure: false },
      },
    ]);
  });

  it('has the settings of check where a resource has none', async () => {
    using folder = createTemporaryFolder();
    const text = `platform: linux/arm64\nproof: layers\ntimeout: 7s\n${section('image: a', '{ image: b, platform: all, proof: manifest }')}`;
    const { plan } = await load(folder, text);
    const images = plan.resources as readonly ImageResource[];
    assert.deepEqual(
      images.map(({ platforms, proof }) => [platforms, proof]),
      [
        [['linux/arm64'], 'layers'],
        [['all'], 'manifest'],
      ],
    );
    assert.equal(plan.checker.timeoutMs, 7000);
  });

  it('has targets and hosts of services', async () => {
    using folder = createTemporaryFolder();
    const { plan } = await load(
      folder,
      section('http: https://Shop.example/healthz', 'http: http://shop.example:81', 'tcp: "[::1]:5432"'),
    );
    assert.deepEqual(
      plan.resources.map(({ id, target, host }) => [id, target, host]),
      [
        ['http-https-shop.example-healthz', 'https://Shop.example/healthz', 'shop.example:443'],
        ['http-http-shop.example-81', 'http://shop.example:81', 'shop.example:81'],
        ['tcp-1-5432', '[::1]:5432', '[::1]:5432'],
      ],
    );
  });

  it('has an image of files once, with all of its places; an explicit entry takes them', async () => {
    using folder = createTemporaryFolder({
      'deploy/a.yaml': DEPLOYMENT('nginx:1.27', 'ghcr.io/org/app:1'),
      'deploy/b.yaml': DEPLOYMENT('docker.io/library/nginx:1.27', 'ghcr.io/org/app:1'),
      'images.txt': 'ghcr.io/org/app:1\nghcr.io/org/app:2\n',
    });
    const loaded = await load(
      folder,
      section('files: [deploy, images.txt]', '{ image: ghcr.io/org/app:1, id: app, interval: 1m }'),
    );
    assert.deepEqual(shortPlaces(folder, loaded), [
      ['image-nginx-1.27', 'deploy/a.yaml:5', 'deploy/b.yaml:5'],
      ['image-ghcr.io-org-app-2', 'images.txt:2'],
      ['app', 'kairos-pull.yaml:4', 'deploy/a.yaml:6', 'deploy/b.yaml:6', 'images.txt:1'],
    ]);
    assert.equal(loaded.plan.resources[2]?.intervalMs, 60_000);
    assert.deepEqual(
      loaded.sources.map((path) => path.replace(`${folder.path}/`, '')),
      ['deploy', 'images.txt'],
    );
  });

  it('does not check ignored images and those with unknown variables, and says so', async () => {
    using folder = createTemporaryFolder({
      'compose.yaml':
        'services:\n  a: { image: "shop/app:$TAG" }\n  b: { image: shop/old }\n  c: { image: shop/new }\n',
    });
    const text = `ignore: [{ image: "shop/old*", reason: moves }]\n${section('files: compose.yaml', 'image: shop/older')}`;
    const { plan } = await load(folder, text);
    assert.deepEqual(
      plan.resources.map(({ target }) => target),
      ['shop/new'],
    );
    assert.deepEqual(
      plan.skipped.map(({ text: image, reason }) => [image, reason]),
      [
        ['shop/older', 'ignored'],
        ['shop/app:$TAG', 'unresolved-variable'],
        ['shop/old', 'ignored'],
      ],
    );
  });

  it('keeps the last known images of what cannot be read, and says so', async () => {
    using folder = createTemporaryFolder({
      'deploy/a.yaml': DEPLOYMENT('one:1'),
      'deploy/b.yaml': DEPLOYMENT('two:2'),
      'images.txt': 'three:3\n',
    });
    const known = createKnownSources();
    const text = section('files: [deploy, images.txt]');
    const targets = async () => {
      const { plan } = await load(folder, text, { known });
      return {
        targets: plan.resources.map(({ target }) => target),
        problems: plan.sourceProblems.map((problem) => problem.replaceAll(`${folder.path}/`, '')),
      };
    };
    assert.deepEqual(await targets(), { targets: ['one:1', 'two:2', 'three:3'], problems: [] });

    folder.write('deploy/a.yaml', 'kind: Pod\napiVersion: v1\nspec: [');
    rmSync(join(folder.path, 'images.txt'));
    const broken = await targets();
    assert.deepEqual(broken.targets, ['two:2', 'one:1', 'three:3']);
    assert.equal(broken.problems.length, 2);
    assert.match(broken.problems[0] ?? '', /^deploy\/a\.yaml:3: Not valid YAML/);
    assert.equal(
      broken.problems[1],
      'cannot read images.txt: no such file or directory; the last known images are still checked.',
    );

    folder.write('deploy/a.yaml', DEPLOYMENT('one:2'));
    rmSync(join(folder.path, 'deploy/b.yaml'));
    folder.write('images.txt', 'three:4\n');
    assert.deepEqual(await targets(), { targets: ['one:2', 'three:4'], problems: [] });

    rmSync(join(folder.path, 'deploy/a.yaml'));
    assert.deepEqual(await targets(), {
      targets: ['one:2', 'three:4'],
      problems: ['deploy contains no images; the last known images are still checked.'],
    });
  });

  it('refuses a source that cannot be read and is not known', async () => {
    using folder = createTemporaryFolder();
    const message = await refusal(load(folder, section('image: a', 'files: [nowhere/]')));
    assert.equal(
      message.replace(`${folder.path}/`, ''),
      'monitor.resources[1].files in kairos-pull.yaml:4: cannot read nowhere: no such file or directory.',
    );
    assert.match(
      await refusal(load(folder, section('kairos: nowhere.yaml'))),
      /^monitor\.resources\[0\]\.kairos in kairos-pull\.yaml:3: cannot read .*nowhere\.yaml: no such file or directory\.$/,
    );
  });

  it('warns of groups without resources, and of variables that are not set', async () => {
    using folder = createTemporaryFolder();
    const text = `${section('{ image: a, group: shop }')}  notify: [{ webhook: { urlEnv: HOOK }, groups: shpo }]
  maintenance: [{ weekly: sunday, from: 22:00, to: 02:00, groups: [shop, other] }]
`;
    const { warnings, plan } = await load(folder, text);
    assert.deepEqual(warnings, [
      'monitor.notify[0].webhook in kairos-pull.yaml:4: the environment variable HOOK is not set.',
      'monitor.notify[0].groups in kairos-pull.yaml:4: no resource is in the group "shpo". Did you mean shop?',
      'monitor.maintenance[0].groups in kairos-pull.yaml:5: no resource is in the group "other".',
    ]);
    const set = await load(folder, text, { env: { HOOK: 'https://hook.example' } });
    assert.equal(set.warnings.length, 2);
    assert.deepEqual(plan.maintenances, [
      {
        ...{ name: 'maintenance', timeZone: 'UTC', groups: ['shop', 'other'] },
        ...{ repeat: 'weekly', days: ['sunday'], fromMinutes: 1320, toMinutes: 120 },
      },
    ]);
  });

  it('warns of a URL whose query looks like a secret, without its value', async () => {
    using folder = createTemporaryFolder();
    const urls = ['/a?access_token=hunter2', '/b?api-key=hunter2', '/c?page=2&monkey=1', '/d'];
    const text = `monitor:\n  resources:\n${urls.map((url) => `    - http: http://a.example${url}\n`).join('')}`;
    const { warnings } = await load(folder, text);
    assert.equal(warnings.length, 2);
    assert.match(
      warnings[0] ?? '',
      /^monitor\.resources\[0\]\.http in .*:3: .* parameter "access_token"; .* use authFile\.$/,
    );
    assert.match(warnings[1] ?? '', /\[1\]\.http in .*:4: .* parameter "api-key"/);
    assert.doesNotMatch(warnings.join(), /hunter2/);
  });

  it('warns of a file that has no URL of a notifier, and shows nothing of it', async () => {
    using folder = createTemporaryFolder();
    const text = `${section('image: a')}  notify:
    - { webhook: { urlFile: hook.txt } }
    - { slack: { urlFile: slack.txt } }
    - { ping: { urlFile: ping.txt } }
`;
    folder.write('slack.txt', 'hunter2');
    folder.write('ping.txt', 'https://ping.example/hunter2');
    const { warnings } = await load(folder, text);
    assert.equal(warnings.length, 2);
    assert.match(
      warnings[0] ?? '',
      /^monitor\.notify\[0\]\.webhook in .*:5: the file .*hook\.txt cannot be read: no such file or directory\.$/,
    );
    assert.match(
      warnings[1] ?? '',
      /^monitor\.notify\[1\]\.slack in .*:6: the file .*slack\.txt is not an http or https URL\.$/,
    );
  });

  it('has notifiers under names without their URLs', async () => {
    using folder = createTemporaryFolder();
    const text = `${section('image: a')}  notify:
    - { webhook: { url: https://hook.example/secret } }
    - { webhook: { urlFile: hook.txt }, events: outage }
    - { ping: { urlEnv: PING }, name: alive }
`;
    const { plan } = await load(folder, text, { env: { PING: 'x' } });
    assert.deepEqual(
      plan.notifiers.map(({ name, kind, url, events }) => [name, kind, url.kind, events.length]),
      [
        ['webhook', 'webhook', 'value', 10],
        ['webhook-2', 'webhook', 'file', 1],
        ['alive', 'ping', 'env', 10],
      ],
    );
  });
});

describe('the export of a Kairos', () => {
  const EXPORT = `---
format: "kairos-resources"
schemaVersion: 1
exportedAt: "2026-11-28T10:00:00"
resourceCount: 5
resources:
- { name: "Shop API", resourceType: "DOCKER", target: "ghcr.io/org/api:2", skipTLS: true, active: true, groupName: "Shop" }
- { name: "Shop", resourceType: "HTTP", target: "https://shop.example", skipTLS: true, recursive: true, active: false, groupName: null }
- { displayName: Database, type: tcp, endpoint: "db.example:5432" }
- { name: "Shop", resourceType: "HTTP", target: "https://other.example" }
- { name: "Mail", resourceType: "SMTP", target: "mail.example" }
- { name: "Lost", resourceType: "HTTP" }
- { name: "Bad", resourceType: "DOCKER", target: "Not An Image" }
`;

  it('is images, web services and ports, with ids made of the names', async () => {
    using folder = createTemporaryFolder({ 'resources.yaml': EXPORT });
    const { plan, warnings } = await load(folder, section('{ kairos: resources.yaml, group: kairos, interval: 1m }'));
    assert.deepEqual(
      plan.resources.map((one) => [one.id, one.kind, one.name, one.target, one.group, one.isPaused, one.intervalMs]),
      [
        ['shop-api', 'image', 'Shop API', 'ghcr.io/org/api:2', 'Shop', false, 60_000],
        ['shop-f617a4db', 'http', 'Shop', 'https://shop.example', 'kairos', true, 60_000],
        ['database', 'tcp', 'Database', 'db.example:5432', 'kairos', false, 60_000],
        ['shop-eb8aeaa7', 'http', 'Shop', 'https://other.example', 'kairos', false, 60_000],
      ],
    );
    assert.deepEqual(
      plan.resources.map((one) => 'insecure' in one && one.insecure),
      [true, true, false, false],
    );
    assert.deepEqual(
      warnings.map((warning) => warning.replace(`${folder.path}/`, '')),
      [
        'resources.yaml:8: Shop: "recursive" is ignored; only the target is checked.',
        'resources.yaml:11: Mail: the type SMTP is unknown; it is ignored.',
        'resources.yaml:12: A resource without a type or a target is ignored.',
        'resources.yaml:13: Bad: Not An Image is not an image; it is ignored.',
      ],
    );
  });

  it('is refused if it is something else, and kept while it cannot be read', async () => {
    using folder = createTemporaryFolder({ 'resources.yaml': EXPORT, 'other.yaml': 'a: 1\n' });
    const other = await refusal(load(folder, section('kairos: other.yaml')));
    assert.match(other, /other\.yaml:1: Not an export of a Kairos; it has no format: kairos-resources\.$/);
    const known = createKnownSources();
    const text = section('kairos: resources.yaml');
    const before = await load(folder, text, { known });
    folder.write('resources.yaml', 'format: other\n');
    const after = await load(folder, text, { known });
    assert.deepEqual(after.plan.resources, before.plan.resources);
    assert.match(after.plan.sourceProblems[0] ?? '', /its last known resources are still checked\.$/);
  });
});
