// The images found, and what a check of them would cost, in columns for people.

import { formatCount } from '../core/quantity.ts';
import { judgementOf } from '../core/result.ts';
import type { Target } from '../core/target.ts';
import { cleanText } from '../core/text.ts';
import { displayWidth, padToWidth } from '../report/display-width.ts';
import { formatLocation } from '../report/location.ts';
import { formatReason } from '../report/reason.ts';
import type { Range, RegistryCost } from './cost.ts';

/** Longer texts stand out of line instead of pushing all others away. */
const MAX_COLUMN = 60;
const MAX_PLACES_LENGTH = 1000;

/** A line an image: the image, then where. */
export function formatImages(targets: readonly Target[]): string {
  return formatColumns(
    targets.map((target) => [cleanText(target.text, 4096), cleanText(whereOf(target), MAX_PLACES_LENGTH)]),
  );
}

function whereOf({ foundAt, skip, platform }: Target): string {
  const places = foundAt.map(formatLocation).join(', ');
  const note =
    skip !== undefined ? `${formatReason(judgementOf(skip.reason))}: ${skip.message}` : platform && `for ${platform}`;
  return [places, note].filter(Boolean).join('; ');
}

/** A line a registry. */
export function formatCosts(costs: readonly RegistryCost[]): string {
  const rows = costs.map(({ registry, images, requests, pulls }) => [
    registry,
    formatCount(images, 'image'),
    `${formatRange(requests)} ${requests.most === 1 ? 'request' : 'requests'}`,
    `${formatRange(pulls)} ${pulls.most === 1 ? 'pull' : 'pulls'}`,
  ]);
  return `A check would cost:\n${formatColumns(rows)}`;
}

function formatRange({ least, most }: Range): string {
  if (most === null) return `at least ${least}`;
  return least === most ? `${most}` : `up to ${most}`;
}

/** Each column as wide as its widest text, the last as it comes. */
function formatColumns(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [index, text] of row.entries()) {
      const width = displayWidth(text);
      if (width <= MAX_COLUMN) widths[index] = Math.max(widths[index] ?? 0, width);
    }
  }
  const line = (row: readonly string[]) => row.map((text, index) => padToWidth(text, widths[index] ?? 0)).join('  ');
  return rows.map((row) => `${line(row).trimEnd()}\n`).join('');
}
