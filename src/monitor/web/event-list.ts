// Outages and events of a resource, newest first, each as a short sentence.

import { html } from 'hono/html';
import { shortDigest } from '../../core/digest.ts';
import type { MonitorEvent } from '../history/event.ts';
import type { RecordedOutage } from '../history/outage.ts';
import { formatSpan } from './figures.ts';
import type { Html } from './glyph.ts';
import { type PageContext, showText } from './page-context.ts';
import { reasonWords } from './reason-words.ts';

/** More are behind a fold. */
const SHOWN = 10;

export function renderOutages(outages: readonly RecordedOutage[], context: PageContext): Html {
  const { times } = context;
  const rows = outages.map(({ startedAtMs, endedAtMs, reason, cause }) => {
    const words = reasonWords(reason, cause);
    const length =
      endedAtMs === null ? `open for ${formatSpan(times.nowMs - startedAtMs)}` : formatSpan(endedAtMs - startedAtMs);
    return rowOf(startedAtMs, `${length}${words === '' ? '' : `: ${words}`}`, context);
  });
  return renderList('Outages', 'No outages recorded.', rows);
}

export function renderEvents(events: readonly MonitorEvent[], context: PageContext): Html {
  return renderList(
    'Events',
    'Nothing has happened yet.',
    events.map((event) => rowOf(event.atMs, eventSentence(event), context)),
  );
}

function renderList(title: string, nothing: string, rows: readonly Html[]): Html {
  if (rows.length === 0)
    return html`<section class="card"><h2>${title}</h2><p class="nothing">${nothing}</p></section>`;
  const older = rows.slice(SHOWN);
  const fold =
    older.length === 0
      ? ''
      : html`<details class="more" id="older-${title.toLowerCase()}"><summary>${older.length} older</summary><ul class="list">${older}</ul></details>`;
  return html`<section class="card"><h2>${title}</h2><ul class="list">${rows.slice(0, SHOWN)}</ul>${fold}</section>`;
}

const rowOf = (atMs: number, text: string, { times }: PageContext): Html =>
  html`<li>${times.tag(atMs, times.day(atMs))} <span>${text}</span></li>`;

/** `Became unavailable: not found (tag)`, `Digest moved: 19c4ee… → 77be19…` */
export function eventSentence(event: MonitorEvent): string {
  const words = reasonWords(event.reason, event.cause);
  const because = words === '' ? '' : `: ${words}`;
  const message = event.message === null ? '' : `: ${showText(event.message)}`;
  switch (event.event) {
    case 'state':
      return event.to === 'undetermined'
        ? `Could no longer tell${because}`
        : `Became ${event.to ?? 'unknown'}${because}`;
    case 'outage':
      return `Outage opened${because}`;
    case 'reminder':
      return `Outage is still open${because}`;
    case 'recovered':
      return 'Outage closed';
    case 'digest-moved':
      return `Digest moved: ${brief(event.previousDigest)} → ${brief(event.digest)}`;
    case 'drift':
      return `Drift${message}`;
    case 'undetermined-long':
      return `Cannot tell for 30 minutes${because}`;
    case 'quota-low':
      return `Pull quota is low${message}`;
    case 'network':
      return `The network of this monitor looked down${message}`;
    case 'clock':
      return `The clock of this monitor was set${message}`;
    case 'certificate-expiry':
      return `Certificate expires soon${message}`;
    case 'reload':
      return `Configuration was read again${message}`;
    default:
      return showText(event.message ?? event.event);
  }
}

const brief = (digest: string | null): string =>
  digest === null
    ? '?'
    : `${showText(shortDigest(digest))
        .replace(/^sha256:/, '')
        .slice(0, 8)}…`;
