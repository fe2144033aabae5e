import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createChecker } from '../../src/check/checker.ts';
import {
  advise,
  allowPrivateHint,
  both,
  checkCredentialsHint,
  clientCertificateHint,
  GIVEN_LOGIN_HINT,
  type Hint,
  OPTION_HINTS,
  otherClientCertificateHint,
  shownHint,
  trustAuthorityHint,
  trustNamedAuthorityHint,
} from '../../src/check/hint.ts';
import { flagOf, SETTINGS } from '../../src/config/setting.ts';
import { HINT_CODES } from '../../src/core/hint-code.ts';
import { startServer } from '../../src/demo/server.ts';
import { BARE_ENV } from '../support/command.ts';

/** The folder of the sources: the compiled test lies deeper. */
function sourcesOf(path: string): string {
  const folder = dirname(path);
  return readdirSync(folder).includes('package.json') ? join(folder, 'src', 'check') : sourcesOf(folder);
}

const folder = sourcesOf(fileURLToPath(import.meta.url));
const sources = new Map(
  readdirSync(folder)
    .filter((file) => file.endsWith('.ts'))
    .map((file) => [file, readFileSync(join(folder, file), 'utf8').replaceAll(/^\s*(?:\/\/|\*|\/\*\*).*$/gm, '')]),
);

/** Those of `kairos-pull check`, as a text names them. */
const OPTIONS = new RegExp(`(?:${[...Object.keys(SETTINGS).map(flagOf), '--config'].join('|')})(?![a-z-])`);
const TOOL = /login -u [^`]*--password-stdin/g;
const namesOption = (text: string): boolean => OPTIONS.test(text.replace(TOOL, ''));

const optionHints: readonly Hint[] = [
  ...Object.values(OPTION_HINTS),
  clientCertificateHint('registry.example'),
  otherClientCertificateHint('registry.example'),
  allowPrivateHint('registry.example'),
  checkCredentialsHint('registry.example'),
  GIVEN_LOGIN_HINT,
];

describe('a hint', () => {
  it('names options in one file only', () => {
    const strings = /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/g;
    const others = [...sources].filter(([file]) => file !== 'hint.ts').flatMap(([, text]) => text.match(strings) ?? []);
    assert.ok(others.length > 100);
    assert.deepEqual(others.filter(namesOption), []);
  });

  it('has a text without options for the monitor and the library', () => {
    for (const { text, plain, monitor } of optionHints) {
      assert.ok(namesOption(text), text);
      assert.ok(monitor === undefined || (monitor.endsWith('.') && !namesOption(monitor)), monitor);
      assert.ok(plain === null || (plain.endsWith('.') && !namesOption(plain)), plain ?? '');
    }
  });

  it('has a code that is documented, and every code is used', () => {
    const used = [...sources.values()].join('\n');
    for (const [code, meaning] of Object.entries(HINT_CODES)) {
      assert.match(code, /^[a-z]+(?:-[a-z]+)+$/);
      assert.match(meaning, /^[A-Z].*\.$/);
      assert.ok(used.includes(`'${code}'`), code);
    }
  });

  it('is joined with another under the code of the first', () => {
    const joined = both(advise('check-registry', 'Check it.'), OPTION_HINTS.ifSlow);
    assert.deepEqual(joined, {
      code: 'check-registry',
      text: 'Check it. If it is only slow, increase --timeout.',
      plain: 'Check it. If it is only slow, increase the timeout.',
    });
    assert.equal(shownHint(OPTION_HINTS.ifSlow, 'library'), 'If it is only slow, increase the timeout.');
    assert.equal(shownHint(OPTION_HINTS.ifSlow, 'monitor'), 'If it is only slow, increase the timeout.');
    assert.equal(shownHint(null, 'command'), null);
  });

  it('tells the monitor where a setting belongs, and no directory of other programs', () => {
    const place = '(at the top level of the config file, or under registries)';
    for (const hint of [trustAuthorityHint('r.example'), trustNamedAuthorityHint('r.example')]) {
      const shown = shownHint(both(hint, OPTION_HINTS.ifSlow), 'monitor') ?? '';
      assert.ok(shown.includes(`et caFile ${place} to its `), shown);
      assert.match(shown, /certificate\..* increase the timeout\.$/);
      assert.doesNotMatch(shown, /docker|podman/);
      assert.match(shownHint(hint, 'library') ?? '', /et caFile to its .*certificate\. For docker, save it as/);
    }
    assert.equal(shownHint(clientCertificateHint('r.example'), 'monitor'), `Set cert and key ${place}.`);
  });

  it('comes with the wait that the registry asks for', async () => {
    await using plain = await startServer(() => ({ status: 503, headers: { 'retry-after': '90' } }));
    const checker = createChecker({ env: BARE_ENV, hintReader: 'library', retries: 0, plainHttp: true });
    const down = await checker.check(`${plain.name}/app:1`);
    await checker.close();
    assert.deepEqual([down.hintCode, down.retryAfterSeconds], ['try-later', 90]);
  });
});
