// A signal at any moment: the document is whole, the exit code 130, and nothing is left running.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { type EmbeddedRegistry, startRegistry } from '../../src/demo/registry.ts';
import { hang } from '../support/faults.ts';
import { type Ended, spawnCommand } from '../support/process.ts';
import { requirePosix, requirePrograms } from '../support/require-programs.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';

const skip = requirePosix() || requirePrograms('mkfifo');

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

const folder = createTemporaryFolder();
after(() => folder[Symbol.dispose]());

let pipes = 0;
function createPipe(): string {
  pipes += 1;
  const path = join(folder.path, `pipe-${pipes}`);
  execFileSync('mkfifo', [path]);
  return path;
}

/** A registry that never answers, and the moment it is first asked. */
async function startSilent(): Promise<{ registry: EmbeddedRegistry; asked: Promise<void>; image: string }> {
  const registry = await startRegistry();
  const asked = new Promise<void>((resolve) => {
    registry.inject(() => {
      resolve();
      return hang();
    });
  });
  return { registry, asked, image: `${registry.name}/a/b:1` };
}

/** Of an interrupted run: its document must be whole. */
function documentOf({ exitCode, stdout, stderr }: Ended) {
  assert.equal(exitCode, 130, stderr);
  const { exitCode: told, interrupted, notChecked, results, problems, summary } = JSON.parse(stdout);
  assert.deepEqual([told, interrupted, summary.total], [130, true, results.length]);
  assert.match(stderr, /^Interrupted(?:: \d+ of \d+ images? checked| after \d+ images?)\.\n$/);
  return { notChecked, results, problems };
}

describe('an interruption', { skip, concurrency: 2 }, () => {
  for (const signal of SIGNALS) {
    it(`by ${signal} during a request: reports how many images have no result`, async () => {
      const { registry, asked, image } = await startSilent();
      await using _ = registry;
      const { child, ended } = spawnCommand(['check', 'Bad/Name', image, `${image}1`, '--plain-http', '-o', 'json']);
      await asked;
      child.kill(signal);
      const { notChecked, results } = documentOf(await ended);
      assert.deepEqual(
        results.map(({ input }: { input: string }) => input),
        ['Bad/Name'],
      );
      assert.equal(notChecked, 2);
    });

    for (const option of ['-f', '--config', '--auth-file', '--ca-file', '--cert', '--mirrors-from']) {
      it(`by ${signal} while a file is read: ${option}`, async () => {
        const pipe = createPipe();
        const { child, ended } = spawnCommand(['check', '127.0.0.1:1/a', option, pipe, '-o', 'json']);
        // Opened as soon as the command reads.
        const writer = await open(pipe, 'w');
        await writer.write('#\n');
        child.kill(signal);
        assert.deepEqual(documentOf(await ended), { notChecked: 1, results: [], problems: [] });
        await writer.close();
      });
    }
  }

  it('reports the images of the files before the one that was read', async () => {
    const pipe = createPipe();
    const list = folder.write('list.txt', 'nginx:1\nnginx:2\n');
    const { child, ended } = spawnCommand(['check', '-f', list, '-f', pipe, '-o', 'json']);
    const writer = await open(pipe, 'w');
    child.kill('SIGINT');
    assert.equal(documentOf(await ended).notChecked, 2);
    await writer.close();
  });

  it('finds no fault with the half of a document that was read', async () => {
    const pipe = createPipe();
    const { child, ended } = spawnCommand(['check', 'nginx', '-f', pipe, '-f', '-', '-o', 'json']);
    const writer = await open(pipe, 'w');
    child.stdin.write('services:\n  a: { image: "x');
    await writer.write('services:\n  a: { image: "x');
    child.kill('SIGINT');
    assert.deepEqual(documentOf(await ended).problems, []);
    await writer.close();
  });

  for (const args of [
    ['-f', '-'],
    ['-u', 'me', '--password-stdin'],
  ]) {
    it(`while standard input is waited for: ${args.join(' ')}`, async () => {
      const pipe = createPipe();
      const { child, ended } = spawnCommand(['check', 'Bad/Name', 'nginx', '-f', pipe, ...args, '-o', 'json']);
      // The last file before standard input: with its end the wait begins.
      const writer = await open(pipe, 'w');
      await writer.write('#\n');
      await writer.close();
      if (args[0] === '-f') await once(child.stdout, 'data');
      child.kill('SIGINT');
      documentOf(await ended);
    });
  }

  it('while --wait waits: the last result is reported', async () => {
    await using registry = await startRegistry();
    const { child, ended } = spawnCommand(['check', `${registry.name}/a/b:1`, '--wait', '10m', '-v', '-o', 'json']);
    for await (const text of child.stderr) if (String(text).includes('Waiting for')) break;
    child.kill('SIGINT');
    const { exitCode, stdout } = await ended;
    const { notChecked, results } = JSON.parse(stdout);
    assert.deepEqual([exitCode, notChecked, results[0].reason], [130, 0, 'not-found']);
  });

  it('of the list of images: it is whole, with what was found', async () => {
    for (const command of [['images'], ['check', '--dry-run']]) {
      const pipe = createPipe();
      const { child, ended } = spawnCommand([...command, 'nginx', '-f', pipe, '-o', 'json']);
      const writer = await open(pipe, 'w');
      child.kill('SIGINT');
      const { exitCode, stdout, stderr } = await ended;
      const { interrupted, images } = JSON.parse(stdout);
      assert.deepEqual([exitCode, interrupted, images.length], [130, true, 1]);
      assert.equal(stderr, 'Interrupted: 1 image found.\n');
      await writer.close();
    }
  });
});

describe('a report that is not read', { skip, concurrency: 2 }, () => {
  // More than a pipe and its two ends hold.
  const listOf = (name: string, count: number) =>
    folder.write(`${name}.txt`, Array.from({ length: count }, (_, at) => `name/${name}:${at}\n`).join(''));
  // No image has such a name, and no registry is asked for it.
  const list = listOf('Bad', 5000);
  const good = listOf('good', 40_000);

  for (const signals of [['SIGINT'], ['SIGTERM'], ['SIGHUP'], ['SIGINT', 'SIGINT'], ['SIGHUP', 'SIGTERM']] as const) {
    it(`does not keep the process: ${signals.join(' ')}`, async () => {
      for (const args of [
        ['check', '-f', list, '-o', 'json'],
        ['check', '-f', list],
        ['images', '-f', good],
      ]) {
        const { child, ended } = spawnCommand(args);
        await once(child.stdout, 'data');
        child.stdout.pause();
        child.stderr.pause();
        for (const signal of signals) child.kill(signal);
        await once(child, 'exit');
        child.stdout.resume();
        child.stderr.resume();
        assert.equal((await ended).exitCode, 130, args.join(' '));
      }
    });
  }

  it('does not keep it if it goes to a named pipe', async () => {
    const pipe = createPipe();
    const { child, ended } = spawnCommand(['check', '-f', list, '-o', `json=${pipe}`]);
    const reader = await open(pipe, 'r');
    await reader.read(Buffer.alloc(1));
    child.kill('SIGINT');
    assert.equal((await ended).exitCode, 130);
    await reader.close();
  });

  it('is whole when the pipe with a name has a reader', async () => {
    const pipe = createPipe();
    const { ended } = spawnCommand(['check', 'Bad/Name', '-o', `json=${pipe}`]);
    const reader = await open(pipe, 'r');
    const text = await reader.readFile('utf8');
    assert.equal(JSON.parse(text).results.length, 1);
    assert.equal((await ended).exitCode, 2);
    await reader.close();
  });
});

describe('a second signal', { skip, concurrency: 2 }, () => {
  for (const signals of [
    ['SIGINT', 'SIGINT'],
    ['SIGTERM', 'SIGHUP'],
    ['SIGHUP', 'SIGINT'],
  ] as const) {
    it(`ends the process, and credential helpers with it: ${signals.join(' ')}`, async () => {
      await using registry = await startRegistry({ auth: 'basic', users: { me: 'hunter2' } });
      const { alive, env } = await createHelper(registry);
      const { child, ended } = spawnCommand(['check', `${registry.name}/a/b:1`, '--plain-http', '-o', 'json'], env);
      const helper = await alive();
      for (const signal of signals) child.kill(signal);
      assert.equal((await ended).exitCode, 130);
      await helper.end();
    });
  }

  for (const signal of SIGNALS) {
    it(`is not needed to end a credential helper: ${signal}`, async () => {
      await using registry = await startRegistry({ auth: 'basic', users: { me: 'hunter2' } });
      const { alive, env } = await createHelper(registry);
      const { child, ended } = spawnCommand(['check', `${registry.name}/a/b:1`, '--plain-http', '-o', 'json'], env);
      const helper = await alive();
      child.kill(signal);
      assert.equal(documentOf(await ended).notChecked, 1);
      await helper.end();
    });
  }

  it('is not needed to end a process with a thread that waits forever', async () => {
    const { registry, asked, image } = await startSilent();
    await using _ = registry;
    const code = `import { open } from 'node:fs'; open(${JSON.stringify(createPipe())}, 'r', () => undefined);`;
    const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(code)}` };
    const { child, ended } = spawnCommand(['check', image, '--plain-http', '-o', 'json'], env);
    await asked;
    child.kill('SIGTERM');
    const { exitCode, signal, stdout } = await ended;
    // What a shell tells as 130: Node itself would wait for the thread.
    assert.deepEqual([exitCode, signal], [null, 'SIGINT']);
    assert.equal(JSON.parse(stdout).notChecked, 1);
  });
});

interface Helper {
  readonly env: Readonly<Record<string, string>>;
  /** Settles when the helper runs; its `end` settles when it and what it started do so no more. */
  readonly alive: () => Promise<{ readonly end: () => Promise<void> }>;
}

/** A credential helper that never answers. It and its child hold a pipe open, so that its end is the end of both. */
async function createHelper({ name }: EmbeddedRegistry): Promise<Helper> {
  const pipe = createPipe();
  const program = folder.write(
    `bin-${pipes}/docker-credential-silent`,
    `#!/bin/sh\nexec 9>"${pipe}"\necho >&9\nsleep 1000 &\nwait\n`,
  );
  chmodSync(program, 0o755);
  const config = JSON.stringify({ credHelpers: { [name]: 'silent' } });
  return {
    env: { PATH: `${join(program, '..')}:/usr/bin:/bin`, DOCKER_AUTH_CONFIG: config },
    async alive() {
      const reader: FileHandle = await open(pipe, 'r');
      assert.equal((await reader.read(Buffer.alloc(1))).bytesRead, 1);
      return {
        async end() {
          assert.equal((await reader.read(Buffer.alloc(1))).bytesRead, 0);
          await reader.close();
        },
      };
    },
  };
}
