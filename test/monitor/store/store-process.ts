// A process of its own that opens a store: `store-process.js <driver> <path> hold|write`. It prints a line for each step.

import { loadLibsql, loadNodeSqlite } from '../../../src/monitor/store/sqlite-driver.ts';
import { openSqliteStore } from '../../../src/monitor/store/sqlite-store.ts';
import { check, event, hour, resource, T0 } from './store-scene.ts';

const [name, path = '', task] = process.argv.slice(2);
const driver = name === 'libsql' ? await loadLibsql() : loadNodeSqlite();
if (driver === null) throw new Error(`no driver: ${name}`);
const opened = await openSqliteStore(path, { driver });
if (!opened.ok) {
  console.log(`${opened.error.kind}: ${opened.error.message}`);
} else if (task === 'hold') {
  console.log('open');
  // Until it is killed.
  process.stdin.resume();
} else if (task === 'write') {
  const store = opened.value;
  await store.saveResources([resource('a')], T0);
  const [last] = await store.readChecks({ resource: 'a', limit: 1 }).then((read) => (read.ok ? read.value : []));
  for (let atMs = (last?.atMs ?? T0) + 1; ; atMs += 1) {
    const written = await store.write({
      checks: [check('a', atMs, { message: `check ${atMs % 50}` })],
      hours: [hour('a', T0, { available: atMs - T0 })],
      // Rarely, because each waits for the disk.
      ...(atMs % 20 === 0 ? { events: [{ event: event(atMs, { resource: 'a' }), notifiers: ['hook'] }] } : {}),
    });
    console.log(written.ok ? `kept ${atMs}` : written.error.message);
    // The output leaves before the next step.
    await new Promise((resolve) => setImmediate(resolve));
  }
}
