// Uptime as CSV: one row for each resource, or one for each bucket of a resource.

import { uptimeOf } from '../history/duration.ts';
import type { Bucket } from '../history/timeline.ts';
import { type ResourceView, WINDOW_NAMES } from '../view/monitor-view.ts';
import { type CsvCell, formatCsv } from './csv.ts';
import { bucketDocument, formatTime } from './documents.ts';

export function uptimeCsv(views: readonly ResourceView[]): string {
  const columns = WINDOW_NAMES.flatMap((window) => [`available_ratio_${window}`, `known_ratio_${window}`]);
  const head = ['id', 'name', 'group', 'kind', 'target', 'state', 'since', ...columns];
  const rows = views.map(({ id, name, group, kind, target, state, sinceMs, uptime }): CsvCell[] => [
    ...[id, name, group, kind, target, state, sinceMs === null ? null : formatTime(sinceMs)],
    ...WINDOW_NAMES.flatMap((window) => [uptime[window].availableRatio, uptime[window].knownRatio]),
  ]);
  return formatCsv([head, ...rows]);
}

const SECONDS = ['available', 'unavailable', 'undetermined', 'paused', 'gap'] as const;

export function timelineCsv(buckets: readonly Bucket[]): string {
  const head = ['from', 'to', ...SECONDS.map((state) => `${state}_seconds`), 'available_ratio', 'known_ratio'];
  const rows = buckets.map((bucket): CsvCell[] => {
    const document = bucketDocument(bucket);
    const { availableRatio, knownRatio } = uptimeOf(bucket.durations);
    return [document.from, document.to, ...SECONDS.map((state) => document[state]), availableRatio, knownRatio];
  });
  return formatCsv([head, ...rows]);
}
