import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { daysUntil, judgeCertificate } from '../../../src/monitor/history/certificate-watch.ts';
import { DAY, HOUR } from '../../support/check-records.ts';

const NOON = Date.UTC(2026, 0, 15, 12);
const message = (expiresAtMs: number) => judgeCertificate(null, 'shop.example', expiresAtMs, NOON)?.message;

describe('judgeCertificate', () => {
  it('has an event 14 days before the expiry', () => {
    assert.equal(judgeCertificate(null, 'shop.example', NOON + 14 * DAY + 1, NOON), undefined);
    const event = judgeCertificate(null, 'shop.example', NOON + 14 * DAY, NOON);
    assert.deepEqual([event?.event, event?.resource, event?.atMs], ['certificate-expiry', null, NOON]);
    assert.equal(event?.message, 'The certificate of shop.example expires in 14 days: 2026-01-29 12:00 UTC.');
  });

  it('says how much time is left', () => {
    assert.equal(message(NOON + DAY + HOUR), 'The certificate of shop.example expires in 1 day: 2026-01-16 13:00 UTC.');
    assert.equal(message(NOON + HOUR), 'The certificate of shop.example expires within a day: 2026-01-15 13:00 UTC.');
    assert.equal(message(NOON - HOUR), 'The certificate of shop.example expired: 2026-01-15 11:00 UTC.');
  });

  it('has one event per certificate', () => {
    const expiresAtMs = NOON + DAY;
    assert.equal(judgeCertificate(expiresAtMs, 'shop.example', expiresAtMs, NOON), undefined);
    assert.notEqual(judgeCertificate(expiresAtMs, 'shop.example', expiresAtMs + DAY, NOON), undefined);
  });

  it('counts whole days', () => {
    assert.deepEqual(
      [NOON + DAY, NOON + DAY - 1, NOON - 1].map((ms) => daysUntil(ms, NOON)),
      [1, 0, -1],
    );
  });
});
