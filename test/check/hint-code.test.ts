import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createChecker } from '../../src/check/checker.ts';
import { hintCodeOf, withoutOptions } from '../../src/check/hint-code.ts';
import { startServer } from '../../src/demo/server.ts';
import { BARE_ENV } from '../support/command.ts';

/** The folder of the sources: the compiled test lies deeper. */
function sourcesOf(path: string): string {
  const folder = dirname(path);
  return readdirSync(folder).includes('package.json') ? join(folder, 'src', 'check') : sourcesOf(folder);
}

const folder = sourcesOf(fileURLToPath(import.meta.url));

/** Every string in the layer that names an option, with its placeholders filled in. */
const texts = readdirSync(folder)
  .filter((file) => file.endsWith('.ts') && file !== 'hint-code.ts')
  .flatMap((file) => readFileSync(join(folder, file), 'utf8').split('\n'))
  .filter((line) => !/^\s*(?:\/\/|\*|\/\*\*)/.test(line))
  .flatMap((line) => [
    ...line.matchAll(/'([^']*--[a-z][^']*)'|"([^"]*--[a-z][^"]*)"|`([^`]*(?:`[^`]*`)?[^`]*--[a-z][^`]*)`/g),
  ])
  .map(([, a, b, c]) => (a ?? b ?? c ?? '').replace(/\$\{[^}]*\}/g, 'x'));

describe('a hint without options', () => {
  it('is there for every hint that names one', () => {
    assert.ok(texts.length >= 10, String(texts.length));
    assert.deepEqual(
      texts.map((text) => withoutOptions(text) ?? '').filter((text) => /--[a-z]/.test(text)),
      [],
    );
  });

  it('keeps the rest of the advice, and its code', () => {
    const slow = 'Check that the registry is running. If it is only slow, increase --timeout.';
    assert.equal(withoutOptions(slow), 'Check that the registry is running.');
    assert.equal(hintCodeOf(slow, 'unreachable', 'timeout'), 'increase-timeout');
    assert.equal(
      withoutOptions('If the registry uses plain http, pass --plain-http.'),
      'If the registry uses plain http, set plainHttp: true for it in the config file.',
    );
    assert.equal(withoutOptions('Log in: `docker login x`.'), 'Log in: `docker login x`.');
    assert.equal(hintCodeOf('Log in.', 'unauthorized', 'credentials-required'), 'log-in');
    assert.equal(hintCodeOf(null, 'not-found', null), null);
  });

  it('comes with the wait that the registry asks for', async () => {
    await using plain = await startServer(() => ({ status: 503, headers: { 'retry-after': '90' } }));
    const checker = createChecker({ env: BARE_ENV, plainHints: true, retries: 0, plainHttp: true });
    const down = await checker.check(`${plain.name}/app:1`);
    await checker.close();
    assert.deepEqual([down.hintCode, down.retryAfterSeconds], ['try-later', 90]);
  });
});
