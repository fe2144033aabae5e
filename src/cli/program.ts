// Parses the command line with commander into an Invocation; prints help and version.

import { Argument, Command, Help, Option } from 'commander';
import { MONITOR_SETTINGS, type MonitorSettingName, monitorSettingOf } from '../config/monitor-setting.ts';
import { flagOf, INPUT_SETTINGS, SETTING_NAMES, type Setting, type SettingName, settingOf } from '../config/setting.ts';
import { hideUserinfo } from '../core/userinfo.ts';
import { NAME, VERSION } from '../core/version.ts';
import { columnsOf, fitText, formatBelow, isBelow } from './help-layout.ts';
import {
  CHECK_TEXT,
  COMPLETION_TEXT,
  checkEpilogue,
  DEMO_TEXT,
  formatDocumentationLine,
  IMAGES_TEXT,
  MAN_TEXT,
  MERGE_TEXT,
  MONITOR_EPILOGUE,
  MONITOR_TEXT,
  PROGRAM_TEXT,
  REPORT_TEXT,
} from './help-text.ts';
import type { Io } from './io.ts';
import { GLUE, withUnbroken } from './message-lines.ts';
import { variableOf } from './option-group.ts';
import { colorLevel } from './terminal.ts';

const COST = 'Cost of a check:';

export type Flags = Readonly<Record<string, unknown>>;

export const SHELLS = ['bash', 'zsh', 'fish', 'powershell'] as const;
export type Shell = (typeof SHELLS)[number];

export interface ImagesInvocation {
  readonly command: 'check' | 'images';
  readonly images: readonly string[];
  readonly flags: Flags;
}

export interface MonitorInvocation {
  readonly command: 'monitor';
  readonly action: 'run' | 'health' | 'export' | 'notify-test';
  readonly flags: Flags;
  /** Of `export`. */
  readonly path?: string;
}

export interface ReportInvocation {
  readonly command: 'report';
  readonly paths: readonly string[];
  readonly flags: Flags;
}

export type Invocation =
  | ImagesInvocation
  | MonitorInvocation
  | ReportInvocation
  | { readonly command: 'demo' | 'man' }
  | { readonly command: 'completion'; readonly shell: Shell };

/** Throws a CommanderError after help, version or a message was written; its exitCode is 0 for help and version. */
export function parseCommandLine(argv: readonly string[], io: Io): Invocation {
  let invocation: Invocation | undefined;
  const program = createProgram(
    io,
    (chosen) => {
      invocation = chosen;
    },
    argv,
  );
  program.parse(wordsOf(argv, program), { from: 'user' });
  // Commander ran an action or threw.
  return invocation as unknown as Invocation;
}

function withVariable(option: Option): string {
  const variable = variableOf(option);
  return option.description + (variable === undefined ? '' : ` [env:${GLUE}${variable}]`);
}

/** `version` is a command of many tools; `help` of an unknown command is an unknown command. */
function wordsOf(argv: readonly string[], program: Command): readonly string[] {
  const [first, second = ''] = argv;
  if (first === 'version' && argv.length === 1) return ['--version'];
  const isKnown = second === '' || second.startsWith('-') || program.commands.some((one) => one.name() === second);
  return first === 'help' && !isKnown && second !== 'help' ? [second] : argv;
}

type Choose = (invocation: Invocation) => void;

export function createProgram(io: Io, choose: Choose, argv: readonly string[] = []): Command {
  const program = new Command(NAME)
    .exitOverride()
    .configureOutput({
      // The help and our own sentences; only outputError receives text that quotes arguments.
      writeOut: (text) => void io.stdout.writeText(text.replaceAll(GLUE, ' ')),
      writeErr: (text) => void io.stderr.writeText(text.replaceAll(GLUE, ' ')),
      outputError: (text) => {
        io.stderr.writeLines(...errorLines(text, argv).map((line) => withUnbroken(line, argv)));
      },
      getOutHelpWidth: () => columnsOf(io, false),
      getErrHelpWidth: () => columnsOf(io, true),
      getOutHasColors: () => colorLevel('auto', io.env, io.stdout) > 0,
      getErrHasColors: () => colorLevel('auto', io.env, io.stderr) > 0,
    })
    .configureHelp({
      styleTitle: (title) => `\u001b[1m${title}\u001b[22m`,
      optionDescription: withVariable,
      formatItem(term, termWidth, description, helper) {
        const width = this.helpWidth ?? 80;
        if (isBelow(width, termWidth)) return formatBelow(term, description, width);
        return Help.prototype.formatItem.call(this, term, termWidth, description, helper);
      },
      styleCommandDescription(text) {
        // Commander would break a command that is longer than the line.
        return fitText(text, this.helpWidth ?? 80).replace(/^ .*$/gm, (line) => line.replaceAll(' ', () => GLUE));
      },
      styleOptionDescription: (text) => text.replace(/\[env:.*\]$/, '\u001b[2m$&\u001b[22m'),
      minWidthToWrap: 20,
    })
    .usage('<command> [options]')
    .description(PROGRAM_TEXT)
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print help for a command')
    .addHelpText('afterAll', ({ error }) => `\n${formatDocumentationLine(columnsOf(io, error))}`);

  const check = program
    .command('check')
    .summary('check whether images can be pulled')
    .description(CHECK_TEXT)
    .argument('[image|path...]', 'image references, as for docker pull; files and directories as for --file')
    .addHelpText('after', ({ error }) => fitText(checkEpilogue(), columnsOf(io, error)))
    .action((images: string[], flags: Flags) => choose({ command: 'check', images, flags: withVerbosity(flags) }));
  for (const name of SETTING_NAMES) check.addOption(optionOf(name));
  // Commander does not count how often a switch is given.
  let verbosity = 0;
  check.on('option:verbose', () => {
    verbosity += 1;
  });
  const withVerbosity = (flags: Flags): Flags => (verbosity > 1 ? { ...flags, verbose: '2' } : flags);

  // The most frequent command does not wait for the options of the others.
  if (argv[0] !== 'check') addOthers(program, choose, io);
  for (const command of [program, ...program.commands]) {
    const words = command === program ? NAME : `${NAME} ${command.name()}`;
    for (const one of [command, ...(command === program ? [] : command.commands)]) {
      one.showHelpAfterError(`See ${words} --help.`);
    }
  }
  return program;
}

function addOthers(program: Command, choose: Choose, io: Io): void {
  const images = program
    .command('images')
    .summary('list images found in files, with their locations (no network)')
    .description(IMAGES_TEXT)
    .argument('[image|path...]', 'image references, as for docker pull; files and directories as for --file')
    .action((images: string[], flags: Flags) => choose({ command: 'images', images, flags }));
  for (const name of [...INPUT_SETTINGS, 'config'] as const) images.addOption(optionOf(name));
  const description = 'text or json (default: text); json=path writes to a file';
  images.addOption(optionOf('output', { choices: ['text', 'json'], description }));
  images.addOption(new Option('--cost', 'estimate how many requests and pulls a check would need').helpGroup(COST));
  for (const name of ['platform', 'proof', 'layers'] as const) {
    images.addOption(optionOf(name, { group: COST, description: 'as for check' }));
  }

  addMonitor(program, choose, io);

  const report = program
    .command('report')
    .summary('merge the reports of several checks (no network)')
    .description(REPORT_TEXT)
    .usage('<command> [options]')
    .helpCommand(false)
    .allowExcessArguments()
    .action(() => {
      const [word] = report.args;
      const problem = word === undefined ? 'missing command' : `unknown command '${word}'`;
      report.error(`error: ${problem}; use kairos-pull report merge <file...>`);
    });
  const merge = report
    .command('merge')
    .summary('write one report out of several')
    .argument('<file...>', 'reports of check as json or ndjson (- for stdin)')
    .description(MERGE_TEXT)
    .action((paths: string[], flags: Flags) => choose({ command: 'report', paths, flags }));
  for (const name of ['output', 'color', 'quiet'] as const) merge.addOption(optionOf(name));

  program
    .command('demo')
    .summary('show every kind of result against a built-in registry (no network)')
    .description(DEMO_TEXT)
    .action(() => choose({ command: 'demo' }));

  program
    .command('completion')
    .summary('print a shell completion script')
    .description(COMPLETION_TEXT)
    .addArgument(new Argument('<shell>').choices(SHELLS))
    .action((shell: Shell) => choose({ command: 'completion', shell }));

  program
    .command('man')
    .summary('print the manual page')
    .description(MAN_TEXT)
    .action(() => choose({ command: 'man' }));
}

function addMonitor(program: Command, choose: Choose, io: Io): void {
  const monitor = program
    .command('monitor')
    .summary('check on an interval; keep history; serve a dashboard, an API and metrics')
    .description(MONITOR_TEXT)
    .usage('[options]')
    .helpCommand(false)
    .addHelpText('after', ({ error }) => fitText(MONITOR_EPILOGUE, columnsOf(io, error)))
    .action((flags: Flags) => {
      const [unknown] = monitor.args;
      const names = monitor.commands.map((command) => command.name()).join(', ');
      if (unknown !== undefined) monitor.error(`error: unknown command '${unknown}'; use one of: ${names}`);
      choose({ command: 'monitor', action: 'run', flags });
    });
  const add = (command: Command, ...names: readonly MonitorSettingName[]): Command => {
    for (const name of names) command.addOption(optionFrom(name, monitorSettingOf(name)));
    return command;
  };
  add(monitor, ...(Object.keys(MONITOR_SETTINGS) as MonitorSettingName[]));
  const where = ['config', 'listen'] as const;
  add(
    monitor.command('health').description('Asks the running monitor whether it works: exit code 0 or 1.'),
    ...where,
  ).action((_, command: Command) => choose({ command: 'monitor', action: 'health', flags: command.optsWithGlobals() }));
  add(
    monitor.command('notify-test').description('Sends a test event to each notifier: exit code 0 or 1.'),
    'config',
  ).action((_, command: Command) =>
    choose({ command: 'monitor', action: 'notify-test', flags: command.optsWithGlobals() }),
  );
  add(
    monitor
      .command('export')
      .argument('<file>', 'a new file')
      .description('Writes a copy of the store, also while the monitor runs.'),
    ...where,
    'store',
  ).action((path: string, _, command: Command) =>
    choose({ command: 'monitor', action: 'export', flags: command.optsWithGlobals(), path }),
  );
  // Its own sentence names the subcommands. They do not inherit this.
  monitor.allowExcessArguments();
}

/** A message of commander, as it is shown. */
export const errorLines = (text: string, argv: readonly string[]): string[] =>
  withSuggestion(inPlainWords(withoutSecrets(text, argv)));

/** Commander quotes unknown arguments, such as `--password=…`, `-p…` and an image with credentials. */
function withoutSecrets(text: string, argv: readonly string[]): string {
  const shown = argv.map((word) => [word, wordToShow(word)] as const).filter(([word, shown]) => word !== shown);
  return shown.reduce((hidden, [word, shown]) => hidden.replaceAll(word, () => shown), text);
}

function wordToShow(word: string): string {
  const isMisspelt = SETTING_NAMES.some((name) => flagOf(name) === `-${word}`);
  if (/^-[^-]/.test(word) && !isMisspelt) return word.length > 2 ? `${word.slice(0, 2)}***` : word;
  return hideUserinfo(word.replace(/^(--[^=]*=).+$/s, '$1***'));
}

/** Commander calls an unknown shell an invalid command-argument value. */
const inPlainWords = (text: string): string =>
  text.replace(
    /command-argument value ('.*') is invalid for argument '(\w+)'\. Allowed choices are (.*)\.$/ms,
    (_, value, name, choices) => `unknown ${name} ${value}; use one of: ${choices}`,
  );

/** Commander's message as one line; its suggestion, which contains only our words, on another line. */
function withSuggestion(text: string): string[] {
  const [, message = '', suggestion] = /^(.*?)(?:\n(\(Did you mean [\w, -]+\?\)))?\n?$/s.exec(text) ?? [];
  return suggestion === undefined ? [message] : [message, suggestion];
}

const optionOf = (name: SettingName, changes: Partial<Setting> = {}): Option =>
  optionFrom(name, { ...settingOf(name), ...changes });

function optionFrom(name: string, setting: Setting): Option {
  const short = setting.short === undefined ? '' : `-${setting.short}, `;
  const value = setting.value === undefined ? '' : ` <${setting.choices?.join('|') ?? setting.value}>`;
  const fallback = setting.default === undefined ? '' : ` (default: ${setting.default})`;
  const option = new Option(`${short}${flagOf(name)}${value}`, setting.description + fallback);
  // Commander would treat --no-cache as the negation of --cache.
  option.negate = false;
  option.helpGroup(setting.group);
  if (setting.repeatable) option.argParser((text: string, before: string[] = []) => [...before, text]);
  return option;
}
