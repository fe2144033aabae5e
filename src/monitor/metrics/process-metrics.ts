// The metrics of the process: those that prom-client knows, collected from the first use on.

import { collectDefaultMetrics, type MetricObjectWithValues, type MetricValue, Registry } from 'prom-client';
import { once } from '../../core/once.ts';

/** Gauges with names of counters: promtool objects. */
const MISNAMED = /^nodejs_active_\w+_total$/;

/** Its observers are those of the process: there is one set of them, whatever is started in it. */
export const startProcessMetrics = once(() => {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return registry;
});

export type ProcessMetric = MetricObjectWithValues<MetricValue<string>>;

export async function readProcessMetrics(): Promise<readonly ProcessMetric[]> {
  const all = await startProcessMetrics().getMetricsAsJSON();
  return (all as readonly ProcessMetric[]).filter(({ name }) => !MISNAMED.test(name));
}
