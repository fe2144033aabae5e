// What the last check found, as a list of facts; each is shown only if the check has it.

import { html } from 'hono/html';
import { shortDigest } from '../../core/digest.ts';
import { formatCount, formatDuration } from '../../core/quantity.ts';
import { formatLocation } from '../../report/location.ts';
import { registryQuotes } from '../../report/registry-quote.ts';
import type { MonitorView, ResourceView } from '../view/monitor-view.ts';
import { formatSpan } from './figures.ts';
import type { Html } from './glyph.ts';
import { type PageContext, showText } from './page-context.ts';

type Fact = readonly [name: string, value: Html | string];
const MAX_LOCATIONS = 20;

export function renderLastResult(
  view: MonitorView,
  resource: ResourceView,
  result: object | null,
  context: PageContext,
): Html {
  const facts = [
    ...(result === null ? [] : resultFacts(new Document(result), resource)),
    ...digestFact(resource),
    ...driftFact(resource, context),
    ...checkFacts(resource, context),
    ...hostFacts(view, resource, context),
    ...foundFacts(resource),
  ];
  return html`<section class="card"><h2>Last result</h2>
<dl class="facts">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl></section>`;
}

/** The JSON of a check, read with care: it was kept by another version, maybe. */
class Document {
  readonly #fields: Readonly<Record<string, unknown>>;
  constructor(value: object) {
    this.#fields = value as Record<string, unknown>;
  }
  text(key: string): string | null {
    const value = this.#fields[key];
    return typeof value === 'string' && value !== '' ? showText(value) : null;
  }
  list(key: string): readonly unknown[] {
    const value = this.#fields[key];
    return Array.isArray(value) ? value : [];
  }
  inner(key: string): Document | null {
    const value = this.#fields[key];
    return typeof value === 'object' && value !== null ? new Document(value) : null;
  }
}

function resultFacts(result: Document, { registry, durationMs }: ResourceView): Fact[] {
  const verdict = ['verdict', 'reason', 'cause'].flatMap((key) => result.text(key) ?? []).join(' · ');
  const requests = result.list('requests').length;
  const asked = [showText(result.text('servedBy') ?? registry), requests === 0 ? '' : formatCount(requests, 'request')];
  const time = durationMs === null ? '' : formatDuration(durationMs);
  const credential = result.inner('credential');
  const user = credential?.text('username') ?? null;
  const source = credential?.text('source') ?? null;
  const platforms = result.list('platforms').filter((platform) => typeof platform === 'string');
  const warnings = result
    .list('warnings')
    .flatMap((warning) =>
      typeof warning === 'object' && warning !== null ? (new Document(warning).text('message') ?? []) : [],
    );
  const quotes = quotesOf(result);
  const facts: (Fact | null)[] = [
    verdict === '' ? null : ['Verdict', verdict],
    quotes.length === 0 ? null : ['Registry says', html`${quotes.map((quote) => html`<p>${quote}</p>`)}`],
    ['Asked', [...asked, time].filter((part) => part !== '').join(', ')],
    source === null ? null : ['Credentials', user === null ? source : `${source} (user ${user})`],
    platforms.length === 0 ? null : ['Platforms', showText(platforms.join(', '))],
    warnings.length === 0 ? null : ['Warnings', html`${warnings.map((warning) => html`<p>${warning}</p>`)}`],
  ];
  return facts.filter((fact) => fact !== null);
}

/** Its own words, where the message does not have them. */
function quotesOf(result: Document): readonly string[] {
  const registryErrors = result.list('registryErrors').flatMap((error) => {
    if (typeof error !== 'object' || error === null) return [];
    const fields = new Document(error);
    return [{ code: fields.text('code'), message: fields.text('message') }];
  });
  return registryQuotes({ message: result.text('message') ?? '', registryErrors }, showText);
}

function digestFact({ digest, digestMoves }: ResourceView): Fact[] {
  if (digest === null) return [];
  const moved = digestMoves === 0 ? '' : `, moved ${digestMoves === 1 ? 'once' : `${digestMoves} times`}`;
  return [['Last digest', html`<code title="${showText(digest)}">${showText(shortDigest(digest))}…</code>${moved}`]];
}

/** Only what differs from the tag. */
function driftFact({ drift }: ResourceView, { times }: PageContext): Fact[] {
  if (drift === null || drift.running.length === 0) return [];
  const digests = drift.running.map(
    (digest) => html`<code title="${showText(digest)}">${showText(shortDigest(digest))}…</code> `,
  );
  const since =
    drift.sinceMs === null
      ? ''
      : html`, which the tag does not serve; noticed at ${times.tag(drift.sinceMs, times.second(drift.sinceMs))}`;
  return [['Runs in the cluster', html`${digests}${since}`]];
}

function checkFacts(
  { lastCheckedAtMs, lastDefiniteAtMs, intervalMs, nextCheckAtMs }: ResourceView,
  { times }: PageContext,
): Fact[] {
  const at = (timeMs: number): Html => times.tag(timeMs, times.second(timeMs));
  const next = nextCheckAtMs === null ? '' : html`, next at ${at(nextCheckAtMs)}`;
  const isOlder = lastDefiniteAtMs !== null && lastDefiniteAtMs !== lastCheckedAtMs;
  return [
    [
      'Checked',
      html`${lastCheckedAtMs === null ? 'never' : at(lastCheckedAtMs)}, every ${formatSpan(intervalMs)}${next}`,
    ],
    ...(isOlder ? [['Last definite', at(lastDefiniteAtMs)] as const] : []),
  ];
}

function hostFacts(view: MonitorView, { registry, heldUntilMs }: ResourceView, { times }: PageContext): Fact[] {
  const status = view.registries().find((each) => each.registry === registry);
  const host = registry.replace(/:\d+$/, '');
  const certificate = view.certificates().find((each) => each.host === registry || each.host === host);
  const left = certificate === undefined ? 0 : certificate.expiresAtMs - times.nowMs;
  const facts: (Fact | null)[] = [
    status === undefined || status.quotaRemaining === null
      ? null
      : ['Pull quota', `${status.quotaRemaining}${status.quotaLimit === null ? '' : ` of ${status.quotaLimit}`} left`],
    heldUntilMs === null
      ? null
      : ['Held back', html`until ${times.tag(heldUntilMs, times.short(heldUntilMs))}, as ${showText(registry)} asks`],
    certificate === undefined ? null : ['Certificate', left > 0 ? `expires in ${formatSpan(left)}` : 'has expired'],
  ];
  return facts.filter((fact) => fact !== null);
}

function foundFacts({ foundAt }: ResourceView): Fact[] {
  if (foundAt.length === 0) return [];
  const rest = foundAt.length - MAX_LOCATIONS;
  const lines = foundAt.slice(0, MAX_LOCATIONS).map((found) => html`<p>${showText(formatLocation(found))}</p>`);
  return [['Found at', html`${lines}${rest > 0 ? html`<p>and ${rest} more</p>` : ''}`]];
}
