// What a database says about a monitor of several processes: who wrote each check, whether it held the lease, and when
// each slot was checked.

import { slotAfter, slotsOf } from '../../src/monitor/schedule/slot.ts';
import { LEASE_MS } from '../../src/monitor/store/lease.ts';
import type { PostgresServer } from '../support/postgres-server.ts';

/** Each check with its writer, and the lease of its host as it was when it was written. */
export const AUDIT = `
  CREATE TABLE public.audit (rid bigint, at bigint, written timestamptz DEFAULT clock_timestamp(), writer text, pid text, is_valid boolean);
  CREATE FUNCTION public.audit_check() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN
    INSERT INTO public.audit (rid, at, writer, pid, is_valid)
    SELECT NEW.rid, NEW.at, current_setting('application_name'), split_part(l.owner, '-', -2), l.until > clock_timestamp()
    FROM kairos_pull.resources AS r LEFT JOIN kairos_pull.leases AS l ON l.name = split_part(r.target, '/', 1)
    WHERE r.rid = NEW.rid;
    RETURN NEW;
  END $f$;
  CREATE TRIGGER audit AFTER INSERT OR UPDATE ON kairos_pull.checks FOR EACH ROW EXECUTE FUNCTION public.audit_check();`;

export interface Audit {
  readonly checks: number;
  readonly byWriter: Readonly<Record<string, number>>;
  /** Without the lease of their host. */
  readonly unprotected: number;
  readonly doubleSlots: number;
  /** How long after its slot and the jitter a check began. */
  readonly latestMs: number;
  /** The longest time between two checks of a resource. */
  readonly longestGapMs: number;
}

/** `pids`: of each writer. `away`: times in which nothing could be written. */
export async function readAudit(
  server: PostgresServer,
  url: string,
  { intervalMs, pids }: { readonly intervalMs: number; readonly pids: ReadonlyMap<string, number> },
): Promise<Audit> {
  const rows = async (sql: string): Promise<string[][]> =>
    (await server.run(url, sql))
      .split('\n')
      .filter(Boolean)
      .map((line) => line.split('|'));
  const written = await rows('SELECT writer, pid, is_valid, count(*) FROM public.audit GROUP BY 1, 2, 3');
  const byWriter: Record<string, number> = {};
  let unprotected = 0;
  for (const [writer = '', pid = '', isValid, count] of written) {
    byWriter[writer] = (byWriter[writer] ?? 0) + Number(count);
    if (isValid !== 't' || Number(pid) !== pids.get(writer)) unprotected += Number(count);
  }
  const checks = await rows(
    'SELECT r.id, c.at, c.duration, c.state FROM kairos_pull.checks AS c JOIN kairos_pull.resources AS r USING (rid) ORDER BY r.id, c.at',
  );
  let [doubleSlots, latestMs, longestGapMs] = [0, 0, 0];
  let before:
    | { readonly id: string; readonly startMs: number; readonly slot: number; readonly isRepeated: boolean }
    | undefined;
  for (const [id = '', at, duration, state] of checks) {
    const startMs = Number(at) - Number(duration);
    const slots = slotsOf(id, intervalMs, 0);
    const slot = Math.floor((startMs - slots.phaseMs + CLOCK_MS) / intervalMs);
    if (before?.id === id && !before.isRepeated) {
      if (slot === before.slot) doubleSlots += 1;
      latestMs = Math.max(latestMs, startMs - slotAfter(slots, before.startMs) - JITTER * intervalMs);
      longestGapMs = Math.max(longestGapMs, startMs - before.startMs);
    }
    // The first check has no slot; one after an undetermined check neither.
    const isRepeated = before?.id !== id || state === '2';
    before = { id, startMs, slot, isRepeated };
  }
  return { checks: checks.length, byWriter, unprotected, doubleSlots, latestMs, longestGapMs };
}

const JITTER = 0.1;
/** Processes round times, and measure them by two clocks. */
const CLOCK_MS = 50;

export const MAX_LATE_MS = 2 * LEASE_MS;
