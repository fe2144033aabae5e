// The hook for pre-commit: a command of the program, at a stage that may use the network.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { understand, wordsOf } from './command-line.ts';
import { readText } from './project-file.ts';

const hooks = parse(readText('.pre-commit-hooks.yaml'));
const [hook] = hooks;

describe('the hook for pre-commit', () => {
  it('is a check of the directory', () => {
    assert.equal(hooks.length, 1);
    const [name, ...args] = wordsOf(hook.entry);
    assert.ok(Object.keys(JSON.parse(readText('package.json')).bin).includes(name ?? ''));
    const { invocation, settings } = understand([...args, ...hook.args]);
    assert.equal(invocation.command, 'check');
    assert.deepEqual(settings?.file, ['.']);
    assert.equal(settings?.quiet, true);
  });

  it('shows other arguments that can be used', () => {
    const [, shown = ''] = /args: (\[.*\])$/m.exec(readText('.pre-commit-hooks.yaml')) ?? [];
    assert.deepEqual(understand(['check', ...parse(shown)]).settings?.file, ['compose.yaml', 'deploy']);
  });

  it('takes no file name as an image', () => assert.equal(hook.pass_filenames, false));

  it('stays out of commits', () => assert.deepEqual(hook.stages, ['pre-push', 'manual']));
});
