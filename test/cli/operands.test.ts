import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { createTemporaryFolder } from '../support/temporary-folder.ts';
import { type FakeResults, fakeChecker } from './fake-checker.ts';
import { documentOf, runMain } from './run-main.ts';

describe('operands that are paths', () => {
  const inputsOf = (finished: Awaited<ReturnType<typeof runMain>>): readonly string[] =>
    documentOf(finished).results.map(({ input }: { input: string }) => input);

  it('reads files, directories and standard input, together with images and --file', async () => {
    using folder = createTemporaryFolder({
      'compose.yaml': 'services: { a: { image: "app:1" } }\n',
      'deploy/Dockerfile': 'FROM base:1\n',
      'more.txt': 'more:1\n',
    });
    const path = (name: string) => join(folder.path, name);
    const operands = [path('compose.yaml'), 'nginx', `${path('deploy')}/`, '-'];
    const argv = ['check', ...operands, '-f', path('more.txt'), '-o', 'json'];
    const finished = await runMain(argv, { stdin: 'piped:1\n' });
    assert.equal(finished.exitCode, 0);
    assert.equal(finished.stderr, '');
    assert.deepEqual(inputsOf(finished), ['nginx', 'app:1', 'base:1', 'more:1', 'piped:1']);
  });

  it('lists the images of files', async () => {
    using folder = createTemporaryFolder({ 'compose.yaml': 'services: { a: { image: "app:1" } }\n' });
    const path = join(folder.path, 'compose.yaml');
    for (const command of [['images'], ['check', '--dry-run']]) {
      const { exitCode, stdout } = await runMain([...command, path]);
      assert.deepEqual({ exitCode, stdout }, { exitCode: 0, stdout: `app:1  ${path}:1 services.a.image\n` });
    }
  });

  it('replaces the files of the config file and the environment, as --file does', async () => {
    using folder = createTemporaryFolder({
      'kairos-pull.yaml': 'file: configured.txt\n',
      'configured.txt': 'configured:1\n',
      'own.txt': 'own:1\n',
    });
    const own = join(folder.path, 'own.txt');
    const env = { KAIROS_PULL_FILE: join(folder.path, 'configured.txt'), HOME: folder.path };
    assert.deepEqual(inputsOf(await runMain(['check', own, '-o', 'json'], { cwd: folder.path })), ['own:1']);
    assert.deepEqual(inputsOf(await runMain(['check', own, '-o', 'json'], { env })), ['own:1']);
    assert.deepEqual(inputsOf(await runMain(['check', 'x', '-o', 'json'], { env })), ['x', 'configured:1']);
  });

  it('says once with -v what is read as a file', async () => {
    using folder = createTemporaryFolder({ 'a.txt': 'a:1\n', 'b.txt': 'b:1\n' });
    const [a, b] = ['a.txt', 'b.txt'].map((name) => join(folder.path, name)) as [string, string];
    const line = `${a}, ${b}, standard input: read as with --file\n`;
    const { stderr } = await runMain(['check', a, 'nginx', b, '-', '-v'], { stdin: 'c:1\n' });
    assert.equal(stderr.split(line).length, 2);
    assert.equal((await runMain(['check', a, 'nginx'])).stderr, '');
  });

  it('fails for a path that does not exist, with the name that was probably meant', async () => {
    using folder = createTemporaryFolder({ 'compose.yaml': '', 'deploy/web.yaml': '' });
    const failing = async (command: string, operand: string) => {
      const { exitCode, stdout, stderr } = await runMain([command, operand]);
      assert.deepEqual([exitCode, stdout], [2, '']);
      return stderr.split('\n')[0];
    };
    const nothing = 'no such file or directory.';
    const typo = join(folder.path, 'compse.yaml');
    for (const command of ['check', 'images']) {
      assert.equal(
        await failing(command, typo),
        `error: cannot read ${typo}: ${nothing} Did you mean ${join(folder.path, 'compose.yaml')}?`,
      );
    }
    assert.equal(
      await failing('check', `${folder.path}/delpoy/`),
      `error: cannot read ${folder.path}/delpoy/: ${nothing} Did you mean ${folder.path}/deploy/?`,
    );
    assert.equal(
      await failing('check', 'org/app.json'),
      `error: cannot read org/app.json: there is no directory org in ${process.cwd()}. If it is an image, add its tag: org/app.json:latest.`,
    );
    assert.equal(
      await failing('check', './x'),
      `error: cannot read ./x: no such file or directory in ${process.cwd()}.`,
    );
  });

  describe('that are images of Docker Hub by their form', () => {
    const hintOf = async (results: FakeResults, ...operands: readonly string[]): Promise<string> =>
      (await runMain(['check', ...operands], { checker: fakeChecker(results) })).stderr;

    it('are explained after a failure if a directory has the name', async () => {
      const hint = 'There is a directory src here. To check the images in it: kairos-pull check src/\n';
      assert.equal(await hintOf({ src: 'not-found' }, 'nginx', 'src', 'test'), hint);
      assert.equal(await hintOf({ src: 'unreachable/dns' }, 'src'), hint);
    });

    it('are explained after a failure if they look like a registry', async () => {
      for (const [text, repository, tag] of [
        ['localhost:6101', 'localhost', '6101'],
        ['localhost', 'localhost', 'latest'],
        ['10.0.0.5:5000', '10.0.0.5', '5000'],
        ['registry.example.com', 'registry.example.com', 'latest'],
        ['harbor:5000', 'harbor', '5000'],
      ] as const) {
        assert.equal(
          await hintOf({ [text]: 'not-found' }, text),
          `${text} is read as docker.io/library/${repository} with tag ${tag}. If it is a registry, add the repository: ${text}/NAME:TAG\n`,
        );
      }
    });

    it('need no explanation otherwise', async () => {
      assert.equal(await hintOf({}, 'src', 'localhost:6101'), '');
      assert.equal(
        await hintOf({ 'nginx:1': 'not-found', 'org/app:6101': 'not-found' }, 'nginx:1', 'org/app:6101'),
        '',
      );
      assert.equal(await hintOf({ 'localhost:6101/x': 'not-found' }, 'localhost:6101/x'), '');
    });
  });

  it('checks the other operands if one does not exist', async () => {
    const finished = await runMain(['check', 'nginx', '/none/x.yaml', '-o', 'json']);
    assert.equal(finished.exitCode, 2);
    assert.deepEqual(inputsOf(finished), ['nginx']);
    assert.deepEqual(documentOf(finished).problems, [
      { source: '/none/x.yaml', line: null, message: 'Cannot be read: no such file or directory.' },
    ]);
  });

  it('does not read standard input for a password and for images', async () => {
    const { exitCode, stderr } = await runMain(['check', '-', 'a/b', '-u', 'me', '--password-stdin']);
    assert.equal(exitCode, 2);
    assert.match(stderr, /^error: --password-stdin and --file - both read standard input/);
  });
});
