// The manual page, from what the help and the pages of the documentation are made of.

import type { Command, Option } from 'commander';
import { EXIT } from '../core/exit-code.ts';
import { NAME, VERSION } from '../core/version.ts';
import { ENVIRONMENT } from './environment-text.ts';
import { EXIT_CODES, UNHEALTHY_MEANING } from './exit-code-text.ts';
import { CHECK_NOTES, MONITOR_EPILOGUE, PROGRAM_TEXT } from './help-text.ts';
import { optionGroups, variableOf } from './option-group.ts';
import { bold, item, paragraph, plain, section, subsection, syntax } from './roff.ts';

const FILES: readonly (readonly [path: string, content: string])[] = [
  ['kairos-pull.yaml, kairos-pull.yml, kairos-pull.json', 'settings; the nearest one, here or in a directory above'],
  ['~/.docker/config.json', "docker's credentials and credential helpers"],
  ['$XDG_RUNTIME_DIR/containers/auth.json, ~/.config/containers/auth.json', "podman's credentials"],
  ['/etc/docker/certs.d, /etc/containers/certs.d', 'CA and client certificates of registries'],
  ['./kairos-pull.db', 'the history of kairos-pull monitor'],
];

/** roff, for man(1). Without a date: the same program makes the same page. */
export function formatManPage(program: Command): string {
  return [
    `.\\" Generated: ${NAME} man\n`,
    `.TH KAIROS\\-PULL 1 "" "${NAME} ${VERSION}" "User Commands"\n`,
    // Options and names of variables stay whole and are not spread over the line.
    '.nh\n.ad l\n',
    section('NAME'),
    `${plain(NAME)} \\- check whether container images can be pulled\n`,
    section('SYNOPSIS'),
    ...synopsisOf(program),
    section('DESCRIPTION'),
    formatHelpText(PROGRAM_TEXT),
    ...program.commands.flatMap(formatCommand),
    section('EXIT STATUS'),
    ...exitStatus(),
    section('ENVIRONMENT'),
    paragraph('The options above name the variables that set them. Others:'),
    ...ENVIRONMENT.map(({ names, effect, anyCase, page }) =>
      item(
        names.map(bold).join(', ') + (anyCase ? ' (in either case)' : ''),
        plain(effect) + (page === undefined ? '' : `; see docs/${plain(page.replace(/#.*/, ''))}`),
      ),
    ),
    section('FILES'),
    ...FILES.map(([path, content]) => item(bold(path), plain(content))),
    section('DOCUMENTATION'),
    paragraph(
      `README.md and the directory docs of the package. ${bold('npm root -g')} prints where packages are installed globally.`,
    ),
  ].join('');
}

const callOf = (command: Command, parent = ''): string => `${NAME} ${parent}${command.name()}`;

const usageOf = (command: Command): string =>
  command.options.length === 0 ? command.usage().replace(/^\[options\] ?/, '') : command.usage();

function synopsisOf(program: Command): string[] {
  const calls = program.commands.flatMap((command) => [
    [callOf(command), usageOf(command)],
    ...command.commands.map((sub) => [callOf(sub, `${command.name()} `), usageOf(sub)]),
  ]);
  const all = [...calls, [`${NAME} help`, '[command]'], [`${NAME} --version`, '']];
  return [`${all.map(([call = '', rest = '']) => `${bold(call)} ${plain(rest)}`.trim()).join('\n.br\n')}\n`];
}

function formatCommand(command: Command): string[] {
  const isCheck = command.name() === 'check';
  return [
    section(command.name().toUpperCase()),
    formatHelpText(command.description()),
    ...formatOperands(command),
    ...formatGroups(command),
    ...(isCheck ? [subsection('Help'), item(bold('-h, --help'), 'print the help of a command')] : []),
    ...(isCheck ? [formatHelpText(CHECK_NOTES)] : []),
    ...(command.name() === 'monitor' ? [formatHelpText(MONITOR_EPILOGUE)] : []),
    ...command.commands.flatMap((sub) => [
      subsection(`${callOf(sub, `${command.name()} `)} ${usageOf(sub)}`),
      formatHelpText(sub.description()),
      ...(sub.options.length === 0
        ? []
        : [paragraph(`Options: ${sub.options.map(({ flags }) => syntax(flags)).join(', ')}, as above.`)]),
    ]),
  ];
}

function formatOperands(command: Command): string[] {
  const operands = command.registeredArguments.filter((argument) => argument.description !== '');
  if (operands.length === 0) return [];
  return [subsection('Operands'), ...operands.map((one) => item(bold(one.name()), plain(one.description)))];
}

const formatGroups = (command: Command): string[] =>
  optionGroups(command).flatMap(({ title, options }) => [subsection(title), ...options.map(formatOption)]);

function formatOption(option: Option): string {
  const variable = variableOf(option);
  const text = plain(option.description);
  return item(syntax(option.flags), variable === undefined ? text : `${text}\n.br\n[env: ${bold(variable)}]`);
}

/** Every number, those of the monitor as well. */
const exitStatus = (): string[] =>
  [...EXIT_CODES, [EXIT.unhealthy, UNHEALTHY_MEANING] as const]
    .sort(([a], [b]) => a - b)
    .map(([code, meaning]) => item(bold(String(code)), plain(meaning)));

/** Paragraphs; below a line that ends with a colon, commands or words with their remarks. */
function formatHelpText(text: string): string {
  return text
    .trim()
    .split(/\n{2,}/)
    .map((block) => {
      const [head = '', ...lines] = block.split('\n');
      if (!head.endsWith(':') || !lines.every((line) => line.startsWith('  '))) return paragraph(plain(block));
      return subsection(head.slice(0, -1)) + lines.map(formatRemark).join('');
    })
    .join('');
}

function formatRemark(line: string): string {
  const [, term = line.trim(), remark = ''] = /^ {2}(\S.*?) {2,}(\S.*)$/.exec(line) ?? [];
  return remark === '' ? paragraph(bold(term)) : item(bold(term), plain(remark));
}
