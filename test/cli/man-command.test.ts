// The manual page has what the help and docs/options.md have, and man(1) shows it without a warning.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { MONITOR_SETTINGS } from '../../src/config/monitor-setting.ts';
import { environmentNameOf, SETTING_NAMES } from '../../src/config/setting.ts';
import { EXIT } from '../../src/core/exit-code.ts';
import { programCommands } from '../docs/option-tables.ts';
import { variablesInCode } from '../docs/variables-in-code.ts';
import { ROOT, readText } from '../pipeline/project-file.ts';
import { requirePrograms } from '../support/require-programs.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';
import { runMain } from './run-main.ts';

const page = (await runMain(['man'])).stdout;

/** As a reader sees it, without lines and indents. */
const text = page
  .replace(/\\f[BIR]/g, '')
  .replaceAll('\\-', '-')
  .replace(/\\\(aq/g, "'")
  .replace(/\\\(dq/g, '"')
  .replace(/\\\(ti/g, '~');

const sectionOf = (title: string): string =>
  text.split(/^\.SH /m).find((section) => section.startsWith(`${title}\n`)) ?? assert.fail(`there is no ${title}`);

describe('man', () => {
  it('prints the page, and nothing else', async () => {
    const { exitCode, stdout, stderr } = await runMain(['man']);
    assert.deepEqual([exitCode, stderr], [0, '']);
    assert.match(stdout, /^\.TH KAIROS\\-PULL 1 /m);
  });

  it('has every command in the synopsis, with a section of its own', () => {
    for (const command of programCommands()) {
      assert.ok(sectionOf('SYNOPSIS').includes(`kairos-pull ${command.name()}`), command.name());
      sectionOf(command.name().toUpperCase());
      for (const sub of command.commands) {
        assert.ok(sectionOf('SYNOPSIS').includes(`${command.name()} ${sub.name()}`), sub.name());
        assert.ok(sectionOf(command.name().toUpperCase()).includes(`.SS kairos-pull ${command.name()} ${sub.name()}`));
      }
    }
  });

  it('has every option in the section of its command, with its description and its variable', () => {
    let count = 0;
    for (const command of programCommands()) {
      const section = sectionOf(command.name().toUpperCase());
      for (const option of command.options) {
        count += 1;
        const head = `.TP\n${option.flags.replace(/<(.*)>$/, '$1')}\n${option.description}\n`;
        assert.ok(section.includes(head), `${command.name()} ${option.flags}`);
      }
    }
    assert.ok(count > 50);
  });

  it('has every environment variable that the program reads', () => {
    const settings = [...SETTING_NAMES, ...Object.keys(MONITOR_SETTINGS)].map(environmentNameOf);
    const read = [...new Set([...settings, ...variablesInCode()])];
    assert.ok(read.length > 60);
    assert.deepEqual(
      read.filter((name) => !new RegExp(`\\b${name}\\b`).test(text)),
      [],
    );
  });

  it('has every exit code', () => {
    for (const code of Object.values(EXIT)) assert.ok(sectionOf('EXIT STATUS').includes(`.TP\n${code}\n`), `${code}`);
  });

  it('is in the package: the build has written it', () => {
    assert.deepEqual(JSON.parse(readText('package.json')).man, ['./dist/man/kairos-pull.1']);
    assert.equal(readText('dist/man/kairos-pull.1'), page);
  });

  describe('in man(1)', { skip: requirePrograms('man', 'groff') }, () => {
    for (const width of [80, 60]) {
      it(`has no warning at ${width} columns, and no line that is longer`, () => {
        const { stdout, stderr, status } = spawnSync('man', ['--warnings', '-l', '-'], {
          input: page,
          encoding: 'utf8',
          env: { PATH: process.env.PATH, LANG: 'C.UTF-8', MANWIDTH: `${width}`, MAN_KEEP_FORMATTING: '', PAGER: 'cat' },
        });
        assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
        const lines = stdout.split('\n');
        assert.ok(lines.length > 400);
        // The name of a file is never broken.
        assert.deepEqual(
          lines.filter((line) => line.length > width && / \S/.test(line.trim())),
          [],
        );
        assert.match(stdout, /^ {7}-f, --file path$/m);
        assert.match(stdout, /^ {7}kairos-pull man$/m);
      });
    }
  });
});

describe('man on a terminal', { skip: requirePrograms('script') }, () => {
  /** Runs the command on a terminal of its own, with this program as man. */
  const onTerminal = (man: string): { shown: string; given: string } => {
    using folder = createTemporaryFolder({ 'bin/man': `#!/bin/sh\n${man}\n` });
    chmodSync(join(folder.path, 'bin/man'), 0o755);
    const command = `"${process.execPath}" "${join(ROOT, 'bin/kairos-pull.js')}" man`;
    const env = { PATH: `${folder.path}/bin:/usr/bin:/bin`, HOME: folder.path, GIVEN: join(folder.path, 'given') };
    const { stdout, status } = spawnSync('script', ['-qec', command, '/dev/null'], {
      encoding: 'utf8',
      env,
      input: '',
    });
    assert.equal(status, 0, stdout);
    const given = existsSync(env.GIVEN) ? readFileSync(env.GIVEN, 'utf8') : '';
    return { shown: stdout.replaceAll('\r\n', '\n'), given };
  };

  it('is shown by man(1), which reads it from standard input', () => {
    const { shown, given } = onTerminal('echo "[$*]"; cat > "$GIVEN"');
    assert.equal(shown, '[-l -]\n');
    assert.equal(given, page);
  });

  it('is printed where man reads no standard input', () => {
    assert.match(onTerminal('exit 1').shown, /^\.TH KAIROS\\-PULL 1 /m);
  });
});
