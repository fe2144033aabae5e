// .ci/run, which proves a fresh clone on a fresh Debian: it brings every program that a test cannot do without.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { requirePrograms } from '../support/require-programs.ts';
import { ROOT, readText } from './project-file.ts';

const script = readText('.ci/run');
const [, listed = ''] = /^packages=\((.*)\)$/m.exec(script) ?? [];
const packages = new Set(listed.split(' '));

/** What the image `node:20-bookworm` has, and what the script fetches in another way. */
const PRESENT = ['bash', 'git', 'mkfifo', 'mount', 'script', 'setpriv', 'unshare', 'docker', 'kubectl'];
const PACKAGE_OF: Readonly<Record<string, string>> = {
  'docker-credential-pass': 'golang-docker-credential-helpers',
  gpg: 'gnupg',
  gpgconf: 'gnupg',
  ip: 'iproute2',
  man: 'man-db',
  promtool: 'prometheus',
  'systemd-analyze': 'systemd',
};

const required = new Set(
  readdirSync(join(ROOT, 'test'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => [...readFileSync(join(ROOT, 'test', file), 'utf8').matchAll(/\brequirePrograms\(([^)]*)\)/g)])
    .flatMap(([, names = '']) => [...names.matchAll(/'([^']+)'/g)].map(([, name = '']) => name)),
);

describe('.ci/run', () => {
  it('installs every program that a test requires', () => {
    assert.ok(required.size > 20);
    const missing = [...required].filter((name) => !PRESENT.includes(name) && !packages.has(PACKAGE_OF[name] ?? name));
    assert.deepEqual(missing, []);
    for (const name of ['docker', 'kubectl']) assert.match(script, new RegExp(`^if ! command -v ${name} `, 'm'));
  });

  it('is correct for shellcheck, with the scripts that it runs', { skip: requirePrograms('shellcheck') }, () => {
    const files = ['.ci/run', 'scripts/fetch-clients.sh'].map((name) => join(ROOT, name));
    assert.equal(spawnSync('shellcheck', files, { encoding: 'utf8' }).stdout, '');
  });
});
