// Ninety days of made-up history for the demo: checks, outages, events and rollups, as if the monitor had run.

import { formatStatus } from './engine/kept-status.ts';
import type { CheckedState, CheckRecord } from './history/check-record.ts';
import type { EventDraft } from './history/event.ts';
import type { Outage } from './history/outage.ts';
import { type ResourceStatus, recordCheck } from './history/resource-status.ts';
import { floorTo, HOUR_MS, rollUpHours } from './history/rollup.ts';
import type { MonitorPlan } from './monitor-options.ts';
import { ROLLED_UP_KEY } from './store/changes.ts';
import type { MonitorStore } from './store/store.ts';

/** A time in which checks found something else; in hours before now. */
export interface Incident {
  readonly fromHours: number;
  /** 0: it lasts. */
  readonly toHours: number;
  /** null: the monitor did not run. */
  readonly state: CheckedState | null;
  readonly reason: string;
  readonly cause: string | null;
  readonly message: string;
}

export interface MadeUpHistory {
  /** The id of the resource. */
  readonly id: string;
  readonly incidents: readonly Incident[];
  /** What a response takes, in milliseconds. */
  readonly responseMs: number;
  readonly digest: string | null;
}

const DAYS = 90;
const OLD_INTERVAL_MS = 60 * 60_000;
const RECENT_INTERVAL_MS = 5 * 60_000;
const RECENT_MS = 26 * HOUR_MS;

/** The resources must have been saved. */
export async function writeMadeUpHistory(
  store: MonitorStore,
  { resources, failAfter, recoverAfter, retention }: MonitorPlan,
  histories: readonly MadeUpHistory[],
  nowMs: number,
): Promise<void> {
  const rolledUpMs = floorTo(HOUR_MS, nowMs);
  const events: EventDraft[] = [];
  for (const history of histories) {
    const resource = resources.find(({ id }) => id === history.id);
    if (resource === undefined) continue;
    const records = recordsOf(history, nowMs);
    const outages: Outage[] = [];
    let status: ResourceStatus | null = null;
    for (const record of records) {
      const rule = { failAfter, recoverAfter, reference: resource.target, isNetworkDown: false };
      const change = recordCheck(status, record, rule);
      status = change.status;
      events.push(...change.events);
      if (change.outage !== null) outages.push(change.outage);
    }
    const hours = rollUpHours(records, [], { fromMs: nowMs - DAYS * 24 * HOUR_MS, toMs: rolledUpMs });
    await store.write({
      checks: records.filter(({ atMs }) => atMs > nowMs - retention.checksMs),
      hours: hours.map((hour) => ({ ...hour, resource: history.id })),
      outages,
      ...(status !== null && {
        statuses: [{ resource: history.id, json: formatStatus({ status, hint: null, hintCode: null }) }],
      }),
    });
  }
  // Ids follow time.
  events.sort((a, b) => a.atMs - b.atMs);
  await store.write({
    events: events.map((event) => ({ event, notifiers: [] })),
    meta: { [ROLLED_UP_KEY]: String(rolledUpMs) },
  });
}

function recordsOf(history: MadeUpHistory, nowMs: number): CheckRecord[] {
  const random = createRandom(history.id);
  const records: CheckRecord[] = [];
  let intervalMs = OLD_INTERVAL_MS;
  for (let atMs = nowMs - DAYS * 24 * HOUR_MS; atMs < nowMs - 1000; atMs += intervalMs) {
    intervalMs = atMs > nowMs - RECENT_MS ? RECENT_INTERVAL_MS : OLD_INTERVAL_MS;
    const hoursAgo = (nowMs - atMs) / HOUR_MS;
    const incident = history.incidents.find(({ fromHours, toHours }) => hoursAgo <= fromHours && hoursAgo > toHours);
    if (incident?.state === null) continue;
    const { state, reason, cause, message } = incident ?? AVAILABLE;
    records.push({
      ...{
        resource: history.id,
        atMs: Math.round(atMs),
        state: state ?? 'available',
        reason,
        cause,
        message,
        intervalMs,
      },
      digest: state === 'available' ? history.digest : null,
      durationMs: Math.round(history.responseMs * (0.7 + 0.8 * random() ** 3)),
    });
  }
  return records;
}

const AVAILABLE = { state: 'available', reason: null, cause: null, message: null } as const;

/** The same numbers for the same seed: xorshift. */
function createRandom(seed: string): () => number {
  let state = [...seed].reduce((sum, character) => (sum * 31 + (character.codePointAt(0) ?? 0)) >>> 0, 2_463_534_242);
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 2 ** 32;
  };
}
