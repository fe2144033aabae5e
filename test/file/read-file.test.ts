import assert from 'node:assert/strict';
import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, chmodSync, closeSync, openSync, symlinkSync, writeSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { type BoundedReadLimits, readFileChunks, readFileText } from '../../src/file/read-file.ts';
import { readFileTextSync } from '../../src/file/read-file-sync.ts';
import { asUnprivilegedUser, requireLinux, requirePosix, requirePrograms } from '../support/require-programs.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';

const skip = requirePosix();
const folder = createTemporaryFolder({ 'small.txt': 'ä\n', 'empty.txt': '' });
after(() => folder[Symbol.dispose]());
const inFolder = (name: string): string => join(folder.path, name);

/** The text, or what is wrong. */
async function read(path: string, limits: Partial<BoundedReadLimits> = {}): Promise<string> {
  const read = await readFileText(path, { maxBytes: 1024, ...limits });
  return read.ok ? read.value : `problem: ${read.error.problem}`;
}

function readSync(path: string): string {
  const read = readFileTextSync(path, 1024);
  return read.ok ? read.value : `problem: ${read.error.problem}`;
}

let pipes = 0;
function createPipe(): string {
  pipes += 1;
  execFileSync('mkfifo', [inFolder(`pipe-${pipes}`)]);
  return inFolder(`pipe-${pipes}`);
}

const READERS = { 'a file is read': read, 'a file is read without a turn': async (path: string) => readSync(path) };

for (const [name, read] of Object.entries(READERS)) {
  describe(name, () => {
    it('as text', async () => {
      assert.equal(await read(inFolder('small.txt')), 'ä\n');
      assert.equal(await read(inFolder('empty.txt')), '');
    });

    it('up to a bound', async () => {
      folder.write('fits.txt', 'x'.repeat(1024));
      folder.write('large.txt', 'x'.repeat(1025));
      assert.equal(await read(inFolder('fits.txt')), 'x'.repeat(1024));
      assert.equal(await read(inFolder('large.txt')), 'problem: it is larger than 1 KiB');
    });

    it('and is told apart from what is none', { skip }, async () => {
      assert.equal(await read(folder.path), 'problem: it is a directory');
      for (const device of ['/dev/zero', '/dev/random', '/dev/full']) {
        assert.equal(await read(device), 'problem: it is a device');
        symlinkSync(device, inFolder('link'));
        assert.equal(await read(inFolder('link')), 'problem: it is a device');
        execFileSync('rm', [inFolder('link')]);
      }
      assert.equal(await read('/dev/null'), '');
    });

    it('or said to be missing, closed to us, or impossible', async () => {
      assert.equal(await read(inFolder('nowhere')), 'problem: no such file or directory');
      assert.equal(await read(inFolder('small.txt/below')), 'problem: part of the path is not a directory');
      assert.equal(await read('nul\0byte'), 'problem: invalid file name');
      assert.equal(await read('x'.repeat(5000)), 'problem: the name is too long');
    });

    it('not where this user may not', { skip: requirePosix() }, async () => {
      folder.write('closed.txt', '');
      chmodSync(folder.path, 0o755);
      chmodSync(inFolder('closed.txt'), 0);
      assert.equal(await asUnprivilegedUser(() => read(inFolder('closed.txt'))), 'problem: permission denied');
    });

    it('whatever size it says', { skip: requireLinux() }, async () => {
      assert.match(await read('/proc/self/limits'), /^Limit|larger/);
      assert.match(await read('/proc/version'), /^Linux/);
    });

    it('not from a socket', { skip }, async () => {
      const server = createServer().listen(inFolder('socket'));
      await once(server, 'listening');
      assert.equal(await read(inFolder('socket')), 'problem: it is a socket or a device, not a file');
      server.close();
    });
  });
}

describe('a file that grows while it is read', () => {
  it('is read up to the bound', async () => {
    const path = folder.write('grows.txt', 'x'.repeat(1024));
    const chunks: number[] = [];
    for await (const chunk of readFileChunks(path)) {
      chunks.push(chunk.length);
      if (chunks.length < 3) appendFileSync(path, 'x'.repeat(100));
    }
    assert.deepEqual(chunks, [1024, 100, 100]);
    assert.equal(await read(path), 'problem: it is larger than 1 KiB');
  });
});

describe('a pipe', { skip }, () => {
  it('is read to its end, however slow its writer', async () => {
    const path = createPipe();
    const pieces = ['', 'one ', 'two ', 'three'];
    const reading = readFileChunks(path);
    const first = reading.next();
    // Opens once something reads.
    const writer = await open(path, 'w');
    let seen = '';
    for (const piece of pieces.slice(1)) {
      await writer.write(piece);
      seen += `${piece === 'one ' ? (await first).value : (await reading.next()).value}`;
    }
    await writer.close();
    assert.equal((await reading.next()).done, true);
    assert.equal(seen, pieces.join(''));
  });

  it('is bounded too', async () => {
    const path = createPipe();
    const writer = openSync(path, 'r+');
    writeSync(writer, 'x'.repeat(1025));
    assert.equal(await read(path), 'problem: it is larger than 1 KiB');
    closeSync(writer);
  });

  it('is given up at the deadline: without a writer, without a byte, without an end', async () => {
    assert.equal(await read(createPipe(), { deadlineMs: 10 }), 'problem: no data for 0.01 s');
    const path = createPipe();
    const writer = openSync(path, 'r+');
    assert.equal(await read(path, { deadlineMs: 10 }), 'problem: no data for 0.01 s');
    writeSync(writer, 'beginning');
    // A busy machine may need all the time to open it.
    assert.match(await read(path, { deadlineMs: 10 }), /^problem: (?:it did not end within|no data for) 0.01 s$/);
    closeSync(writer);
  });

  it('is let go of when the signal aborts', async () => {
    for (const hasWriter of [true, false]) {
      const path = createPipe();
      const writer = hasWriter ? openSync(path, 'r+') : undefined;
      const giveUp = new AbortController();
      const reading = read(path, { signal: giveUp.signal });
      setImmediate(() => giveUp.abort(new Error('enough')));
      await assert.rejects(reading, /^Error: enough$/);
      await assert.rejects(read(path, { signal: giveUp.signal }), /^Error: enough$/);
      if (writer !== undefined) closeSync(writer);
    }
  });

  it('with more bytes than anything can hold leaves time for other work', async () => {
    const path = createPipe();
    const writer = spawn('sh', ['-c', 'exec yes > "$0"', path]);
    const giveUp = new AbortController();
    const reading = async () => {
      for await (const _ of readFileChunks(path, { signal: giveUp.signal })) setTimeout(() => giveUp.abort(), 1);
    };
    await assert.rejects(reading(), { name: 'AbortError' });
    await once(writer, 'close');
  });

  it('is not waited for where there is no turn to wait in', () => {
    assert.equal(readSync(createPipe()), 'problem: it is a pipe');
  });
});

describe('a process that reads', { skip }, () => {
  const module = JSON.stringify(new URL('../../src/file/read-file.js', import.meta.url).href);
  const script = (body: string): string => `import { readFileText } from ${module}; ${body}`;
  /** One that hangs is killed, and its text is missing. */
  const run = promisify(execFile);
  const options = { timeout: 20_000, killSignal: 'SIGKILL' } as const;

  it('ends, though a pipe never does', async () => {
    const pipe = JSON.stringify(createPipe());
    const body = `
      const giveUp = new AbortController();
      const reading = readFileText(${pipe}, { maxBytes: 10, signal: giveUp.signal });
      setTimeout(() => giveUp.abort(), 1);
      await reading.catch(({ name }) => console.log(name));`;
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script(body)], options);
    assert.equal(stdout, 'AbortError\n');
  });

  it('reads what a shell hands it of a command, also one that had nothing to say', {
    skip: requirePrograms('bash'),
  }, async () => {
    const body = `for (const path of process.argv.slice(1)) console.log(await readFileText(path, { maxBytes: 10 }));`;
    const args = ['-c', '"$0" --input-type=module -e "$1" <(echo hi) <(true) <(sleep 0.1; echo late)'];
    const child = spawn('bash', [...args, process.execPath, script(body)], options);
    assert.equal(
      await text(child.stdout),
      ["{ ok: true, value: 'hi\\n' }", "{ ok: true, value: '' }", "{ ok: true, value: 'late\\n' }", ''].join('\n'),
    );
  });
});
