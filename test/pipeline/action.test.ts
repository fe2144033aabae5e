// The GitHub Action as a runner starts it: inputs and files in the environment, the entry script as a process.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { parse } from 'yaml';
import { createImage } from '../../src/demo/image.ts';
import { type EmbeddedRegistry, startRegistry } from '../../src/demo/registry.ts';
import { githubOutputs } from '../../src/report/github-files.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';
import { ROOT, readText } from './project-file.ts';

const action = parse(readText('action.yml'));
const ENTRY = join(ROOT, action.runs.main);

interface Step {
  readonly exitCode: number | null;
  readonly log: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
}

/** A step with the inputs given, the others at their defaults, in a workspace of its own. */
async function runStep(
  inputs: Readonly<Record<string, string>>,
  workspace: TemporaryFolder,
  entry = ENTRY,
): Promise<Step> {
  const files = { GITHUB_OUTPUT: workspace.write('out', ''), GITHUB_STEP_SUMMARY: workspace.write('summary', '') };
  const defaults = Object.entries<{ default: string }>(action.inputs).map(([name, input]) => [name, input.default]);
  const given = Object.entries({ ...Object.fromEntries(defaults), ...inputs });
  const child = spawn(process.execPath, [entry], {
    cwd: workspace.path,
    env: {
      // No settings are looked for above it.
      HOME: workspace.path,
      PATH: '',
      LANG: 'C.UTF-8',
      GITHUB_WORKSPACE: workspace.path,
      ...files,
      ...Object.fromEntries(given.map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value])),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk) => {
      log += chunk;
    });
  }
  const exitCode = await new Promise<number | null>((resolve) => child.on('close', resolve));
  const lines = readFileSync(files.GITHUB_OUTPUT, 'utf8').split('\n').filter(Boolean);
  const outputs = Object.fromEntries(lines.map((line) => [line.split('=', 1)[0], line.replace(/^[^=]*=/, '')]));
  return { exitCode, log, outputs, summary: readFileSync(files.GITHUB_STEP_SUMMARY, 'utf8') };
}

describe('the GitHub Action', () => {
  let registry: EmbeddedRegistry;
  let name: string;

  before(async () => {
    registry = await startRegistry();
    registry.put('shop/web', '1', createImage({ platform: 'linux/amd64' }));
    registry.put('shop/api', '2', createImage({ platform: 'linux/amd64' }));
    name = registry.name;
  });
  after(() => registry.close());

  it('passes if every image exists, and reports it to later steps', async () => {
    using workspace = createTemporaryFolder();
    const step = await runStep({ images: `${name}/shop/web:1\n${name}/shop/api:2\n` }, workspace);
    assert.equal(step.exitCode, 0, step.log);
    const { json = '', ...outputs } = step.outputs;
    assert.deepEqual(outputs, {
      result: 'passed',
      'exit-code': '0',
      total: '2',
      pullable: '2',
      unpullable: '0',
      undetermined: '0',
      skipped: '0',
    });
    assert.equal(JSON.parse(json).total, 2);
    assert.match(step.log, /✔ \S+\/shop\/web:1 /);
  });

  it('fails with the exit code of the command, at the line of the file', async () => {
    using workspace = createTemporaryFolder({ 'my images.txt': `${name}/shop/web:1\n${name}/shop/web:9\n` });
    const step = await runStep({ files: '\n  my images.txt\n' }, workspace);
    assert.equal(step.exitCode, 4, step.log);
    assert.equal(step.outputs['exit-code'], '4');
    assert.equal(step.outputs.result, 'failed');
    assert.match(step.log, /^::error file=my images\.txt,line=2,title=/m);
    assert.match(step.summary, /shop\/web:9/);
  });

  it('hands platform, proof and further options on', async () => {
    using workspace = createTemporaryFolder();
    const images = `${name}/shop/web:1`;
    const wrong = await runStep({ images, platform: 'linux/amd64 linux/arm64' }, workspace);
    assert.equal(wrong.exitCode, 6, wrong.log);
    const layers = await runStep({ images, proof: 'layers' }, workspace);
    assert.match(layers.log, /· layers ·/);
    const absent = await runStep({ images, args: '--expect absent --timeout 20s' }, workspace);
    assert.equal(absent.exitCode, 7, absent.log);
  });

  it('takes nothing in the images input for an option', async () => {
    using workspace = createTemporaryFolder();
    const step = await runStep({ images: '--insecure' }, workspace);
    assert.equal(step.exitCode, 2, step.log);
    assert.match(step.log, /--insecure {2}invalid reference/);
  });

  it('is not green when nothing was named', async () => {
    using workspace = createTemporaryFolder();
    const step = await runStep({}, workspace);
    assert.equal(step.exitCode, 2);
    assert.match(step.log, /nothing to check/);
  });

  it('has one error annotation for a run that did not start', async () => {
    using workspace = createTemporaryFolder({ 'empty.txt': '' });
    const runs: readonly [Readonly<Record<string, string>>, RegExp][] = [
      [{}, /^::error title=kairos-pull::nothing to check.*$/gm],
      [{ images: 'x', args: '--nope' }, /^::error title=kairos-pull::unknown option '--nope'.*$/gm],
      [{ images: 'x', args: '--timeout 100%' }, /^::error title=kairos-pull::.*100%25.*$/gm],
      [{ images: 'x', proof: 'best' }, /^::error title=kairos-pull::.*--proof.*$/gm],
      [{ files: 'nope.yaml' }, /^::error .*nope\.yaml.*$/gm],
      [{ files: 'empty.txt' }, /^::error .*No images found.*$/gm],
      [{ images: 'app:' }, /^::error .*app:.*$/gm],
    ];
    for (const [inputs, annotation] of runs) {
      const { exitCode, log } = await runStep(inputs, workspace);
      assert.equal(exitCode, 2, log);
      assert.equal(log.match(annotation)?.length, 1, log);
      assert.equal(log.match(/^::error /gm)?.length, 1, log);
    }
  });

  it('reports what to do in a checkout that is not built', async () => {
    using workspace = createTemporaryFolder({ 'tool/package.json': '{ "type": "module" }' });
    const entry = join(workspace.path, 'tool', 'action', 'main.js');
    cpSync(ENTRY, entry);
    const step = await runStep({ images: `${name}/shop/web:1` }, workspace, entry);
    assert.equal(step.exitCode, 70);
    assert.match(step.log, /^::error title=kairos-pull is not built::.*run "npm ci" in the checkout.*\n$/);
  });

  it('declares the outputs that the command writes, and no others', () => {
    const summary = { total: 0, pullable: 0, unpullable: 0, undetermined: 0, skipped: 0 };
    const written = githubOutputs({ exitCode: 0, summary } as Parameters<typeof githubOutputs>[0]);
    assert.deepEqual(
      Object.keys(action.outputs).sort(),
      [...written.matchAll(/^([^=]+)=/gm)].map(([, key]) => key).sort(),
    );
  });

  it('has no password input', () => {
    assert.deepEqual(Object.keys(action.inputs), ['images', 'files', 'platform', 'proof', 'args']);
    assert.equal(action.runs.using, 'node24');
  });
});
