// The badge of a resource: an SVG with its name and its state, or its uptime.

import { cleanText } from '../../core/text.ts';
import type { Uptime } from '../history/duration.ts';
import type { ResourceState, ResourceView, WindowName } from '../view/monitor-view.ts';

/** White text on them has a contrast of 4.5:1 at least. */
const COLORS: Readonly<Record<ResourceState, string>> = {
  available: '#1a7f37',
  unavailable: '#a40e26',
  undetermined: '#8a6100',
  pending: '#59636e',
  paused: '#59636e',
};

const MAX_NAME = 60;

export function stateBadge({ name, state }: ResourceView): string {
  return badge(name, state, COLORS[state]);
}

/** Its color is that of the state now. */
export function uptimeBadge({ name, state, uptime }: ResourceView, window: WindowName): string {
  return badge(`${name} ${window}`, formatUptime(uptime[window]), COLORS[state]);
}

/** Rounded down, so that 100 % means no second of unavailability. */
function formatUptime({ availableRatio }: Uptime): string {
  return availableRatio === null ? 'no data' : `${(Math.floor(availableRatio * 10_000) / 100).toFixed(2)} %`;
}

function badge(name: string, value: string, color: string): string {
  const label = cleanText(name, MAX_NAME) || 'resource';
  const left = widthOf(label);
  const right = widthOf(value);
  const title = escapeXml(`${label}: ${value}`);
  const text = (x: number, width: number, content: string): string =>
    `<text x="${x}" y="14" textLength="${width - 12}" lengthAdjust="spacingAndGlyphs">${escapeXml(content)}</text>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${left + right}" height="20" role="img" aria-label="${title}">`,
    `<title>${title}</title>`,
    `<rect width="${left + right}" height="20" rx="3" fill="#24292f"/>`,
    `<path d="M${left} 0h${right - 3}q3 0 3 3v14q0 3 -3 3h-${right - 3}z" fill="${color}"/>`,
    '<g fill="#ffffff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11" text-anchor="start">',
    text(6, left, label),
    text(left + 6, right, value),
    '</g></svg>\n',
  ].join('');
}

/** Estimated: every browser has other fonts, and `textLength` makes the text fit. */
const widthOf = (text: string): number =>
  Math.round([...text].reduce((sum, character) => sum + (/[ilj.,:;'|! ]/.test(character) ? 4 : 7), 0) + 12);

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

const escapeXml = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
