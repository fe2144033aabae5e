// What needs attention, worst first: each with its reason and its cure, in the words of `check`.

import { html } from 'hono/html';
import { cleanText } from '../../core/text.ts';
import type { ResourceView } from '../view/monitor-view.ts';
import { formatNumber, formatSpan } from './figures.ts';
import { glyph, type Html, lookOf, STATE_WORDS } from './glyph.ts';
import { needsAttention } from './groups.ts';
import {
  isLongName,
  nameParts,
  overviewPath,
  type PageContext,
  quoteCode,
  resourcePath,
  showTarget,
  showText,
  targetParts,
} from './page-context.ts';
import { reasonWords, sentenceCase } from './reason-words.ts';

/** More are behind a fold. */
const MAX_SHOWN = 5;
/** More are behind a link. */
const MAX_PANELS = 50;
/** The page of the resource has all of it. What follows, the hint, is never cut. */
const MAX_MESSAGE = 600;

/** It is available again, but not long enough: its outage is still open. */
export const isRecovering = ({ state, outage }: ResourceView): boolean => state === 'available' && outage !== null;

/** Unavailable first, then by since when, the latest first: what is new is seen. What is recovering comes last. */
function panelOrder(resources: readonly ResourceView[]): readonly ResourceView[] {
  const rank = ({ state }: ResourceView): number => ({ unavailable: 0, undetermined: 1 })[state as string] ?? 2;
  const shown = resources.filter((resource) => needsAttention(resource) || isRecovering(resource));
  return shown.toSorted((a, b) => rank(a) - rank(b) || (b.sinceMs ?? 0) - (a.sinceMs ?? 0));
}

export function renderAttention(resources: readonly ResourceView[], context: PageContext): Html {
  const inOrder = panelOrder(resources);
  const panels = inOrder.slice(0, MAX_PANELS).map((resource) => renderPanel(resource, context));
  if (panels.length === 0) return html``;
  const { state: onlyState, group, page } = context.query;
  // On the page of a list, the list comes first.
  const isList = onlyState !== null || group !== null || page > 1;
  const shown = isList ? 0 : MAX_SHOWN;
  const folded = panels.slice(shown);
  const rest = inOrder.length - panels.length;
  const { window } = context.query;
  const lists = (['unavailable', 'undetermined'] as const).filter((state) =>
    inOrder.some((one) => one.state === state),
  );
  const links = lists.map(
    (state) => html` <a href="${overviewPath(context, { window, state })}">List all: ${STATE_WORDS[state]}</a>`,
  );
  return html`<section class="attention" aria-labelledby="attention-title">
<h2 id="attention-title">Needs attention</h2>
${panels.slice(0, shown)}${
  folded.length === 0
    ? ''
    : html`<details class="more" id="more-attention"><summary>${formatNumber(inOrder.length - shown)} ${isList ? 'of all resources' : 'more'}</summary>${folded}${
        rest === 0
          ? ''
          : html`<p class="rest" id="rest-attention">${formatNumber(rest)} more are not shown.${links}</p>`
      }</details>`
}
</section>`;
}

function renderPanel(resource: ResourceView, context: PageContext): Html {
  const { id, name, target, state } = resource;
  const isTarget = name === target;
  return html`<article class="panel ${lookOf(state)}" data-panel="${id}">
<h3>${glyph(state, `${STATE_WORDS[state]}: `)}<a href="${resourcePath(context, resource, context.query.window)}"${isLongName(name) ? html` title="${showText(name)}"` : ''}>${nameParts(name)}</a></h3>
${isTarget ? '' : html`<code class="target ref" title="${showTarget(target)}">${targetParts(target)}</code>`}
<p class="since">${describeSince(resource, context)}</p>
<p class="why">${describeReason(resource, context)}</p>
</article>
`;
}

/** `unavailable for 1 h 20 min · outage since 13:07` */
function describeSince({ state, sinceMs, outage, lastDefiniteState }: ResourceView, { times }: PageContext): Html {
  const span = sinceMs === null ? '' : ` for ${formatSpan(times.nowMs - sinceMs)}`;
  if (outage !== null) {
    const since = times.tag(outage.startedAtMs, times.short(outage.startedAtMs));
    if (state === 'available') return html`available again${span} · outage since ${since} still open`;
    return html`${STATE_WORDS[state]}${span} · outage since ${since}`;
  }
  if (state !== 'undetermined') return html`${STATE_WORDS[state]}${span} · no outage yet`;
  return html`${STATE_WORDS[state]}${span} · ${lastDefiniteState === null ? 'never known' : `last known ${lastDefiniteState}`}`;
}

/** Reason and message, then muted the cure. */
function describeReason(resource: ResourceView, context: PageContext): Html {
  if (isRecovering(resource)) return html`A few more available checks in a row close the outage.`;
  const words = reasonWords(resource.reason, resource.cause);
  const reason = words === '' ? '' : `${sentenceCase(words)}: `;
  return html`${reason}${quoteCode(cleanText(resource.message ?? '', MAX_MESSAGE))}${describeCure(resource, context)}`;
}

/** Muted, and if the state is not known, when it is checked again. */
export function describeCure({ hint, nextCheckAtMs, state }: ResourceView, { times }: PageContext): Html {
  const next =
    state === 'undetermined' && nextCheckAtMs !== null && nextCheckAtMs > times.nowMs
      ? html` Next check at ${times.tag(nextCheckAtMs, times.short(nextCheckAtMs))}.`
      : '';
  return html`<span class="cure">${hint === null ? '' : html` ${quoteCode(hint)}`}${next}</span>`;
}
