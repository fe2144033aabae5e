// The frame of both pages: head, top line, banner, footer.

import { html, raw } from 'hono/html';
import type { MonitorView } from '../view/monitor-view.ts';
import { assetPath, scriptNames } from './assets.ts';
import { glyphSprite, type Html, type Look } from './glyph.ts';
import { noticesOf } from './headline.ts';
import { overviewPath, type PageContext } from './page-context.ts';

export interface PageFrame {
  /** An error is also shown to those who may not read the monitor: its page says nothing about it. */
  readonly kind: 'overview' | 'resource' | 'error';
  readonly title: string;
  readonly look: Look;
  readonly main: Html;
  /** The end of the latest check on the page; null without any. */
  readonly checkedAtMs?: number | null;
}

const NOTE = 'Made-up data: this is the demo, with an embedded registry and an invented past.';

export function renderLayout(
  view: MonitorView,
  context: PageContext,
  { kind, title, look, main, checkedAtMs = null }: PageFrame,
): Html {
  const { basePath, isDemo, times } = context;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="same-origin">
<title>${title}</title>
<link rel="icon" id="icon" href="${basePath}${assetPath(`${look}.svg`)}">
<link rel="stylesheet" href="${basePath}${assetPath('style.css')}">
${scriptNames().map(
  (name) => html`<link rel="modulepreload" href="${basePath}${assetPath(name)}">
`,
)}<script type="module" src="${basePath}${assetPath('main.js')}"></script>
</head>
<body data-page="${kind}" data-base="${basePath}" data-now="${times.nowMs}" data-checked="${checkedAtMs ?? 0}">
<a class="skip" href="#main">Skip to the content</a>
${glyphSprite}
${isDemo ? html`<p class="banner">${NOTE}</p>` : ''}
<header class="top">
<a class="brand" href="${overviewPath(context)}"><b>kairos-pull</b> monitor</a>
${kind === 'error' ? '' : renderLive(context)}
</header>
<main id="main" tabindex="-1">
<div id="notices">${kind === 'error' ? '' : renderNotices(view)}</div>
${main}
</main>
${kind === 'error' ? '' : renderFooter(view, context)}
<p class="hidden" id="announcer" role="status" aria-live="polite"></p>
</body>
</html>
`;
}

/** The script says that the page is live; without it, it is as old as it says. */
const renderLive = ({ times: { nowMs, tag, second } }: PageContext): Html =>
  html`<p class="live" id="live"><span class="dot" aria-hidden="true"></span><span id="live-text">as of ${tag(nowMs, second(nowMs))}</span></p>`;

function renderNotices(view: MonitorView): Html[] {
  return noticesOf(view.health()).map(
    ({ title, detail }) => html`<p class="notice"><b>${title}.</b> <span>${detail}</span></p>`,
  );
}

function renderFooter(view: MonitorView, { basePath, version, times }: PageContext): Html {
  const location = view.health().storeLocation;
  const kept = location === 'memory' ? 'history in memory, until the monitor stops' : `history in ${location}`;
  return html`<footer class="foot"><p>kairos-pull ${version}${raw(' · ')}times in ${times.timeZone}${raw(' · ')}${kept}</p><p><a href="${basePath}/api/v1/resources">JSON</a> <a href="${basePath}/metrics">Metrics</a></p></footer>`;
}
