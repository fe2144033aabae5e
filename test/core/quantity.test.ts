import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatBytes, formatCount, formatDuration, formatInstant, formatWait } from '../../src/core/quantity.ts';

describe('formatDuration', () => {
  for (const [durationMs, text] of [
    [0, '0 ms'],
    [31.4, '31 ms'],
    [999.4, '999 ms'],
    [999.6, '1.0 s'],
    [1230, '1.2 s'],
    [59_949, '59.9 s'],
    [59_950, '1 min'],
    [125_000, '2 min 5 s'],
  ] as const) {
    it(`of ${durationMs} ms is ${text}`, () => assert.equal(formatDuration(durationMs), text));
  }
});

describe('formatInstant', () => {
  it('is to the second, in UTC', () =>
    assert.deepEqual([0, Date.UTC(2026, 10, 26, 6, 4, 59, 999)].map(formatInstant), [
      '1970-01-01T00:00:00Z',
      '2026-11-26T06:04:59Z',
    ]));
});

describe('formatWait', () => {
  for (const [durationMs, text] of [
    [0, '1 s'],
    [1001, '2 s'],
    [119_000, '119 s'],
    [119_001, '2 min'],
    [3_600_000, '1 h'],
    [5_400_000, '90 min'],
    [7_140_001, '2 h'],
    [21_600_000, '6 h'],
  ] as const) {
    it(`of ${durationMs} ms is ${text}`, () => assert.equal(formatWait(durationMs), text));
  }
});

describe('formatBytes', () => {
  for (const [bytes, text] of [
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [54_123_456, '54.1 MB'],
    [999_950_000, '1.0 GB'],
    [5e15, '5000.0 TB'],
  ] as const) {
    it(`of ${bytes} is ${text}`, () => assert.equal(formatBytes(bytes), text));
  }
});

describe('formatCount', () => {
  it('uses the singular for one', () => {
    assert.equal(formatCount(1, 'image'), '1 image');
    assert.equal(formatCount(0, 'image'), '0 images');
    assert.equal(formatCount(3, 'image'), '3 images');
  });
});
