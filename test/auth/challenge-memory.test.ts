// The challenge file: its contents, and that nothing wrong with it does any harm.

import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { requirePosix } from '../support/require-programs.ts';
import {
  CHALLENGE,
  MANIFEST,
  password,
  REALM,
  refusal,
  type Script,
  startRun,
  TOKEN,
} from '../support/scripted-registry.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';

const COLD = [MANIFEST, TOKEN, `${MANIFEST} as Bearer good`];
const WARM = [TOKEN, `${MANIFEST} as Bearer good`];
const DAY_MS = 24 * 60 * 60_000;

/** One run of one image; returns its requests. */
async function runOnce(file: string, { script = {}, laterMs = 0 }: { script?: Script; laterMs?: number } = {}) {
  const run = startRun(script, [], file);
  run.passTime(laterMs);
  await run.startImage({ credentials: [password('me', 's3cret')] }).send();
  await run.save();
  return run.lines().map((line) => line.replace(' as me:s3cret', ''));
}

const entry = (realm: string, more: object = {}) =>
  JSON.stringify({
    version: 1,
    challenges: { 'https://registry.test': { realm, service: 'registry.test', seenMs: 1_700_000_000_000, ...more } },
  });

describe('the challenge file', () => {
  it('saves the first request of the next run', async () => {
    using folder = createTemporaryFolder();
    const file = join(folder.path, 'kairos-pull', 'challenges.json');
    assert.deepEqual(await runOnce(file), COLD);
    assert.deepEqual(await runOnce(file), WARM);
  });

  it('contains only the challenge: no token, no credential', async () => {
    using folder = createTemporaryFolder();
    const file = join(folder.path, 'kairos-pull', 'challenges.json');
    await runOnce(file);
    assert.deepEqual(JSON.parse(readFileSync(file, 'utf8')), {
      version: 1,
      challenges: {
        'https://registry.test': { realm: REALM, service: 'registry.test', seenMs: 1_700_000_000_000 },
      },
    });
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.equal(statSync(join(folder.path, 'kairos-pull')).mode & 0o777, 0o700);
  });

  it('is not written by a run that learned nothing', async () => {
    using folder = createTemporaryFolder({ 'c.json': entry(REALM) });
    const file = join(folder.path, 'c.json');
    chmodSync(file, 0o600);
    const before = statSync(file).mtimeMs;
    assert.deepEqual(await runOnce(file), WARM);
    assert.equal(statSync(file).mtimeMs, before);
    assert.deepEqual(readdirSync(folder.path), ['c.json']);
  });

  it('is used for a day', async () => {
    using folder = createTemporaryFolder({ 'c.json': entry(REALM) });
    const file = join(folder.path, 'c.json');
    chmodSync(file, 0o600);
    assert.deepEqual(await runOnce(file, { laterMs: DAY_MS - 1 }), WARM);
    assert.deepEqual(await runOnce(file, { laterMs: DAY_MS }), COLD);
    assert.deepEqual(await runOnce(file, { laterMs: DAY_MS + 1 }), WARM);
  });

  it('is not used if it is from the future', async () => {
    using folder = createTemporaryFolder({ 'c.json': entry(REALM, { seenMs: 1_700_000_000_001 }) });
    const file = join(folder.path, 'c.json');
    chmodSync(file, 0o600);
    assert.deepEqual(await runOnce(file), COLD);
  });

  it('is corrected by the registry', async () => {
    using folder = createTemporaryFolder({ 'c.json': entry('https://old.test/token') });
    const file = join(folder.path, 'c.json');
    chmodSync(file, 0o600);
    const elsewhere: Script['elsewhere'] = () => ({ fails: { kind: 'dns' } });
    const lines = await runOnce(file, { script: { elsewhere } });
    assert.deepEqual(lines.slice(-2), WARM);
    assert.ok(lines.includes('GET old.test/token'));
    assert.deepEqual(await runOnce(file), WARM);
  });

  it('forgets a registry whose challenge says nothing about its other repositories', async () => {
    using folder = createTemporaryFolder();
    const file = join(folder.path, 'c.json');
    await runOnce(file);
    const own = CHALLENGE.replace('repository:app:pull', 'repository:virtual/app:pull').replace('registry.test', 'new');
    const registry: Script['registry'] = (authorization) =>
      authorization === 'Bearer new' ? { status: 200 } : refusal(own);
    const token: Script['token'] = (_, { url }) => ({
      status: 200,
      body: JSON.stringify({ token: url.searchParams.get('service') === 'new' ? 'new' : 'old' }),
    });
    await runOnce(file, { script: { registry, token } });
    assert.deepEqual(JSON.parse(readFileSync(file, 'utf8')).challenges, {});
  });

  it('keeps what other runs learned in the meantime', async () => {
    using folder = createTemporaryFolder();
    const file = join(folder.path, 'c.json');
    const one = startRun({}, [], file);
    await one.startImage().send();
    const elsewhere: Script['elsewhere'] = ({ headers }) =>
      headers.authorization ? { status: 200 } : refusal(CHALLENGE);
    const other = startRun({ elsewhere }, [], file);
    await other.startImage({ base: 'https://other.test' }).send();
    await Promise.all([one.save().then(() => other.save())]);
    assert.deepEqual(Object.keys(JSON.parse(readFileSync(file, 'utf8')).challenges), [
      'https://registry.test',
      'https://other.test',
    ]);
  });

  it('is complete, however many runs write it concurrently', async () => {
    using folder = createTemporaryFolder();
    const file = join(folder.path, 'c.json');
    await Promise.all(Array.from({ length: 20 }, () => runOnce(file)));
    assert.deepEqual(await runOnce(file), WARM);
    assert.deepEqual(readdirSync(folder.path), ['c.json']);
  });

  const GARBAGE: Readonly<Record<string, string>> = {
    'an empty file': '',
    'half a file': entry(REALM).slice(0, 60),
    'bytes of no meaning': '\u0000\u0001\ufffd'.repeat(100),
    'another version': entry(REALM).replace('"version":1', '"version":2'),
    'a list': '[]',
    'challenges that are a list': '{"version":1,"challenges":[1]}',
    'a realm that is a number': entry(REALM).replace(`"${REALM}"`, '7'),
    'a realm that is no URL': entry('nonsense'),
    'a realm with credentials in its URL': entry('https://a:b@auth.test/token'),
    'no time': entry(REALM, { seenMs: null }),
    'a file far too long': `${entry(REALM)}${' '.repeat(2_000_000)}`,
  };
  for (const [what, text] of Object.entries(GARBAGE)) {
    it(`is ignored if it contains ${what}`, async () => {
      using folder = createTemporaryFolder({ 'c.json': text });
      const file = join(folder.path, 'c.json');
      chmodSync(file, 0o600);
      assert.deepEqual(await runOnce(file), COLD);
      assert.deepEqual(await runOnce(file), WARM);
    });
  }

  it('is not used if other users can write to it', { skip: requirePosix() }, async () => {
    using folder = createTemporaryFolder({ 'c.json': entry(REALM) });
    const file = join(folder.path, 'c.json');
    chmodSync(file, 0o666);
    assert.deepEqual(await runOnce(file), COLD);
    assert.equal(statSync(file).mode & 0o777, 0o600);
  });

  it('is ignored where it cannot exist', async () => {
    using folder = createTemporaryFolder({ file: 'x' });
    mkdirSync(join(folder.path, 'c.json'));
    symlinkSync('loop', join(folder.path, 'loop'));
    for (const path of ['c.json', 'file/c.json', 'no/such/folder/c.json', 'loop']) {
      assert.deepEqual(await runOnce(join(folder.path, path)), COLD, path);
    }
    assert.deepEqual(readdirSync(folder.path).toSorted(), ['c.json', 'file', 'loop']);
    assert.ok(!existsSync(join(folder.path, 'no')));
  });
});
