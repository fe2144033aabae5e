import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { formatDocumentationLine } from '../../src/cli/help-text.ts';
import { GLUE } from '../../src/cli/message-lines.ts';
import { environmentNameOf, flagOf, SETTING_NAMES } from '../../src/config/setting.ts';
import { VERSION } from '../../src/core/version.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';
import { fakeChecker } from './fake-checker.ts';
import { runMain } from './run-main.ts';

describe('the command line', () => {
  it('names the subcommands of monitor', async () => {
    const { exitCode, stderr } = await runMain(['monitor', 'helth']);
    assert.equal(exitCode, 2);
    assert.match(
      stderr,
      /^error: unknown command 'helth'; use one of: health, notify-test, export\nSee kairos-pull monitor --help\.\n$/,
    );
    assert.match((await runMain(['monitor', 'health', 'x'])).stderr, /^error: too many arguments for 'health'/);
  });

  const refused: readonly (readonly [string, string])[] = [
    [
      'check nginx -o json,junit=a.xml',
      'error: --output: "json,junit=a.xml" is a list: repeat --output for each format.\nSee kairos-pull check --help.\n',
    ],
    ['chek nginx', "error: unknown command 'chek'\n(Did you mean check?)\nSee kairos-pull --help.\n"],
    [
      'nginx:1.27',
      "error: unknown command 'nginx:1.27'\nSee kairos-pull --help.\nTo check an image: kairos-pull check nginx:1.27\n",
    ],
    [
      'check --platfrom linux/amd64 nginx',
      "error: unknown option '--platfrom'\n(Did you mean --platform?)\nSee kairos-pull check --help.\n",
    ],
    ['check nginx --timeout', "error: option '--timeout <duration>' argument missing\nSee kairos-pull check --help.\n"],
    [
      'check nginx --timeout 5x',
      'error: --timeout: "5x" is not a duration; use a number with a unit, for example 500ms, 30s, 2m or 1h.\n' +
        'See kairos-pull check --help.\n',
    ],
    [
      'check nginx --layers --proof head',
      'error: --layers means --proof layers, but --proof is head.\nSee kairos-pull check --help.\n',
    ],
    ['help nope', "error: unknown command 'nope'\nSee kairos-pull --help.\n"],
    ['help chek', "error: unknown command 'chek'\n(Did you mean check?)\nSee kairos-pull --help.\n"],
    ['check nginx --password secret', "error: unknown option '--password'\nSee kairos-pull check --help.\n"],
    [
      'completion tcsh',
      "error: unknown shell 'tcsh'; use one of: bash, zsh, fish, powershell\n" + 'See kairos-pull completion --help.\n',
    ],
  ];
  for (const [line, message] of refused) {
    it(`rejects: ${line}`, async () => {
      const checker = fakeChecker();
      const finished = await runMain(line.split(' '), { checker });
      assert.deepEqual(finished, { exitCode: 2, stdout: '', stderr: message });
      assert.deepEqual(checker.checked, []);
    });
  }

  it('prints the help to standard error without arguments', async () => {
    const { exitCode, stdout, stderr } = await runMain([]);
    assert.deepEqual({ exitCode, stdout }, { exitCode: 2, stdout: '' });
    assert.match(stderr, /^Usage: kairos-pull <command> \[options\]\n/);
  });

  for (const flag of ['--version', '-V', 'version']) {
    it(`prints its version: ${flag}`, async () =>
      assert.deepEqual(await runMain([flag]), { exitCode: 0, stdout: `${VERSION}\n`, stderr: '' }));
  }

  for (const line of ['--help', 'help', 'check --help', 'help check', 'images -h', 'completion --help']) {
    it(`prints help to standard output, examples first: ${line}`, async () => {
      const { exitCode, stdout, stderr } = await runMain(line.split(' '));
      assert.deepEqual({ exitCode, stderr }, { exitCode: 0, stderr: '' });
      assert.match(stdout, /^Usage: kairos-pull.*Examples:\n.*Options:\n/s);
    });
  }

  for (const line of ['--help', 'check --help', 'images -h', 'monitor --help', 'monitor health --help', 'man --help']) {
    it(`ends the help with where the documentation is: ${line}`, async () => {
      const { stdout } = await runMain(line.split(' '));
      assert.match(stdout, /\n\nDocumentation: kairos-pull man(?:; README\.md and docs in \S.*)?\n$/);
    });
  }

  it('names the directory of the pages where they are installed, and never breaks it', () => {
    using folder = createTemporaryFolder({ 'a package/README.md': '', 'a package/docs/options.md': '' });
    const directory = join(folder.path, 'a package');
    const shown = (width: number) => formatDocumentationLine(width, directory).replaceAll(GLUE, ' ');
    assert.equal(shown(200), `Documentation: kairos-pull man; README.md and docs in ${directory}`);
    assert.ok(shown(40).split('\n').includes(`  ${directory}`));
    assert.equal(formatDocumentationLine(80, folder.path).replaceAll(GLUE, ' '), 'Documentation: kairos-pull man');
  });

  it('has colors in the help only on a terminal', async () => {
    assert.match((await runMain(['--help'], { stdoutColumns: 80, env: { TERM: 'xterm' } })).stdout, /\u001b\[1mUsage:/);
    assert.doesNotMatch((await runMain(['--help'], { env: { TERM: 'xterm' } })).stdout, /\u001b/);
    const env = { TERM: 'xterm', NO_COLOR: '1' };
    assert.doesNotMatch((await runMain(['--help'], { stdoutColumns: 80, env })).stdout, /\u001b/);
  });

  for (const line of ['--help', 'check --help', 'images --help', 'demo --help', 'completion --help']) {
    it(`fits the help into 80 columns without breaking an example: ${line}`, async () => {
      const { stdout } = await runMain(line.split(' '), { stdoutColumns: 80, env: { NO_COLOR: '1' } });
      const lines = stdout.split('\n');
      assert.deepEqual(
        lines.filter((line) => line.length > 80),
        [],
      );
      const wide = (await runMain(line.split(' '), { stdoutColumns: 120, env: { NO_COLOR: '1' } })).stdout.split('\n');
      const examples = wide.filter((line) => /^ {2}(?:\S.*)?\bkairos-pull /.test(line));
      assert.deepEqual(
        examples.filter((line) => !lines.includes(line)),
        [],
      );
      if (line !== 'demo --help') assert.notEqual(examples.length, 0);
    });
  }

  it('has the environment variable of every option, on one line, at any width', async () => {
    for (const stdoutColumns of [80, 100, 160]) {
      const { stdout } = await runMain(['check', '--help'], { stdoutColumns, env: { NO_COLOR: '1' } });
      for (const name of SETTING_NAMES) assert.ok(stdout.includes(`[env: ${environmentNameOf(name)}]`), name);
      const options = stdout.slice(stdout.indexOf('What to check:'), stdout.indexOf('Exit codes:'));
      assert.deepEqual(
        options.split('\n').filter((line) => line.length > stdoutColumns),
        [],
      );
    }
  });

  it('fits the help in a pipe into the terminal behind it: COLUMNS, or that of standard error', async () => {
    const help = async (circumstances: Parameters<typeof runMain>[1]) =>
      (await runMain(['check', '--help'], circumstances)).stdout;
    const at80 = (await help({ stdoutColumns: 80, env: { NO_COLOR: '1' } })).trimEnd();
    assert.equal((await help({ stderrColumns: 80 })).trimEnd(), at80);
    assert.equal((await help({ env: { COLUMNS: '80' } })).trimEnd(), at80);
    assert.equal((await help({ env: { COLUMNS: '80' }, stderrColumns: 160 })).trimEnd(), at80);
    const at100 = (await help({})).trimEnd();
    assert.notEqual(at100, at80);
    for (const COLUMNS of ['', '0', '-1', 'wide']) assert.equal((await help({ env: { COLUMNS } })).trimEnd(), at100);
  });

  for (const stdoutColumns of [60, 80, 100, 160]) {
    for (const line of ['--help', 'check --help', 'images --help', 'monitor --help', 'completion --help']) {
      it(`fits the help into ${stdoutColumns} columns, except for a command: ${line}`, async () => {
        const { stdout } = await runMain(line.split(' '), { stdoutColumns, env: { NO_COLOR: '1' } });
        for (const text of stdout.split('\n').filter((text) => text.length > stdoutColumns)) {
          assert.match(text, /^ {2}(?:kairos-pull|cat|helm|source)\b(?:(?! {2}).)*$/);
        }
      });
    }
  }

  it('has the description below an option that leaves it no room', async () => {
    const at = async (stdoutColumns: number) =>
      (await runMain(['check', '--help'], { stdoutColumns, env: { NO_COLOR: '1' } })).stdout;
    assert.match(await at(60), /\n {2}--anonymous\n {6}use no credentials \[env: KAIROS_PULL_ANONYMOUS\]\n/);
    assert.match(await at(60), /\n {2}-f, --file <path>\n {6}read images/);
    assert.match(await at(60), /\n {2}kairos-pull check nginx:1\.27 ghcr\.io\/org\/app:2\n {6}several images\n/);
    assert.match(await at(60), /\n {2}6 {4}exists, but cannot be pulled as requested: platform\n {7}missing,/);
    assert.match(await at(60), /\n {2}kairos-pull check -u me --password-stdin ghcr\.io\/org\/app < token\.txt\n/);
    assert.match(await at(80), /\n {2}--anonymous {2,}use no credentials/);
  });

  it('lists every option of check in the help, in groups', async () => {
    const { stdout } = await runMain(['check', '--help']);
    const headings = [...stdout.matchAll(/^(\S.*):$/gm)].map(([, heading]) => heading);
    assert.deepEqual(headings, [
      'Examples',
      'Arguments',
      'What to check',
      'How to check',
      'Credentials',
      'Connection',
      'Report',
      'Options',
      'Exit codes',
    ]);
    const flags = [...stdout.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm)].map(([, flag]) => flag);
    assert.deepEqual(flags.sort(), ['--help', ...SETTING_NAMES.map(flagOf)].sort());
  });

  it('lists every exit code in the help', async () => {
    const { stdout } = await runMain(['check', '--help']);
    const table = stdout.slice(stdout.indexOf('Exit codes:'));
    assert.deepEqual(
      [...table.matchAll(/^ {2}(\d+) /gm)].map(([, code]) => Number(code)),
      [0, 2, 3, 4, 5, 6, 7, 70, 130],
    );
  });
});
