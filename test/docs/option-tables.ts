// The tables of docs/options.md, from the program that parses the options.

import type { Command, Option } from 'commander';
import { CHECK_EPILOGUE } from '../../src/cli/help-text.ts';
import { createProgram } from '../../src/cli/program.ts';
import { FILE_SETTING_NAMES } from '../../src/config/config-file-schema.ts';
import { MONITOR_SETTINGS } from '../../src/config/monitor-setting.ts';
import { environmentNameOf, SETTINGS } from '../../src/config/setting.ts';
import { collector } from '../support/command.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { code, formatTable } from './blocks.ts';

export function programCommands(): readonly Command[] {
  const nothing = collector().stream;
  const io = {
    stdin: () => {
      throw new Error('standard input was read');
    },
    ...{ stdout: nothing, stderr: nothing, env: {}, platform: 'linux', cwd: () => '/' },
    ...{ interruption: new AbortController().signal, onHangup: () => undefined, clock: createFakeClock() },
  };
  return createProgram(io as unknown as Parameters<typeof createProgram>[0], () => undefined).commands;
}

const commandOf = (name: string): Command => {
  const found = programCommands().find((command) => command.name() === name);
  if (found === undefined) throw new Error(`there is no command ${name}`);
  return found;
};

/** Options that no environment variable sets. */
const FLAGS_ONLY = ['--cost'];

const isSetting = (name: string): boolean => Object.hasOwn(SETTINGS, name) || Object.hasOwn(MONITOR_SETTINGS, name);

/** `noCache` */
const nameOf = (option: Option): string =>
  (option.long ?? '').slice(2).replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** The help's groups, each with a table. */
export function formatOptions(name: string): string {
  const groups = new Map<string, Option[]>();
  for (const option of commandOf(name).options) {
    const title = (option.helpGroupHeading ?? 'Options:').replace(/:$/, '');
    groups.set(title, [...(groups.get(title) ?? []), option]);
  }
  return [...groups]
    .map(
      ([title, members]) =>
        `**${title}**\n\n${formatTable(
          headOf(name),
          members.map((option) => rowOf(option, name)),
        )}`,
    )
    .join('\n');
}

const headOf = (name: string): string[] =>
  name === 'check'
    ? ['option', 'environment variable', 'config file', 'effect']
    : ['option', 'environment variable', 'effect'];

function rowOf(option: Option, command: string): string[] {
  const name = nameOf(option);
  const variable = isSetting(name) && !FLAGS_ONLY.includes(option.long ?? '') ? code(environmentNameOf(name)) : '';
  const key = (FILE_SETTING_NAMES as readonly string[]).includes(name) ? code(name) : '';
  // The help names the variable too, and nothing here should say it twice.
  const effect = option.description.replace(/ ?\[env: [^\]]*\]/, '');
  return [code(option.flags), variable, ...(command === 'check' ? [key] : []), effect.replaceAll('*', '\\*')];
}

/** From the help of `check`. */
export function exitCodes(): readonly (readonly [code: string, meaning: string])[] {
  const [, text = ''] = /Exit codes:\n([\s\S]*)$/.exec(CHECK_EPILOGUE) ?? [];
  return [...text.matchAll(/^ {2}(\d+) +(.*(?:\n {7}.*)*)/gm)].map(([, number = '', meaning = '']) => [
    number,
    meaning.replace(/\s+/g, ' '),
  ]);
}

export const formatExitCodes = (): string => formatTable(['code', 'meaning'], exitCodes());
