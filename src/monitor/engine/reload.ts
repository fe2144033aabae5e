// A reload: the resources of the new plan are checked from now on, those that left are archived with their history.

import { failure, type Outcome, success } from '../../core/outcome.ts';
import { draftEvent } from '../history/event.ts';
import { registryOf } from '../resource/registry-of.ts';
import type { StoreFailure } from '../store/failure.ts';
import { type Engine, nowOf, type Tracked, writeEvents } from './engine.ts';
import type { EnginePlan } from './engine-plan.ts';
import { saveResources, usePlan } from './open-engine.ts';
import { describeChanges } from './plan-changes.ts';
import { restore } from './restore.ts';

/** Nothing changes if the store cannot keep it. */
export async function applyPlan(
  engine: Engine,
  plan: EnginePlan,
  isReload: boolean,
): Promise<Outcome<null, StoreFailure>> {
  if (engine.store.failure !== null) return failure(engine.store.failure);
  // What is not written yet of a resource that returns must be there when it is read.
  await engine.writes.add({});
  const { all: before, plan: planBefore } = engine;
  const saved = await saveResources(engine, plan);
  if (!saved.ok) return saved;
  const added = await restore(
    { ...engine, plan },
    plan.resources.filter(({ id }) => !before.has(id)),
  );
  if (!added.ok) return added;
  const addedById = new Map(added.value.map((one) => [one.resource.id, one]));
  const tracked = plan.resources.flatMap((resource): Tracked[] => {
    const known = before.get(resource.id);
    if (known === undefined) return [addedById.get(resource.id)].flatMap((one) => one ?? []);
    known.resource = resource;
    known.shown.resource = resource;
    return [known];
  });
  usePlan(engine, plan, tracked);
  forgetRegistries(engine);
  if (isReload) {
    const changes = describeChanges(planBefore, plan).text;
    const { state } = engine;
    Object.assign(state, { reloadProblem: null, lastReloadAtMs: nowOf(engine), lastReloadChanges: changes });
    const message = `The configuration was reloaded: ${changes}.`;
    await writeEvents(engine, [draftEvent('reload', nowOf(engine), { message })]);
  }
  return success(null);
}

function forgetRegistries({ all, state }: Engine): void {
  const registries = new Set([...all.values()].map(({ resource }) => registryOf(resource)));
  state.counters.keepRegistries(registries);
  for (const registry of state.quotas.keys()) if (!registries.has(registry)) state.quotas.delete(registry);
}

/** One event for each problem, not one for each attempt. */
export async function refuseReload(engine: Engine, problem: string): Promise<void> {
  const { state } = engine;
  if (state.reloadProblem === problem) return;
  state.reloadProblem = problem;
  const message = `The configuration was not reloaded: ${problem}`;
  await writeEvents(engine, [draftEvent('reload', nowOf(engine), { reason: 'invalid-configuration', message })]);
}
