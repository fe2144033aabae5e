// The metrics of one /probe: those of the multi-target pattern, and the verdict. Nothing of them is kept.

import { preferredFormat } from './accept.ts';
import { CONTENT_TYPES, formatMetric } from './create-metrics.ts';
import { PREFIX } from './metric-family.ts';

export interface ProbedTarget {
  readonly verdict: string;
  readonly reason: string | null;
  readonly cause: string | null;
  readonly durationMs: number;
}

/** By the names that exporters of this pattern share. */
export const PROBE_FAMILIES = [
  {
    name: 'probe_success',
    help: 'Whether the image is pullable: 1 or 0. 0 also if that cannot be determined: see the verdict.',
  },
  { name: 'probe_duration_seconds', help: 'How long the check took.' },
  {
    name: `${PREFIX}probe_verdict`,
    labels: ['verdict', 'reason', 'cause'],
    help: 'The verdict on the image, always 1.',
  },
] as const;

export async function formatProbe(
  { verdict, reason, cause, durationMs }: ProbedTarget,
  accept: string,
): Promise<{ readonly contentType: string; readonly body: string }> {
  const format = preferredFormat(accept);
  const samples = [
    [{ value: verdict === 'pullable' ? 1 : 0 }],
    [{ value: durationMs / 1000 }],
    [{ value: 1, labels: { verdict, reason: reason ?? '', cause: cause ?? '' } }],
  ];
  const blocks = await Promise.all(
    PROBE_FAMILIES.map(({ name, help }, at) =>
      formatMetric({ name, help, type: 'gauge', values: samples[at] ?? [] }, format),
    ),
  );
  return {
    contentType: CONTENT_TYPES[format],
    body: `${blocks.join('\n')}\n${format === 'openmetrics' ? '# EOF\n' : ''}`,
  };
}
