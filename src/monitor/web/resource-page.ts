// The page of one resource: its state and cure, uptime, bar, response time, last result, outages, events and checks.

import { html } from 'hono/html';
import { type MonitorView, type ResourceView, WINDOW_NAMES } from '../view/monitor-view.ts';
import { describeCure } from './attention.ts';
import { WINDOW_WORDS } from './bar.ts';
import { renderChart } from './chart.ts';
import { renderChecks } from './check-list.ts';
import { renderEvents, renderOutages } from './event-list.ts';
import { formatRatio, formatSpan } from './figures.ts';
import { glyph, type Html, lookOf, STATE_WORDS } from './glyph.ts';
import { needsAttention } from './groups.ts';
import { renderLastResult } from './last-result.ts';
import { renderLayout } from './layout.ts';
import {
  nameParts,
  overviewPath,
  type PageContext,
  quoteCode,
  resourcePath,
  showName,
  showTarget,
  showText,
} from './page-context.ts';
import { reasonWords, sentenceCase } from './reason-words.ts';
import { renderTimeline } from './timeline-card.ts';

const BUCKETS = 90;
/** For the chart; the newest hundred are listed. */
const CHECKS = 300;
const LISTED = 100;
const MAX_EVENTS = 50;
const MAX_TITLE = 200;
const MAX_OUTAGES = 20;

/** null: there is no such resource. */
export async function renderResourcePage(view: MonitorView, id: string, context: PageContext): Promise<Html | null> {
  const resource = view.resource(id);
  if (resource === null) return null;
  const { window } = context.query;
  const [buckets, checks, result, outages, events] = await Promise.all([
    view.timeline(id, { window, buckets: BUCKETS }),
    view.checks(id, { limit: CHECKS }),
    view.result(id),
    view.outages({ resource: id, limit: MAX_OUTAGES }),
    view.latestEvents({ resource: id, limit: MAX_EVENTS }),
  ]);
  const name = showName(resource.name);
  const main = html`<p class="back"><a href="${overviewPath(context, { window })}">← All resources</a></p>
${renderTitle(resource)}
<div data-live="state">${renderState(resource, context)}</div>
<div data-live="tiles">${renderTiles(resource, context)}</div>
<div data-live="timeline">${renderTimeline(buckets ?? [], context)}</div>
<div class="columns"><div>
<div data-live="chart">${renderChart(checks ?? [], context)}</div>
<div data-live="checks">${renderChecks((checks ?? []).slice(0, LISTED), context)}</div>
</div><div>
<div data-live="result">${renderLastResult(view, resource, result, context)}</div>
<div data-live="outages">${renderOutages(outages, context)}</div>
<div data-live="events">${renderEvents(events, context)}</div>
</div></div>`;
  const title = `${name}: ${STATE_WORDS[resource.state]} · kairos-pull monitor`;
  return renderLayout(view, context, {
    ...{ kind: 'resource', title, look: lookOf(resource.state), main },
    checkedAtMs: resource.lastCheckedAtMs,
  });
}

function renderTitle({ id, name, target, state }: ResourceView): Html {
  return html`<div class="title" data-id="${id}" data-state="${state}"><h1 tabindex="-1"><span data-live="glyph">${glyph(state, `${STATE_WORDS[state]}: `)}</span>${nameParts(name, MAX_TITLE)}</h1>${
    name === target ? '' : html`<code class="target">${showTarget(target)}</code>`
  }${state === 'paused' ? '' : html`<p class="act"><span id="check-answer"></span><button type="button" id="check-now" hidden>Check now</button></p>`}</div>`;
}

function renderState(resource: ResourceView, context: PageContext): Html {
  const { state, sinceMs, reason, cause, message, maintenance } = resource;
  const span = sinceMs === null ? '' : ` for ${formatSpan(context.times.nowMs - sinceMs)}`;
  const words = needsAttention(resource) ? reasonWords(reason, cause) : '';
  const lead = `${sentenceCase(STATE_WORDS[state])}${span}${words === '' ? '' : `: ${words}`}.`;
  // Of an available resource as well: of an image that must be absent, "available" alone would say the opposite.
  const isExplained = needsAttention(resource) || state === 'available';
  const why = isExplained
    ? quoteCode(message ?? '')
    : maintenance === null
      ? ''
      : `Maintenance: ${showText(maintenance)}.`;
  const cure = needsAttention(resource) ? describeCure(resource, context) : '';
  return html`<p class="panel wide ${lookOf(state)}"><b>${lead}</b> ${why}${cure}${describeOutage(resource, context)}</p>`;
}

/** With the last definite state, if the current one is not. */
function describeOutage({ state, outage, lastDefiniteState }: ResourceView, { times }: PageContext): Html {
  const known = state === 'undetermined' && lastDefiniteState !== null ? ` Last known ${lastDefiniteState}.` : '';
  const since =
    outage === null ? '' : html` Outage since ${times.tag(outage.startedAtMs, times.short(outage.startedAtMs))}.`;
  return html`<span class="cure">${known}${since}</span>`;
}

/** Each is the link that shows its window in the bar. */
function renderTiles(resource: ResourceView, context: PageContext): Html {
  const tiles = WINDOW_NAMES.map((window) => {
    const { availableRatio, knownRatio } = resource.uptime[window];
    const known =
      knownRatio === null
        ? 'nothing known'
        : html`known ${formatRatio(knownRatio)}<span class="hidden"> of the time</span>`;
    const isChosen = window === context.query.window;
    return html`<a class="tile" href="${resourcePath(context, resource, window)}"${isChosen ? html` aria-current="true"` : ''}><span>${WINDOW_WORDS[window]}</span> <b${availableRatio === null ? html` class="muted"` : ''}>${formatRatio(availableRatio)}</b> <span title="Share of this window that checks cover with a definite answer">${known}</span></a>`;
  });
  return html`<nav class="tiles" aria-label="Uptime, and the window of the bar">${tiles}</nav>`;
}
