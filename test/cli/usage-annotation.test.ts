import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createTemporaryFolder } from '../support/temporary-folder.ts';
import { runMain } from './run-main.ts';

const annotationsOf = (log: string): string[] => log.split('\n').filter((line) => line.startsWith('::'));
describe('a usage error with -o github', () => {
  for (const [line, message] of [
    ['check -o github', 'nothing to check'],
    ['check --nope -o github x', "unknown option '--nope'"],
    ['check --platfrom x -ogithub nginx', "unknown option '--platfrom'%0A(Did you mean --platform?)"],
    ['check x --output=github=- --timeout 100%', '--timeout: "100%25" is not a duration'],
    ['check x -qogithub --timeout', "option '--timeout <duration>' argument missing"],
    ['check x -o text -o github --layers --proof head', '--layers means --proof layers, but --proof is head.'],
    ['check x -o github --password=hunter2', "unknown option '--password=***'"],
    ['check x -o github --auth-file https://me:hunter2@r.example/x', '--auth-file: '],
    ['report merge -o github nope.json', 'cannot read nope.json: no such file or directory.'],
  ] as const) {
    it(`is one annotation: ${line}`, async () => {
      const { exitCode, stdout, stderr } = await runMain(line.split(' '));
      assert.equal(exitCode, 2);
      const [annotation = '', ...more] = annotationsOf(stdout);
      assert.deepEqual(more, []);
      assert.ok(annotation.startsWith(`::error title=kairos-pull::${message}`), stdout);
      assert.doesNotMatch(stdout, /hunter2/);
      assert.match(stderr, /^error: /);
    });
  }

  it('is one annotation for files that cannot be read, or have no images, in any mix', async () => {
    using folder = createTemporaryFolder({ 'list.txt': 'nginx:1.27\n', 'empty.txt': '', 'broken.yaml': 'image: [\n' });
    for (const files of [
      ['nope.yaml'],
      ['list.txt', 'nope.yaml'],
      ['empty.txt'],
      ['broken.yaml'],
      ['list.txt', 'broken.yaml'],
    ]) {
      const paths = files.flatMap((file) => ['-f', `${folder.path}/${file}`]);
      const { exitCode, stdout } = await runMain(['check', '-o', 'github', ...paths]);
      assert.deepEqual([exitCode, annotationsOf(stdout).length], [2, 1], stdout);
      assert.match(stdout, new RegExp(`^::error .*${files.at(-1)}`, 'm'));
    }
  });

  it('is one annotation if the environment chooses the format, unless an option chooses another', async () => {
    const env = { KAIROS_PULL_OUTPUT: 'text, github' };
    const { stdout } = await runMain(['check', 'x', '--nope'], { env });
    assert.deepEqual(annotationsOf(stdout).length, 1);
    for (const output of ['json', 'github=annotations.txt', 'text']) {
      assert.equal((await runMain(['check', 'x', '--nope', '-o', output], { env })).stdout, '');
    }
    assert.equal((await runMain(['check', '--nope', '--', '-o', 'github'])).stdout, '');
  });

  it('is one line, whatever it quotes', async () => {
    const hostile = '5x\r\n::error file=a::pwned\u001b[31m%0A';
    const { stdout } = await runMain(['check', 'x', '-o', 'github', '--timeout', hostile]);
    const lines = stdout.split('\n');
    assert.deepEqual([lines.length, lines[1]], [2, '']);
    assert.match(stdout, /^::error title=kairos-pull::[^\r\u001b]*%250A/);
  });
});

describe('kairos-pull -v', () => {
  it('has a hint at the option that prints the version', async () => {
    const hint = 'To print the version: kairos-pull --version, or -V\n';
    const { exitCode, stdout, stderr } = await runMain(['-v']);
    assert.deepEqual(
      [exitCode, stdout, stderr],
      [2, '', `error: unknown option '-v'\nSee kairos-pull --help.\n${hint}`],
    );
    assert.doesNotMatch((await runMain(['-v', 'nginx'])).stderr, /To print/);
  });
});
