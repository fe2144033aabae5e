// The store and the role of a monitor: what they may be together, and that no password is shown.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseMonitorConfig } from '../../src/config/monitor-config.ts';
import { readMonitorChoice, resolveMonitorOptions } from '../../src/config/monitor-options.ts';
import type { Env } from '../../src/core/env.ts';
import { formatStore } from '../../src/monitor/store/store-setting.ts';

const resolve = async (lines: string, flags: Readonly<Record<string, string>> = {}, env: Env = {}) => {
  const text = `monitor:\n${lines}\n  resources:\n    - image: nginx:1.27\n`;
  const config = parseMonitorConfig(text, { name: 'kairos-pull.yaml', locate: (path) => `/etc/${path}` });
  return resolveMonitorOptions(readMonitorChoice({ flags, env }), config, env);
};
const URL_WITH_PASSWORD = 'postgres://monitor:s3cret@db.example/monitor?sslmode=require&password=s3cret';

describe('the role of a monitor', () => {
  it('is all, or as flag, environment or config file say', async () => {
    const store = `  store: postgres://db.example/monitor`;
    assert.equal((await resolve(store)).role, 'all');
    assert.equal((await resolve(`${store}\n  role: web`)).role, 'web');
    assert.equal((await resolve(`${store}\n  role: web`, {}, { KAIROS_PULL_ROLE: 'worker' })).role, 'worker');
    assert.equal((await resolve(store, { role: 'web' }, { KAIROS_PULL_ROLE: 'worker' })).role, 'web');
  });

  it('needs a store that processes share', async () => {
    const cases = [
      [() => resolve('  role: worker'), 'monitor.role in kairos-pull.yaml:2: the role worker', './kairos-pull.db'],
      [() => resolve('  store: memory', { role: 'web' }), '--role: the role web', 'memory'],
      [() => resolve('  store: a.db', {}, { KAIROS_PULL_ROLE: 'web' }), 'KAIROS_PULL_ROLE: the role web', '/etc/a.db'],
    ] as const;
    for (const [run, what, place] of cases) {
      await assert.rejects(run, {
        name: 'UsageError',
        message: `${what} needs a store that several processes share, and ${place} has one; set the store to a postgres:// URL, or use the role all.`,
      });
    }
    await assert.rejects(resolve('  role: boss'), /monitor\.role in kairos-pull\.yaml:2: .*all, worker/);
  });
});

describe('the URL of a database', () => {
  it('may have a password in a variable or a file, never in the config file', async () => {
    const { store } = await resolve('  storeEnv: MONITOR_DB', {}, { MONITOR_DB: URL_WITH_PASSWORD });
    assert.equal(store.location, URL_WITH_PASSWORD);
    for (const url of [URL_WITH_PASSWORD, 'postgres://db.example/monitor?password=s3cret']) {
      await assert.rejects(resolve(`  store: ${url}`), (error: Error) => {
        assert.match(error.message, /a URL with a password must not be in this file; use storeEnv or storeFile/);
        return !error.message.includes('s3cret');
      });
    }
    const open = 'postgres://monitor@db.example/monitor?sslmode=verify-full';
    assert.equal((await resolve(`  store: ${open}`)).store.location, open);
  });

  it('is shown without user, password and query', () => {
    assert.equal(formatStore(URL_WITH_PASSWORD), 'postgres://db.example:5432/monitor');
    assert.equal(formatStore('postgresql:///monitor?host=/run/postgresql'), 'postgres:///run/postgresql:5432/monitor');
    assert.equal(formatStore('./kairos-pull.db'), './kairos-pull.db');
  });
});
