import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { createCredentialHelper } from '../../src/credentials/credential-helper.ts';
import { createLogin } from '../../src/credentials/login.ts';
import type { ProgramRun } from '../../src/credentials/run-program.ts';
import { ANY_HELPER, createLoginHome, EMPTY_HELPER } from '../support/login-home.ts';
import { requirePrograms } from '../support/require-programs.ts';

const SECRET = 'hunter2-planted';

/** What one helper script is worth, asked about r.test. */
async function ask(script: string): Promise<unknown> {
  using home = createLoginHome();
  home.addHelper('x', script);
  const answer = await createCredentialHelper({ env: home.env })('x', 'r.test');
  if (!answer.ok) return answer.error;
  const login = answer.value;
  return login && [login.kind, login.username, (login.kind === 'password' ? login.password : login.token).reveal()];
}

const print = (text: string): string => `#!/bin/sh\ncat <<'END'\n${text}\nEND\n`;
const failed = (problem: string): unknown => ({ code: 'helper-failed', problem });

describe('createCredentialHelper', () => {
  it('asks with `get` and the bare server address on standard input', async () => {
    using home = createLoginHome();
    home.addHelper('x', '');
    const runs: ProgramRun[] = [];
    const askHelper = createCredentialHelper({
      env: home.env,
      runProgram: async (run) => {
        runs.push(run);
        return { ok: true, value: { exitCode: 0, stdout: '{"Username":"u","Secret":"s"}', stderr: '' } };
      },
    });
    assert.deepEqual(await askHelper('x', 'https://index.docker.io/v1/'), { ok: true, value: createLogin('u', 's') });
    assert.deepEqual(runs, [
      {
        file: join(home.folder, 'bin/docker-credential-x'),
        args: ['get'],
        input: 'https://index.docker.io/v1/',
        env: home.env,
        timeoutMs: 10_000,
        maxBytes: 65_536,
        signal: undefined,
      },
    ]);
  });

  it('takes the login, whatever server the answer names', async () => {
    assert.deepEqual(await ask(print('{"ServerURL":"https://other.test","Username":"u","Secret":"s"}')), [
      'password',
      'u',
      's',
    ]);
  });

  it('takes an identity token', async () => {
    assert.deepEqual(await ask(print('{"Username":"<token>","Secret":"idt"}')), ['identity-token', undefined, 'idt']);
  });

  it('knows "not found" from a failure', async () => {
    assert.equal(await ask(EMPTY_HELPER), undefined);
    assert.equal(await ask(print('{"ServerURL":"","Username":"","Secret":""}')), undefined);
  });

  it('asks once for each server, also when it is asked at the same time', async () => {
    using home = createLoginHome();
    home.addHelper('x', ANY_HELPER);
    const askHelper = createCredentialHelper({ env: home.env });
    await Promise.all([askHelper('x', 'a.test'), askHelper('x', 'a.test'), askHelper('x', 'b.test')]);
    await askHelper('x', 'a.test');
    assert.deepEqual(home.readAsked().toSorted(), ['a.test', 'b.test']);
  });

  it('survives hostile and broken helpers', async () => {
    assert.deepEqual(await ask(`#!/bin/sh\nyes ${SECRET}\n`), failed('printed more than 64 KiB'));
    assert.deepEqual(await ask(`#!/bin/sh\necho ${SECRET} >&2; exit 3\n`), failed('exited with code 3'));
    assert.deepEqual(await ask(print(`{"Secret":"${SECRET}"`)), failed('gave an answer that is not a JSON object'));
    assert.deepEqual(await ask(print(`["${SECRET}"]`)), failed('gave an answer that is not a JSON object'));
    assert.deepEqual(
      await ask(print(`{"Username":"u","Secret":["${SECRET}"]}`)),
      failed('gave an answer whose Username or Secret is not a string'),
    );
    assert.deepEqual(
      await ask('#!/nowhere/interpreter\n'),
      failed('could not be started: what it runs with is not there (ENOENT)'),
    );
    assert.deepEqual(await ask('#!/bin/sh\nkill -9 $$\n'), failed('was ended by SIGKILL'));
  });

  it('gives up on a helper that hangs', async () => {
    using home = createLoginHome();
    home.addHelper('x', '#!/bin/sh\nsleep 1000\n');
    const answer = await createCredentialHelper({ env: home.env, helperTimeoutMs: 1 })('x', 'r.test');
    assert.deepEqual(answer, { ok: false, error: failed('did not answer within 0.001 s') });
  });

  it('says in its own words what is behind the commonest failures', async () => {
    const symptoms: [string, string][] = [
      ['pass store is uninitialized', 'its password store is not set up'],
      ['exit status 2: gpg: decryption failed: No secret key', 'gpg could not decrypt the password store'],
      ['Cannot autolaunch D-Bus without X11 $DISPLAY', 'no desktop keyring is running'],
      ['User interaction is not allowed.', 'the keychain is locked'],
      ['(gcloud.auth.docker-helper) You do not currently have an active account', 'it needs a new login of its own'],
    ];
    for (const [words, problem] of symptoms) {
      assert.deepEqual(await ask(`#!/bin/sh\necho '${words}'; exit 1\n`), failed(`exited with code 1 (${problem})`));
    }
  });

  it('runs nothing but a program of that name from an absolute PATH entry', async () => {
    using home = createLoginHome();
    const missing = { ok: false, error: { code: 'helper-missing', problem: 'is not on the PATH' } };
    const badName = {
      ok: false,
      error: { code: 'helper-missing', problem: 'has a name that no helper program can have' },
    };
    home.addHelper('x', ANY_HELPER);
    const askHelper = createCredentialHelper({ env: home.env });
    for (const name of ['../bin/docker-credential-x', '/x', 'x\n', 'x y', 'x;id', '$(id)', '']) {
      assert.deepEqual(await askHelper(name, 'r.test'), badName, name);
    }
    assert.deepEqual(await askHelper('kp-missing', 'r.test'), missing);
    assert.deepEqual(await askHelper('..', 'r.test'), missing);

    mkdirSync(join(home.folder, 'bin/docker-credential-folder'));
    writeFileSync(join(home.folder, 'bin/docker-credential-closed'), ANY_HELPER);
    assert.deepEqual(await askHelper('folder', 'r.test'), missing);
    assert.deepEqual(await askHelper('closed', 'r.test'), missing);
    assert.deepEqual(await createCredentialHelper({ env: {} })('x', 'r.test'), missing);
    assert.deepEqual(home.readAsked(), []);
  });

  it('does not run a helper that lies in the current folder', async () => {
    using home = createLoginHome();
    const file = home.write('docker-credential-here', ANY_HELPER);
    chmodSync(file, 0o755);
    const before = process.cwd();
    process.chdir(home.folder);
    try {
      for (const PATH of ['.', '', ':', './', 'bin/..']) {
        const answer = await createCredentialHelper({ env: { ...home.env, PATH } })('here', 'r.test');
        assert.equal(answer.ok, false, PATH);
      }
    } finally {
      process.chdir(before);
    }
    assert.deepEqual(home.readAsked(), []);
  });

  it('works with the real docker-credential-pass', {
    skip: requirePrograms('docker-credential-pass', 'pass', 'gpg', 'gpgconf'),
  }, async () => {
    using home = createLoginHome();
    const GNUPGHOME = join(home.folder, 'gpg');
    mkdirSync(GNUPGHOME, { mode: 0o700 });
    const env = { ...home.env, GNUPGHOME };
    const run = (file: string, args: string[], input = ''): void =>
      void execFileSync(file, args, { env, input, stdio: ['pipe', 'ignore', 'ignore'] });
    try {
      run('gpg', [
        '--batch',
        '--passphrase',
        '',
        '--quick-generate-key',
        'kp@example.test',
        'default',
        'default',
        'never',
      ]);
      run('pass', ['init', 'kp@example.test']);
      const store = (ServerURL: string, Username: string): void =>
        run('docker-credential-pass', ['store'], JSON.stringify({ ServerURL, Username, Secret: SECRET }));
      store('https://index.docker.io/v1/', 'hub');
      store('r.test', '<token>');

      const askHelper = createCredentialHelper({ env });
      const [hub, token, none] = await Promise.all(
        ['https://index.docker.io/v1/', 'r.test', 'other.test'].map((server) => askHelper('pass', server)),
      );
      assert.ok(hub?.ok && hub.value?.kind === 'password');
      assert.deepEqual([hub.value.username, hub.value.password.reveal()], ['hub', SECRET]);
      assert.ok(token?.ok && token.value?.kind === 'identity-token');
      assert.equal(token.value.token.reveal(), SECRET);
      assert.deepEqual(none, { ok: true, value: undefined });
    } finally {
      run('gpgconf', ['--kill', 'all']);
    }
  });
});
