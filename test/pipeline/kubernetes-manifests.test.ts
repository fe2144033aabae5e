// examples/kubernetes: rendered by kubectl, with the fields and types of the API, and with rights as small as its purpose.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Deployment } from 'kubernetes-types/apps/v1.d.ts';
import type { Service } from 'kubernetes-types/core/v1.d.ts';
import type { Role } from 'kubernetes-types/rbac/v1.d.ts';
import { parse, parseAllDocuments } from 'yaml';
import * as z from 'zod';
import { MONITOR_SETTINGS } from '../../src/config/monitor-setting.ts';
import { spawnCommand } from '../support/process.ts';
import { requirePosix, requirePrograms } from '../support/require-programs.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';
import { understand } from './command-line.ts';
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
    const names = [...common, 'Deployment'].map((kind) => `${kind} kairos-pull`);
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

  it('has a valid configuration, with options that there are', async () => {
    const [configMap] = of('base', 'ConfigMap');
    using folder = createTemporaryFolder({ token: 'secret\n' });
    const text = (configMap?.data?.['kairos-pull.yaml'] ?? '').replace('/run/kairos-pull/token', 'token');
    const path = folder.write('kairos-pull.yaml', text);
    const env = { KAIROS_PULL_LISTEN: '0.0.0.0:8790', KAIROS_PULL_STORE: 'memory' };
    const { child, ended } = spawnCommand(['monitor', '--config', path, '--check-config'], env);
    child.stdin.end();
    const { exitCode, stderr } = await ended;
    assert.deepEqual([exitCode, stderr], [0, '']);
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
          } of pod?.containers ?? []) {
            assert.deepEqual(securityContext, {
              allowPrivilegeEscalation: false,
              readOnlyRootFilesystem: true,
              capabilities: { drop: ['ALL'] },
            });
            assert.ok(resources?.requests?.cpu && resources.requests.memory && resources.limits?.memory);
            assert.deepEqual(
              [startupProbe, livenessProbe, readinessProbe].map((probe) => probe?.httpGet?.path),
              ['/healthz', '/healthz', '/readyz'],
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

  it('starts the program with options that it has', {
    skip: !Object.hasOwn(MONITOR_SETTINGS, 'role') && 'no roles',
  }, () => {
    for (const directory of ['base', 'postgres'] as const) {
      for (const { spec } of of(directory, 'Deployment')) {
        const { args } = spec.template.spec.containers[0];
        assert.equal(understand(args).invocation.command, 'monitor');
      }
    }
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
    const [binding] = parseAll(readText('examples/kubernetes/namespace-access/rolebinding.yaml'));
    assert.ok(binding);
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
