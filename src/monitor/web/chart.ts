// Response time of the latest checks: the whole check, and connecting with TLS.

import { html } from 'hono/html';
import { formatDuration } from '../../core/quantity.ts';
import type { CheckView } from '../view/monitor-view.ts';
import type { Html } from './glyph.ts';
import type { PageContext } from './page-context.ts';

const WIDTH = 600;
const HEIGHT = 110;
/** More checks are merged: the slowest of each part is drawn. */
const MAX_POINTS = 150;
/** What is slower is drawn at the top: one check must not flatten all others. */
const MAX_OF_P95 = 2.5;
/** A longer pause between checks breaks the line. */
const BREAK_INTERVALS = 3;

interface Point {
  readonly atMs: number;
  readonly ms: number;
  readonly intervalMs: number;
}

/** Newest first, as the store gives them. Without a response there is no response time. */
export function renderChart(checks: readonly CheckView[], { times }: PageContext): Html {
  const answered = checks.filter(({ state }) => state !== 'undetermined').toReversed();
  const whole = answered.map(({ atMs, durationMs, intervalMs }) => ({ atMs, ms: durationMs, intervalMs }));
  const connect = answered.flatMap(({ atMs, connectMs, intervalMs }) =>
    connectMs === null ? [] : [{ atMs, ms: connectMs, intervalMs }],
  );
  const [first, last] = [whole[0], whole.at(-1)];
  if (first === undefined || last === undefined || whole.length < 2) {
    return html`<section class="card chart"><h2>Response time</h2><p class="nothing">Not enough checks with a response yet.</p></section>`;
  }
  const sorted = whole.map(({ ms }) => ms).toSorted((a, b) => a - b);
  const median = formatDuration(quantile(sorted, 0.5));
  const p95 = formatDuration(quantile(sorted, 0.95));
  const top = niceTop(Math.min(sorted.at(-1) ?? 1, MAX_OF_P95 * quantile(sorted, 0.95)));
  const range = { fromMs: first.atMs, toMs: last.atMs, top };
  const lines = linesOf(whole, range);
  const area = lines
    .map((line) => `M${line[0]?.x ?? 0} ${HEIGHT}L${pairs(line)}L${line.at(-1)?.x ?? 0} ${HEIGHT}Z`)
    .join('');
  const label = `Response time of the last ${whole.length} checks with a response: median ${median}, 95th percentile ${p95}, slowest ${formatDuration(sorted.at(-1) ?? 0)}`;
  return html`<section class="card chart"><h2>Response time <span class="muted">median ${median}, p95 ${p95}</span></h2>
<div class="plot"><svg role="img" aria-label="${label}" viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none"><path class="grid" d="M0 .5h${WIDTH}M0 ${HEIGHT / 2}h${WIDTH}M0 ${HEIGHT - 0.5}h${WIDTH}"/><path class="area" d="${area}"/><path class="whole" d="${pathOf(lines)}"/><path class="connect" d="${pathOf(linesOf(connect, range, BREAK_INTERVALS * 4))}"/></svg>
<p class="scale" aria-hidden="true"><span>${formatDuration(top)}</span><span>${formatDuration(top / 2)}</span><span>0</span></p></div>
<p class="axis" aria-hidden="true"><span>${times.tag(first.atMs, times.day(first.atMs))}</span><span>${times.tag(last.atMs, times.short(last.atMs))}</span></p>
<p class="legend"><span class="whole">whole check</span><span class="connect">connect and TLS${connect.length === 0 ? ': connections were reused' : ''}</span></p>
</section>`;
}

/** Of sorted values, the nearest rank. */
const quantile = (sorted: readonly number[], part: number): number =>
  sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)] ?? 0;

/** 1, 2, 4, 6, 8 or 10 times a power of ten. */
function niceTop(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 1)));
  return ([1, 2, 4, 6, 8, 10].find((step) => step * power >= value) ?? 10) * power;
}

interface Place {
  readonly x: number;
  readonly y: number;
}

function linesOf(
  points: readonly Point[],
  { fromMs, toMs, top }: { readonly fromMs: number; readonly toMs: number; readonly top: number },
  breakIntervals = BREAK_INTERVALS,
): readonly (readonly Place[])[] {
  const lines: Place[][] = [];
  let previous: Point | undefined;
  for (const point of merge(points)) {
    const x = Math.round(((point.atMs - fromMs) / (toMs - fromMs)) * WIDTH * 10) / 10;
    const y = Math.round((1 - Math.min(point.ms / top, 1)) * (HEIGHT - 2) * 10) / 10 + 1;
    const limitMs = Math.max(breakIntervals * point.intervalMs, (2.5 * (toMs - fromMs)) / MAX_POINTS);
    if (previous === undefined || point.atMs - previous.atMs > limitMs) lines.push([]);
    lines.at(-1)?.push({ x, y });
    previous = point;
  }
  return lines;
}

function merge(points: readonly Point[]): readonly Point[] {
  const size = Math.ceil(points.length / MAX_POINTS);
  if (size <= 1) return points;
  return Array.from({ length: Math.ceil(points.length / size) }, (_, index) =>
    points.slice(index * size, (index + 1) * size).reduce((a, b) => (b.ms > a.ms ? b : a)),
  );
}

const pairs = (line: readonly Place[]): string => line.map(({ x, y }) => `${x} ${y}`).join('L');
/** A single point is a short line. */
const pathOf = (lines: readonly (readonly Place[])[]): string =>
  lines.map((line) => (line.length === 1 ? `M${pairs(line)}h1` : `M${pairs(line)}`)).join('');
