// Writes changes to the tables of the SQLite store. It runs inside a transaction.

import { createHash } from 'node:crypto';
import { setBounded } from '../../core/bounded-map.ts';
import type { CheckRecord } from '../history/check-record.ts';
import type { Changes, HourRollup, Written } from './changes.ts';
import { UNIT_MS, unitNumber } from './rollup-unit.ts';
import { numberOf } from './row.ts';
import { STATES } from './rows.ts';
import { keptFrom, writeHour } from './sqlite-rollups.ts';
import type { Statements } from './sqlite-statements.ts';
import type { StoredResource } from './store.ts';

export interface Writer {
  write(changes: Changes): Written;
  saveResources(resources: readonly Omit<StoredResource, 'archivedAtMs'>[], atMs: number): void;
  /** After a rollback, and after rows were removed: the row ids that it remembers may be wrong. */
  forget(): void;
}

const MAX_FINDINGS = 20_000;

export function createWriter(statements: Statements): Writer {
  const rids = new Map<string, number>();
  const findings = new Map<string, { readonly fid: number; readonly usedDay: number }>();

  /** The resource must have been saved: anything else is a bug. */
  const ridOf = (resource: string): number => {
    const known = rids.get(resource);
    if (known !== undefined) return known;
    const [row] = statements.all('SELECT rid FROM resources WHERE id = ?', resource);
    if (row === undefined) throw new Error(`no such resource: ${resource}`);
    rids.set(resource, numberOf(row, 'rid'));
    return numberOf(row, 'rid');
  };

  /** The texts of a check. The day of the last use tells retention which ones no check has any more. */
  const findingOf = ({ reason, cause, message, digest, atMs }: CheckRecord): number => {
    const key = JSON.stringify([reason, cause, message, digest]);
    const day = unitNumber('day', atMs);
    const known = findings.get(key);
    if (known !== undefined && known.usedDay >= day) return known.fid;
    const hash = createHash('sha256').update(key).digest('base64');
    const [row] = statements.all(
      `INSERT INTO findings (hash, reason, cause, message, digest, used_day) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (hash) DO UPDATE SET used_day = max(used_day, excluded.used_day) RETURNING fid, used_day`,
      ...[hash, reason, cause, message, digest, day],
    );
    if (row === undefined) throw new Error('no row returned');
    setBounded(findings, key, { fid: numberOf(row, 'fid'), usedDay: numberOf(row, 'used_day') }, MAX_FINDINGS);
    return numberOf(row, 'fid');
  };

  const returnedId = (sql: string, ...values: Parameters<Statements['all']>[1][]): number => {
    const [row] = statements.all(sql, ...values);
    if (row === undefined) throw new Error('no row returned');
    return numberOf(row, 'id');
  };

  const writeHours = (hours: readonly HourRollup[]): void => {
    if (hours.length === 0) return;
    const firstMs = keptFrom(statements, 'hour') * UNIT_MS.hour;
    for (const hour of hours) if (hour.fromMs >= firstMs) writeHour(statements, ridOf(hour.resource), hour);
  };

  return {
    write(changes) {
      for (const check of changes.checks ?? []) {
        statements.run(
          'INSERT OR REPLACE INTO checks (rid, at, state, fid, duration, interval, connect) VALUES (?, ?, ?, ?, ?, ?, ?)',
          ...[ridOf(check.resource), check.atMs, STATES.indexOf(check.state), findingOf(check)],
          ...[Math.round(check.durationMs), check.intervalMs, check.connectMs ?? null],
        );
      }
      writeHours(changes.hours ?? []);
      for (const { resource, json } of changes.statuses ?? []) {
        statements.run('INSERT OR REPLACE INTO statuses (rid, json) VALUES (?, ?)', ridOf(resource), json);
      }
      for (const { resource, json } of changes.results ?? []) {
        statements.run('INSERT OR REPLACE INTO results (rid, json) VALUES (?, ?)', ridOf(resource), json);
      }
      for (const { resource, startedAtMs, endedAtMs, maintenance } of changes.pauses ?? []) {
        statements.run(
          'INSERT OR REPLACE INTO pauses (rid, started_at, ended_at, maintenance) VALUES (?, ?, ?, ?)',
          ...[ridOf(resource), startedAtMs, endedAtMs, maintenance],
        );
      }
      const outageIds = (changes.outages ?? []).map((outage) =>
        returnedId(
          `INSERT INTO outages (rid, started_at, ended_at, reason, cause, message) VALUES (?, ?, ?, ?, ?, ?)
           ON CONFLICT (rid, started_at) DO UPDATE SET ended_at = excluded.ended_at, reason = excluded.reason,
             cause = excluded.cause, message = excluded.message
           RETURNING id`,
          ...[ridOf(outage.resource), outage.startedAtMs, outage.endedAtMs],
          ...[outage.reason, outage.cause, outage.message],
        ),
      );
      const eventIds = (changes.events ?? []).map(({ event, notifiers }) => {
        const id = returnedId(
          `INSERT INTO events (at, event, rid, from_state, to_state, reason, cause, message, digest, previous_digest)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`,
          ...[event.atMs, event.event, event.resource === null ? null : ridOf(event.resource), event.from, event.to],
          ...[event.reason, event.cause, event.message, event.digest, event.previousDigest],
        );
        for (const notifier of new Set(notifiers)) {
          statements.run(
            'INSERT INTO deliveries (event_id, notifier, attempts, next_at) VALUES (?, ?, 0, ?)',
            ...[id, notifier, event.atMs],
          );
        }
        return id;
      });
      for (const delivery of changes.deliveries ?? []) {
        statements.run(
          `UPDATE deliveries SET attempts = ?, next_at = ?, delivered_at = ?, error = ?
           WHERE event_id = ? AND notifier = ? AND delivered_at IS NULL`,
          ...[delivery.attempts, delivery.deliveredAtMs === null ? delivery.nextAttemptAtMs : null],
          ...[delivery.deliveredAtMs, delivery.error, delivery.eventId, delivery.notifier],
        );
      }
      for (const [key, value] of Object.entries(changes.meta ?? {})) {
        statements.run('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)', key, value);
      }
      return { eventIds, outageIds };
    },

    saveResources(resources, atMs) {
      for (const { id, name, group, kind, target } of resources) {
        const values = [name, group, kind, target, id];
        const changed = statements.run(
          'UPDATE resources SET name = ?, "group" = ?, kind = ?, target = ?, archived_at = NULL WHERE id = ?',
          ...values,
        );
        if (changed > 0) continue;
        statements.run('INSERT INTO resources (name, "group", kind, target, id) VALUES (?, ?, ?, ?, ?)', ...values);
      }
      statements.run(
        `UPDATE resources SET archived_at = ?
         WHERE archived_at IS NULL AND id NOT IN (SELECT value FROM json_each(?))`,
        ...[atMs, JSON.stringify(resources.map(({ id }) => id))],
      );
    },

    forget() {
      rids.clear();
      findings.clear();
    },
  };
}
