import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { createCredential, secretOf } from '../../src/credentials/credential.ts';
import { createCredentialHelper } from '../../src/credentials/credential-helper.ts';
import type { ProgramRun } from '../../src/credentials/run-program.ts';
import { requirePrograms } from '../support/require-programs.ts';
import { ANY_HELPER, createHome, EMPTY_HELPER } from '../support/temporary-folder.ts';

const SECRET = 'hunter2-planted';

/** The credential or failure that one helper script gives for r.test. */
async function get(script: string): Promise<unknown> {
  using home = createHome();
  home.addHelper('x', script);
  const outcome = await createCredentialHelper({ env: home.env })('x', 'r.test');
  if (!outcome.ok) return outcome.error;
  const { credential } = outcome.value;
  return credential && [credential.kind, credential.username, secretOf(credential).reveal()];
}

const print = (text: string): string => `#!/bin/sh\ncat <<'END'\n${text}\nEND\n`;
const failed = (problem: string): unknown => ({ code: 'helper-failed', problem });

describe('createCredentialHelper', () => {
  it('runs `get` with the bare server address on standard input', async () => {
    using home = createHome();
    home.addHelper('x', '');
    const runs: ProgramRun[] = [];
    const getFromHelper = createCredentialHelper({
      env: home.env,
      runProgram: async (run) => {
        runs.push(run);
        return { ok: true, value: { exitCode: 0, stdout: '{"Username":"u","Secret":"s"}', stderr: '' } };
      },
    });
    assert.deepEqual(await getFromHelper('x', 'https://index.docker.io/v1/'), {
      ok: true,
      value: { credential: createCredential('u', 's') },
    });
    assert.deepEqual(runs, [
      {
        file: join(home.path, 'bin/docker-credential-x'),
        args: ['get'],
        input: 'https://index.docker.io/v1/',
        env: home.env,
        timeoutMs: 10_000,
        maxBytes: 65_536,
        signal: undefined,
      },
    ]);
  });

  it('returns the credential, whatever server the output names', async () => {
    assert.deepEqual(await get(print('{"ServerURL":"https://other.test","Username":"u","Secret":"s"}')), [
      'password',
      'u',
      's',
    ]);
  });

  it('returns an identity token', async () => {
    assert.deepEqual(await get(print('{"Username":"<token>","Secret":"idt"}')), ['identity-token', undefined, 'idt']);
  });

  it('distinguishes "not found" from a failure', async () => {
    assert.equal(await get(EMPTY_HELPER), undefined);
    assert.equal(await get(print('{"ServerURL":"","Username":"","Secret":""}')), undefined);
  });

  it('runs once per server, even for concurrent lookups', async () => {
    using home = createHome();
    home.addHelper('x', ANY_HELPER);
    const getFromHelper = createCredentialHelper({ env: home.env });
    await Promise.all([getFromHelper('x', 'a.test'), getFromHelper('x', 'a.test'), getFromHelper('x', 'b.test')]);
    await getFromHelper('x', 'a.test');
    assert.deepEqual(home.readAsked().toSorted(), ['a.test', 'b.test']);
  });

  it('survives hostile and broken helpers', async () => {
    assert.deepEqual(await get(`#!/bin/sh\nyes ${SECRET}\n`), failed('printed more than 64 KiB'));
    assert.deepEqual(await get(`#!/bin/sh\necho ${SECRET} >&2; exit 3\n`), failed('exited with code 3'));
    assert.deepEqual(await get(print(`{"Secret":"${SECRET}"`)), failed('did not return a JSON object'));
    assert.deepEqual(await get(print(`["${SECRET}"]`)), failed('did not return a JSON object'));
    assert.deepEqual(
      await get(print(`{"Username":"u","Secret":["${SECRET}"]}`)),
      failed('returned a Username or Secret that is not a string'),
    );
    assert.deepEqual(
      await get('#!/nowhere/interpreter\n'),
      failed('could not be started: the program or its interpreter is missing (ENOENT)'),
    );
    assert.deepEqual(await get('#!/bin/sh\nkill -9 $$\n'), failed('was killed by SIGKILL'));
  });

  it('gives up on a helper that hangs', async () => {
    using home = createHome();
    home.addHelper('x', '#!/bin/sh\nsleep 1000\n');
    const outcome = await createCredentialHelper({ env: home.env, helperTimeoutMs: 1 })('x', 'r.test');
    assert.deepEqual(outcome, {
      ok: false,
      error: { code: 'helper-failed', problem: 'did not respond within 0.001 s', isSlow: true },
    });
  });

  it('explains the most common failures in its own words', async () => {
    const symptoms: [string, string][] = [
      ['pass store is uninitialized', 'its password store is not set up'],
      ['exit status 2: gpg: decryption failed: No secret key', 'gpg could not decrypt the password store'],
      ['Cannot autolaunch D-Bus without X11 $DISPLAY', 'no desktop keyring is running'],
      ['User interaction is not allowed.', 'the keychain is locked'],
      [
        '(gcloud.auth.docker-helper) You do not currently have an active account',
        'its own login is missing or has expired',
      ],
    ];
    for (const [words, problem] of symptoms) {
      assert.deepEqual(await get(`#!/bin/sh\necho '${words}'; exit 1\n`), failed(`exited with code 1 (${problem})`));
    }
  });

  it('runs only a program of that name from an absolute PATH entry', async () => {
    using home = createHome();
    const missing = { ok: false, error: { code: 'helper-missing', problem: 'is not on the PATH' } };
    const badName = {
      ok: false,
      error: { code: 'helper-missing', problem: 'has an invalid name' },
    };
    home.addHelper('x', ANY_HELPER);
    const getFromHelper = createCredentialHelper({ env: home.env });
    for (const name of ['../bin/docker-credential-x', '/x', 'x\n', 'x y', 'x;id', '$(id)', '']) {
      assert.deepEqual(await getFromHelper(name, 'r.test'), badName, name);
    }
    assert.deepEqual(await getFromHelper('kp-missing', 'r.test'), missing);
    assert.deepEqual(await getFromHelper('..', 'r.test'), missing);

    mkdirSync(join(home.path, 'bin/docker-credential-directory'));
    writeFileSync(join(home.path, 'bin/docker-credential-closed'), ANY_HELPER);
    assert.deepEqual(await getFromHelper('directory', 'r.test'), missing);
    assert.deepEqual(await getFromHelper('closed', 'r.test'), missing);
    assert.deepEqual(await createCredentialHelper({ env: {} })('x', 'r.test'), missing);
    assert.deepEqual(home.readAsked(), []);
  });

  it('does not run a helper in the current directory', async () => {
    using home = createHome();
    const file = home.write('docker-credential-here', ANY_HELPER);
    chmodSync(file, 0o755);
    const before = process.cwd();
    process.chdir(home.path);
    try {
      for (const PATH of ['.', '', ':', './', 'bin/..']) {
        const outcome = await createCredentialHelper({ env: { ...home.env, PATH } })('here', 'r.test');
        assert.equal(outcome.ok, false, PATH);
      }
    } finally {
      process.chdir(before);
    }
    assert.deepEqual(home.readAsked(), []);
  });

  it('works with the real docker-credential-pass', {
    skip: requirePrograms('docker-credential-pass', 'pass', 'gpg', 'gpgconf'),
  }, async () => {
    using home = createHome();
    const GNUPGHOME = join(home.path, 'gpg');
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

      const getFromHelper = createCredentialHelper({ env });
      const [hub, token, none] = await Promise.all(
        ['https://index.docker.io/v1/', 'r.test', 'other.test'].map((server) => getFromHelper('pass', server)),
      );
      assert.ok(hub?.ok && hub.value.credential?.kind === 'password');
      const { credential } = hub.value;
      assert.deepEqual([credential.username, credential.password.reveal()], ['hub', SECRET]);
      assert.ok(token?.ok && token.value.credential?.kind === 'identity-token');
      assert.equal(token.value.credential.token.reveal(), SECRET);
      assert.deepEqual(none, { ok: true, value: { credential: undefined } });
    } finally {
      run('gpgconf', ['--kill', 'all']);
    }
  });
});
