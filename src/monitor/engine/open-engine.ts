// Opens the engine on a store: what an earlier run left is read back, and the hours since then are rolled up.

import type { Clock } from '../../core/clock.ts';
import { type Outcome, success } from '../../core/outcome.ts';
import { VERSION } from '../../core/version.ts';
import { floorTo, HOUR_MS } from '../history/rollup.ts';
import { ROLLED_UP_KEY } from '../store/changes.ts';
import type { Stored, StoreFailure } from '../store/failure.ts';
import type { MonitorStore } from '../store/store.ts';
import { createWriteQueue, type WriteQueue } from '../store/write-queue.ts';
import { createCheckCounters } from '../view/check-counters.ts';
import type { MonitorState } from '../view/monitor-state.ts';
import type { Engine, EngineCluster, Tracked } from './engine.ts';
import type { EnginePlan } from './engine-plan.ts';
import { REMINDERS_KEY } from './remind.ts';
import { restore } from './restore.ts';
import { rollUp } from './roll-up.ts';

export interface EngineSettings {
  /** Unset: this process has the store alone. */
  readonly cluster?: EngineCluster & { protect(writes: WriteQueue): WriteQueue };
  readonly plan: EnginePlan;
  readonly store: MonitorStore;
  readonly clock: Clock;
  readonly machineClock: Clock;
  readonly viewOf: Engine['viewOf'];
  readonly onError: (error: unknown) => void;
  readonly onStoreFailure: (failure: StoreFailure) => void;
  /** How many changes were given up meanwhile. */
  readonly onStoreRecovery: (givenUp: number) => void;
}

export async function openEngine(settings: EngineSettings): Promise<Outcome<Engine, StoreFailure>> {
  const {
    plan,
    store,
    clock,
    machineClock,
    viewOf,
    onError,
    onStoreFailure,
    onStoreRecovery,
    cluster = null,
  } = settings;
  const writes = createWriteQueue(store, { clock, onFailure: onStoreFailure, onRecovery: onStoreRecovery });
  const nowMs = Math.floor(clock.now());
  const meta = await store.readMeta();
  if (!meta.ok) return meta;
  const rolledUpMs = Number(meta.value.get(ROLLED_UP_KEY) ?? floorTo(HOUR_MS, nowMs));
  const engine: Engine = {
    ...{ clock, machineClock, store, cluster },
    writes: cluster?.protect(writes) ?? writes,
    state: createState(store, nowMs, rolledUpMs, cluster === null && meta.value.get('network-down') === 'true'),
    plan,
    all: new Map(),
    tracked: new Map(),
    rollupMs: rolledUpMs,
    lowQuotas: new Set<string>(parseList(meta.value.get('low-quotas')) as string[]),
    reportedCertificates: new Map(parseList(meta.value.get('reported-certificates')) as [string, number][]),
    undeterminedHosts: new Set<string>(parseList(meta.value.get('undetermined-hosts')) as string[]),
    reminders: parseReminders(meta.value),
    viewOf,
    onError,
  };
  const saved = await saveResources(engine, plan);
  if (!saved.ok) return saved;
  const tracked = await restore(engine, plan.resources);
  if (!tracked.ok) return tracked;
  usePlan(engine, plan, tracked.value);
  if (cluster === null) await rollUp(engine);
  return success(engine);
}

export const parseReminders = (meta: ReadonlyMap<string, string>): Engine['reminders'] =>
  new Map(parseList(meta.get(REMINDERS_KEY)) as [string, number][]);

const parseList = (json: string | undefined): unknown[] => (json === undefined ? [] : JSON.parse(json));

function createState(
  store: MonitorStore,
  startedAtMs: number,
  rolledUpMs: number,
  isNetworkDown: boolean,
): MonitorState {
  return {
    ...{ version: VERSION, startedAtMs, store, rolledUpMs, isNetworkDown },
    ...{ resources: new Map(), skipped: [], sources: [], timeZone: 'UTC' },
    ...{ hoursFromMs: 0, isScheduled: false, reloadProblem: null, lastReloadAtMs: startedAtMs },
    lastReloadChanges: null,
    ...{ quotas: new Map(), pauses: new Map(), certificates: new Map(), counters: createCheckCounters() },
    ...{ notifications: () => [], listeners: new Set() },
  };
}

/** Archives all other resources, unless another process may have a newer configuration. */
export function saveResources(
  { store, clock, cluster }: Pick<Engine, 'store' | 'clock' | 'cluster'>,
  { resources }: EnginePlan,
): Stored<null> {
  const stored = resources.map(({ id, name, group, kind, target }) => ({ id, name, group, kind, target }));
  if (cluster !== null && store.shared !== null && !cluster.isLeader()) return store.shared.addResources(stored);
  return store.saveResources(stored, Math.floor(clock.now()));
}

/** Of all, those that this process checks. */
export function chooseTracked(engine: Engine): void {
  const { all, cluster } = engine;
  engine.tracked = cluster === null ? all : new Map([...all].filter(([, { resource }]) => cluster.isMine(resource)));
}

/** From now on these resources are checked and shown. */
export function usePlan(engine: Engine, plan: EnginePlan, tracked: readonly Tracked[]): void {
  engine.plan = plan;
  engine.all = new Map(tracked.map((one) => [one.resource.id, one]));
  chooseTracked(engine);
  const { state } = engine;
  state.resources = new Map(tracked.map(({ resource, shown }) => [resource.id, shown]));
  state.skipped = plan.skipped;
  state.sources = plan.sourceProblems;
  state.timeZone = plan.timeZone;
}
