// Files that settings and inputs name, as a shell hands them over: pipes that give their bytes once, pipes that give
// none, and devices without end.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync, symlinkSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createImage } from '../../src/demo/image.ts';
import { type EmbeddedRegistry, startRegistry } from '../../src/demo/registry.ts';
import { authority, serverIdentity, withoutOpenssl } from '../support/certificates.ts';
import { type Ended, spawnCheck, spawnCommand } from '../support/process.ts';
import { requirePosix, requirePrograms } from '../support/require-programs.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';

const skip = requirePosix() || requirePrograms('bash', 'mkfifo');

/** `kairos-pull ARGS` as bash runs it with `words` behind them; `$0` and so on are `names`. */
function runInBash(args: readonly string[], words: string, env: Record<string, string> = {}): Promise<Ended> {
  const { child, ended } = spawnCommand(args, env, ['bash', '-c', `"$@" ${words}`, 'bash']);
  child.stdin.end();
  return ended;
}

async function run(args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  const { child, ended } = spawnCommand(args, env);
  child.stdin.end();
  return ended;
}

const documentOf = ({ stdout, stderr }: Ended) => {
  assert.notEqual(stdout, '', stderr);
  return JSON.parse(stdout);
};

describe('a file that is a pipe', { skip, concurrency: 2 }, () => {
  const folder = createTemporaryFolder();
  let registry: EmbeddedRegistry;
  let image: string;
  before(async () => {
    registry = await startRegistry({ auth: 'basic', users: { me: 'hunter2' } });
    registry.put('a/b', '1', createImage());
    image = `${registry.name}/a/b:1`;
    const auth = Buffer.from('me:hunter2').toString('base64');
    folder.write('auth.json', JSON.stringify({ auths: { [registry.name]: { auth } } }));
    folder.write('images.txt', `${image}\n`);
    folder.write('settings.yaml', 'plainHttp: true\noutput: json\n');
  });
  after(async () => {
    await registry.close();
    folder[Symbol.dispose]();
  });
  const env = () => ({ FOLDER: folder.path });
  const withCredential = () => ({ ...env(), REGISTRY_AUTH_FILE: join(folder.path, 'auth.json') });

  for (const [words, writer] of Object.entries({
    '--auth-file <(cat "$FOLDER/auth.json")': 'a command',
    '--auth-file <(head -c 20 "$FOLDER/auth.json"; sleep 0.1; tail -c +21 "$FOLDER/auth.json")': 'a slow command',
    '--auth-file /dev/stdin < "$FOLDER/auth.json"': 'a file as standard input',
    '--auth-file /dev/stdin < <(cat "$FOLDER/auth.json")': 'a pipe as standard input',
    '--auth-file /dev/fd/7 7< "$FOLDER/auth.json"': 'a descriptor',
  })) {
    it(`is read once, and its credential is used: ${writer}`, async () => {
      const ended = await runInBash(['check', '--plain-http', image, '-o', 'json'], words, env());
      const [result] = documentOf(ended).results;
      assert.deepEqual([result.verdict, result.warnings, ended.exitCode], ['pullable', [], 0]);
    });
  }

  it('is named by the environment as well', async () => {
    const words = ['-c', 'REGISTRY_AUTH_FILE=/dev/fd/7 "$@" 7< <(cat "$FOLDER/auth.json")', 'bash'];
    const { child, ended } = spawnCommand(['check', '--plain-http', image], env(), ['bash', ...words]);
    child.stdin.end();
    assert.equal((await ended).exitCode, 0);
  });

  for (const words of [
    '-f <(cat "$FOLDER/images.txt")',
    '-f <(sleep 0.1; cat "$FOLDER/images.txt")',
    '-f - < "$FOLDER/images.txt"',
    '-f - < <(cat "$FOLDER/images.txt")',
    '-f /dev/stdin < <(cat "$FOLDER/images.txt")',
    '--config <(cat "$FOLDER/settings.yaml") -f "$FOLDER/images.txt"',
  ]) {
    it(`gives images and settings: ${words}`, async () => {
      const ended = await runInBash(['check', '--plain-http', '-o', 'json'], words, withCredential());
      assert.deepEqual(documentOf(ended).summary.pullable, 1);
      assert.equal(ended.exitCode, 0);
    });
  }

  it('gives authorities', { skip: withoutOpenssl }, async () => {
    await using secure = await startRegistry({ tls: serverIdentity() });
    secure.put('a/b', '1', createImage());
    folder.write('ca.pem', authority().cert);
    const args = ['check', `${secure.name}/a/b:1`, '-o', 'json'];
    for (const words of ['--ca-file <(cat "$FOLDER/ca.pem")', '--ca-file /dev/stdin < "$FOLDER/ca.pem"']) {
      assert.equal((await runInBash(args, words, env())).exitCode, 0);
    }
    const { exitCode } = await spawnCheck(args.slice(1, 2), { SSL_CERT_FILE: join(folder.path, 'ca.pem') });
    assert.equal(exitCode, 0);
  });
});

describe('a file without end', { skip, concurrency: 3 }, () => {
  const folder = createTemporaryFolder({ 'images.txt': '127.0.0.1:1/a\n' });
  after(() => folder[Symbol.dispose]());
  const image = '127.0.0.1:1/a/b:1';

  for (const device of ['/dev/zero', '/dev/random']) {
    for (const option of ['--auth-file', '--ca-file', '--cert', '--key', '--config', '--mirrors-from']) {
      it(`is refused: ${option} ${device}`, async () => {
        const { exitCode, stderr } = await run(['check', image, option, device]);
        assert.equal(stderr.split('\n')[0], `error: ${option}: cannot read ${device}: it is a device.`);
        assert.equal(exitCode, 2);
      });
    }

    it(`is refused as an input: ${device}`, async () => {
      const { exitCode, stderr } = await run(['check', '-f', device]);
      assert.match(stderr, /^error: .*annot read \/dev\/\w+: it is a device\./);
      assert.equal(exitCode, 2);
    });

    it(`is refused as a config file that was found: ${device}`, async () => {
      const name = `found${device.replaceAll('/', '-')}`;
      folder.write(`${name}/x`, '');
      symlinkSync(device, join(folder.path, name, 'kairos-pull.yaml'));
      const wrapper = ['sh', '-c', `cd "$0" && exec "$@"`, join(folder.path, name)];
      const { child, ended } = spawnCommand(['check', image], {}, wrapper);
      child.stdin.end();
      const { exitCode, stderr } = await ended;
      assert.match(stderr, /^error: kairos-pull\.yaml: .* must not be a link to a file outside its directory\./);
      assert.equal(exitCode, 2);
    });

    it(`is a warning where the environment names it: ${device}`, { skip: withoutOpenssl }, async () => {
      await using registry = await startRegistry({ tls: serverIdentity() });
      const env = { SSL_CERT_FILE: device, REGISTRY_AUTH_FILE: device };
      const { result, exitCode, stderr } = await spawnCheck([`${registry.name}/a/b:1`], env);
      assert.equal(result.reason, 'unreachable', stderr);
      assert.match(JSON.stringify(result), new RegExp(`SSL_CERT_FILE: cannot read ${device}: it is a device`));
      assert.equal(exitCode, 5);
    });
  }

  it('is an empty list when it is /dev/null', async () => {
    const { exitCode, stderr } = await run(['check', '-f', '/dev/null']);
    assert.match(stderr, /No image/i);
    assert.equal(exitCode, 2);
  });
});

describe('a pipe without data', { skip, concurrency: 4 }, () => {
  const folder = createTemporaryFolder();
  after(() => folder[Symbol.dispose]());
  let pipes = 0;
  const createPipe = (): string => {
    pipes += 1;
    const path = join(folder.path, `pipe-${pipes}`);
    execFileSync('mkfifo', [path]);
    return path;
  };
  /** A writer that says nothing. */
  const silent = (path: string) => {
    const fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
    return { [Symbol.dispose]: () => closeSync(fd) };
  };
  const image = '127.0.0.1:1/a/b:1';

  for (const option of ['--auth-file', '--ca-file', '--config', '-f']) {
    it(`is given up after a while: ${option}`, async () => {
      const path = createPipe();
      const { exitCode, stderr } = await run(
        option === '-f' ? ['check', option, path] : ['check', image, option, path],
      );
      assert.match(stderr, /annot read .*: (?:no data for|no program wrote to it for) 10 s\.\n/);
      assert.equal(exitCode, 2);
    });

    it(`is left when the run is interrupted: ${option}`, async () => {
      const path = createPipe();
      const { child, ended } = spawnCommand(option === '-f' ? ['check', option, path] : ['check', image, option, path]);
      // Opened as soon as the command reads.
      const writer = await open(path, 'w');
      child.kill('SIGINT');
      assert.equal((await ended).exitCode, 130);
      await writer.close();
    });
  }

  for (const variable of ['SSL_CERT_FILE', 'REGISTRY_AUTH_FILE']) {
    for (const hasWriter of [true, false]) {
      it(`does not outlast the deadline of the image: ${variable}, ${hasWriter ? 'silent' : 'no'} writer`, async () => {
        await using registry = await startRegistry({
          auth: 'basic',
          users: { me: 'hunter2' },
          ...(variable === 'SSL_CERT_FILE' && withoutOpenssl === false && { tls: serverIdentity() }),
        });
        const path = createPipe();
        using _ = hasWriter ? silent(path) : undefined;
        // On a busy machine the attempt with TLS could take all the time.
        const scheme = variable === 'SSL_CERT_FILE' ? [] : ['--plain-http'];
        const args = [`${registry.name}/a/b:1`, '--timeout', '300ms', ...scheme];
        const { result, exitCode } = await spawnCheck(args, { [variable]: path });
        assert.deepEqual([result.reason, result.cause, exitCode], ['unreachable', 'timeout', 5]);
      });
    }
  }

  for (const args of [[], ['--plain-http']]) {
    it(`does not matter where it names authorities, to a registry without TLS ${args.join(' ')}`, async () => {
      await using registry = await startRegistry();
      const env = { SSL_CERT_FILE: createPipe() };
      const { result, exitCode } = await spawnCheck([`${registry.name}/a/b:1`, ...args], env);
      assert.deepEqual([result.reason, exitCode], ['not-found', 4]);
    });
  }

  it('is named where a registry with TLS would have needed its authorities', { skip: withoutOpenssl }, async () => {
    await using registry = await startRegistry({ tls: serverIdentity() });
    const path = createPipe();
    const args = [`${registry.name}/a/b:1`, '--timeout', '300ms'];
    const { result, exitCode } = await spawnCheck(args, { SSL_CERT_FILE: path });
    const file = `the certificate authorities in SSL_CERT_FILE (${path}) could not be read in time`;
    assert.equal(result.message, `No connection to ${registry.name}: ${file}.`);
    assert.equal(exitCode, 5);
  });
});
