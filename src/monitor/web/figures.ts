// Percentages, ages and spans of time as a page shows them.

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** `1,000` */
export const formatNumber = (value: number): string => value.toLocaleString('en-US');

/** Never rounded up to 100 nor down to 0: `96.6 %`, `99.99 %`, `< 0.1 %`; `no data` without a definite second. */
export function formatRatio(ratio: number | null): string {
  if (ratio === null) return 'no data';
  if (ratio >= 1) return '100 %';
  if (ratio > 0 && ratio < 0.001) return '< 0.1 %';
  const decimals = ratio >= 0.999 ? 100 : 10;
  return `${Math.floor(ratio * 100 * decimals + 1e-6) / decimals} %`;
}

/** In one unit: `8 s`, `12 min`, `3 h`, `5 d`. The script of the page has the same. */
export function formatAge(ageMs: number): string {
  if (ageMs < MINUTE_MS) return `${Math.max(0, Math.floor(ageMs / 1000))} s`;
  if (ageMs < HOUR_MS) return `${Math.floor(ageMs / MINUTE_MS)} min`;
  return ageMs < DAY_MS ? `${Math.floor(ageMs / HOUR_MS)} h` : `${Math.floor(ageMs / DAY_MS)} d`;
}

const UNITS = [
  ['d', DAY_MS],
  ['h', HOUR_MS],
  ['min', MINUTE_MS],
  ['s', 1000],
] as const;

/** In at most two units: `45 s`, `1 h 20 min`, `2 d 4 h`. */
export function formatSpan(spanMs: number): string {
  const index = UNITS.findIndex(([, unitMs]) => spanMs >= unitMs);
  if (index < 0) return '0 s';
  const parts = UNITS.slice(index, index + 2).map(([name, unitMs], part) => {
    const count = Math.floor((part === 0 ? spanMs : spanMs % (UNITS[index]?.[1] ?? 1)) / unitMs);
    return count === 0 ? '' : ` ${count} ${name}`;
  });
  return parts.join('').trim();
}
