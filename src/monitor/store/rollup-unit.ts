// Hours and days in UTC, by their number since 1970.

export type RollupUnit = 'hour' | 'day';

export const UNIT_MS: Readonly<Record<RollupUnit, number>> = { hour: 3_600_000, day: 86_400_000 };

/** Of the unit that contains this time. */
export const unitNumber = (unit: RollupUnit, atMs: number): number => Math.floor(atMs / UNIT_MS[unit]);
