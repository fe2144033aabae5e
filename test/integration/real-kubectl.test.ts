import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { createClusterMemory, readCluster } from '../../src/kubernetes/read-cluster.ts';
import { authority, serverIdentity, withoutOpenssl } from '../support/certificates.ts';
import { startKubernetesApi } from '../support/kubernetes-api.ts';
import { kubeconfig, pod, workload } from '../support/kubernetes-objects.ts';
import { requirePrograms } from '../support/require-programs.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';

const run = promisify(execFile);
const KINDS = 'pods,deployments.apps,statefulsets.apps,daemonsets.apps,replicasets.apps,jobs.batch,cronjobs.batch';
const base64 = (text: string): string => Buffer.from(text).toString('base64');

interface Listed {
  readonly items: readonly { readonly metadata: { readonly namespace: string } }[];
}

/** `namespace image` of every container in what kubectl printed. */
function imagesIn(json: string): string[] {
  const found = (JSON.parse(json) as Listed).items.flatMap((item) => {
    const images = [...JSON.stringify(item).matchAll(/"image":"([^"]+)"/g)].map(([, image]) => image);
    return images.map((image) => `${item.metadata.namespace} ${image}`);
  });
  return [...new Set(found)].sort();
}

describe('kubectl against the same API', { skip: withoutOpenssl || requirePrograms('kubectl') }, () => {
  it('lists the same images, with the same kubeconfig, in all namespaces, one, and by a selector', async () => {
    await using api = await startKubernetesApi({ tls: serverIdentity(), tokens: { 'token-1': 'ada' }, maxPage: 7 });
    api.serve([
      ...Array.from({ length: 40 }, (_, at) =>
        pod(at % 2 === 0 ? 'shop' : 'pay', `web-${at}`, {
          labels: { tier: at % 3 === 0 ? 'front' : 'back' },
          containers: [
            { image: `registry.example/app-${at % 9}:1` },
            { name: 'proxy', image: 'registry.example/proxy:2' },
          ],
        }),
      ),
      workload('Deployment', 'shop', 'idle', { replicas: 0, containers: [{ image: 'registry.example/idle:1' }] }),
      workload('DaemonSet', 'kube-system', 'agent', { containers: [{ image: 'registry.example/agent:1' }] }),
    ]);
    using folder = createTemporaryFolder();
    const config = kubeconfig({
      ...{ server: api.origin, namespace: 'shop', user: { token: 'token-1' } },
      cluster: { 'certificate-authority-data': base64(authority().cert) },
    });
    const env = { KUBECONFIG: folder.write('config', config), HOME: folder.path, PATH: process.env.PATH ?? '' };
    const kubectl = async (...args: string[]): Promise<string[]> => {
      const command = ['get', KINDS, '--chunk-size=5', '-o', 'json', ...args];
      return imagesIn((await run('kubectl', command, { env, maxBuffer: 64 * 1024 * 1024 })).stdout);
    };
    const ours = async (namespaces: readonly string[], selector?: string): Promise<string[]> => {
      const source = { namespaces, selector, secrets: 'none' } as const;
      const options = { env, signal: new AbortController().signal, pageSize: 5 };
      const { images, problems } = await readCluster(source, createClusterMemory(), options);
      assert.deepEqual(problems, []);
      return images.map(({ namespace, target }) => `${namespace} ${target.text}`).sort();
    };
    const everything = await kubectl('--all-namespaces');
    assert.equal(everything.length, 9 * 2 + 2 + 2);
    assert.deepEqual(await ours(['*']), everything);
    assert.deepEqual(await ours([]), await kubectl(), 'the namespace of the context');
    assert.deepEqual(await ours(['pay']), await kubectl('--namespace', 'pay'));
    assert.deepEqual(await ours(['*'], 'tier=front'), await kubectl('-A', '--selector', 'tier=front'));
    assert.ok(api.requests.every(({ user }) => user === 'ada'));
  });
});
