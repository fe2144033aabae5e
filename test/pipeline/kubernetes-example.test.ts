// The Kubernetes examples: Jobs that run the program with options it has, and stop a rollout as they say.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { EXIT } from '../../src/core/exit-code.ts';
import { kubernetesExtractor } from '../../src/input/kubernetes.ts';
import { foundLines } from '../input/found-lines.ts';
import { understand } from './command-line.ts';
import { readText } from './project-file.ts';

const IMAGE = 'registry.example.com/tools/kairos-pull:0.1.0';

function readExample(name: string) {
  const text = readText(`examples/${name}`);
  const documents = parseAllDocuments(text);
  assert.ok('length' in documents, 'it is empty');
  for (const { errors, warnings } of documents) assert.deepEqual([...errors, ...warnings], []);
  const objects = documents.map((document) => document.toJS());
  const last = objects.at(-1);
  const job = last.kind === 'CronJob' ? last.spec.jobTemplate.spec : last.spec;
  const pod = job.template.spec;
  return { text, objects, last, job, pod, container: pod.containers[0] };
}

const TEMPLATE = /\{\{[^}]*\}\}/g;

for (const name of ['kubernetes-cronjob.yaml', 'argocd-presync.yaml', 'helm-pre-upgrade.yaml']) {
  describe(`examples/${name}`, () => {
    const { text, last, job, pod, container } = readExample(name);
    const args: string[] = container.args.map((arg: string) => arg.replace(TEMPLATE, 'x'));

    it('runs a check with options that there are', () => {
      const { invocation, settings } = understand(args);
      assert.equal(invocation.command, 'check');
      assert.ok(settings?.authFile?.startsWith('/run/pull-secret/'), 'it uses the pull secret');
    });

    it('reads no file that is not mounted', () => {
      const { settings } = understand(args);
      const mounts: { name: string; mountPath: string }[] = container.volumeMounts;
      const volumes: { name: string; configMap?: object; secret?: { items: { path: string }[] } }[] = pod.volumes;
      for (const path of [...(settings?.file ?? []), settings?.authFile ?? '']) {
        const mount = mounts.find(({ mountPath }) => path.startsWith(`${mountPath}/`));
        assert.ok(mount, `${path} is not mounted`);
        const volume = volumes.find((it) => it.name === mount.name);
        assert.ok(volume, `there is no volume ${mount.name}`);
        const keys = volume.secret?.items.map((item) => `${mount.mountPath}/${item.path}`);
        if (keys !== undefined) assert.deepEqual(keys, [path]);
      }
    });

    it('is retried only if the result is undetermined', () => {
      assert.deepEqual(job.podFailurePolicy.rules, [
        {
          action: 'FailJob',
          onExitCodes: { containerName: container.name, operator: 'NotIn', values: [EXIT.undetermined] },
        },
      ]);
      // Kubernetes accepts the policy with no other.
      assert.equal(pod.restartPolicy, 'Never');
    });

    it('needs no rights', () => {
      assert.equal(pod.automountServiceAccountToken, false);
      assert.equal(pod.securityContext.runAsNonRoot, true);
      assert.equal(container.securityContext.readOnlyRootFilesystem, true);
      assert.deepEqual(container.securityContext.capabilities.drop, ['ALL']);
    });

    it('has an image that a check of the directory finds', async () => {
      const line = text.split('\n').findIndex((it) => it.trim() === `image: ${IMAGE}`) + 1;
      assert.deepEqual(await foundLines(kubernetesExtractor, text), [
        `${line} ${IMAGE} | ${last.kind}/${last.metadata.name}/kairos-pull`,
      ]);
    });
  });
}

describe('the examples are where they take effect', () => {
  it('the CronJob reads the list next to it', () => {
    const { objects, pod, container } = readExample('kubernetes-cronjob.yaml');
    const [list, cronJob] = objects;
    assert.equal(pod.volumes[0].configMap.name, list.metadata.name);
    assert.deepEqual(
      Object.keys(list.data).map((key) => `${container.volumeMounts[0].mountPath}/${key}`),
      understand(container.args).settings?.file,
    );
    assert.match(cronJob.spec.schedule, /^\d+ \d+ \* \* \*$/);
  });

  it('Argo CD runs the Job before the sync', () => {
    const { annotations } = readExample('argocd-presync.yaml').last.metadata;
    assert.deepEqual(annotations, {
      'argocd.argoproj.io/hook': 'PreSync',
      'argocd.argoproj.io/hook-delete-policy': 'BeforeHookCreation',
    });
  });

  it('Helm runs the Job before an install and an upgrade', () => {
    const { annotations } = readExample('helm-pre-upgrade.yaml').last.metadata;
    assert.equal(annotations['helm.sh/hook'], 'pre-install,pre-upgrade');
    assert.equal(annotations['helm.sh/hook-delete-policy'], 'before-hook-creation,hook-succeeded');
  });
});
