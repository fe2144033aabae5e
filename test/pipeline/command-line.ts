// A command line out of a document or a manifest, judged as the program would judge it, without running it.

import assert from 'node:assert/strict';
import { type Invocation, parseCommandLine } from '../../src/cli/program.ts';
import { resolveConflicts } from '../../src/config/conflicts.ts';
import { resolveSettings } from '../../src/config/resolve.ts';
import { environmentNameOf, SETTING_NAMES } from '../../src/config/setting.ts';
import { createSettingParsers, type Settings } from '../../src/config/setting-parsers.ts';
import { FORMATS } from '../../src/report/format.ts';
import { collector } from '../support/command.ts';
import { createFakeClock } from '../support/fake-clock.ts';

export interface Understood {
  readonly invocation: Invocation;
  /** Of `kairos-pull check`. */
  readonly settings: Settings | undefined;
}

/** Fails where the program would refuse an option or a value. */
export function understand(args: readonly string[], env: Readonly<Record<string, string>> = {}): Understood {
  const stdout = collector(undefined);
  const stderr = collector(undefined);
  try {
    const invocation = parseCommandLine(args, {
      stdin: () => assert.fail('standard input was read'),
      stdout: stdout.stream,
      stderr: stderr.stream,
      env,
      platform: 'linux',
      cwd: () => '/nonexistent',
      interruption: new AbortController().signal,
      onHangup: () => undefined,
      interrupt: () => undefined,
      clock: createFakeClock(),
    });
    if (invocation.command !== 'check') return { invocation, settings: undefined };
    const given = { flags: invocation.flags, env };
    return {
      invocation,
      settings: resolveConflicts(resolveSettings(SETTING_NAMES, createSettingParsers(FORMATS), given)),
    };
  } catch (error) {
    assert.fail(`${args.join(' ')}: ${(error as Error).message} ${stderr.text()}`);
  }
}

const LOGIN = ['KAIROS_PULL_REGISTRY', 'KAIROS_PULL_USERNAME', 'KAIROS_PULL_PASSWORD'];

/** The environment variables of the program that a text names; fails when it has no such variable. */
export function variablesNamedIn(text: string): string[] {
  const names = [...new Set(text.match(/\bKAIROS_PULL_\w+/g))];
  const known = [...SETTING_NAMES.map(environmentNameOf), ...LOGIN];
  for (const name of names) assert.ok(known.includes(name), `there is no ${name}`);
  return names;
}

/** The words of a line of shell without substitutions. */
export const wordsOf = (line: string): string[] =>
  [...line.matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g)].map(([word]) => word.replace(/["']/g, ''));
