// The tables of the PostgreSQL store, in numbered steps. A released step never changes: add the next one.

import { failure, type Outcome, success } from '../../core/outcome.ts';
import type { StoreFailure } from './failure.ts';
import { type PostgresConnection, type Query, SCHEMA } from './postgres-connection.ts';
import { numberOf } from './row.ts';

/** As in the SQLite store: `hours` and `days` contain running totals as of the end of the unit `n`. */
const ROLLUP = `(
  rid bigint NOT NULL, n bigint NOT NULL,
  available bigint NOT NULL, unavailable bigint NOT NULL, undetermined bigint NOT NULL, paused bigint NOT NULL,
  available_checks bigint NOT NULL, unavailable_checks bigint NOT NULL, undetermined_checks bigint NOT NULL,
  response_sum bigint NOT NULL, response_max bigint NOT NULL,
  PRIMARY KEY (rid, n)
)`;

const TOTALS = [
  ...['available', 'unavailable', 'undetermined', 'paused'],
  ...['available_checks', 'unavailable_checks', 'undetermined_checks', 'response_sum'],
];

/** Continues the totals of the row before, and adds to this row and all later ones. */
const addTo = (table: string, n: string, max: string): string => `
  INSERT INTO ${table}
  SELECT p_rid, ${n}, ${TOTALS.map((column) => `coalesce(b.${column}, 0)`).join(', ')}, 0
  FROM (SELECT 1) AS one
  LEFT JOIN LATERAL (SELECT * FROM ${table} AS t WHERE t.rid = p_rid AND t.n < ${n} ORDER BY t.n DESC LIMIT 1) AS b ON true
  ON CONFLICT DO NOTHING;
  UPDATE ${table} AS t SET ${TOTALS.map((column, index) => `${column} = t.${column} + added[${index + 1}]`).join(', ')},
    response_max = CASE WHEN t.n = ${n} THEN ${max} ELSE t.response_max END
  WHERE t.rid = p_rid AND t.n >= ${n};`;

const FIRST = `
CREATE TABLE resources (
  rid bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, id text NOT NULL UNIQUE, name text NOT NULL, "group" text,
  kind text NOT NULL, target text NOT NULL, archived_at bigint
);
CREATE TABLE statuses (rid bigint PRIMARY KEY, json text NOT NULL) WITH (fillfactor = 60);
CREATE TABLE results (rid bigint PRIMARY KEY, json text NOT NULL) WITH (fillfactor = 60);
CREATE TABLE findings (
  fid bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, hash text NOT NULL UNIQUE, reason text, cause text, message text,
  digest text, used_day bigint NOT NULL
);
CREATE INDEX findings_by_day ON findings (used_day);
CREATE TABLE checks (
  rid bigint NOT NULL, at bigint NOT NULL, state smallint NOT NULL, fid bigint NOT NULL, duration bigint NOT NULL,
  interval bigint NOT NULL, connect bigint, PRIMARY KEY (rid, at)
);
CREATE TABLE hours ${ROLLUP};
CREATE TABLE days ${ROLLUP};
CREATE TABLE rollups_from (unit text PRIMARY KEY, n bigint NOT NULL);
INSERT INTO rollups_from VALUES ('hour', 0), ('day', 0);
CREATE TABLE outages (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, rid bigint NOT NULL, started_at bigint NOT NULL, ended_at bigint,
  reason text, cause text, message text, UNIQUE (rid, started_at)
);
CREATE INDEX open_outages ON outages (rid, started_at) WHERE ended_at IS NULL;
CREATE TABLE pauses (
  rid bigint NOT NULL, started_at bigint NOT NULL, ended_at bigint, maintenance text, PRIMARY KEY (rid, started_at)
);
CREATE TABLE events (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, key uuid NOT NULL UNIQUE, at bigint NOT NULL, event text NOT NULL,
  rid bigint, from_state text, to_state text, reason text, cause text, message text, digest text, previous_digest text
);
CREATE INDEX events_by_resource ON events (rid, id);
CREATE TABLE deliveries (
  event_id bigint NOT NULL, notifier text NOT NULL, attempts bigint NOT NULL, next_at bigint, delivered_at bigint,
  error text, PRIMARY KEY (event_id, notifier)
);
CREATE INDEX due_deliveries ON deliveries (next_at) WHERE next_at IS NOT NULL;
CREATE TABLE meta (key text PRIMARY KEY, value text NOT NULL) WITH (fillfactor = 60);

CREATE FUNCTION add_hour(p_rid bigint, p_n bigint, p_totals bigint[], p_max bigint) RETURNS void
LANGUAGE plpgsql SET search_path = ${SCHEMA} AS $function$
DECLARE
  added bigint[] := p_totals;
  p_day bigint := p_n / 24;
BEGIN
  SELECT array[${TOTALS.map((column, index) => `p_totals[${index + 1}] - (t.${column} - coalesce(b.${column}, 0))`).join(', ')}]
  INTO added
  FROM (SELECT 1) AS one
  JOIN hours AS t ON t.rid = p_rid AND t.n = p_n
  LEFT JOIN LATERAL (SELECT * FROM hours AS u WHERE u.rid = p_rid AND u.n < p_n ORDER BY u.n DESC LIMIT 1) AS b ON true;
  added := coalesce(added, p_totals);
  ${addTo('hours', 'p_n', 'p_max')}
  ${addTo('days', 'p_day', 'greatest(t.response_max, p_max)')}
END $function$;
`;

/** Who checks what: the leases of hosts, and the one of the leader. Times are those of the server's clock. */
const SECOND = `
CREATE TABLE workers (id text PRIMARY KEY, until timestamptz NOT NULL, written_until bigint NOT NULL);
CREATE TABLE leases (
  name text PRIMARY KEY, is_single boolean NOT NULL, owner text, epoch bigint NOT NULL DEFAULT 0,
  until timestamptz NOT NULL DEFAULT '-infinity'
) WITH (fillfactor = 50);
CREATE INDEX leases_by_owner ON leases (owner);
CREATE TABLE requests (rid bigint PRIMARY KEY, at timestamptz NOT NULL, is_open smallint NOT NULL);
`;

/** Step n makes version n of version n - 1. */
export const POSTGRES_MIGRATIONS: readonly string[] = [FIRST, SECOND];

/** Of all processes that open the store: any number, the same everywhere. */
const MIGRATION_LOCK = 0x6b70756c;

/** Brings the tables to the current version. Processes that start together wait for each other. */
export const migrate = (
  connection: PostgresConnection,
  place: string,
  migrations: readonly string[] = POSTGRES_MIGRATIONS,
): Promise<Outcome<null, StoreFailure>> =>
  connection.transaction(async (query) => {
    await query.run('SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = 0');
    await query.run(`SELECT pg_advisory_xact_lock(${MIGRATION_LOCK})`);
    const version = await readVersion(query);
    if (version === 'foreign') {
      return failure({
        kind: 'not-a-store',
        message: `${place} has a schema ${SCHEMA} of another program; use another database`,
      });
    }
    if (version > migrations.length) {
      return failure({
        kind: 'newer',
        message: `${place} was written by a newer version of kairos-pull (schema ${version}, this one knows ${migrations.length}); update kairos-pull, or use another database`,
      });
    }
    for (const [index, step] of migrations.entries()) {
      if (index < version) continue;
      await query.run(step);
      await query.run('UPDATE schema_version SET version = $1', index + 1);
    }
    return success(null);
  });

/** Creates what is missing to have one. A user without the right to create a schema may own an empty one. */
async function readVersion(query: Query): Promise<number | 'foreign'> {
  const [schema] = await query.all(
    `SELECT to_regnamespace('${SCHEMA}')::oid::bigint AS oid, to_regclass('${SCHEMA}.schema_version')::oid::bigint AS version,
       (SELECT count(*) FROM pg_class WHERE relnamespace = to_regnamespace('${SCHEMA}')::oid) AS tables`,
  );
  if (schema?.oid === null) await query.run(`CREATE SCHEMA ${SCHEMA}`);
  if (schema?.version === null) {
    if (Number(schema.tables) > 0) return 'foreign';
    await query.run('CREATE TABLE schema_version (version bigint NOT NULL)');
    await query.run('INSERT INTO schema_version VALUES (0)');
  }
  const [row] = await query.all('SELECT version FROM schema_version');
  return row === undefined ? 'foreign' : numberOf(row, 'version');
}
