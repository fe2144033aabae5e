// Every command of the pages runs, against registries of this machine, and ends as the page says; other shell is clean.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, before, describe, it } from 'node:test';
import { withoutOpenssl } from '../support/certificates.ts';
import { requirePosix, requirePrograms } from '../support/require-programs.ts';
import { type CommandScene, startCommandScene } from './command-scene.ts';
import { readScripts, type Script } from './shell-blocks.ts';

/** Commands that do not end with 0, as their pages say. */
const OTHER_ENDS: readonly (readonly [command: RegExp, exitCodes: readonly number[]])[] = [
  [/web:1\.5|web:9\.9|shop\/api:3/, [0, 4]],
  [/--expect absent/, [0, 7]],
  [/linux\/s390x/, [6]],
  // Nothing receives the test event.
  [/notify-test/, [1]],
];

const endsOf = (args: string): readonly number[] => OTHER_ENDS.find(([command]) => command.test(args))?.[1] ?? [0];

const scripts = readScripts();
const nameOf = ({ page, line, text }: Script): string => `${page}:${line} ${text.trim().split('\n')[0]}`;
const callsIn = (text: string): number =>
  text.match(/(?:^|[|;(`]|\|\||&&|\bnpx)\s*(?:[A-Z_]+=\S* )*kairos-pull /gm)?.length ?? 0;

describe('a command of the pages', { skip: withoutOpenssl || requirePosix() }, () => {
  let scene: CommandScene;
  before(async () => {
    scene = await startCommandScene();
  });
  after(() => scene[Symbol.asyncDispose]());

  const running = scripts.filter(({ text }) => /\bkairos-pull (?!\\)/.test(text) && callsIn(text) > 0);
  it('is found', () => assert.ok(running.length > 60));

  for (const script of running) {
    it(nameOf(script), async () => {
      const { calls, stderr } = await scene.run(script.text);
      assert.notEqual(calls.length, 0, `it did not run: ${stderr}`);
      for (const { args, exitCode } of calls) {
        assert.ok(endsOf(args).includes(exitCode), `kairos-pull ${args} ended with ${exitCode}\n${stderr}`);
      }
    });
  }
});

describe('the shell of the pages', { skip: requirePrograms('shellcheck') }, () => {
  for (const script of scripts.filter(({ kind }) => kind !== 'inline')) {
    it(`is clean: ${nameOf(script)}`, () => {
      // A block need not set its variables, nor use them all (2034, 2154); some names have a `$` (2016), and a `cd` may fail (2164).
      const args = ['--shell=bash', '--exclude=SC2016,SC2034,SC2154,SC2164', '--format=gcc', '-'];
      const { stdout, stderr, status } = spawnSync('shellcheck', args, { input: script.text, encoding: 'utf8' });
      assert.equal(status, 0, stdout + stderr);
    });
  }
});
