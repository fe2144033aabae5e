import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatAge, formatRatio, formatSpan } from '../../../src/monitor/web/figures.ts';
import { reasonWords } from '../../../src/monitor/web/reason-words.ts';
import { createTimes } from '../../../src/monitor/web/times.ts';

describe('figures of a page', () => {
  it('never round uptime up to 100 %, and have no figure without data', () => {
    const shown = [1, 0.99999, 0.9995, 0.9669, 0.5, 0, null].map(formatRatio);
    assert.deepEqual(shown, ['100 %', '99.99 %', '99.95 %', '96.6 %', '50 %', '0 %', 'no data']);
    assert.equal(formatRatio(0.29), '29 %');
  });

  it('never round a share that is not zero down to 0 %: a monitor that has just started knows a little', () => {
    assert.deepEqual([0.000_35, 0.000_999, 0.001].map(formatRatio), ['< 0.1 %', '< 0.1 %', '0.1 %']);
  });

  it('have ages in one unit and spans in two', () => {
    assert.deepEqual([-5, 8_000, 90_000, 7_200_000, 200_000_000].map(formatAge), ['0 s', '8 s', '1 min', '2 h', '2 d']);
    const spans = [400, 45_000, 4_800_000, 3_600_000, 187_200_000, 86_400_000].map(formatSpan);
    assert.deepEqual(spans, ['0 s', '45 s', '1 h 20 min', '1 h', '2 d 4 h', '1 d']);
  });

  it('name days near today, in the zone of the configuration', () => {
    const now = Date.UTC(2026, 10, 28, 23, 30);
    const berlin = createTimes('Europe/Berlin', now);
    assert.equal(berlin.day(now), 'today 00:30');
    assert.equal(berlin.day(Date.UTC(2026, 10, 28, 12)), 'yesterday 13:00');
    assert.equal(berlin.day(Date.UTC(2026, 10, 25, 8, 14)), 'Nov 25 09:14');
    assert.equal(berlin.day(Date.UTC(2025, 10, 25)), 'Nov 25, 2025');
    assert.equal(berlin.short(now), '00:30');
    assert.equal(berlin.second(now + 4_000), '00:30:04');
    assert.equal(createTimes('UTC', Date.UTC(2026, 0, 1)).day(Date.UTC(2025, 11, 31, 23)), 'yesterday 23:00');
  });

  it('have reasons in the words of a check, and those of http and tcp without hyphens', () => {
    assert.equal(reasonWords('not-found', 'tag'), 'not found (tag)');
    assert.equal(reasonWords('no-answer', 'dns'), 'no answer (DNS lookup failed)');
    assert.equal(reasonWords('no-answer', 'tcp'), 'no answer (connection failed)');
    assert.equal(reasonWords('no-answer', 'tls'), 'no answer (TLS failed)');
    assert.equal(reasonWords('unexpected-status', null), 'unexpected status');
    assert.equal(reasonWords('unreachable', 'something-new'), 'unreachable (something new)');
    assert.equal(reasonWords(null, null), '');
  });
});
