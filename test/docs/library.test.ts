// The pages of the library: every example of docs/library.md runs, and the reference has every export and option.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { extname, join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { transform } from 'esbuild';
import { createImage } from '../../src/demo/image.ts';
import { createIndex } from '../../src/demo/image-index.ts';
import { startRegistry } from '../../src/demo/registry.ts';
import * as library from '../../src/index.ts';
import { readText } from '../pipeline/project-file.ts';
import { BARE_ENV } from '../support/command.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';

const page = readText('docs/library.md');
const reference = readText('docs/library-api.md');
const built = new URL(`../../src/index${extname(fileURLToPath(import.meta.url))}`, import.meta.url).href;

interface Example {
  readonly title: string;
  readonly code: string;
  readonly output: string;
}

/** Each section has at most one example, and the text after it is what it prints. */
const examples = page.split(/^## /m).flatMap((section): Example[] => {
  const [, code, output] = /^```ts\n(.*?)^```\n\n```text\n(.*?)^```$/ms.exec(section) ?? [];
  return code === undefined || output === undefined ? [] : [{ title: section.split('\n', 1)[0] ?? '', code, output }];
});

describe('docs/library.md', () => {
  it('says what each of its examples prints', () => {
    assert.equal(examples.length, page.match(/^```ts$/gm)?.length);
  });

  for (const { title, code, output } of examples) {
    it(title, async () => {
      await using registry = await startRegistry();
      registry.put('org/app', '2', createIndex([createImage(), createImage({ platform: 'linux/arm64' })]));
      const local = (text: string): string => text.replaceAll('ghcr.io', registry.name);
      const { code: module } = await transform(local(code), { loader: 'ts', format: 'esm', target: 'node20.18' });
      using folder = createTemporaryFolder({
        'node_modules/kairos-pull/package.json': '{ "type": "module", "exports": "./index.js" }',
        'node_modules/kairos-pull/index.js': `export * from ${JSON.stringify(built)};`,
        'compose.yaml': local('services:\n  app:\n    image: ghcr.io/org/app:$TAG\n'),
        'example.mjs': module,
      });
      const example = join(folder.path, 'example.mjs');
      const { stdout } = await promisify(execFile)(process.execPath, [example], {
        cwd: folder.path,
        env: { ...BARE_ENV, REGISTRY_TOKEN: 'secret' },
      });
      const lines = (text: string): string[] => text.trim().split('\n');
      const printed = lines(stdout.replaceAll(registry.name, 'ghcr.io'));
      // Loopback registries are asked over https first, and their messages may say more than the page shows.
      const own = printed.filter((line) => !/ null$/.test(line));
      assert.equal(own.length, lines(output).length, stdout);
      for (const [index, line] of lines(output).entries())
        assert.ok(own[index]?.startsWith(line.replace(/\.$/, '')), stdout);
    });
  }
});

describe('docs/library-api.md', () => {
  const headings = new Set(
    [...reference.matchAll(/^### (\S+?)(?:\(\))?$/gm)].map(([, name = '']) => name.replaceAll('\\', '')),
  );
  const exported = [...readText('src/index.ts').matchAll(/\{([^}]*)\}/g)].flatMap(([, names = '']) =>
    names.split(',').map((name) =>
      name
        .trim()
        .replace(/^type /, '')
        .replace(/^.* as /, ''),
    ),
  );

  it('has every export', () => {
    const names = exported.filter((name) => name !== '');
    assert.ok(Object.keys(library).every((name) => names.includes(name)));
    assert.deepEqual(
      names.filter((name) => !headings.has(name)),
      [],
      'npm run api',
    );
  });

  it('has every option, with its default', () => {
    const options = readText('src/library/checker-options.ts').matchAll(
      /@defaultValue (.+)\n[\s*]*\/\n {2}readonly (\w+)\?/g,
    );
    const found = [...options];
    const described = reference.split('### CheckerOptions\n')[1]?.split('\n### ')[0] ?? '';
    assert.ok(found.length > 20);
    const missing = found.filter(([, value = '', name]) => {
      const section = described.split(`##### ${name}?\n`)[1]?.split('\n##### ')[0] ?? '';
      return !section.includes(value.replaceAll('`', '').split(';')[0] ?? value) && !section.includes(value);
    });
    assert.deepEqual(
      missing.map(([, , name]) => name),
      [],
      'npm run api',
    );
  });

  it('has every code of the lists that are exported', () => {
    const { CAUSES, HINT_CODES, INPUT_FORMATS, PROOFS, PURPOSES, REASONS, VERDICTS, WARNING_CODES } = library;
    const causes = Object.values(CAUSES).flat();
    const lists = [causes, Object.keys(HINT_CODES), INPUT_FORMATS, PROOFS, PURPOSES, REASONS, VERDICTS, WARNING_CODES];
    const codes = lists.flat().filter((code) => code !== null);
    const names = (code: string): boolean => reference.includes(`"${code}"`) || reference.includes(`\`${code}\``);
    assert.deepEqual(
      codes.filter((code) => !names(code)),
      [],
      'npm run api',
    );
    for (const meaning of Object.values(HINT_CODES)) assert.ok(reference.includes(meaning), `npm run api: ${meaning}`);
  });

  it('says what each key of a result means', () => {
    const fieldsOf = (path: string, name: string) =>
      readText(path).split(`interface ${name} `)[1]?.split('\n}')[0] ?? '';
    const source =
      fieldsOf('src/core/result.ts', 'ResultFields') + fieldsOf('src/library/result.ts', 'ResultDataFields');
    const keys = [...source.matchAll(/^ {2}readonly (\w+)\??:/gm)];
    const described = [...source.matchAll(/\/\*\* (.+) \*\/\n {2}readonly (\w+)\??:/g)];
    assert.ok(keys.length > 20);
    assert.equal(described.length, keys.length);
    for (const [, meaning = '', key] of described) assert.ok(reference.includes(meaning), `npm run api: ${key}`);
  });

  it('names every parameter', () => {
    assert.doesNotMatch(reference, /__namedParameters/);
  });
});
