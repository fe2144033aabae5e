import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { flagOf, SETTING_NAMES } from '../../src/config/setting.ts';
import { FORMATS } from '../../src/report/format.ts';
import { requirePrograms } from '../support/require-programs.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';
import { runMain } from './run-main.ts';

const scriptOf = async (shell: string): Promise<string> => (await runMain(['completion', shell])).stdout;

describe('completion', () => {
  for (const shell of ['bash', 'zsh', 'fish']) {
    it(`${shell}: has every command and every option`, async () => {
      const { exitCode, stdout, stderr } = await runMain(['completion', shell]);
      assert.deepEqual({ exitCode, stderr }, { exitCode: 0, stderr: '' });
      for (const command of ['check', 'images', 'completion']) assert.match(stdout, new RegExp(`\\b${command}\\b`));
      for (const name of SETTING_NAMES) {
        const flag = shell === 'fish' ? `-l ${flagOf(name).slice(2)} ` : flagOf(name);
        assert.ok(stdout.includes(flag), flag);
      }
      assert.match(stdout, /head manifest layers/);
      assert.ok(stdout.includes(FORMATS.join(' ')));
    });

    const check = shell === 'fish' ? '--no-execute' : '-n';
    it(`${shell}: accepts the script`, { skip: requirePrograms(shell) }, async () => {
      using folder = createTemporaryFolder({ script: await scriptOf(shell) });
      assert.equal(`${execFileSync(shell, [check, join(folder.path, 'script')])}`, '');
    });
  }

  describe('bash', { skip: requirePrograms('bash') }, () => {
    const complete = async (...words: string[]): Promise<string[]> => {
      const quoted = ['kairos-pull', ...words].map((word) => `'${word}'`).join(' ');
      const script = `${await scriptOf('bash')}
COMP_WORDS=(${quoted}); COMP_CWORD=${words.length}; _kairos_pull; printf '%s\\n' "\${COMPREPLY[@]}"`;
      return execFileSync('bash', ['--norc', '-c', script], { encoding: 'utf8' }).split('\n').filter(Boolean);
    };

    it('completes commands', async () => {
      assert.deepEqual(await complete('ch'), ['check']);
      assert.deepEqual(await complete(''), [
        ...['check', 'images', 'monitor', 'demo', 'completion', 'help', '--help', '--version'],
      ]);
    });
    it('completes options of the command', async () => {
      assert.deepEqual(await complete('check', '--pl'), ['--platform', '--plain-http']);
      assert.deepEqual(await complete('images', '--pla'), ['--platform']);
      assert.deepEqual(await complete('images', '--re'), []);
    });
    it('completes the subcommands and options of the monitor', async () => {
      assert.deepEqual(await complete('monitor', 'he'), ['health']);
      assert.deepEqual(await complete('monitor', '--o'), ['--once']);
      assert.deepEqual(await complete('monitor', '--log', ''), ['text', 'json']);
    });
    it('completes values', async () => {
      assert.deepEqual(await complete('check', 'nginx', '--proof', ''), ['head', 'manifest', 'layers']);
      assert.deepEqual(await complete('check', '--warn-on', 'rate'), ['rate-limited']);
      assert.deepEqual(await complete('completion', 'z'), ['zsh']);
      assert.deepEqual(await complete('help', 'im'), ['images']);
      assert.deepEqual(await complete('check', '-o', ''), [...FORMATS]);
      assert.deepEqual(await complete('images', '-o', ''), ['text', 'json']);
    });
    it('completes paths', async () => {
      assert.deepEqual(await complete('check', '-f', 'package.js'), ['package.json']);
    });
    it('offers nothing for an unknown word', async () => {
      assert.deepEqual(await complete('check', '--timeout', ''), []);
    });
  });
});
