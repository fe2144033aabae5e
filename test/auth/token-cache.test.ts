import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { describe, it } from 'node:test';
import type { Token } from '../../src/auth/token-answer.ts';
import { createTokenCache, type FetchedToken } from '../../src/auth/token-cache.ts';
import { failure, success } from '../../src/core/outcome.ts';
import { Secret } from '../../src/credentials/secret.ts';
import { createFakeClock } from '../support/fake-clock.ts';

const never = new AbortController().signal;
const token = (text: string): Token => ({ value: new Secret(text), lifetimeMs: 60_000 });
const refused: FetchedToken = failure({
  kind: 'failure',
  failure: { kind: 'tcp', phase: 'tcp', host: 'auth.test', code: null, detail: '', isTransient: false },
});

function start() {
  const clock = createFakeClock();
  const cache = createTokenCache(clock);
  let fetches = 0;
  const fetch = async (): Promise<FetchedToken> => {
    fetches += 1;
    return success(token(`token ${fetches}`));
  };
  const get = async (key = 'key', by: (() => Promise<FetchedToken>) | undefined = fetch) => {
    const fetched = await cache.get(key, never, by);
    return fetched?.ok ? fetched.value.value.reveal() : fetched;
  };
  return {
    cache,
    fetch,
    get,
    fetches: () => fetches,
    passTime: clock.pass,
  };
}

/** A fetch that ends when the test says so. */
function held() {
  const { promise, resolve, reject } = (() => {
    let settle: { resolve: (fetched: FetchedToken) => void; reject: (reason: unknown) => void } | undefined;
    const made = new Promise<FetchedToken>((res, rej) => {
      settle = { resolve: res, reject: rej };
    });
    return { promise: made, ...(settle as NonNullable<typeof settle>) };
  })();
  return { fetch: () => promise, resolve, reject };
}

describe('the token cache', () => {
  it('keeps a token for its lifetime, and no longer', async () => {
    const { get, passTime } = start();
    assert.equal(await get(), 'token 1');
    passTime(59_999);
    assert.equal(await get(), 'token 1');
    passTime(1);
    assert.equal(await get(), 'token 2');
  });

  it('counts the lifetime from the request, not from the response', async () => {
    const { cache, get, passTime } = start();
    const slow = held();
    const first = cache.get('key', never, slow.fetch);
    passTime(50_000);
    slow.resolve(success(token('slow')));
    await first;
    passTime(10_000);
    assert.equal(await get(), 'token 1');
  });

  it('shares one fetch among concurrent requests', async () => {
    const { get, fetches } = start();
    assert.deepEqual(await Promise.all([get(), get(), get()]), ['token 1', 'token 1', 'token 1']);
    assert.equal(fetches(), 1);
  });

  it('keeps the tokens of different keys apart', async () => {
    const { get } = start();
    assert.deepEqual(await Promise.all([get('a'), get('b')]), ['token 1', 'token 2']);
  });

  it('shares a refusal with those that wait, and does not cache it', async () => {
    const { cache, get } = start();
    const slow = held();
    const both = Promise.all([cache.get('key', never, slow.fetch), get()]);
    slow.resolve(refused);
    assert.deepEqual(await both, [refused, refused]);
    assert.equal(await get(), 'token 1');
  });

  it('returns only a cached token if there is no fetch', async () => {
    const { get, cache } = start();
    assert.equal(await cache.get('key', never, undefined), undefined);
    await get();
    assert.equal((await cache.get('key', never, undefined))?.ok, true);
  });

  it('drops a token unless another one has replaced it', async () => {
    const { cache, get, fetch } = start();
    const first = await cache.get('key', never, fetch);
    assert.ok(first?.ok);
    cache.drop('key', first.value);
    assert.equal(await get(), 'token 2');
    cache.drop('key', first.value);
    assert.equal(await get(), 'token 2');
  });

  it('does not drop a running fetch', async () => {
    const { cache, get, fetch, fetches } = start();
    const first = await cache.get('key', never, fetch);
    assert.ok(first?.ok);
    cache.drop('key', first.value);
    const second = get();
    cache.drop('key', first.value);
    assert.deepEqual([await second, await get(), fetches()], ['token 2', 'token 2', 2]);
  });

  for (const [name, end] of [
    ['is aborted', (slow: ReturnType<typeof held>) => slow.reject(new Error('aborted'))],
    ['reaches its deadline', (slow: ReturnType<typeof held>) => slow.resolve(refused)],
  ] as const) {
    it(`fetches again if the check that was fetching ${name}`, async () => {
      const { cache, get, fetches } = start();
      const other = new AbortController();
      const slow = held();
      const first = cache.get('key', other.signal, slow.fetch);
      const waiting = [get(), get()];
      other.abort();
      end(slow);
      await first.catch(() => {});
      assert.deepEqual(await Promise.all(waiting), ['token 1', 'token 1']);
      assert.equal(fetches(), 1);
    });
  }

  it('lets one waiting request abort without the others', async () => {
    const { cache } = start();
    const hurried = new AbortController();
    const slow = held();
    const first = cache.get('key', never, slow.fetch);
    const second = cache.get('key', hurried.signal, slow.fetch);
    const reason = new Error('no more time');
    hurried.abort(reason);
    await assert.rejects(second, reason);
    slow.resolve(success(token('slow')));
    assert.equal((await first)?.ok, true);
  });

  it('does not add a listener to a signal for each waiting request', async () => {
    const { cache } = start();
    const { signal } = new AbortController();
    const slow = held();
    const all = Array.from({ length: 40 }, () => cache.get('key', signal, slow.fetch));
    assert.deepEqual(getEventListeners(signal, 'abort'), []);
    slow.resolve(success(token('slow')));
    for (const one of await Promise.all(all)) assert.equal(one?.ok, true);
  });

  it('passes a bug on to all that wait', async () => {
    const { cache, get } = start();
    const broken = held();
    const both = [cache.get('key', never, broken.fetch), get()];
    broken.reject(new TypeError('a bug'));
    for (const one of await Promise.allSettled(both)) assert.equal(one.status, 'rejected');
  });

  it('has a bound', async () => {
    const { get, fetches } = start();
    for (let at = 0; at <= 1_000; at += 1) await get(`key ${at}`);
    await get('key 1000');
    assert.equal(fetches(), 1_001);
    await get('key 0');
    assert.equal(fetches(), 1_002);
  });
});
