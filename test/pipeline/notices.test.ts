// The license texts that go with every copy of the bundled command, and the sums of what an install brings.

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { ROOT, readText } from './project-file.ts';

interface Locked {
  readonly version: string;
  readonly integrity?: string;
  readonly dev?: boolean;
  readonly license?: string;
}

const { packages } = JSON.parse(readText('package-lock.json')) as { packages: Record<string, Locked> };
const locked = Object.entries(packages).filter(([path]) => path !== '');
/** What the command is made of: everything else is for its development. */
const bundled = locked.filter(([, { dev }]) => dev !== true);

const NOTICES = 'dist/command/THIRD-PARTY-NOTICES.txt';
const sections = readText(NOTICES).split(/^={80}\n/m);

describe('the notices for the bundled command', () => {
  it('contain a section for every package that is not for development only', () => {
    assert.ok(bundled.length >= Object.keys(JSON.parse(readText('package.json')).dependencies).length);
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
