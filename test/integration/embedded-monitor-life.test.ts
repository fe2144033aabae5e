// The life of a monitor in a process of its own: start, reload, signals, a second process, and what one asks of it.

import assert from 'node:assert/strict';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { createImage } from '../../src/demo/image.ts';
import { type EmbeddedRegistry, startRegistry } from '../../src/demo/registry.ts';
import { spawnMonitor } from '../support/monitor-process.ts';
import { startPostgres, withoutPostgres } from '../support/postgres-server.ts';
import { type Ended, spawnCommand } from '../support/process.ts';
import { requirePosix, requirePrograms } from '../support/require-programs.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';

async function startShop(): Promise<EmbeddedRegistry> {
  const registry = await startRegistry();
  registry.put('shop/web', '1', createImage({ text: 'web' }));
  return registry;
}

/** A config file in the folder, with a store beside it. */
function configure(folder: TemporaryFolder, resources: readonly string[], more = ''): string[] {
  const list = resources.map((one) => `    - ${one}\n`).join('');
  const text = `monitor:\n  listen: 127.0.0.1:0\n  store: history.db\n${more}  resources:\n${list}`;
  return ['--config', folder.write('kairos-pull.yaml', text)];
}

async function run(...args: readonly string[]): Promise<Ended> {
  const { child, ended } = spawnCommand(['monitor', ...args]);
  child.stdin.end();
  return ended;
}

// biome-ignore lint/suspicious/noExplicitAny: documents of the API
const json = async (url: string, init?: RequestInit): Promise<any> => (await fetch(url, init)).json();
const idsAt = async (url: string): Promise<string[]> =>
  (await json(`${url}api/v1/resources`)).map(({ id }: { id: string }) => id);

describe('kairos-pull monitor', { skip: requirePosix() || requirePrograms() }, () => {
  it('serves what it checks, and ends with exit code 0 on SIGTERM', async () => {
    await using registry = await startShop();
    using folder = createTemporaryFolder();
    await using monitor = spawnMonitor(
      configure(folder, [
        `{ image: "${registry.name}/shop/web:1", id: web }`,
        `{ image: "${registry.name}/shop/api:1", id: api }`,
      ]),
    );
    const url = await monitor.url();
    assert.equal(
      (await monitor.line('state')).message,
      `${registry.name}/shop/api:1 is unavailable: ${registry.name}/shop/api:1 does not exist: no such tag, or no such repository.`,
    );
    const { counts } = await json(`${url}api/v1/summary`);
    assert.equal(counts.unavailable, 1);
    monitor.signal('SIGTERM');
    const { exitCode, stderr } = await monitor.ended;
    assert.deepEqual([exitCode, stderr], [0, '']);
    assert.ok(existsSync(join(folder.path, 'history.db')));
  });

  it('ends with exit code 0 on SIGINT as well, and immediately on a second one', async () => {
    await using registry = await startShop();
    using folder = createTemporaryFolder();
    const args = configure(folder, [`image: "${registry.name}/shop/web:1"`]);
    await using first = spawnMonitor(args);
    await first.url();
    first.signal('SIGINT');
    assert.equal((await first.ended).exitCode, 0);
    // As npm and `timeout` pass on what the terminal has sent to all.
    await using twice = spawnMonitor(args);
    await twice.url();
    twice.signal('SIGINT');
    twice.signal('SIGINT');
    assert.equal((await twice.ended).exitCode, 0);
    // A check that never ends would hold it for some seconds.
    registry.inject({ deliver: () => undefined });
    await using second = spawnMonitor(args);
    await second.url();
    second.signal('SIGTERM');
    await second.line('stopping');
    second.signal('SIGTERM');
    const { exitCode, signal } = await second.ended;
    assert.ok(exitCode === 130 || exitCode === 0 || signal === 'SIGINT', `${exitCode} ${signal}`);
  });

  it('reloads on SIGHUP and when its files change; a mistake keeps the configuration', async () => {
    await using registry = await startShop();
    using folder = createTemporaryFolder({ 'images.txt': `${registry.name}/shop/web:1\n` });
    const web = 'files: images.txt';
    const args = configure(folder, [web]);
    await using monitor = spawnMonitor(args);
    const url = await monitor.url();
    assert.equal((await idsAt(url)).length, 1);

    configure(folder, [web, `{ image: "${registry.name}/shop/api:1", id: api }`]);
    assert.equal(
      (await monitor.line('reload')).message,
      `The configuration was reloaded: 2 resources, 1 added (${registry.name}/shop/api:1), 0 removed`,
    );
    assert.ok((await idsAt(url)).includes('api'));

    folder.write('images.txt', `${registry.name}/shop/web:1\n${registry.name}/shop/web:2\n`);
    assert.equal((await monitor.line('sources')).added, 1);
    assert.equal((await idsAt(url)).length, 3);

    configure(folder, [web, '{ image: Api, id: api }'], '  intervall: 5m\n');
    const refused = await monitor.line('reload');
    assert.equal(refused.level, 'error');
    assert.match(
      refused.message,
      /^Not reloaded, the previous configuration stays: .*kairos-pull\.yaml:4: unknown setting "monitor\.intervall"\. Did you mean interval\?$/,
    );
    assert.match(
      (await monitor.line('reload')).message,
      /resources\[1\]\.image in .*: The repository "Api" contains uppercase letters/,
    );
    const { health } = await json(`${url}api/v1/summary`);
    assert.match(health.reload, /unknown setting "monitor\.intervall".*\(and 1 more mistake\)\.$/);
    assert.equal((await idsAt(url)).length, 3);

    configure(folder, [web]);
    assert.equal((await monitor.line('reload')).removed, 1);
    monitor.signal('SIGHUP');
    assert.equal(
      (await monitor.line('reload')).message,
      'The configuration was reloaded: 2 resources, 0 added, 0 removed',
    );
    configure(folder, [web], '  interval: 9m\n  failAfter: 3\n');
    const [changed, { health: reloaded }] = [await monitor.line('reload'), await json(`${url}api/v1/summary`)];
    assert.match(
      changed.message,
      /^The configuration was reloaded: 2 resources, 0 added, 0 removed, 2 changed \(interval 5m to 9m: .*web:1, .*web:2\), settings changed: failAfter$/,
    );
    assert.equal(`The configuration was reloaded: ${reloaded.lastReloadChanges}`, changed.message);
    assert.equal(reloaded.reload, null);
    const events: { event: string; reason: string | null }[] = await json(`${url}api/v1/events`);
    assert.deepEqual(
      events.filter(({ event }) => event === 'reload').map(({ reason }) => reason),
      [null, 'invalid-configuration', null, null, null],
    );

    rmSync(join(folder.path, 'images.txt'));
    assert.match(
      (await monitor.line('configuration')).message,
      /images\.txt: no such file or directory in \S+; the last known images are still checked\.$/,
    );
    assert.equal((await idsAt(url)).length, 2);
  });

  it('refuses a second process on the same store, and an address that is in use', async () => {
    await using registry = await startShop();
    using folder = createTemporaryFolder();
    const args = configure(folder, [`image: "${registry.name}/shop/web:1"`]);
    await using monitor = spawnMonitor(args);
    const url = new URL(await monitor.url());
    const second = await run(...args);
    assert.deepEqual([second.exitCode, second.stdout], [2, '']);
    assert.match(
      second.stderr,
      /^error: .*history\.db is in use by another process, probably another monitor; stop it, or name another file\.\n/,
    );
    const third = await run(...args, '--store', 'memory', '--listen', url.host);
    assert.equal(third.exitCode, 2);
    assert.match(
      third.stderr,
      /^error: cannot listen on 127\.0\.0\.1:\d+: another program, perhaps a second monitor, listens there; stop it or choose another port\.\n/,
    );
  });

  it('tells whether it works, and exports its history while it runs and afterwards', async () => {
    await using registry = await startShop();
    using folder = createTemporaryFolder({ 'token.txt': 'a-long-token-of-the-test\n' });
    const auth = '  auth: { bearerTokenFile: token.txt }\n';
    const args = configure(folder, [`{ image: "${registry.name}/shop/web:1", id: web }`], auth);
    await using monitor = spawnMonitor(args);
    const { host } = new URL(await monitor.url());
    const at = [...args, '--listen', host];
    const health = await run('health', ...at);
    assert.deepEqual([health.exitCode, health.stdout, health.stderr], [0, '', '']);
    const copy = join(folder.path, 'copy.db');
    assert.equal((await run('export', copy, ...at)).exitCode, 0);
    const again = await run('export', copy, ...at);
    assert.deepEqual([again.exitCode, again.stderr.split('\n')[0]], [2, `error: ${copy} exists; name a new file.`]);
    monitor.signal('SIGTERM');
    await monitor.ended;
    const dead = await run('health', ...at);
    assert.deepEqual(
      [dead.exitCode, dead.stderr],
      [1, `error: http://${host}/healthz: connection refused: no monitor listens there\n`],
    );
    assert.equal((await run('export', `${copy}2`, ...at)).exitCode, 0);
    // A copy is a store.
    await using restored = spawnMonitor([...args, '--store', copy]);
    const url = await restored.url();
    const token = { headers: { authorization: 'Bearer a-long-token-of-the-test' } };
    assert.equal((await json(`${url}api/v1/resources`, token))[0].id, 'web');
  });

  it('says that the history of a monitor is in memory only, whatever the config file names', async () => {
    await using registry = await startShop();
    using folder = createTemporaryFolder();
    const args = configure(folder, [`{ image: "${registry.name}/shop/web:1", id: web }`]);
    const copy = join(folder.path, 'copy.db');
    const store = join(folder.path, 'history.db');
    const exportWith = async (...more: readonly string[]) => {
      const { exitCode, stderr } = await run('export', copy, ...args, ...more);
      // It is shown relative to the working directory.
      return [exitCode, stderr.replace(/ \S*(?=history\.db)/, ` ${folder.path}/`)];
    };
    await using monitor = spawnMonitor([...args, '--store', 'memory']);
    const { origin, host } = new URL(await monitor.url());
    const reason = 'the running monitor keeps its history in memory; there is nothing to export.';
    const inMemory = [2, `error: ${origin}: ${reason}\n`];
    assert.deepEqual(await exportWith('--listen', host), inMemory);
    assert.deepEqual(await exportWith('--listen', host, '--store', 'memory'), inMemory);
    const free = 'the monitor listens on a free port; pass --listen with its address, as in its log.';
    assert.deepEqual(await exportWith(), [2, `error: there is no store at ${store}, and ${free}\n`]);
    // A store that the user names is never replaced by another one.
    const named = await exportWith('--listen', host, '--store', store);
    assert.deepEqual(named, [2, `error: there is no store at ${store}.\n`]);
    monitor.signal('SIGTERM');
    await monitor.ended;
    const refused = `no monitor responds at ${origin}: connection refused: no monitor listens there.`;
    assert.deepEqual(await exportWith('--listen', host), [2, `error: there is no store at ${store}, and ${refused}\n`]);
    const memory = await exportWith('--listen', host, '--store', 'memory');
    assert.deepEqual(memory, [2, `error: the store is memory, and ${refused}\n`]);
    assert.ok(!existsSync(copy));
  });

  it('exports the history of the monitor that runs where the config file names no store of it', async () => {
    await using registry = await startShop();
    using folder = createTemporaryFolder();
    const args = configure(folder, [`{ image: "${registry.name}/shop/web:1", id: web }`]);
    await using monitor = spawnMonitor([...args, '--store', join(folder.path, 'elsewhere.db')]);
    const { host } = new URL(await monitor.url());
    const copy = join(folder.path, 'copy.db');
    assert.equal((await run('export', copy, ...args, '--listen', host)).exitCode, 0);
    assert.ok(existsSync(copy));
  });

  it('names its dashboard only if it serves one', { skip: withoutPostgres }, async () => {
    await using postgres = await startPostgres();
    using folder = createTemporaryFolder({ 'store.txt': await postgres.createDatabase() });
    const text =
      'monitor:\n  listen: 127.0.0.1:0\n  storeFile: store.txt\n  url: https://status.example/\n  resources: [{ tcp: "127.0.0.1:9", paused: true }]\n';
    const args = ['--config', folder.write('kairos-pull.yaml', text)];
    const startedAs = async (role: string): Promise<string> => {
      await using monitor = spawnMonitor([...args, '--role', role]);
      return (await monitor.line('started')).message;
    };
    assert.match(await startedAs('worker'), /; metrics at http:\/\/127\.0\.0\.1:\d+\/metrics, history in postgres:/);
    assert.match(await startedAs('web'), /; dashboard at https:\/\/status\.example\/, history in postgres:/);
  });

  it('is found by health whatever mistakes its config file has by now', async () => {
    await using registry = await startShop();
    using folder = createTemporaryFolder();
    const args = configure(folder, [`{ image: "${registry.name}/shop/web:1", id: web }`]);
    await using monitor = spawnMonitor(args);
    const { host } = new URL(await monitor.url());
    const path = args[1] ?? '';
    const outcomeWith = async (text: string): Promise<readonly [number | null, string]> => {
      folder.write('kairos-pull.yaml', text);
      const { exitCode, stderr } = await run('health', ...args);
      return [exitCode, stderr];
    };
    const mistake = '  resources: [{ image: nginx }]\n  intervall: 5m\n';
    assert.deepEqual(await outcomeWith(`monitor:\n  listen: ${host}\n${mistake}`), [0, '']);
    const pass = 'Pass --listen with the address of the monitor.\n';
    const [invalid, place] = await outcomeWith(`monitor:\n  listen: nowhere\n${mistake}`);
    assert.equal(invalid, 2);
    assert.match(
      place,
      /^error: monitor\.listen in .*kairos-pull\.yaml:2: "nowhere" is not an address.* Pass --listen with/,
    );
    const [code, words] = await outcomeWith(`monitor:\n  listen: [\n`);
    assert.equal(code, 2);
    assert.match(words, /^error: .*kairos-pull\.yaml:\d+: .*Pass --listen with the address of the monitor\.\n$/);
    const [dead, doubt] = await outcomeWith('monitor:\n  listen: 127.0.0.1:9\n  resources: [{ image: nginx }]\n');
    assert.equal(dead, 1);
    assert.match(
      doubt,
      /\nIf monitor\.listen in .* has changed since the monitor started, restart it, or pass --listen/,
    );
    rmSync(path);
    const { exitCode, stderr } = await run('health', ...args);
    assert.deepEqual(
      [exitCode, stderr],
      [2, `error: --config: cannot read ${path}: no such file or directory. ${pass}`],
    );
  });

  it('says before a start that its store cannot be there', async () => {
    using folder = createTemporaryFolder();
    const args = configure(folder, ['image: nginx:1.27']);
    const store = join(folder.path, 'nowhere', 'x.db');
    const checked = await run(...args, '--store', store, '--check-config');
    assert.equal(checked.exitCode, 2);
    assert.match(checked.stderr, /^error: .*x\.db cannot be created: .*nowhere is not a directory\.\n/);
    assert.equal((await run(...args, '--check-config')).exitCode, 0);
    assert.ok(!existsSync(join(folder.path, 'history.db')));
  });

  it('says why a copy of its history cannot be written', async () => {
    using folder = createTemporaryFolder();
    const args = configure(folder, ['image: nginx:1.27']);
    const copy = join(folder.path, 'nowhere', 'x.db');
    const { exitCode, stderr } = await run('export', copy, ...args);
    assert.deepEqual(
      [exitCode, stderr],
      [2, `error: cannot write ${copy}: ${join(folder.path, 'nowhere')} is not a directory.\n`],
    );
  });

  it('checks everything once, with the exit codes of a check', async () => {
    await using registry = await startShop();
    using folder = createTemporaryFolder();
    const image = (tag: string, more = '') => `{ image: "${registry.name}/shop/web:${tag}"${more} }`;
    const codeOf = async (...resources: readonly string[]) =>
      (await run(...configure(folder, resources), '--once')).exitCode;
    assert.equal(await codeOf(image('1')), 0);
    assert.equal(await codeOf(image('1'), image('2')), 4);
    assert.equal(await codeOf(image('1', ', expect: absent')), 7);
    assert.equal(await codeOf(image('2', ', expect: absent')), 0);
    assert.equal(await codeOf(image('1'), `http: "http://${registry.name}/nothing"`), 6);
    assert.equal(await codeOf(image('1'), image('2', ', paused: true')), 0);
    assert.equal(await codeOf(image('1', ', paused: true')), 2, 'nothing was checked');
    registry.put('shop/web', '1', createImage({ text: 'moved' }));
    assert.equal(await codeOf(image('1', ', expect: same-digest')), 6, 'it moved since the first of these runs');
    const { stdout } = await run(...configure(folder, [image('1'), image('2')]), '--once', '--log', 'json');
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.deepEqual(
      lines.map(({ state, reason }) => [state, reason]),
      [
        ['available', null],
        ['unavailable', 'not-found'],
      ],
    );
    // In the words of a check, but without the flags of its command.
    assert.deepEqual([lines[0].hint, typeof lines[1].hint, lines[1].hintCode], [null, 'string', 'check-name']);
    const table = (await run(...configure(folder, [image('2')]), '--once')).stdout;
    assert.ok(table.includes(lines[1].hint), table);
    assert.doesNotMatch(table, /--\w/);
  });

  it('shows a demo: a dashboard with made-up history, and an outage that closes and one that opens', async () => {
    await using monitor = spawnMonitor(['--demo', '--listen', '127.0.0.1:0']);
    const url = await monitor.url();
    const page = await (await fetch(url)).text();
    assert.match(page, /made-up data/i);
    const { counts, outages } = await json(`${url}api/v1/summary`);
    assert.equal(counts.available + counts.unavailable + counts.undetermined + counts.paused, 11);
    assert.ok(counts.unavailable >= 2 && counts.undetermined >= 1 && outages >= 2);
    const bars = await json(`${url}api/v1/resources/web/timeline?window=90d&buckets=90`);
    assert.ok(bars.filter(({ available }: { available: number }) => available > 0).length > 80);
    monitor.signal('SIGTERM');
    assert.equal((await monitor.ended).exitCode, 0);
  });
});
