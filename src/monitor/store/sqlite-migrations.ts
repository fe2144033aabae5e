// The tables of the SQLite store, in numbered steps. A released step never changes: add the next one.

/**
 * `hours` and `days` contain running totals as of the end of the unit `n` (hours or days since 1970), so that a window of
 * any length is the difference of two rows: four windows of 10,000 resources cost 50,000 lookups, not millions of rows.
 * Only `response_max` belongs to the unit alone. Checks share the texts of `findings`, which repeat for weeks.
 */
const ROLLUP = `(
  rid INTEGER NOT NULL, n INTEGER NOT NULL,
  available INTEGER NOT NULL, unavailable INTEGER NOT NULL, undetermined INTEGER NOT NULL, paused INTEGER NOT NULL,
  available_checks INTEGER NOT NULL, unavailable_checks INTEGER NOT NULL, undetermined_checks INTEGER NOT NULL,
  response_sum INTEGER NOT NULL, response_max INTEGER NOT NULL,
  PRIMARY KEY (rid, n)
) STRICT, WITHOUT ROWID`;

const FIRST = `
CREATE TABLE resources (
  rid INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, "group" TEXT, kind TEXT NOT NULL,
  target TEXT NOT NULL, archived_at INTEGER
) STRICT;
CREATE TABLE statuses (rid INTEGER PRIMARY KEY, json TEXT NOT NULL) STRICT;
CREATE TABLE results (rid INTEGER PRIMARY KEY, json TEXT NOT NULL) STRICT;
CREATE TABLE findings (
  fid INTEGER PRIMARY KEY, hash TEXT NOT NULL UNIQUE, reason TEXT, cause TEXT, message TEXT, digest TEXT,
  used_day INTEGER NOT NULL
) STRICT;
CREATE INDEX findings_by_day ON findings (used_day);
CREATE TABLE checks (
  rid INTEGER NOT NULL, at INTEGER NOT NULL, state INTEGER NOT NULL, fid INTEGER NOT NULL, duration INTEGER NOT NULL,
  interval INTEGER NOT NULL, connect INTEGER, PRIMARY KEY (rid, at)
) STRICT, WITHOUT ROWID;
CREATE TABLE hours ${ROLLUP};
CREATE TABLE days ${ROLLUP};
CREATE TABLE rollups_from (unit TEXT PRIMARY KEY, n INTEGER NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO rollups_from VALUES ('hour', 0), ('day', 0);
CREATE TABLE outages (
  id INTEGER PRIMARY KEY AUTOINCREMENT, rid INTEGER NOT NULL, started_at INTEGER NOT NULL, ended_at INTEGER,
  reason TEXT, cause TEXT, message TEXT, UNIQUE (rid, started_at)
) STRICT;
CREATE INDEX open_outages ON outages (rid, started_at) WHERE ended_at IS NULL;
CREATE TABLE pauses (
  rid INTEGER NOT NULL, started_at INTEGER NOT NULL, ended_at INTEGER, maintenance TEXT, PRIMARY KEY (rid, started_at)
) STRICT, WITHOUT ROWID;
CREATE TABLE events (
  id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, event TEXT NOT NULL, rid INTEGER, from_state TEXT,
  to_state TEXT, reason TEXT, cause TEXT, message TEXT, digest TEXT, previous_digest TEXT
) STRICT;
CREATE INDEX events_by_resource ON events (rid, id);
CREATE TABLE deliveries (
  event_id INTEGER NOT NULL, notifier TEXT NOT NULL, attempts INTEGER NOT NULL, next_at INTEGER, delivered_at INTEGER,
  error TEXT, PRIMARY KEY (event_id, notifier)
) STRICT, WITHOUT ROWID;
CREATE INDEX due_deliveries ON deliveries (next_at) WHERE next_at IS NOT NULL;
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
`;

/** Step n makes version n of version n - 1. */
export const MIGRATIONS: readonly string[] = [FIRST];
