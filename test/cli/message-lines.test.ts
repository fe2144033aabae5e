// Messages on standard error: wrapped to the terminal, whole in a pipe; commands and paths stay whole everywhere.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { unbroken, wrapMessage } from '../../src/cli/message-lines.ts';
import { collector } from '../support/command.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';
import { runMain } from './run-main.ts';

const linesOf = (text: string): string[] => text.trimEnd().split('\n');

describe('wrapMessage', () => {
  const message = `error: ${'word '.repeat(30).trim()}.`;

  it('leaves a message that fits, and every message of a pipe', () => {
    assert.deepEqual(wrapMessage('error: short.', 80), ['error: short.']);
    assert.deepEqual(wrapMessage(message, undefined), [message]);
  });

  for (const width of [60, 80, 100, 160]) {
    it(`wraps at ${width} columns; other lines are indented`, () => {
      const lines = wrapMessage(message, width);
      for (const line of lines) assert.ok(line.length <= width, line);
      assert.ok(lines.slice(1).every((line) => /^ {2}\S/.test(line)));
      assert.equal(lines.map((line) => line.trim()).join(' '), message);
    });
  }

  it('never breaks a command in backticks, a word, a part that is kept together, or an indented line', () => {
    const command = '`kairos-pull check -f my-images.txt`';
    const path = '/srv/my files/compose file.yaml';
    const lines = wrapMessage(`error: ${unbroken(path)} is not a list; use ${command} after that.`, 24);
    assert.deepEqual(lines, [`error:`, `  ${path}`, '  is not a list; use', `  ${command}`, '  after that.']);
    const example = `  ${'kairos-pull check -f a '.repeat(5).trim()}`;
    assert.deepEqual(wrapMessage(example, 40), [example]);
  });
});

describe('a message with spaces that belong together', () => {
  it('has ordinary spaces in every output', () => {
    const { stream, text } = collector(undefined);
    stream.writeLines(`error: ${unbroken('a b c')}`);
    assert.equal(text(), 'error: a b c\n');
  });

  it('hides no control character in them', () => {
    const { stream, text } = collector(80);
    stream.writeLines(`${unbroken('a \u001b[31m b')} \ue000::error::c`);
    assert.doesNotMatch(text(), /[\u001b\ue000]|^::/m);
  });
});

describe('standard error', () => {
  const mistakes: readonly (readonly [string, ...string[]])[] = [
    ['a usage error', 'check', '--warn-on', 'rate-limit', 'a'],
    ['an unknown command', 'nope-nope'],
    ['an unknown option', 'check', `--${'long-'.repeat(8)}option`, 'a'],
    ['nothing to check', 'check'],
    ['unknown subcommands', 'monitor', 'nothing'],
  ];
  for (const [name, ...argv] of mistakes) {
    it(`is wrapped on a terminal only: ${name}`, async () => {
      const piped = (await runMain(argv)).stderr;
      for (const stderrColumns of [60, 80, 100, 160]) {
        const shown = (await runMain(argv, { stderrColumns })).stderr;
        for (const line of linesOf(shown)) {
          const isExample = /^ {2}kairos-pull /.test(line);
          assert.ok(line.length <= stderrColumns || isExample || !/\S \S/.test(line), `${stderrColumns}: ${line}`);
        }
        const words = (text: string) => text.split(/\s+/).join(' ');
        assert.equal(words(shown), words(piped));
      }
    });
  }

  it('keeps a path with spaces and a suggested command on one line', async () => {
    using folder = createTemporaryFolder({ 'my files/web server.yaml': 'a: b: c\n' });
    const file = join(folder.path, 'my files', 'web server.yaml');
    const { stderr } = await runMain(['images', '-f', file], { stderrColumns: 60, cwd: folder.path });
    assert.ok(
      linesOf(stderr).some((line) => line.includes(`${file}:1:`)),
      stderr,
    );
    const missing = join(folder.path, 'my files', 'a very long name of a file that is not there.yaml');
    const unread = await runMain(['images', '-f', missing], { stderrColumns: 60, cwd: folder.path });
    assert.ok(
      linesOf(unread.stderr).some((line) => line.includes(missing)),
      unread.stderr,
    );
    const image = `ghcr.io/${'long-organization/'.repeat(3)}application:2025.11.28`;
    const command = await runMain([image], { stderrColumns: 60 });
    assert.ok(
      linesOf(command.stderr).some((line) => line.includes(`kairos-pull check ${image}`)),
      command.stderr,
    );
  });
});
