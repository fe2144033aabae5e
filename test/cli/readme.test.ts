// The README stays correct: its examples are run, and its exit codes are those of the help.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { checkEpilogue } from '../../src/cli/help-text.ts';
import { createImage } from '../../src/demo/image.ts';
import { createIndex } from '../../src/demo/image-index.ts';
import { type EmbeddedRegistry, startRegistry } from '../../src/demo/registry.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const COMMAND = join(ROOT, 'bin', 'kairos-pull.js');
const readme = await readFile(join(ROOT, 'README.md'), 'utf8');

const examples = [...readme.matchAll(/^```console\n\$ (.+)\n([\s\S]*?)^```$/gm)].map(
  ([, command = '', output = '']) => ({
    command,
    output,
  }),
);

describe('the README', () => {
  let registry: EmbeddedRegistry;
  let folder: string;

  before(async () => {
    registry = await startRegistry({
      host: 'localhost',
      auth: 'bearer',
      users: { demo: 'demo' },
      access: (user, repository) => user !== undefined || !repository.startsWith('private/'),
    });
    const images = ['linux/amd64', 'linux/arm64'].map((platform) =>
      createImage({ platform, layers: 6, text: platform }),
    );
    const [amd64, arm64] = images as [ReturnType<typeof createImage>, ReturnType<typeof createImage>];
    registry.put('shop/web', '1.4', createIndex(images, { attestations: true }));
    registry.put('shop/api', '2', createIndex([amd64, arm64]));
    registry.put('private/api', '2', amd64);
    folder = await mkdtemp(join(tmpdir(), 'kairos-pull-readme-'));
    const lines = ['localhost:5000/shop/web:1.4', 'localhost:5000/shop/api:2', 'localhost:5000/shop/api:3'];
    await writeFile(
      join(folder, 'images.txt'),
      lines.map((line) => `${line.replace('localhost:5000', registry.name)}\n`).join(''),
    );
  });

  after(async () => {
    await registry.close();
    await rm(folder, { recursive: true });
  });

  it('has five examples that run', () => assert.equal(examples.length, 5));

  for (const { command, output } of examples) {
    it(`shows the output of: ${command}`, async () => {
      const [, input, words = ''] = /^(?:echo (\S+) \| )?kairos-pull (.+)$/.exec(command) ?? [];
      const args = words.replaceAll('localhost:5000', registry.name).split(' ');
      const shown = await run(args, input ?? '', folder);
      assert.equal(normalise(shown.replaceAll(registry.name, 'localhost:5000')), normalise(output));
    });
  }

  it('has every exit code of the help', () => {
    const inHelp = [...checkEpilogue().matchAll(/^ {2}(\d+) /gm)].map(([, code]) => code);
    const inTable = [...readme.matchAll(/^\| (\d+) \|/gm)].map(([, code]) => code);
    assert.deepEqual(inTable, inHelp);
  });
});

/** Standard output of the command with nothing of this machine's logins or settings. */
function run(args: readonly string[], input: string, cwd: string): Promise<string> {
  const child = spawn(process.execPath, [COMMAND, ...args], { cwd, env: { HOME: cwd, LANG: 'C.UTF-8', PATH: '' } });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  child.stdin.end(input);
  return new Promise((resolve) => child.on('close', () => resolve(output)));
}

/** Times differ from run to run, compressed bytes from Node to Node, blanks before a column with the port's length. */
const normalise = (text: string): string =>
  text
    .replace(/\d+(?:\.\d+)? m?s\b/g, '<time>')
    .replace(/sha256:[0-9a-f]{12}/g, '<digest>')
    .replace(/\d+(?:\.\d+)? kB\b/g, '<size>')
    .replace(/ {2,}(?=\S)/g, '  ');
