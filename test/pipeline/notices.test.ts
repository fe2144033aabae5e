// The license texts that go with every copy of the bundles, and the checksums of what an install brings.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { ROOT, readText } from './project-file.ts';

interface Locked {
  readonly version: string;
  readonly integrity?: string;
  readonly license?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

const { packages } = JSON.parse(readText('package-lock.json')) as { packages: Record<string, Locked> };
const locked = Object.entries(packages).filter(([path]) => path !== '');
/** Optional peers, which are loaded where they are installed. */
const PEERS = ['libsql', 'pg'];

/** Every package that a source imports, and what that package imports. Everything else is for the development. */
const bundled = locked.filter(([path]) => closureOf(importedPackages()).has(path));

function importedPackages(): string[] {
  const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(join(ROOT, 'src', file), 'utf8'));
  const imports = sources.flatMap((text) => [
    ...text.matchAll(
      /^(?:import|export)\b(?! type)[^'"`;]*?\bfrom '((?:@[\w-]+\/)?[\w-]+)(?:\/[^']*)?'|\bimport\('([\w-]+)'\)/gm,
    ),
  ]);
  return [...new Set(imports.map(([, named, loaded]) => named ?? loaded ?? ''))].filter(
    (name) => !PEERS.includes(name),
  );
}

function closureOf(names: readonly string[], found = new Set<string>()): ReadonlySet<string> {
  for (const name of names) {
    const path = `node_modules/${name}`;
    if (found.has(path)) continue;
    found.add(path);
    closureOf(Object.keys((packages[path] ?? assert.fail(path)).dependencies ?? {}), found);
  }
  return found;
}

const NOTICES = 'dist/command/THIRD-PARTY-NOTICES.txt';
const sections = readText(NOTICES).split(/^={80}\n/m);

describe('the notices for the bundles', () => {
  it('contain a section for every package whose code is in a bundle', () => {
    assert.ok(bundled.length >= 15);
    for (const [path, { version, license }] of bundled) {
      const heading = `${path.replace(/^.*node_modules\//, '')} ${version} (${license})`;
      assert.ok(
        sections.some((section) => section.startsWith(`${heading}\n`)),
        heading,
      );
    }
  });

  for (const [path, { version }] of bundled) {
    const name = path.replace(/^.*node_modules\//, '');
    it(`quote the license of ${name} word for word`, () => {
      const file = readdirSync(join(ROOT, path)).find((entry) => /^licen[cs]e/i.test(entry)) ?? assert.fail(path);
      const section = sections.find((text) => text.startsWith(`${name} ${version} `)) ?? '';
      assert.ok(section.includes(readText(`${path}/${file}`).trim()));
    });
  }

  it('mention a part that a package took from elsewhere', () => {
    const undici = sections.find((section) => section.startsWith('undici ')) ?? '';
    assert.match(undici, /^Copyright \(c\) .*Undici contributors$/m);
    assert.match(undici, /^Copyright \(c\) 2020 Ethan Arrowood$/m);
    assert.match(undici, /^Its parser is llhttp, .* Copyright Fedor Indutny, 2018\.$/m);
    const tldts = sections.find((section) => section.startsWith('tldts ')) ?? '';
    assert.match(tldts, /Public Suffix List, [\s\S]*Mozilla Public License, v\. 2\.0/);
  });

  it('contain no section for another package', () => {
    const headings = sections.slice(1).map((section) => section.split(' ', 1)[0]);
    assert.deepEqual(headings.sort(), bundled.map(([path]) => path.replace(/^.*node_modules\//, '')).sort());
  });

  it('are in what is published', () => {
    const { files } = JSON.parse(readText('package.json')) as { files: string[] };
    assert.ok(files.some((name) => NOTICES.startsWith(`${name}/`)));
  });
});

describe('the lock file', () => {
  it('has the checksum of every package, including those for other systems', () => {
    const unchecked = locked.filter(([, { integrity = '' }]) => !/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity));
    assert.deepEqual(
      unchecked.map(([path]) => path),
      [],
    );
  });
});
