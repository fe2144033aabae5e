import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { loadLibsql, loadNodeSqlite, resultCodeOf } from '../../../src/monitor/store/sqlite-driver.ts';

const DRIVER = new URL('../../../src/monitor/store/sqlite-driver.js', import.meta.url).href;

describe('the SQLite drivers', () => {
  it('one is present on every Node: libsql is installed for development', async () => {
    assert.equal((await loadLibsql())?.name, 'libsql');
  });

  it('no warning of Node about its module reaches standard error, other warnings do', () => {
    const script = `
      const { loadNodeSqlite } = await import(${JSON.stringify(DRIVER)});
      loadNodeSqlite();
      process.emitWarning('another');`;
    const { stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
    assert.match(stderr, /Warning: another/);
    assert.doesNotMatch(stderr, /SQLite/);
  });

  it('give result codes, also of a file that cannot be opened', async () => {
    for (const driver of [loadNodeSqlite(), await loadLibsql()]) {
      if (driver === null) continue;
      assert.equal(
        codeOf(() => driver.open('/none/such.db')),
        14,
        driver.name,
      );
      const connection = driver.open(':memory:');
      assert.equal(
        codeOf(() => connection.exec('CREATE TABLE t (a UNIQUE); INSERT INTO t VALUES (1), (1)')),
        19,
      );
      assert.equal(
        codeOf(() => connection.prepare('SELECT nonsense').all()),
        1,
      );
      connection.close();
    }
    assert.equal(resultCodeOf(new Error('a bug')), undefined);
  });
});

function codeOf(run: () => unknown): number | undefined {
  try {
    run();
  } catch (error) {
    return resultCodeOf(error);
  }
  return assert.fail('it succeeded');
}
