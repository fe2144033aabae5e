import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { cleanText } from '../../src/core/text.ts';
import { HttpHeaders } from '../../src/http/headers.ts';
import { limitMet, readRateLimit } from '../../src/registry/rate-limit.ts';

const answer = (status: number, body = '', headers: Record<string, string> = {}) => ({
  status,
  headers: new HttpHeaders(headers),
  body: Buffer.from(body),
  truncated: false,
  url: new URL('https://registry.example/'),
  host: 'registry.example',
  quote: cleanText,
  crossedOrigin: false,
});
const limits = (limit: string | undefined, remaining: string | undefined) =>
  readRateLimit(
    answer(200, '', {
      ...(limit && { 'ratelimit-limit': limit }),
      ...(remaining && { 'ratelimit-remaining': remaining }),
    }),
  );

describe('readRateLimit', () => {
  for (const [limit, remaining, expected] of [
    ['100;w=21600', '97;w=21600', { limit: 100, remaining: 97, windowSeconds: 21_600 }],
    ['100', '0', { limit: 100, remaining: 0, windowSeconds: null }],
    [undefined, '3;w=60', { limit: null, remaining: 3, windowSeconds: 60 }],
    [' 100 ; w=1', undefined, { limit: 100, remaining: null, windowSeconds: 1 }],
    [undefined, undefined, null],
    ['many', '-1', null],
    ['99999999999999999999', undefined, { limit: 999_999_999_999, remaining: null, windowSeconds: null }],
  ] as const) {
    it(`${limit} and ${remaining}`, () => assert.deepEqual(limits(limit, remaining), expected));
  }
});

describe('limitMet', () => {
  const window = { 'ratelimit-remaining': '0;w=21600' };
  for (const [name, response, expected] of [
    ['429 with the phrase of Docker Hub', answer(429, 'You have reached your pull rate limit.'), 'pull-quota'],
    ['429 to a HEAD, the quota in its headers', answer(429, '', window), 'pull-quota'],
    ['429 with a limit of requests', answer(429, '', { 'ratelimit-remaining': '0' }), 'too-many-requests'],
    ['429 alone', answer(429), 'too-many-requests'],
    ['429 for a login', answer(429, 'too many failed login attempts for username'), 'login-lockout'],
    ['403 that mentions it', answer(403, 'API rate limit exceeded'), 'too-many-requests'],
    ['503 that mentions it', answer(503, 'Rate exceeded'), 'too-many-requests'],
    ['403 with another message', answer(403, 'denied', window), undefined],
    ['503 alone', answer(503), undefined],
    ['404 that mentions it', answer(404, 'rate limit'), undefined],
    ['200 with an exhausted quota', answer(200, '', window), undefined],
  ] as const) {
    it(`${name}: ${expected ?? 'none'}`, () => assert.equal(limitMet(response), expected));
  }
});
