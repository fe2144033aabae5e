import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { formatNoImages } from '../../src/cli/notes.ts';
import { runCommand } from '../support/command.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';
import { documentOf, runMain } from './run-main.ts';

/** Nothing listens there, so that only skipped images pass. */
const UNREACHABLE = '127.0.0.1:1/app:1';

describe('what a run does not check', () => {
  it('decides the exit code with --strict, by flag, environment and config file', async () => {
    using folder = createTemporaryFolder({
      'compose.yaml': 'services: { a: { image: "app:$TAG" }, b: { build: . }, c: { image: "app:1" } }\n',
      'strict/kairos-pull.yaml': 'strict: true\n',
    });
    const file = join(folder.path, 'compose.yaml');
    const exitCodes = async (argv: readonly string[], circumstances: Parameters<typeof runMain>[1] = {}) => {
      const codes: number[] = [];
      for (const command of [['images'], ['check', '--dry-run']]) {
        codes.push((await runMain([...command, file, ...argv], circumstances)).exitCode);
      }
      return codes;
    };
    assert.deepEqual(await exitCodes([]), [0, 0]);
    assert.deepEqual(await exitCodes(['--strict']), [2, 2]);
    const { stderr } = await runMain(['images', file, '--strict']);
    assert.equal(
      stderr,
      '3 images, 2 of them skipped.\nerror: 1 image could not be resolved, which fails with --strict.\n',
    );
    assert.deepEqual(await exitCodes([], { env: { KAIROS_PULL_STRICT: 'true' } }), [2, 2]);
    assert.deepEqual(await exitCodes(['--strict'], { env: { TAG: '1' } }), [0, 0]);
    // What --ignore names is not expected to be resolved.
    assert.deepEqual(await exitCodes(['--strict', '--ignore', 'app:$TAG']), [0, 0]);
    assert.deepEqual(await exitCodes(['--strict', '--ignore', 'other']), [2, 2]);
    const cwd = join(folder.path, 'strict');
    assert.deepEqual(await exitCodes([], { cwd, env: { HOME: cwd } }), [2, 2]);
  });

  it('is never decided by images that are built locally or ignored', async () => {
    using folder = createTemporaryFolder({
      'compose.yaml': `services: { a: { build: . }, b: { image: "${UNREACHABLE}" }, c: { image: "x:1" } }\n`,
    });
    const argv = ['check', join(folder.path, 'compose.yaml'), '--ignore', 'x', '--strict', '--retries', '0'];
    const { exitCode, stdout } = await runCommand([...argv, '-o', 'json']);
    assert.equal(exitCode, 5);
    const { skipReasons } = documentOf({ exitCode, stdout, stderr: '' });
    assert.deepEqual(skipReasons, { 'unresolved-variable': 0, 'local-build': 1, ignored: 1 });
  });

  it('fails with --strict before anything else, and is not waited for', async () => {
    using folder = createTemporaryFolder({
      'compose.yaml': `services: { a: { image: "app:$TAG" }, b: { image: "${UNREACHABLE}" } }\n`,
    });
    const argv = ['check', join(folder.path, 'compose.yaml'), '--strict', '--retries', '0', '-q'];
    const { exitCode, stdout } = await runCommand(argv);
    assert.equal(exitCode, 2);
    assert.match(stdout, /^✖ app:\$TAG +skipped \(unresolved variable, fails with --strict\)$/m);
    assert.match(stdout, /^✖ 1 image skipped: unresolved variable \(fails with --strict\)$/m);
    const alone = await runCommand([
      'check',
      join(folder.path, 'compose.yaml'),
      '--ignore',
      '127.0.0.1:1/*',
      '--strict',
      '--wait',
      '1h',
    ]);
    assert.equal(alone.exitCode, 2);
  });

  it('is said with --quiet, and does not contradict the exit code', async () => {
    using folder = createTemporaryFolder({
      'a/compose.yaml': 'services: { a: { image: "app:$TAG" }, b: { image: "app:1" } }\n',
      'b/compose.yaml': 'services: { a: [\n',
      'b/Dockerfile': 'FROM base:1\n',
    });
    const skipped = await runMain(['check', '-q', `${folder.path}/b/`]);
    assert.equal(skipped.exitCode, 2);
    assert.match(skipped.stdout, /^1 image: 1 pullable · 1 file could not be read · .*\n$/);
    const line = /^error: .*b\/compose\.yaml:\d+: Not valid YAML.*\n$/;
    assert.match(skipped.stderr, line);
    const path = join(folder.path, 'report.txt');
    for (const output of ['json', `text=${path}`]) {
      assert.match((await runMain(['check', `${folder.path}/b/`, '-o', output])).stderr, line);
    }
    // A report in a file is read alone.
    assert.match(await readFile(path, 'utf8'), /^✖ .*b\/compose\.yaml:\d+: Not valid YAML/m);
  });

  it('is a part of a file: then the file was read only in part', async () => {
    using folder = createTemporaryFolder({
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of Compose
      'a/compose.yaml': 'services: { a: { image: "a:${TAG:?set TAG}" }, b: { image: "b:1" } }\n',
      'b/compose.yaml': 'services: { a: [\n',
    });
    const run = (...argv: string[]) => runMain(['check', ...argv]);
    const { exitCode, stdout } = await run(`${folder.path}/a/`);
    assert.equal(exitCode, 2);
    assert.match(stdout, /\n1 image: 1 pullable · 1 file was read only in part · /);
    const both = await run(`${folder.path}/`);
    assert.match(both.stdout, / · 1 file could not be read, 1 file was read only in part · /);
  });

  it('names a path so that it cannot be mistaken for the end of the sentence', () => {
    assert.deepEqual(formatNoImages(['..']), ['error: no images found in "..".']);
    for (const here of ['.', './'])
      assert.deepEqual(formatNoImages([here]), ['error: no images found in this directory.']);
    assert.deepEqual(formatNoImages(['a/', '-', '.']), [
      'error: no images found in a/, standard input, this directory.',
    ]);
  });

  it('is a text that is not a list: one message, whatever it is called', async () => {
    const text = '# Read me\n\nThis is a text.\nnginx\nIt has many lines.\nAnd more.\nOne of them\nis a word.\n';
    using folder = createTemporaryFolder({ 'notes.txt': text, 'README.md': text, 'main.go': text });
    const why = ':3: Not a list of images: most lines are not image references. If it is a list, use --format list.\n';
    for (const name of ['notes.txt', 'README.md', 'main.go']) {
      const file = join(folder.path, name);
      assert.equal(
        (await runMain(['images', '-f', file])).stderr,
        `error: ${file}${why}error: no images found in ${file}.\n`,
      );
      const { exitCode, stdout, stderr } = await runMain(['check', '-q', 'redis', '-f', file]);
      assert.equal(exitCode, 2);
      assert.equal(stderr, `error: ${file}${why}`);
      assert.match(stdout, /^1 image: 1 pullable · 1 file could not be read · /);
    }
    const piped = await runMain(['images', '-f', '-'], { stdin: text });
    assert.equal(piped.stderr, `error: standard input${why}error: no images found in standard input.\n`);
    const forced = await runMain(['images', '-f', join(folder.path, 'notes.txt'), '--format', 'list']);
    assert.equal(forced.stdout, `nginx  ${join(folder.path, 'notes.txt')}:4\n`);
    assert.equal(forced.exitCode, 2);
  });

  it('may be an argument that the shell made of a variable without a value', async () => {
    const { exitCode, stdout, stderr } = await runCommand(['check', '']);
    assert.equal(exitCode, 2);
    assert.match(stdout, /^✖ "" {2}invalid reference/);
    assert.equal(stderr, 'An empty argument is often a shell variable that is not set.\n');
  });

  it('is the only thing to say if nothing is left', async () => {
    using folder = createTemporaryFolder({ 'compose.yaml': 'services: { a: [\n' });
    const { exitCode, stdout, stderr } = await runMain(['check', `${folder.path}/`]);
    assert.deepEqual([exitCode, stdout], [2, '']);
    assert.match(stderr, /Not valid YAML.*\nerror: nothing was checked: 1 file could not be read\.\n$/s);
  });

  it('is named in a text report that goes to a file, also if nothing else is in it', async () => {
    const files = { 'compose.yaml': 'services: { a: [\n', 'list.txt': 'nginx\n', 'empty.txt': '' };
    using folder = createTemporaryFolder(files);
    const path = join(folder.path, 'report');
    const reportOf = async (...names: readonly string[]): Promise<string> => {
      const { exitCode } = await runMain([
        'check',
        ...names.map((name) => join(folder.path, name)),
        '-o',
        `text=${path}`,
      ]);
      assert.equal(exitCode, 2);
      return readFile(path, 'utf8');
    };
    assert.match(
      await reportOf('compose.yaml'),
      /^0 images: 1 file could not be read · .*\n✖ .*compose\.yaml:\d+: Not valid YAML: .*\n$/,
    );
    assert.match(await reportOf('empty.txt'), /\n✖ .*empty\.txt: No images found\.\n$/);
    assert.match(
      await reportOf('compose.yaml', 'list.txt'),
      /1 image: 1 pullable · 1 file could not be read · .*\n✖ .*compose\.yaml:\d+: Not valid YAML: .*\n$/,
    );
  });
});
