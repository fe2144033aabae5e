// Durations, times, sizes and counts as text.

/** A measured time: `31 ms`, `1.2 s`, `2 min 5 s`. */
export function formatDuration(durationMs: number): string {
  const ms = Math.round(durationMs);
  if (ms < 1000) return `${ms} ms`;
  const tenths = Math.round(ms / 100);
  if (tenths < 600) return `${(tenths / 10).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  const rest = seconds % 60;
  return rest === 0 ? `${seconds / 60} min` : `${Math.floor(seconds / 60)} min ${rest} s`;
}

/** A time to wait, in one unit and rounded up: `4 s`, `3 min`, `6 h`. */
export function formatWait(durationMs: number): string {
  const seconds = Math.max(1, Math.ceil(durationMs / 1000));
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 120 && minutes !== 60 ? `${minutes} min` : `${Math.ceil(minutes / 60)} h`;
}

/** A time to the second, RFC 3339 in UTC: `2026-11-26T06:04:00Z`. */
export const formatInstant = (timeMs: number): string => `${new Date(timeMs).toISOString().slice(0, -5)}Z`;

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

/** Decimal units, as registries and `docker images` show them: `54.1 MB`. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.95 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${UNITS[unit]}`;
}

/** `1 image`, `3 images`. */
export const formatCount = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

const PERIOD_UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
] as const;

/** A configured time, as in a config file: `1m30s`. */
export function formatPeriod(periodMs: number): string {
  let rest = periodMs;
  let text = '';
  for (const [unit, unitMs] of PERIOD_UNITS) {
    const count = Math.floor(rest / unitMs);
    rest -= count * unitMs;
    if (count > 0) text += `${count}${unit}`;
  }
  return text || '0s';
}
