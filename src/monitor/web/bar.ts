// The bar of a resource over a window: a height and a color for each state, one path a state.

import { html } from 'hono/html';
import { worstOf } from '../history/duration.ts';
import type { Bucket } from '../history/timeline.ts';
import type { WindowName } from '../view/monitor-view.ts';
import { formatRatio } from './figures.ts';
import { type Html, LOOKS, type Look, lookOf } from './glyph.ts';

export const WINDOW_WORDS: Readonly<Record<WindowName, string>> = {
  '24h': '24 hours',
  '7d': '7 days',
  '30d': '30 days',
  '90d': '90 days',
};

/** Of a bucket, of which the last unit separates it from the next: `stroke-dasharray` in the style sheet. */
const BUCKET_WIDTH = 5;
const HEIGHT = 26;
/** Middle of the line that the path of a look draws; its width is its height: `stroke-width` in the style sheet. */
const MIDDLES: Readonly<Record<Look, number>> = { available: 13, unavailable: 13, undetermined: 17.5, none: 21 };

/** A bar without buckets is one of a resource that is not known yet. */
export function barImage(buckets: readonly Bucket[], label: string): Html {
  const runs = runsOf(buckets.map(({ durations }) => lookOf(worstOf(durations).state)));
  const paths = LOOKS.map((look) => ({ look, data: pathData(runs, look) })).filter(({ data }) => data !== '');
  const width = Math.max(buckets.length, 1) * BUCKET_WIDTH - 1;
  return html`<svg class="bar" role="img" aria-label="${label}" viewBox="0 0 ${width} ${HEIGHT}" preserveAspectRatio="none">${paths.map(
    ({ look, data }) => html`<path class="${look}" d="${data}"/>`,
  )}</svg>`;
}

/** `24 hours: 96.7 % available; of 90 parts 3 unavailable` */
export function describeBar(buckets: readonly Bucket[], window: WindowName): string {
  const counts: Record<Look, number> = { unavailable: 0, undetermined: 0, available: 0, none: 0 };
  let available = 0;
  let definite = 0;
  for (const { durations } of buckets) {
    counts[lookOf(worstOf(durations).state)] += 1;
    available += durations.available;
    definite += durations.available + durations.unavailable;
  }
  const uptime = definite === 0 ? 'no data' : `${formatRatio(available / definite)} available`;
  const parts = [
    `${counts.unavailable} unavailable`,
    `${counts.undetermined} cannot tell`,
    `${counts.none} not watched`,
  ];
  const shown = parts.filter((words) => !words.startsWith('0 '));
  return `${WINDOW_WORDS[window]}: ${uptime}${shown.length === 0 ? '' : `; of ${buckets.length} parts ${shown.join(', ')}`}`;
}

interface Run {
  readonly look: Look;
  readonly from: number;
  to: number;
}

function runsOf(looks: readonly Look[]): Run[] {
  const runs: Run[] = [];
  for (const [index, look] of looks.entries()) {
    const last = runs.at(-1);
    if (last?.look === look) last.to = index + 1;
    else runs.push({ look, from: index, to: index + 1 });
  }
  return runs;
}

const pathData = (runs: readonly Run[], wanted: Look): string =>
  runs
    .filter(({ look }) => look === wanted)
    .map(({ from, to }) => `M${from * BUCKET_WIDTH} ${MIDDLES[wanted]}h${(to - from) * BUCKET_WIDTH - 1}`)
    .join('');
