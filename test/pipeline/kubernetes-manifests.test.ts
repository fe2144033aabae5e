// examples/kubernetes: rendered by kubectl, with the fields and types of the API, and with rights as small as its purpose.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Deployment } from 'kubernetes-types/apps/v1.d.ts';
import type { PodSpec, Service } from 'kubernetes-types/core/v1.d.ts';
import type { Role } from 'kubernetes-types/rbac/v1.d.ts';
import { parse, parseAllDocuments } from 'yaml';
import * as z from 'zod';
import { createImage } from '../../src/demo/image.ts';
import { startRegistry } from '../../src/demo/registry.ts';
import { authority, serverIdentity, withoutOpenssl } from '../support/certificates.ts';
import { startKubernetesApi } from '../support/kubernetes-api.ts';
import { kubeconfig, pod } from '../support/kubernetes-objects.ts';
import { spawnMonitor } from '../support/monitor-process.ts';
import { startPostgres, withoutPostgres } from '../support/postgres-server.ts';
import { spawnCommand } from '../support/process.ts';
import { requirePosix, requirePrograms } from '../support/require-programs.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';
import { ROOT, readText } from './project-file.ts';

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: Labels };
  // biome-ignore lint/suspicious/noExplicitAny: as rendered; its types are checked below
  readonly spec: any;
  readonly data?: Readonly<Record<string, string>>;
}

type Labels = Readonly<Record<string, string>>;

const parseAll = (text: string): Manifest[] => {
  const documents = parseAllDocuments(text);
  assert.ok('length' in documents, 'it is empty');
  return documents.map((document) => {
    assert.deepEqual([...document.errors, ...document.warnings], []);
    return document.toJS();
  });
};

function render(directory: string): readonly Manifest[] {
  const path = join(ROOT, 'examples/kubernetes', directory);
  const { status, stdout, stderr } = spawnSync('kubectl', ['kustomize', path], { encoding: 'utf8' });
  assert.deepEqual([status, stderr], [0, '']);
  return parseAll(stdout);
}

const skip = requirePosix() || requirePrograms('kubectl');
const DIRECTORIES = ['base', 'namespace-access', 'postgres'] as const;
const all = new Map(skip ? [] : DIRECTORIES.map((name) => [name, render(name)] as const));
const of = (directory: (typeof DIRECTORIES)[number], kind: string): readonly Manifest[] =>
  (all.get(directory) ?? []).filter((manifest) => manifest.kind === kind);
const kindsOf = (directory: (typeof DIRECTORIES)[number]): string[] =>
  (all.get(directory) ?? []).map(({ kind, metadata }) => `${kind} ${metadata.name}`).sort();

/** The types of Kubernetes' own API: a field that does not exist, or has another type, does not compile. */
function apiProblems(manifests: readonly Manifest[]): string {
  const lines = manifests.flatMap((manifest, at) => {
    const [group = '', version] = manifest.apiVersion.includes('/')
      ? manifest.apiVersion.split('/')
      : ['core', manifest.apiVersion];
    const path = `kubernetes-types/${group.split('.')[0]}/${version}`;
    return [
      `import type { ${manifest.kind} as Type${at} } from '${path}';`,
      `export const manifest${at}: Type${at} = ${JSON.stringify(manifest)};`,
    ];
  });
  const compilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    module: 'esnext',
    moduleResolution: 'bundler',
    types: [],
  };
  // Inside the project, where the types are found.
  using folder = createTemporaryFolder(
    {
      'manifests.ts': lines.join('\n'),
      'tsconfig.json': { compilerOptions, files: ['manifests.ts'] },
      'package.json': { type: 'module' },
    },
    dirname(fileURLToPath(import.meta.url)),
  );
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  const { stdout, stderr } = spawnSync(process.execPath, [tsc, '-p', folder.path], { encoding: 'utf8' });
  return stdout + stderr;
}

const labels = z.record(z.string(), z.string());
const metadata = z.strictObject({ name: z.string(), namespace: z.string(), labels });
/** Of the Prometheus operator, as far as they are used. */
const OPERATOR = z.discriminatedUnion('kind', [
  z.strictObject({
    apiVersion: z.literal('monitoring.coreos.com/v1'),
    kind: z.literal('ServiceMonitor'),
    metadata,
    spec: z.strictObject({
      jobLabel: z.string(),
      selector: z.strictObject({ matchLabels: labels }),
      endpoints: z.array(
        z.strictObject({
          port: z.string(),
          path: z.string(),
          interval: z.string().regex(/^\d+s$/),
          scrapeTimeout: z.string().regex(/^\d+s$/),
          authorization: z.strictObject({
            type: z.string(),
            credentials: z.strictObject({ name: z.string(), key: z.string() }),
          }),
        }),
      ),
    }),
  }),
  z.strictObject({
    apiVersion: z.literal('monitoring.coreos.com/v1'),
    kind: z.literal('PrometheusRule'),
    metadata,
    spec: z.strictObject({
      groups: z.array(
        z.strictObject({
          name: z.string(),
          rules: z.array(
            z.strictObject({
              alert: z.string(),
              expr: z.string(),
              for: z.string().optional(),
              labels,
              annotations: labels,
            }),
          ),
        }),
      ),
    }),
  }),
]);

interface Placed extends Disposable {
  /** With `monitor` as the first word. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

interface Surroundings {
  readonly database?: string;
  /** What stands for registry.example.com. */
  readonly registry?: string;
  /** Of that API, for that user; a pod without a service account has none. */
  readonly api?: string;
  readonly user?: string;
}

/** The command line and the environment of its container, with its paths in a temporary folder, on a free port. */
function placePod(
  directory: (typeof DIRECTORIES)[number],
  pod: PodSpec | undefined,
  { database = '', registry, api, user = '' }: Surroundings,
): Placed {
  assert.ok(pod);
  const [container] = pod.containers;
  assert.ok(container);
  const folder = createTemporaryFolder({ token: 'secret\n' });
  const inFolder = (text: string): string =>
    text
      .replaceAll(/\/(?:etc|run|var\/lib)\/kairos-pull\b/g, folder.path)
      .replaceAll('registry.example.com', registry ?? '$&');
  const [configMap] = of(directory, 'ConfigMap');
  for (const [name, text] of Object.entries(configMap?.data ?? {})) folder.write(name, inFolder(text));
  const variables = (container.env ?? []).map(({ name, value, valueFrom }): [string, string] => {
    if (valueFrom !== undefined) return [name, valueFrom.secretKeyRef?.name === 'kairos-pull-store' ? database : ''];
    return [
      name,
      api !== undefined && name === 'KAIROS_PULL_LISTEN' ? (value ?? '').replace(':8790', ':0') : inFolder(value ?? ''),
    ];
  });
  const hasAccount = api !== undefined && pod.automountServiceAccountToken !== false;
  const config =
    hasAccount &&
    kubeconfig({
      ...{ server: api, namespace: 'kairos-pull', user: { token: `token-of-${user}` } },
      cluster: { 'certificate-authority-data': Buffer.from(authority().cert).toString('base64') },
    });
  return {
    args: (container.args ?? []).map(inFolder),
    env: { ...Object.fromEntries(variables), ...(config && { KUBECONFIG: folder.write('kubeconfig', config) }) },
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  };
}

/** A registry, and an API with a pod in the namespace of the monitor and one in another. */
async function startCluster() {
  const registry = await startRegistry();
  const users = ['monitor', 'worker-1', 'worker-2', 'web'];
  const api = await startKubernetesApi({
    tls: serverIdentity(),
    tokens: Object.fromEntries(users.map((user) => [`token-of-${user}`, user])),
  });
  for (const [name, tag] of [
    ['shop/web', '1.4'],
    ['own/tool', '1'],
  ] as const)
    registry.put(name, tag, createImage());
  const images = ['own/tool:1'];
  const serve = (): void =>
    api.serve([
      ...images.map((image, index) =>
        pod('kairos-pull', `pod-${index}`, { containers: [{ image: `${registry.name}/${image}` }] }),
      ),
      pod('other', 'unseen', { containers: [{ image: `${registry.name}/other/unseen:1` }] }),
    ]);
  serve();
  return {
    ...{ registry: registry.name, api: api.origin },
    add(image: string) {
      images.push(image);
      serve();
    },
    users: (): string[] => [...new Set(api.requests.map(({ user }) => user))].sort(),
    /** `list pods` */
    used: (): string[] => [...new Set(api.requests.map(({ path }) => `list ${path.split('/').at(-1)}`))],
    /** Of all resources, once each was checked. */
    async states(url: string): Promise<string[]> {
      for (;;) {
        const response = await fetch(`${url}api/v1/resources`, { headers: { authorization: 'Bearer secret' } });
        const all = (await response.json()) as { readonly target: string; readonly state: string }[];
        if (all.length >= 2 && all.every(({ state }) => state !== 'pending')) {
          return all.map(({ target, state }) => `${target.replace(`${registry.name}/`, '')} ${state}`).sort();
        }
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    async [Symbol.asyncDispose]() {
      await registry.close();
      await api.close();
    },
  };
}

describe('examples/kubernetes', { skip }, () => {
  it('has what it takes to run the monitor', () => {
    const common = [
      'ConfigMap',
      'NetworkPolicy',
      'PodDisruptionBudget',
      'PrometheusRule',
      'Service',
      'ServiceAccount',
      'ServiceMonitor',
    ];
    const names = [...common, 'Deployment', 'Role', 'RoleBinding'].map((kind) => `${kind} kairos-pull`);
    assert.deepEqual(kindsOf('base'), [...names, 'PersistentVolumeClaim kairos-pull'].sort());
    const workers = ['Deployment', 'PodDisruptionBudget', 'Service'].map((kind) => `${kind} kairos-pull-worker`);
    assert.deepEqual(kindsOf('postgres'), [...names, ...workers].sort());
    assert.deepEqual(kindsOf('namespace-access'), ['Role kairos-pull', 'RoleBinding kairos-pull']);
  });

  it('has only fields that the API has, with its types', () => {
    const manifests = [...all.values()].flat();
    const isOperator = ({ apiVersion }: Manifest): boolean => apiVersion.startsWith('monitoring.coreos.com/');
    assert.equal(apiProblems(manifests.filter((manifest) => !isOperator(manifest))), '');
    for (const manifest of manifests.filter(isOperator)) {
      const parsed = OPERATOR.safeParse(manifest);
      assert.ok(parsed.success, parsed.error?.message);
    }
  });

  it('would notice a field that does not exist, and a wrong type', () => {
    const [deployment] = of('base', 'Deployment');
    assert.ok(deployment);
    const { spec } = deployment;
    assert.match(apiProblems([{ ...deployment, spec: { ...spec, replica: 1 } }]), /"replica"' does not exist/);
    assert.match(
      apiProblems([{ ...deployment, spec: { ...spec, replicas: '1' } }]),
      /'string' is not assignable to type 'number'/,
    );
  });

  for (const directory of ['base', 'postgres'] as const) {
    for (const { metadata, spec } of of(directory, 'Deployment')) {
      it(`has a valid command line and configuration for ${metadata.name} of ${directory}`, async () => {
        using pod = placePod(directory, spec.template.spec, { database: 'postgres://monitor@database/monitor' });
        const { child, ended } = spawnCommand([...pod.args, '--check-config'], pod.env);
        child.stdin.end();
        const { exitCode, stdout, stderr } = await ended;
        assert.deepEqual([exitCode, stderr], [0, '']);
        assert.match(stdout, /^kubernetes +the current cluster: its namespace +listed every 2m/m);
        assert.match(stdout, /^listen +0\.0\.0\.0:8790 +credentials required$/m);
      });
    }
  }

  it('runs on its own: it checks what runs in its namespace', { skip: withoutOpenssl }, async () => {
    await using cluster = await startCluster();
    const [deployment] = of('base', 'Deployment');
    using pod = placePod('base', deployment?.spec.template.spec, { ...cluster, user: 'monitor' });
    await using monitor = spawnMonitor(pod.args.slice(1), pod.env);
    const url = await monitor.url();
    assert.deepEqual(await cluster.states(url), ['own/tool:1 available', 'shop/web:1.4 available']);
    assert.equal((await fetch(`${url}readyz`)).status, 200);
    const [role] = of('base', 'Role') as unknown as Role[];
    const allowed = (role?.rules ?? []).flatMap(({ resources = [], verbs }) =>
      verbs.flatMap((verb) => resources.map((one) => `${verb} ${one}`)),
    );
    assert.deepEqual(cluster.used().sort(), allowed.sort(), 'no right too few, and none too many');
  });

  it('runs as several: one worker lists the cluster, and the web process never', {
    skip: withoutPostgres,
  }, async () => {
    await using cluster = await startCluster();
    await using server = await startPostgres();
    const database = await server.createDatabase();
    const [web, worker] = of('postgres', 'Deployment').map(({ spec }) => spec.template.spec);
    using first = placePod('postgres', worker, { ...cluster, database, user: 'worker-1' });
    using second = placePod('postgres', worker, { ...cluster, database, user: 'worker-2' });
    using shown = placePod('postgres', web, { ...cluster, database, user: 'web' });
    assert.equal(shown.env.KUBECONFIG, undefined, 'it has no token of a service account');
    await using pages = spawnMonitor(shown.args.slice(1), shown.env);
    const url = await pages.url();
    await using leader = spawnMonitor(first.args.slice(1), first.env);
    assert.deepEqual(await cluster.states(url), ['own/tool:1 available', 'shop/web:1.4 available']);
    await using other = spawnMonitor(second.args.slice(1), second.env);
    assert.match((await other.line('started')).message, /^2 resources of /);
    assert.deepEqual(cluster.users(), ['worker-1']);
    // The one that takes over lists as well, and what it finds is shown.
    cluster.add('own/new:1');
    leader.signal('SIGTERM');
    await leader.ended;
    while (!(await cluster.states(url)).includes('own/new:1 unavailable'));
    assert.deepEqual(cluster.users(), ['worker-1', 'worker-2']);
  });

  for (const directory of ['base', 'postgres'] as const) {
    describe(directory, () => {
      const deployments = of(directory, 'Deployment') as unknown as Deployment[];
      const podsOf = ({ spec }: Deployment) => spec?.template.metadata?.labels ?? {};
      const selects = (selector: Labels | undefined, found: Labels): boolean =>
        selector !== undefined && Object.entries(selector).every(([name, value]) => found[name] === value);

      it('is hardened', () => {
        for (const { spec } of deployments) {
          const pod = spec?.template.spec;
          assert.equal(pod?.securityContext?.runAsNonRoot, true);
          assert.equal(pod?.securityContext?.seccompProfile?.type, 'RuntimeDefault');
          assert.equal(pod?.enableServiceLinks, false);
          for (const {
            securityContext,
            resources,
            livenessProbe,
            readinessProbe,
            startupProbe,
            image,
            args,
          } of pod?.containers ?? []) {
            assert.deepEqual(securityContext, {
              allowPrivilegeEscalation: false,
              readOnlyRootFilesystem: true,
              capabilities: { drop: ['ALL'] },
            });
            assert.ok(resources?.requests?.cpu && resources.requests.memory && resources.limits?.memory);
            assert.deepEqual(
              [startupProbe, livenessProbe, readinessProbe].map((probe) => probe?.httpGet?.path),
              // A page must stay reachable that says what is wrong.
              ['/healthz', '/healthz', args?.includes('web') ? '/healthz' : '/readyz'],
            );
            // A name for documentation, which every user replaces.
            assert.equal(image, 'registry.example.com/tools/kairos-pull:0.1.0');
          }
        }
      });

      it('mounts every path that it uses, and nothing that does not exist', () => {
        const known = [
          'kairos-pull-token',
          'kairos-pull-store',
          ...(all.get(directory) ?? []).map(({ metadata }) => metadata.name),
        ];
        for (const { spec } of deployments) {
          const pod = spec?.template.spec;
          const [container] = pod?.containers ?? [];
          const paths = (container?.volumeMounts ?? []).map(({ mountPath }) => mountPath);
          const named = [...(container?.args ?? []), ...(container?.env ?? []).map(({ value = '' }) => value)].filter(
            (word) => word.startsWith('/'),
          );
          for (const path of [...named, '/run/kairos-pull/token']) assert.ok(paths.includes(dirname(path)), path);
          assert.deepEqual(
            (pod?.volumes ?? []).map(({ name }) => name).sort(),
            (container?.volumeMounts ?? []).map(({ name }) => name).sort(),
          );
          for (const { configMap, secret, persistentVolumeClaim } of pod?.volumes ?? []) {
            const name = configMap?.name ?? secret?.secretName ?? persistentVolumeClaim?.claimName;
            assert.ok(name === undefined || known.includes(name), name);
          }
          assert.equal(pod?.serviceAccountName, of(directory, 'ServiceAccount')[0]?.metadata.name);
        }
      });

      it('selects its own pods', () => {
        for (const deployment of deployments) {
          assert.ok(selects(deployment.spec?.selector.matchLabels, podsOf(deployment)));
          const others = deployments.filter((other) => other !== deployment);
          assert.ok(others.every((other) => !selects(deployment.spec?.selector.matchLabels, podsOf(other))));
          const isSelected = (selector: Labels): boolean => selects(selector, podsOf(deployment));
          const services = of(directory, 'Service') as unknown as Service[];
          const [service] = services.filter(({ spec }) => isSelected(spec?.selector ?? {}));
          assert.equal(service?.metadata?.name, deployment.metadata?.name);
          const [port] = deployment.spec?.template.spec?.containers[0]?.ports ?? [];
          assert.equal(service?.spec?.ports?.[0]?.targetPort, port?.name);
          const budgets = of(directory, 'PodDisruptionBudget').filter(({ spec }) =>
            isSelected(spec.selector.matchLabels),
          );
          assert.equal(budgets.length, 1);
          const [{ spec } = { spec: {} }] = budgets;
          assert.ok((deployment.spec?.replicas ?? 1) > (spec.minAvailable ?? 0), 'a node can be drained');
          assert.ok(of(directory, 'NetworkPolicy').every(({ spec }) => isSelected(spec.podSelector.matchLabels)));
          const [scrape] = of(directory, 'ServiceMonitor');
          assert.ok(selects(scrape?.spec.selector.matchLabels, service?.metadata?.labels ?? {}));
          assert.equal(scrape?.spec.endpoints[0].port, service?.spec?.ports?.[0]?.name);
          assert.ok(service?.metadata?.labels?.[scrape?.spec.jobLabel] !== undefined);
        }
      });
    });
  }

  it('keeps the history of one pod in a file, and that of several in a database', () => {
    const storeOf = ({ spec }: Manifest) =>
      spec.template.spec.containers[0].env.find(({ name }: { name: string }) => name === 'KAIROS_PULL_STORE');
    const [one] = of('base', 'Deployment');
    assert.ok(one);
    assert.deepEqual([one.spec.replicas, one.spec.strategy], [1, { type: 'Recreate' }]);
    assert.equal(storeOf(one).value, '/var/lib/kairos-pull/kairos-pull.db');
    const roles = of('postgres', 'Deployment').map((deployment) => {
      assert.deepEqual(storeOf(deployment), {
        name: 'KAIROS_PULL_STORE',
        valueFrom: { secretKeyRef: { name: 'kairos-pull-store', key: 'url' } },
      });
      const { args } = deployment.spec.template.spec.containers[0];
      return [args.at(-2), args.at(-1), deployment.spec.replicas];
    });
    assert.deepEqual(roles, [
      ['--role', 'web', 2],
      ['--role', 'worker', 3],
    ]);
    const [policy] = of('postgres', 'NetworkPolicy');
    assert.ok(JSON.stringify(policy?.spec.egress).includes('5432'));
  });

  it('reads secrets only by name, and everything else only as lists, in one namespace', () => {
    const [role] = of('namespace-access', 'Role') as unknown as Role[];
    assert.equal(role?.metadata?.namespace, 'shop');
    for (const { resources = [], verbs, resourceNames } of role?.rules ?? []) {
      const isByName = resources.includes('secrets') || resources.includes('serviceaccounts');
      assert.deepEqual(verbs, isByName ? ['get'] : ['list']);
      assert.equal((resourceNames ?? []).length > 0, isByName, resources.join());
      assert.ok(!resources.includes('*'));
    }
    const own = of('base', 'Role')[0] as unknown as Role;
    assert.deepEqual(
      [own.metadata?.namespace, own.rules?.flatMap(({ verbs }) => verbs)],
      ['kairos-pull', ['list', 'list', 'list']],
    );
    assert.deepEqual(of('base', 'RoleBinding')[0]?.metadata.namespace, 'kairos-pull');
    const [binding, ownBinding] = ['namespace-access', 'base'].map(
      (name) => parseAll(readText(`examples/kubernetes/${name}/rolebinding.yaml`))[0],
    );
    assert.ok(binding);
    assert.deepEqual(ownBinding, binding);
    const [account] = of('base', 'ServiceAccount');
    const { subjects, roleRef } = binding as unknown as { subjects: unknown; roleRef: unknown };
    assert.deepEqual(subjects, [
      { kind: 'ServiceAccount', name: account?.metadata.name, namespace: account?.metadata.namespace },
    ]);
    assert.deepEqual(roleRef, { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: role?.metadata?.name });
  });

  it('has the alert rules of examples/prometheus-rules.yaml', () => {
    const [rules] = of('base', 'PrometheusRule');
    assert.deepEqual(rules?.spec, parse(readText('examples/prometheus-rules.yaml')));
  });
});

describe('the other examples for Kubernetes', () => {
  it('have only fields that the API has, with its types', () => {
    const names = [
      'kubernetes-cronjob.yaml',
      'argocd-presync.yaml',
      'kubernetes-indexed-job.yaml',
      'kubernetes-indexed-job-merge.yaml',
    ];
    assert.ok(names.every((name) => existsSync(join(ROOT, 'examples', name))));
    assert.equal(apiProblems(names.flatMap((name) => parseAll(readText(`examples/${name}`)))), '');
  });
});
