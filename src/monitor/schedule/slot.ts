// When a resource is due: at slots that its id decides, so that checks are spread and stay spread over restarts.

import { createHash } from 'node:crypto';

/** Times that differ from `phaseMs` by whole intervals. */
export interface Slots {
  readonly intervalMs: number;
  /** 0 <= phase < interval */
  readonly phaseMs: number;
}

/** On a time scale that began at `originMs`, milliseconds since 1970. */
export function slotsOf(id: string, intervalMs: number, originMs: number): Slots {
  const phaseMs = (hashOf(id) - originMs) % intervalMs;
  return { intervalMs, phaseMs: phaseMs < 0 ? phaseMs + intervalMs : phaseMs };
}

const hashOf = (id: string): number => createHash('sha256').update(id).digest().readUIntBE(0, 6);

/** The slot that follows a check: the first that is at least half an interval after its start. */
export function slotAfter({ intervalMs, phaseMs }: Slots, startMs: number): number {
  return phaseMs + Math.ceil((startMs + intervalMs / 2 - phaseMs) / intervalMs) * intervalMs;
}

/** Of the slots from `firstMs` until `nowMs`, all but the first: one check makes up for them. */
export function missedSlots({ intervalMs }: Slots, firstMs: number, nowMs: number): number {
  return Math.max(0, Math.floor((nowMs - firstMs) / intervalMs));
}
