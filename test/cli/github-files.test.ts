// The files that a step of a GitHub workflow and a metrics scraper find after the command.

import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fakeChecker } from './fake-checker.ts';
import { runMain } from './run-main.ts';

describe('files besides the log', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kairos-pull-files-'));
  });
  after(() => rm(folder, { recursive: true }));

  it("appends summary and outputs to GitHub's files", async () => {
    const [summary, output] = [join(folder, 'summary'), join(folder, 'output')];
    await writeFile(output, 'earlier=1\n');
    const checker = fakeChecker({ 'a:1': 'not-found/tag' });
    const run = await runMain(['check', 'a:1', '-o', 'github'], {
      checker,
      env: { GITHUB_STEP_SUMMARY: summary, GITHUB_OUTPUT: output },
    });
    assert.equal(run.exitCode, 4);
    assert.match(run.stdout, /^::error /m);
    assert.match(await readFile(summary, 'utf8'), /a:1/);
    assert.match(await readFile(output, 'utf8'), /^earlier=1\nresult=failed\nexit-code=4\n/);
  });

  it('replaces the metrics atomically, and leaves no other file', async () => {
    const path = join(folder, 'images.prom');
    const run = await runMain(['check', 'a:1', '-o', `prometheus=${path}`], { checker: fakeChecker() });
    assert.equal(run.exitCode, 0);
    assert.match(await readFile(path, 'utf8'), /^kairos_pull_image_pullable\{/m);
    assert.deepEqual(
      (await readdir(folder)).filter((name) => name.endsWith('.tmp')),
      [],
    );
  });

  it('does not write through a link with a name that could be guessed', async () => {
    const [path, victim] = [join(folder, 'linked.prom'), join(folder, 'victim')];
    await writeFile(victim, 'mine');
    await symlink(victim, `${path}.${process.pid}.tmp`);
    const run = await runMain(['check', 'a:1', '-o', `prometheus=${path}`], { checker: fakeChecker() });
    assert.equal(run.exitCode, 0);
    assert.equal(await readFile(victim, 'utf8'), 'mine');
    await rm(`${path}.${process.pid}.tmp`);
  });

  it('leaves no file of metrics if another report cannot be opened', async () => {
    const path = join(folder, 'other.prom');
    const run = await runMain(['check', 'a:1', '-o', `prometheus=${path}`, '-o', 'json=/dev/null/where']);
    assert.equal(run.exitCode, 2);
    assert.deepEqual(
      (await readdir(folder)).filter((name) => name.startsWith('other')),
      [],
    );
  });

  it('detects immediately that metrics cannot replace a directory', async () => {
    const checker = fakeChecker();
    const run = await runMain(['check', 'a:1', '-o', `prometheus=${folder}`], { checker });
    assert.equal(run.stderr, `error: cannot write ${folder}: it is a directory.\nSee kairos-pull check --help.\n`);
    assert.deepEqual(checker.checked, []);
  });

  it('writes metrics to a device such as /dev/stdout without replacing it', async () => {
    const path = join(folder, 'null');
    await symlink('/dev/null', path);
    const run = await runMain(['check', 'a:1', '-o', `prometheus=${path}`], { checker: fakeChecker() });
    assert.equal(run.exitCode, 0);
    assert.equal(await readlink(path), '/dev/null');
  });

  it('allows text and annotations in the log of a workflow', async () => {
    const run = await runMain(['check', 'a:1', '-o', 'text', '-o', 'github'], { checker: fakeChecker() });
    assert.equal(run.exitCode, 0);
  });
});
