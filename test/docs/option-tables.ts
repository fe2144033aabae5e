// The tables of docs/options.md, from the program that parses the options.

import type { Command, Option } from 'commander';
import { ENVIRONMENT } from '../../src/cli/environment-text.ts';
import { EXIT_CODES } from '../../src/cli/exit-code-text.ts';
import { optionGroups, variableOf } from '../../src/cli/option-group.ts';
import { createProgram } from '../../src/cli/program.ts';
import { FILE_SETTING_NAMES } from '../../src/config/config-file-schema.ts';
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

/** `noCache` */
const nameOf = (option: Option): string =>
  (option.long ?? '').slice(2).replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** The help's groups, each with a table. */
export function formatOptions(name: string): string {
  return optionGroups(commandOf(name))
    .map(
      ({ title, options }) =>
        `**${title}**\n\n${formatTable(
          headOf(name),
          options.map((option) => rowOf(option, name)),
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
  const variable = code(variableOf(option) ?? '');
  const key = (FILE_SETTING_NAMES as readonly string[]).includes(name) ? code(name) : '';
  // The help names the variable too, and nothing here should say it twice.
  const effect = option.description.replace(/ ?\[env: [^\]]*\]/, '');
  return [code(option.flags), variable, ...(command === 'check' ? [key] : []), effect.replaceAll('*', '\\*')];
}

export const formatExitCodes = (): string =>
  formatTable(
    ['code', 'meaning'],
    EXIT_CODES.map(([code, meaning]) => [String(code), meaning]),
  );

/** Besides those of the options. */
export const formatEnvironment = (): string =>
  formatTable(
    ['variable', 'effect'],
    ENVIRONMENT.map(({ names, effect, anyCase, page }) => [
      names.map(code).join(', ') + (anyCase ? ', in either case' : ''),
      effect.replace(/(?:~\/)?\.?\b[\w-]+\.json\b|--\w+|\bauto\b|~\/\.docker/g, code) +
        (page === undefined ? '' : `: [${page.replace(/#.*/, '')}](${page})`),
    ]),
  );
