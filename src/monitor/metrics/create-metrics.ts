// What Prometheus scrapes: built anew from the view at each scrape, so that a removed resource leaves nothing behind. A
// scrape checks nothing, and reads nothing from the store.

import { type Metric, Registry } from 'prom-client';
import type { MonitorView } from '../view/monitor-view.ts';
import { type MetricsFormat, preferredFormat } from './accept.ts';
import { createKairosMetrics } from './kairos-metrics.ts';
import type { MetricFamily, Sample, Snapshot } from './metric-family.ts';
import { MONITOR_FAMILIES } from './monitor-families.ts';
import { readProcessMetrics, startProcessMetrics } from './process-metrics.ts';
import { labelsOf, RESOURCE_FAMILIES } from './resource-families.ts';

export interface MetricsOptions {
  /** Also expose what a Kairos exposes. */
  readonly kairosMetrics: () => boolean;
}

export interface Metrics {
  /** The text for a scrape with this `Accept` field. */
  format(accept: string): Promise<{ readonly contentType: string; readonly body: string }>;
  close(): void;
}

export const CONTENT_TYPES = {
  prometheus: Registry.PROMETHEUS_CONTENT_TYPE,
  openmetrics: Registry.OPENMETRICS_CONTENT_TYPE,
} as const;

/** The event loop is free after so many samples. */
const SAMPLES_AT_ONCE = 5_000;

export function createMetrics(view: MonitorView, { kairosMetrics }: MetricsOptions): Metrics {
  startProcessMetrics();
  const kairos = createKairosMetrics(view);
  const running = new Map<MetricsFormat, Promise<string>>();
  kairos.setEnabled(kairosMetrics());

  const render = async (format: MetricsFormat): Promise<string> => {
    kairos.setEnabled(kairosMetrics());
    const snapshot = readSnapshot(view);
    const families = [...RESOURCE_FAMILIES, ...MONITOR_FAMILIES, ...kairos.families()];
    const blocks: string[] = [];
    for (const family of families) blocks.push(...(await formatFamily(family, snapshot, format)));
    for (const metric of await readProcessMetrics()) {
      blocks.push(await formatMetric({ ...metric, type: String(metric.type), values: metric.values ?? [] }, format));
    }
    return `${blocks.join('\n')}\n${format === 'openmetrics' ? '# EOF\n' : ''}`;
  };

  return {
    async format(accept) {
      const format = preferredFormat(accept);
      // Several scrapers at a time get the same text.
      const body = running.get(format) ?? render(format).finally(() => running.delete(format));
      running.set(format, body);
      return { contentType: CONTENT_TYPES[format], body: await body };
    },
    close: () => kairos.setEnabled(false),
  };
}

function readSnapshot(view: MonitorView): Snapshot {
  return {
    nowMs: view.now(),
    resources: view.resources().map((one) => ({ view: one, labels: labelsOf(one) })),
    summary: view.summary(),
    counters: view.counters(),
    health: view.health(),
    registries: view.registries(),
    certificates: view.certificates(),
  };
}

/** A family without samples is left out. */
async function formatFamily(
  { samples, ...family }: MetricFamily,
  snapshot: Snapshot,
  format: MetricsFormat,
): Promise<readonly string[]> {
  const values = samples(snapshot);
  const parts: string[] = [];
  for (let from = 0; from < values.length; from += SAMPLES_AT_ONCE) {
    const part = await formatMetric({ ...family, values: values.slice(from, from + SAMPLES_AT_ONCE) }, format);
    // HELP and TYPE come once.
    parts.push(from === 0 ? part : part.slice(part.indexOf('\n', part.indexOf('\n') + 1) + 1));
    if (from + SAMPLES_AT_ONCE < values.length) await nextTurn();
  }
  if (values.length > SAMPLES_AT_ONCE / 10) await nextTurn();
  return parts;
}

interface RawMetric {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly values: readonly Sample[] | readonly object[];
}

/** A registry accepts everything that has `get`: its own metrics would hash the labels of each sample. */
export function formatMetric({ name, type, help, values }: RawMetric, format: MetricsFormat): Promise<string> {
  const registry = new Registry<typeof Registry.OPENMETRICS_CONTENT_TYPE>();
  registry.setContentType(CONTENT_TYPES[format] as typeof Registry.OPENMETRICS_CONTENT_TYPE);
  // OpenMetrics: the family of a counter has no suffix, its samples do.
  const family = format === 'openmetrics' && type === 'counter' ? name.replace(/_total$/, '') : name;
  const metric = { name, get: async () => ({ name: family, type, help, values }) };
  registry.registerMetric(metric as unknown as Metric);
  return registry.getSingleMetricAsString(name);
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
