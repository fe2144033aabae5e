// The example of a batch in shards: its pods check every part once, and its merge finds their reports.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { describe, it } from 'node:test';
import { parseDocument } from 'yaml';
import { EXIT } from '../../src/core/exit-code.ts';
import { requirePosix } from '../support/require-programs.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';
import { understand } from './command-line.ts';
import { readText } from './project-file.ts';

const jobOf = (name: string) => parseDocument(readText(`examples/${name}`)).toJS();
const job = jobOf('kubernetes-indexed-job.yaml');
const merge = jobOf('kubernetes-indexed-job-merge.yaml');
const containerOf = ({ spec }: typeof job) => spec.template.spec.containers[0];

/** The words with which the script of a container calls the program, and how it ends. */
function runScript(container: { command: string[]; args: string[] }, env: Record<string, string>, exitCode = 0) {
  using folder = createTemporaryFolder();
  const program = folder.write('kairos-pull', `#!/bin/sh\nprintf '%s\\n' "$@"\nexit ${exitCode}\n`);
  chmodSync(program, 0o755);
  const [shell = '', ...words] = [...container.command, ...container.args];
  const { status, stdout, stderr } = spawnSync(shell, words, {
    env: { PATH: `${folder.path}:/usr/bin:/bin`, ...env },
    encoding: 'utf8',
  });
  assert.equal(stderr, '');
  return { status, words: stdout.trimEnd().split('\n') };
}

describe('examples/kubernetes-indexed-job.yaml', { skip: requirePosix() }, () => {
  it('checks each shard once: its index counts from 0', () => {
    assert.equal(job.spec.completionMode, 'Indexed');
    const { completions } = job.spec;
    const runs = Array.from({ length: completions }, (_, index) => {
      const { words } = runScript(containerOf(job), { JOB_COMPLETION_INDEX: String(index) });
      const { settings } = understand(words);
      assert.deepEqual(settings?.file, ['/batch/images.txt']);
      assert.deepEqual(settings?.output, [{ format: 'json', path: `/batch/shard-${index + 1}.json` }]);
      return settings?.shard;
    });
    assert.deepEqual(
      runs,
      Array.from({ length: completions }, (_, index) => ({ current: index + 1, total: completions })),
    );
  });

  it('has failed only if the check did not do its work', () => {
    const { unhealthy: _, ...codes } = EXIT;
    for (const code of Object.values(codes)) {
      const isResult = code !== EXIT.usage && code < EXIT.bug;
      const { status } = runScript(containerOf(job), { JOB_COMPLETION_INDEX: '0' }, code);
      assert.equal(status, isResult ? 0 : code);
    }
  });

  it('shares a volume with the Job that merges its reports', () => {
    const { words } = runScript(containerOf(merge), {});
    const { invocation } = understand(words);
    assert.equal(invocation.command, 'report');
    assert.deepEqual(invocation.command === 'report' && invocation.paths, ['/batch/shard-*.json']);
    const claimsOf = ({ spec }: typeof job): string[] =>
      spec.template.spec.volumes.flatMap((volume: { persistentVolumeClaim?: { claimName: string } }) =>
        volume.persistentVolumeClaim === undefined ? [] : [volume.persistentVolumeClaim.claimName],
      );
    assert.deepEqual(claimsOf(job), claimsOf(merge));
    assert.ok(readText('examples/kubernetes-indexed-job.yaml').includes('kubernetes-indexed-job-merge.yaml'));
  });

  it('needs no rights', () => {
    for (const one of [job, merge]) {
      const { automountServiceAccountToken, securityContext } = one.spec.template.spec;
      assert.deepEqual([automountServiceAccountToken, securityContext.runAsNonRoot], [false, true]);
      assert.deepEqual(containerOf(one).securityContext, {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
    }
  });
});
