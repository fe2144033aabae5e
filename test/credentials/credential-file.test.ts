import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { readCredentialFile } from '../../src/credentials/credential-file.ts';
import { requirePosix } from '../support/require-programs.ts';
import { asUnprivilegedUser } from '../support/unprivileged-user.ts';

const folder = mkdtempSync(join(tmpdir(), 'kp-file-'));
after(() => rmSync(folder, { recursive: true }));

const read = async (path: string): Promise<unknown> => {
  const text = await readCredentialFile(path);
  return text.ok ? text.value : { error: text.error };
};

async function readBytes(content: string | Uint8Array): Promise<unknown> {
  const path = join(folder, 'auth.json');
  writeFileSync(path, content);
  return read(path);
}

describe('readCredentialFile', () => {
  it('reads a text', async () => assert.equal(await readBytes('{"ä":1}\n'), '{"ä":1}\n'));

  it('keeps a byte order mark, so that it can be complained about', async () =>
    assert.equal(await readBytes('\uFEFF{}'), '\uFEFF{}'));

  it('takes a missing file, a file in place of a folder and an empty file for nothing', async () => {
    assert.equal(await read(join(folder, 'missing')), undefined);
    assert.equal(await readBytes(''), undefined);
    assert.equal(await read(join(folder, 'auth.json', 'config.json')), undefined);
  });

  it('reads 1 MiB and not a byte more', async () => {
    assert.equal(await readBytes(' '.repeat(1024 * 1024)), ' '.repeat(1024 * 1024));
    assert.deepEqual(await readBytes(' '.repeat(1024 * 1024 + 1)), { error: 'it is larger than 1 MiB' });
    assert.deepEqual(await read('/dev/zero'), { error: 'it is a device' });
  });

  it('says what is wrong with anything else', async () => {
    assert.deepEqual(await readBytes(new Uint8Array([0xff, 0xfe, 0x7b, 0])), { error: 'it is not UTF-8 text' });
    assert.deepEqual(await read(folder), { error: 'it is a folder' });
    assert.deepEqual(await read('nul\0byte'), { error: 'its name is not one that a file can have' });
  });

  it('says when this user may not read it', { skip: requirePosix() }, async () => {
    const path = join(folder, 'closed.json');
    writeFileSync(path, '{}');
    chmodSync(folder, 0o755);
    chmodSync(path, 0);
    assert.deepEqual(await asUnprivilegedUser(() => read(path)), { error: 'permission denied' });
  });

  it('does not wait for a pipe that nobody feeds', { skip: requirePosix() }, async () => {
    const path = join(folder, 'pipe');
    execFileSync('mkfifo', [path]);
    const feeder = await open(path, 'r+');
    const silent = await readCredentialFile(path, { deadlineMs: 10 });
    await feeder.close();
    assert.deepEqual(silent, { ok: false, error: 'nothing came from it within 0.01 s' });
  });
});
