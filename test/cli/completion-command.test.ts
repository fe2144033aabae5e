import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { flagOf, SETTING_NAMES } from '../../src/config/setting.ts';
import { FORMATS } from '../../src/report/format.ts';
import { requirePrograms } from '../support/require-programs.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';
import { runMain } from './run-main.ts';

const NAME = 'kairos-pull';

/** Types lines into an interactive zsh, each with TAB, and prints what they have become. The first argument sets it up. */
const TYPE_IN_ZSH = `zmodload zsh/zpty
zpty shell zsh -f -i
show='report() { print -r -- "<$BUFFER>"; BUFFER=; zle redisplay }; zle -N report; bindkey "^T" report'
zpty -w shell "PS1= RPS1=; stty -echo; unsetopt zle_bracketed_paste; $1; $show; print READ''Y"
zpty -r shell output '*READY*'
shift
for line in "$@"; do
  zpty -w -n shell "$line"$'\\t\\C-t'
  zpty -r shell output '*<*>*'
  print -r -- "\${\${output##*<}%%>*}"
done
zpty -d shell
`;

const scriptOf = async (shell: string): Promise<string> => (await runMain(['completion', shell])).stdout;

describe('completion', () => {
  it('powershell: has every command, option and value', async () => {
    const script = await scriptOf('powershell');
    assert.match(script, /^Register-ArgumentCompleter -Native -CommandName kairos-pull /m);
    for (const name of SETTING_NAMES) assert.ok(script.includes(`'${flagOf(name)}' = '`), name);
    assert.ok(script.includes("'check --proof' = @('head', 'manifest', 'layers')"));
    for (const bracket of ['{}', '()', '[]']) {
      const [opening = '', closing = ''] = bracket;
      const code = script.replaceAll(/'(?:[^']|'')*'/g, "''");
      assert.equal(code.split(opening).length, code.split(closing).length, bracket);
    }
  });

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

  /** What a user types, and what the line is after TAB. */
  const COMPLETED = [
    ['check comp', 'check compose.yaml'],
    ['check -f my', 'check -f my\\ file.yaml'],
    ['check --proof=lay', 'check --proof=layers'],
    ['check --proof lay', 'check --proof layers'],
    ['check --from ', 'check --from kubernetes'],
    ['check --warn-on not-found,rate', 'check --warn-on not-found,rate-limited'],
    ['check --warn-on=not-found,rate', 'check --warn-on=not-found,rate-limited'],
    ['check -o junit=comp', 'check -o junit=compose.yaml'],
    ['check --output=junit=comp', 'check --output=junit=compose.yaml'],
    ['check -o jun', 'check -o junit'],
    ['images -o json=comp', 'images -o json=compose.yaml'],
    ['report m', 'report merge'],
    ['report merge sh', 'report merge shard-1.json'],
    ['monitor export comp', 'monitor export compose.yaml'],
    ['monitor --store comp', 'monitor --store compose.yaml'],
    ['monitor --role wor', 'monitor --role worker'],
    ['completion pow', 'completion powershell'],
    ['help im', 'help images'],
  ] as const;
  const FILES = { 'compose.yaml': '', 'my file.yaml': '', 'shard-1.json': '' };

  it('fish: completes commands, values and paths', { skip: requirePrograms('fish') }, async () => {
    using folder = createTemporaryFolder(FILES);
    const lines = COMPLETED.map(([typed]) => `complete -C '${NAME} ${typed}' | string replace -r '\\t.*' ''; echo ===`);
    const offered = execFileSync('fish', ['-N', '-c', `source (echo "$SCRIPT" | psub); ${lines.join('; ')}`], {
      encoding: 'utf8',
      cwd: folder.path,
      env: { PATH: process.env.PATH, SCRIPT: await scriptOf('fish'), HOME: folder.path },
    });
    const words = COMPLETED.map(([, completed]) => completed.replaceAll('\\ ', '\0').split(' ').at(-1));
    assert.deepEqual(offered.split('\n===\n'), [...words.map((word) => word?.replaceAll('\0', ' ')), '']);
  });

  for (const [how, setUp] of [
    ['with source', 'compinit -u -D; source ./script'],
    ['from a directory in $fpath', 'fpath=($PWD $fpath); compinit -u -D'],
  ]) {
    it(`zsh, ${how}: completes commands, values and paths`, { skip: requirePrograms('zsh') }, async () => {
      const script = await scriptOf('zsh');
      using folder = createTemporaryFolder({ ...FILES, script, '_kairos-pull': script, 'type.zsh': TYPE_IN_ZSH });
      const typed = COMPLETED.map(([line]) => `${NAME} ${line}`);
      const completed = execFileSync('zsh', ['-f', 'type.zsh', `autoload -Uz compinit; ${setUp}`, ...typed], {
        encoding: 'utf8',
        cwd: folder.path,
        env: { PATH: process.env.PATH, HOME: folder.path, TERM: 'xterm' },
      });
      const lines = completed.split('\n').map((line) => line.trimEnd().replace(`${NAME} `, ''));
      assert.deepEqual(
        lines.slice(0, -1),
        COMPLETED.map(([, line]) => line),
      );
    });
  }

  describe('bash', { skip: requirePrograms('bash') }, () => {
    /** `replaced`: the word as bash splits the line; unset: the last word. */
    const completeLine = async (line: string, replaced = line.split(' ').at(-1) ?? '', cwd?: string) => {
      const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
      const script = `${await scriptOf('bash')}
COMP_LINE=${quoted(line)}; COMP_POINT=${line.length}; COMP_WORDS=(x ${quoted(replaced)}); COMP_CWORD=1
_kairos_pull; printf '%s\\n' "\${COMPREPLY[@]}"`;
      return execFileSync('bash', ['--norc', '-c', script], { encoding: 'utf8', cwd }).split('\n').filter(Boolean);
    };
    const complete = (...words: string[]): Promise<string[]> => completeLine(['kairos-pull', ...words].join(' '));

    it('completes commands', async () => {
      assert.deepEqual(await complete('ch'), ['check']);
      assert.deepEqual(await complete(''), [
        ...['check', 'images', 'monitor', 'report', 'demo', 'completion', 'man', 'help', '--help', '--version'],
      ]);
    });
    it('completes options of the command', async () => {
      assert.deepEqual(await complete('check', '--pl'), ['--platform', '--plain-http']);
      assert.deepEqual(await complete('images', '--pla'), ['--platform']);
      assert.deepEqual(await complete('images', '--re'), []);
    });
    it('completes paths after a subcommand, and the values of every option', async () => {
      using folder = createTemporaryFolder({ 'compose.yaml': '', 'my file.yaml': '', 'shard-1.json': '' });
      for (const [typed, completed] of COMPLETED) {
        const [word = ''] = completed.replace('\\ ', '\0').split(' ').slice(-1);
        const offered = await completeLine(`kairos-pull ${typed}`, typed.split(' ').at(-1), folder.path);
        assert.deepEqual(offered, [word.replace('\0', ' ')], typed);
      }
    });
    it('completes the subcommands and options of the monitor', async () => {
      assert.deepEqual(await complete('monitor', 'he'), ['health']);
      assert.deepEqual(await complete('monitor', '--o'), ['--once']);
      assert.deepEqual(await complete('report', 'm'), ['merge']);
      assert.deepEqual(await complete('report', 'merge', '--o'), ['--output']);
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
    it('completes what follows = and commas, however bash splits the line', async () => {
      const line = async (text: string, replaced?: string) => completeLine(`kairos-pull check ${text}`, replaced);
      assert.deepEqual(await line('--proof=lay', 'lay'), ['layers']);
      assert.deepEqual(await line('--proof=', '='), ['head', 'manifest', 'layers']);
      assert.deepEqual(await line('--proof=lay', '--proof=lay'), ['--proof=layers']);
      assert.deepEqual(await line('--warn-on a,rate'), ['a,rate-limited']);
      assert.deepEqual(await line('-o junit=package.js', 'package.js'), ['package.json']);
      assert.deepEqual(await line('-o junit=package.js'), ['junit=package.json']);
      assert.deepEqual(await line('-o json=', '='), await line('-f '));
    });
    it('keeps names with spaces, colons and quotes whole', async () => {
      using folder = createTemporaryFolder({ 'my file.yaml': '', 'a:b.yaml': '', "it's.txt": '' });
      const path = (text: string, replaced?: string) =>
        completeLine(`kairos-pull check ${text}`, replaced, folder.path);
      assert.deepEqual(await path('-f my'), ['my file.yaml']);
      assert.deepEqual(await path('-f "my f', '"my f'), ['my file.yaml']);
      assert.deepEqual(await path('-f my\\ f', 'my\\ f'), ['my file.yaml']);
      assert.deepEqual(await path('-f a:', ':'), ['b.yaml']);
      assert.deepEqual(await path('-f a:b', 'b'), ['b.yaml']);
      assert.deepEqual(await path('it'), ["it's.txt"]);
    });
    it('offers nothing in the middle of a word', async () =>
      assert.deepEqual(await completeLine('kairos-pull check --pro', '--proof=layers'), []));
    it('completes paths', async () => {
      assert.deepEqual(await complete('check', '-f', 'package.js'), ['package.json']);
    });
    it('offers nothing for an unknown word', async () => {
      assert.deepEqual(await complete('check', '--timeout', ''), []);
    });
  });
});
