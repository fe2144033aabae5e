// The first page: one sentence, the counts, what needs attention, then every resource in its group.

import { html } from 'hono/html';
import { formatLocation } from '../../report/location.ts';
import type { SkippedImage } from '../resource/monitor-resource.ts';
import {
  type Counts,
  type MonitorView,
  RESOURCE_STATES,
  type ResourceState,
  WINDOW_NAMES,
  type WindowName,
} from '../view/monitor-view.ts';
import { isRecovering, renderAttention } from './attention.ts';
import type { BarCache } from './bar-cache.ts';
import { formatNumber } from './figures.ts';
import { glyph, type Html, lookOf, STATE_WORDS } from './glyph.ts';
import { headlineOf, totalOf } from './headline.ts';
import { renderLayout } from './layout.ts';
import { overviewPath, type PageContext, showName, showTarget, showText } from './page-context.ts';
import { type PageRows, pageRows } from './page-rows.ts';
import { renderGroup } from './rows.ts';

const COUNT_ORDER: readonly ResourceState[] = ['available', 'unavailable', 'undetermined', 'pending', 'paused'];
const MAX_SKIPPED = 200;

export async function renderOverview(view: MonitorView, cache: BarCache, context: PageContext): Promise<Html> {
  const { query } = context;
  const all = view.resources();
  const { counts } = view.summary();
  const headline = headlineOf(view, all.filter(isRecovering).length);
  const rows = pageRows(all, query);
  const shown = rows.groups.flatMap((group) => group.rows);
  const bars = await cache.read(shown, query.window, context.times.nowMs);
  const main = html`<div id="headline" data-look="${headline.look}"><h1 tabindex="-1">${headline.title}</h1>
${headline.detail === '' ? '' : html`<p class="detail">${headline.detail}</p>`}</div>
<div id="counts">${renderCounts(counts, context)}</div>
<p class="changes" id="changes" hidden><button type="button"></button></p>
<div id="attention">${renderAttention(all, context)}</div>
${all.length === 0 ? '' : renderTools(context)}
<div id="groups" data-total="${rows.total}" data-matches="${rows.matches}">${renderScope(rows, shown.length, context)}${rows.groups.map(
    (group, index) => renderGroup(group, index, bars, context),
  )}${
    shown.length === 0 && all.length > 0 ? renderNoMatch(context) : ''
  }<p class="nothing" id="no-match" hidden>No resource matches.</p>${renderPager(rows, context)}</div>
${renderSkipped(view.skipped())}`;
  const checkedAtMs = all.reduce((latest, { lastCheckedAtMs }) => Math.max(latest, lastCheckedAtMs ?? 0), 0);
  const title = `${headline.title} · kairos-pull monitor`;
  return renderLayout(view, context, { kind: 'overview', title, look: headline.look, main, checkedAtMs });
}

/** Each count is a filter; the line below has the same shares. */
function renderCounts(counts: Counts, context: PageContext): Html {
  const { query } = context;
  const total = totalOf(counts);
  if (total === 0) return html``;
  const present = COUNT_ORDER.filter((state) => counts[state] > 0 || state === query.state);
  const links = present.map((state) => {
    const isChosen = query.state === state;
    const href = overviewPath(context, { ...query, page: 1, state: isChosen ? null : state });
    return html`<li><a href="${href}"${isChosen ? html` aria-current="true"` : ''}>${glyph(state)}<b>${formatNumber(counts[state])}</b> ${STATE_WORDS[state]}</a></li>`;
  });
  let left = 0;
  const parts = RESOURCE_STATES.toSorted((a, b) => COUNT_ORDER.indexOf(a) - COUNT_ORDER.indexOf(b)).map((state) => {
    const share = (counts[state] / total) * 100;
    const x = left;
    left += share;
    return share === 0
      ? ''
      : html`<rect class="${lookOf(state)}" x="${x.toFixed(2)}%" width="${share.toFixed(2)}%" y="-2" height="12"/>`;
  });
  return html`<ul class="counts">${links}</ul><svg class="share" aria-hidden="true">${parts}</svg>`;
}

function renderTools(context: PageContext): Html {
  const { query, basePath } = context;
  const link = (window: WindowName): Html =>
    html`<a href="${overviewPath(context, { ...query, page: 1, window })}"${
      window === query.window ? html` aria-current="true"` : ''
    }>${window.replace(/(\D)$/, ' $1')}</a>`;
  return html`<form class="tools" role="search" action="${basePath}/" method="get">
<label class="hidden" for="filter">Filter by name, image or registry</label>
<input id="filter" name="q" type="search" autocomplete="off" spellcheck="false" placeholder="Filter by name, image or registry" value="${query.text}">
${query.window === '24h' ? '' : html`<input type="hidden" name="window" value="${query.window}">`}
${query.state === null ? '' : html`<input type="hidden" name="state" value="${query.state}">`}
${query.group === null ? '' : html`<input type="hidden" name="group" value="${query.group}">`}
<button class="scriptless" type="submit">Filter</button>
<nav class="windows" aria-label="Window of bars and uptime">${WINDOW_NAMES.map(link)}</nav>
</form>`;
}

/** What the page leaves out, and how to get there. */
function renderScope({ pages, matches }: PageRows, count: number, context: PageContext): Html {
  const { window, group } = context.query;
  if (group !== null) {
    return html`<p class="scope">Only the group ${showName(group)}. <a href="${overviewPath(context, { window })}">Show all groups</a></p>`;
  }
  if (pages !== null || count === matches) return html``;
  return html`<p class="scope">${formatNumber(count)} of ${formatNumber(matches)} resources are on this page, the worst of each group. The filter searches all of them.</p>`;
}

function renderPager({ pages, matches }: PageRows, context: PageContext): Html {
  if (pages === null) return html``;
  const { page, last, from, to } = pages;
  const link = (target: number, rel: string, words: string): Html =>
    target < 1 || target > last
      ? html`<span></span>`
      : html`<a rel="${rel}" href="${overviewPath(context, { ...context.query, page: target })}">${words}</a>`;
  return html`<nav class="pager" aria-label="Pages">${link(page - 1, 'prev', '← Previous')}<span>${formatNumber(from)} to ${formatNumber(to)} of ${formatNumber(matches)}, worst first</span>${link(page + 1, 'next', 'Next →')}</nav>`;
}

const renderNoMatch = (context: PageContext): Html =>
  html`<p class="nothing">No resource matches. <a href="${overviewPath(context, { window: context.query.window })}">Show all</a></p>`;

function renderSkipped(skipped: readonly SkippedImage[]): Html {
  if (skipped.length === 0) return html``;
  const items = skipped
    .slice(0, MAX_SKIPPED)
    .map(
      ({ text, message, foundAt }) =>
        html`<li><code>${showTarget(text)}</code> <span>${showText(message)}</span> <span class="muted">${showText(foundAt.map(formatLocation).join(', '))}</span></li>`,
    );
  const rest = skipped.length - items.length;
  return html`<details class="group skipped" id="skipped"><summary><h2>Skipped</h2> <span class="tally">${formatNumber(skipped.length)}</span></summary><ul>${items}${rest > 0 ? html`<li class="muted">and ${rest} more</li>` : ''}</ul></details>`;
}
