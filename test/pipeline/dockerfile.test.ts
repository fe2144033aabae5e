// The Dockerfile, without an engine: its form is checked, and what its last stage copies is copied and run.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { VERSION } from '../../src/core/version.ts';
import { dockerfileExtractor } from '../../src/input/dockerfile.ts';
import { foundLines } from '../input/found-lines.ts';
import { mustRun } from '../support/process.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';
import { understand, wordsOf } from './command-line.ts';
import { ROOT, readText } from './project-file.ts';

const text = readText('Dockerfile');
const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
const stages = lines.join('\n').split(/^(?=FROM )/m);
const last = stages.at(-1) ?? '';

/** The arguments of every such instruction. */
const instructions = (name: string, stage = last): string[] =>
  [...stage.matchAll(new RegExp(`^${name} (.+)$`, 'gm'))].map(([, rest = '']) => rest);

const only = (name: string): string => {
  const [rest, ...more] = instructions(name);
  assert.deepEqual(more, []);
  return rest ?? assert.fail(`there is no ${name}`);
};

/** A copy from the first stage: paths of this repository, and where they go in the image. */
const copies = instructions('COPY').map((rest) => {
  const words = rest.split(' ');
  assert.equal(words.shift(), '--from=build');
  const target = words.pop() ?? '';
  return { target, sources: words.map((word) => word.replace(/^\/src\//, '')) };
});

describe('the Dockerfile', () => {
  it('has instructions only, one a line', () => {
    for (const line of lines) assert.match(line, /^(?:FROM|LABEL|WORKDIR|COPY|RUN|USER|ENTRYPOINT|CMD) \S.*[^\\\s]$/);
    for (const name of ['ENTRYPOINT', 'CMD']) assert.ok(Array.isArray(JSON.parse(only(name))));
  });

  it('is based on images that a check finds', async () => {
    const at = (from: string): number => text.split('\n').indexOf(from) + 1;
    assert.deepEqual(await foundLines(dockerfileExtractor, text), [
      `${at('FROM --platform=$BUILDPLATFORM node:24-alpine AS build')} node:24-alpine | FROM`,
      `${at('FROM node:24-alpine')} node:24-alpine | FROM`,
    ]);
    assert.equal(stages.length, 2);
  });

  it('labels the image with the words of package.json', () => {
    const labels = Object.fromEntries(
      instructions('LABEL').map((rest) => /^org\.opencontainers\.image\.(\w+)="(.+)"$/.exec(rest)?.slice(1) ?? []),
    );
    const { name, description, license } = JSON.parse(readText('package.json'));
    assert.deepEqual(labels, { title: name, description: description.split('.')[0], licenses: license });
  });

  it('builds with scripts that there are, from files that are sent', () => {
    const { scripts } = JSON.parse(readText('package.json'));
    for (const [, script = ''] of text.matchAll(/^RUN npm run (\S+)$/gm)) assert.ok(script in scripts, script);
    for (const [, file = ''] of text.matchAll(/^RUN node (\S+) /gm)) assert.ok(existsSync(join(ROOT, file)), file);
    const ignored = readText('.dockerignore').split('\n').filter(Boolean);
    const [first = ''] = instructions('COPY', stages[0]);
    for (const file of first.split(' ').slice(0, -1)) {
      assert.ok(existsSync(join(ROOT, file)) && !ignored.includes(file), file);
    }
    assert.ok(ignored.includes('**/node_modules'), 'what is built for this machine stays on it');
  });

  it('is not root, by number', () => assert.match(only('USER'), /^[1-9]\d*$/));

  it('copies all that the command needs', async () => {
    using image = createTemporaryFolder();
    using build = createTemporaryFolder();
    const [, words = ''] = /^RUN node (scripts\/copy-package\.js .+)$/m.exec(text) ?? assert.fail('it has no driver');
    const [script = '', name = '', built = ''] = words.split(' ');
    await mustRun(process.execPath, [join(ROOT, script), name, join(build.path, built)]);
    for (const { sources, target } of copies) {
      for (const source of sources) {
        // A folder gives its content, a file goes into a target that ends with a slash.
        const to = target.endsWith('/') ? join(target, source) : target;
        cpSync(join(source.startsWith(built) ? build.path : ROOT, source), join(image.path, to), { recursive: true });
      }
    }
    const [, linked = ''] = /^RUN ln -s (\S+) \/usr\/local\/bin\/kairos-pull$/m.exec(last) ?? [];
    assert.deepEqual(JSON.parse(only('ENTRYPOINT')), ['kairos-pull']);
    const notices = join(image.path, linked, '../../dist/command/THIRD-PARTY-NOTICES.txt');
    assert.ok(existsSync(notices), 'the licenses of what is bundled');
    const run = (...args: string[]) =>
      spawnSync(process.execPath, [join(image.path, linked), ...args], {
        cwd: image.path,
        env: { HOME: image.path, PATH: '' },
        encoding: 'utf8',
      });
    assert.equal(run('--version').stdout, `${VERSION}\n`);
    const file = image.write('compose.yaml', 'services: { web: { image: "nginx:1.27" } }\n');
    assert.match(run('images', '-f', file).stdout, /^nginx:1\.27 /);
    const demo = run('demo');
    assert.match(demo.stdout, /not found/, demo.stderr);
    assert.match(run(...JSON.parse(only('CMD'))).stdout, /^Usage: kairos-pull /);
    image.write('kairos-pull.yaml', 'monitor: { resources: [{ tcp: "127.0.0.1:1" }] }\n');
    const monitor = run('monitor', '--once', '--store', 'memory');
    assert.match(monitor.stdout, /^unavailable +127\.0\.0\.1:1 /, monitor.stderr);
    // The driver is part of the image, with its licenses, and the only package beside the command.
    const store = ['--store', 'postgres://monitor@database:5432/monitor', '--role', 'worker'];
    const checked = run('monitor', '--check-config', ...store);
    assert.deepEqual([checked.status, checked.stderr], [0, '']);
    const packages = readdirSync(join(image.path, 'opt/kairos-pull/node_modules'));
    const { packages: locked } = JSON.parse(readText('package-lock.json'));
    const closure = (one: string): string[] => [
      one,
      ...Object.keys(locked[`node_modules/${one}`].dependencies ?? {}).flatMap(closure),
    ];
    assert.deepEqual(packages.sort(), [...new Set(closure('pg'))].sort());
  });

  it('shows in its comment a command that can be run', () => {
    const [, command = ''] = /^# docker run --rm kairos-pull (.+)$/m.exec(text) ?? [];
    assert.deepEqual(understand(wordsOf(command)).invocation.command, 'check');
  });

  it('gives a file that starts on a system without our shell', () => {
    assert.match(readText('bin/kairos-pull.js'), /^#!\/usr\/bin\/env node\n/);
  });
});
