// Says once per certificate that it expires soon.

import { draftEvent, type EventDraft } from './event.ts';

const DAY_MS = 24 * 3_600_000;
const SOON_MS = 14 * DAY_MS;

/** Whole days until then; negative when it has expired. */
export const daysUntil = (expiresAtMs: number, nowMs: number): number => Math.floor((expiresAtMs - nowMs) / DAY_MS);

/** `reportedMs` is the expiry of the certificate of this host that was reported last: a new one is reported again. */
export function judgeCertificate(
  reportedMs: number | null,
  host: string,
  expiresAtMs: number,
  nowMs: number,
): EventDraft | undefined {
  if (expiresAtMs - nowMs > SOON_MS || expiresAtMs === reportedMs) return undefined;
  const days = daysUntil(expiresAtMs, nowMs);
  const date = new Date(expiresAtMs).toISOString().slice(0, 16).replace('T', ' ');
  const when =
    days < 0 ? 'expired' : days === 0 ? 'expires within a day' : `expires in ${days} ${days === 1 ? 'day' : 'days'}`;
  return draftEvent('certificate-expiry', nowMs, { message: `The certificate of ${host} ${when}: ${date} UTC.` });
}
