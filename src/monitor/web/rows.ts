// A group of resources: a row has its state, its bar, its uptime, and the time and age of its last check.

import { html } from 'hono/html';
import { formatDuration } from '../../core/quantity.ts';
import { RESOURCE_STATES, type ResourceView } from '../view/monitor-view.ts';
import { barImage, WINDOW_WORDS } from './bar.ts';
import { formatAge, formatNumber, formatRatio } from './figures.ts';
import { glyph, type Html, STATE_WORDS } from './glyph.ts';
import { needsAttention, type ResourceGroup } from './groups.ts';
import {
  isLongName,
  nameParts,
  overviewPath,
  type PageContext,
  resourcePath,
  showName,
  showTarget,
  showText,
  targetParts,
} from './page-context.ts';

/** The whole text of a shorter target is always seen. */
const ALWAYS_WHOLE = 32;

export type Bars = ReadonlyMap<string, Html>;

export function renderGroup(group: ResourceGroup, index: number, bars: Bars, context: PageContext): Html {
  const { title, members, rows, isOpen } = group;
  const window = WINDOW_WORDS[context.query.window];
  const worst = RESOURCE_STATES.find((state) => members.some((resource) => resource.state === state)) ?? 'pending';
  const { group: only } = context.query;
  const isCut = only === null && rows.length < members.length;
  const all = overviewPath(context, { ...context.query, page: 1, group: title });
  const rest = isCut
    ? html`<p class="rest"><a href="${all}">All ${formatNumber(members.length)} of ${showName(title)}</a></p>`
    : '';
  return html`<details class="group" id="group-${index}" data-title="${showName(title).toLowerCase()}"${isOpen ? ' open' : ''}>
<summary>${glyph(worst)}<h2>${showName(title)}</h2> <span class="tally">${describeGroup(members)}</span></summary>
<div class="rows" role="table" aria-label="${showName(title)}">
<div class="row head" role="row"><span role="columnheader"><span class="hidden">State</span></span><span role="columnheader">Resource</span><span role="columnheader">${window}</span><span role="columnheader">Uptime</span><span role="columnheader">Time</span><span role="columnheader">Checked</span></div>
${rows.map((resource) => renderRow(resource, bars.get(resource.id), context))}</div>
${rest}</details>
`;
}

function renderRow(resource: ResourceView, bar: Html | undefined, context: PageContext): Html {
  const { id, name, target, state, durationMs, lastCheckedAtMs } = resource;
  const { query, times } = context;
  const { availableRatio } = resource.uptime[query.window];
  const time =
    durationMs === null || state === 'undetermined' || state === 'pending' ? '–' : formatDuration(durationMs);
  const shownTarget = showTarget(target);
  const title = shownTarget.length > ALWAYS_WHOLE ? html` title="${shownTarget}"` : '';
  const checked = lastCheckedAtMs === null ? '–' : ageTag(lastCheckedAtMs, times.nowMs);
  return html`<div class="row" role="row" data-id="${id}" data-state="${state}"><span role="cell">${glyph(state, STATE_WORDS[state])}</span><span class="what" role="cell"><a href="${resourcePath(context, resource, query.window)}"${isLongName(name) ? html` title="${showText(name)}"` : ''}>${nameParts(name)}</a>${name === target ? '' : html`<code class="ref"${title}>${targetParts(target)}</code>`}</span><span role="cell">${bar ?? barImage([], `${WINDOW_WORDS[query.window]}: no data`)}</span><span class="uptime${availableRatio === null ? ' muted' : ''}" role="cell">${formatRatio(availableRatio)}</span><span class="took" role="cell">${time}</span><span class="age" role="cell">${checked}</span></div>
`;
}

const ageTag = (timeMs: number, nowMs: number): Html =>
  html`<time datetime="${new Date(timeMs).toISOString()}" data-age>${formatAge(nowMs - timeMs)} ago</time>`;

/** `all 84 available`, `2 of 84 need attention` */
function describeGroup(resources: readonly ResourceView[]): string {
  const total = resources.length;
  const attention = resources.filter(needsAttention).length;
  if (attention > 0) return `${attention} of ${total} ${attention === 1 ? 'needs' : 'need'} attention`;
  const available = resources.filter(({ state }) => state === 'available').length;
  if (available < total) return `${available} of ${total} available`;
  return total === 1 ? 'available' : `all ${total} available`;
}
