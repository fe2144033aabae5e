// The latest checks of a resource, newest first.

import { html } from 'hono/html';
import { shortDigest } from '../../core/digest.ts';
import { formatDuration } from '../../core/quantity.ts';
import type { CheckView } from '../view/monitor-view.ts';
import { glyph, type Html, STATE_WORDS } from './glyph.ts';
import { type PageContext, showText } from './page-context.ts';
import { reasonWords } from './reason-words.ts';

/** More are behind a fold. */
const SHOWN = 12;

export function renderChecks(checks: readonly CheckView[], context: PageContext): Html {
  if (checks.length === 0)
    return html`<section class="card"><h2>Recent checks</h2><p class="nothing">None yet.</p></section>`;
  const older = checks.slice(SHOWN);
  return html`<section class="card"><h2 id="checks-title">Recent checks</h2>
${renderTable(checks.slice(0, SHOWN), 'Recent checks', context)}${
  older.length === 0
    ? ''
    : html`<details class="more" id="older-checks"><summary>${older.length} older</summary>${renderTable(older, 'Older checks', context)}</details>`
}</section>`;
}

function renderTable(checks: readonly CheckView[], caption: string, { times }: PageContext): Html {
  const rows = checks.map(({ atMs, state, reason, cause, message, digest, durationMs }) => {
    const words = reasonWords(reason, cause);
    const found =
      digest === null
        ? 'as expected'
        : html`<code title="${showText(digest)}">${showText(shortDigest(digest))}…</code>`;
    const shown =
      state === 'available'
        ? found
        : html`<span title="${showText(message ?? '')}">${words || showText(message ?? '')}</span>`;
    return html`<tr><td>${times.tag(atMs, times.second(atMs))}</td><td>${glyph(state, STATE_WORDS[state])}</td><td>${shown}</td><td>${formatDuration(durationMs)}</td></tr>
`;
  });
  return html`<table class="list checks"><caption class="hidden">${caption}</caption><thead><tr><th scope="col">Time</th><th scope="col">State</th><th scope="col">Message</th><th scope="col">Took</th></tr></thead><tbody>${rows}</tbody></table>`;
}
