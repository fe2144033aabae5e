import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RequestRecord } from '../../src/core/result.ts';
import { withRecord } from '../../src/http/record.ts';
import { withRedirect } from '../../src/http/redirect.ts';
import { withRetry } from '../../src/http/retry.ts';
import { type Send, stack } from '../../src/http/send.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createFakeSend, requestFor } from '../support/fake-send.ts';

describe('withRecord', () => {
  it('writes down every request of retry over redirect, in order, redacted, with its duration', async () => {
    const clock = createFakeClock();
    const fake = createFakeSend(
      { status: 307, headers: { location: 'https://cdn.example/m?sig=s3cret' } },
      { failure: { detail: 'other side closed', passing: true } },
      { status: 307, headers: { location: 'https://cdn.example/m?sig=s3cret' } },
      { status: 200 },
    );
    const slow: Send = (request) => {
      clock.pass(10);
      return fake.send(request);
    };
    const records: RequestRecord[] = [];
    const retry = withRetry({ retries: 2, deadlineMs: 60_000, clock, random: () => 0, isFinal: () => false });
    const send = stack([retry, withRedirect(), withRecord(records, clock, (text) => text)], slow);
    await send(requestFor('https://user:s3cret@r.example/v2/a/manifests/1'));
    const asked = { purpose: 'manifest', method: 'GET', durationMs: 10 } as const;
    const registry = { ...asked, url: 'https://r.example/v2/a/manifests/1', status: 307 };
    const cdn = { ...asked, url: 'https://cdn.example/m?sig=***' };
    assert.deepEqual(records, [
      { ...registry, attempt: 1 },
      { ...cdn, status: null, attempt: 1, error: 'other side closed' },
      { ...registry, attempt: 2 },
      { ...cdn, status: 200, attempt: 2 },
    ]);
  });
});

describe('stack', () => {
  it('puts the first middleware outermost', async () => {
    const order: string[] = [];
    const note =
      (name: string) =>
      (next: Send): Send =>
      (request) => {
        order.push(name);
        return next(request);
      };
    await stack([note('outer'), note('inner')], createFakeSend({}).send)(requestFor('https://r.example/'));
    assert.deepEqual(order, ['outer', 'inner']);
  });
});
