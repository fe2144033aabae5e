// The bar of the page of a resource: with its axis, with arrow keys, and as a table.

import { html } from 'hono/html';
import { totalOf, worstOf } from '../history/duration.ts';
import type { SpanState } from '../history/span.ts';
import type { Bucket } from '../history/timeline.ts';
import { barImage, describeBar, WINDOW_WORDS } from './bar.ts';
import { formatSpan } from './figures.ts';
import { glyph, type Html } from './glyph.ts';
import type { PageContext } from './page-context.ts';

const SPAN_WORDS: Readonly<Record<SpanState, string>> = {
  available: 'available',
  unavailable: 'unavailable',
  undetermined: 'cannot tell',
  paused: 'paused',
  gap: 'not watched',
};
const STATES = ['available', 'unavailable', 'undetermined', 'paused', 'gap'] as const satisfies SpanState[];
const MARKS = 4;

export function renderTimeline(buckets: readonly Bucket[], context: PageContext): Html {
  const { times, query } = context;
  const first = buckets[0];
  const last = buckets.at(-1);
  if (first === undefined || last === undefined) return html``;
  const label = describeBar(buckets, query.window);
  const marks = Array.from({ length: MARKS }, (_, index) => {
    const atMs = first.fromMs + ((last.toMs - first.fromMs) / MARKS) * index;
    return html`<span>${times.tag(atMs, index === 0 ? times.day(atMs) : times.short(atMs).replace(/^yesterday /, ''))}</span>`;
  });
  return html`<section class="card timeline" aria-label="Timeline">
<div class="scrub" id="scrub" data-label="${label}">${barImage(buckets, label)}<span class="cursor" aria-hidden="true"></span></div>
<p class="axis" aria-hidden="true">${marks}<span>now</span></p>
<p class="readout" id="readout" aria-hidden="true"></p>
<details class="more" id="timeline-table"><summary>As a table</summary>
<div class="scroll" tabindex="0" role="region" aria-label="Timeline as a table"><table><caption class="hidden">${WINDOW_WORDS[query.window]}, newest first</caption>
<thead><tr><th scope="col">From</th><th scope="col">To</th>${STATES.map((state) => html`<th scope="col">${SPAN_WORDS[state]}</th>`)}</tr></thead>
<tbody>${buckets.toReversed().map((bucket) => renderBucket(bucket, context))}</tbody></table></div></details>
</section>`;
}

function renderBucket({ fromMs, toMs, durations }: Bucket, { times }: PageContext): Html {
  const { state } = worstOf(durations);
  const cells = STATES.map((each) => html`<td>${durations[each] < 1000 ? '' : formatSpan(durations[each])}</td>`);
  return html`<tr data-say="${describeBucket({ fromMs, toMs, durations }, times)}"><th scope="row">${glyph(state)}${times.short(fromMs)}</th><td>${times.short(toMs)}</td>${cells}</tr>
`;
}

/** `yesterday 20:27 to 20:43: unavailable 12 min, available 4 min` */
function describeBucket({ fromMs, toMs, durations }: Bucket, times: PageContext['times']): string {
  const from = times.day(fromMs);
  const to = times.day(toMs);
  const isSameDay = from.slice(0, -5) === to.slice(0, -5);
  const total = totalOf(durations);
  const parts = (['unavailable', 'undetermined', 'available', 'paused', 'gap'] as const)
    .filter((state) => durations[state] >= 1000)
    .map((state) => SPAN_WORDS[state] + (durations[state] >= total - 999 ? '' : ` ${formatSpan(durations[state])}`));
  return `${from} to ${isSameDay ? to.slice(-5) : to}: ${parts.join(', ')}`;
}
