// Everything that a user may meet is on a page: options, variables, codes.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MONITOR_SETTINGS } from '../../src/config/monitor-setting.ts';
import { environmentNameOf, SETTING_NAMES } from '../../src/config/setting.ts';
import { EXIT } from '../../src/core/exit-code.ts';
import { HINT_CODES } from '../../src/core/hint-code.ts';
import { PROOFS, VERDICTS, WARNING_CODES } from '../../src/core/result.ts';
import { INPUT_FORMATS } from '../../src/input/extractor.ts';
import { FORMATS } from '../../src/report/format.ts';
import { readText } from '../pipeline/project-file.ts';
import { programCommands } from './option-tables.ts';
import { PAIRS } from './reason-examples.ts';
import { variablesInCode } from './variables-in-code.ts';

const options = readText('docs/options.md');
const reasons = readText('docs/reasons.md');

const sectionOf = (page: string, title: string): string =>
  page
    .split(/^(?=#{2,3} )/m)
    .find((text) => text.startsWith(`${'#'.repeat(/^#+/.exec(text)?.[0].length ?? 0)} ${title}\n`)) ??
  assert.fail(`there is no ${title}`);

const isNamedIn = (page: string, word: string): boolean => page.replaceAll('\\|', '|').includes(`\`${word}\``);

describe('docs/options.md', () => {
  it('has every command', () => {
    for (const command of programCommands()) {
      assert.ok(options.includes(`kairos-pull ${command.name()}`), command.name());
      for (const sub of command.commands) assert.ok(options.includes(`${command.name()} ${sub.name()}`), sub.name());
    }
  });

  it('has every option of every command', () => {
    for (const command of programCommands()) {
      for (const { flags } of command.options) assert.ok(isNamedIn(options, flags), flags);
    }
  });

  it('has every environment variable that the program reads', () => {
    const settings = [...SETTING_NAMES, ...Object.keys(MONITOR_SETTINGS)].map(environmentNameOf);
    const read = [...new Set([...settings, ...variablesInCode()])];
    assert.ok(read.length > 60 && read.includes('DOCKER_CONFIG') && read.includes('SSL_CERT_DIR'));
    assert.deepEqual(
      read.filter((name) => !isNamedIn(options, name)),
      [],
    );
  });

  it('names no other', () => {
    const settings = [...SETTING_NAMES, ...Object.keys(MONITOR_SETTINGS)].map(environmentNameOf);
    const named = [...options.matchAll(/`(KAIROS_PULL_\w+)`/g)].map(([, name = '']) => name);
    const known = [...settings, ...variablesInCode()];
    assert.deepEqual(
      named.filter((name) => !known.includes(name)),
      [],
    );
  });

  it('has every format of input or refers to the page that has it, and every format of report', () => {
    const inputs = readText('docs/inputs.md');
    for (const format of INPUT_FORMATS) assert.ok(options.includes(format) || isNamedIn(inputs, format), format);
    for (const format of FORMATS) assert.ok(options.includes(format), format);
  });
});

describe('docs/reasons.md', () => {
  it('has every reason with its own section, and every cause in it', () => {
    for (const [reason, cause] of PAIRS) {
      const section = sectionOf(reasons, reason);
      if (cause !== null) assert.ok(isNamedIn(section, cause), `${reason} ${cause}`);
      assert.match(section, /^```text\n[✖?–] /m, reason);
    }
  });

  it('has every verdict, proof, warning and hint code', () => {
    for (const name of [...VERDICTS, ...PROOFS]) assert.ok(isNamedIn(reasons, name), name);
    for (const name of WARNING_CODES) assert.ok(isNamedIn(sectionOf(reasons, 'Warnings'), name), name);
    for (const name of Object.keys(HINT_CODES)) assert.ok(isNamedIn(sectionOf(reasons, 'Hint codes'), name), name);
  });

  it('has every exit code', () => {
    const { unhealthy, ...codes } = EXIT;
    for (const code of Object.values(codes))
      assert.match(sectionOf(reasons, 'Exit codes'), new RegExp(`^\\| ${code} \\|`, 'm'));
    assert.match(options, new RegExp(`Code ${unhealthy} is used by`));
  });
});
