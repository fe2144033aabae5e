import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createRegistryLimiter, type RegistryReport } from '../../src/check/registry-limiter.ts';

const settle = () => new Promise((resolve) => setImmediate(resolve));

const manifest = (durationMs: number): RegistryReport => ({
  reason: null,
  rateLimit: null,
  requests: [{ purpose: 'manifest', durationMs }],
});
const quick = manifest(50);
const withRemaining = (remaining: number): RegistryReport => ({
  ...quick,
  rateLimit: { limit: 100, remaining, windowSeconds: 21_600 },
});

/** A registry with far more checks than may run. */
function createRegistry(limited = createRegistryLimiter(), name = 'registry.example') {
  const running: ((result: RegistryReport) => void)[] = [];
  let respond: ((status: number | null) => void) | undefined;
  const check = () =>
    limited(name, async ({ onResponse, onResult }) => {
      respond = onResponse;
      onResult(await new Promise<RegistryReport>((resolve) => running.push(resolve)));
    });
  for (let at = 0; at < 2_000; at += 1) void check();
  /** Ends that many checks, and says how many run afterwards. */
  const end = async (result: RegistryReport, count = running.length): Promise<number> => {
    for (const finish of running.splice(0, count)) finish(result);
    await settle();
    return running.length;
  };
  return { end, running: () => running.length, respond: (status: number | null) => respond?.(status) };
}

describe('the checks of one registry that run concurrently', () => {
  it('are sixteen at first, and twice as many after each round trip, up to sixty-four', async () => {
    const { end, running } = createRegistry();
    assert.equal(running(), 16);
    assert.deepEqual([await end(quick), await end(quick), await end(quick)], [32, 64, 64]);
  });

  it('do not grow while no other check waits', async () => {
    const limited = createRegistryLimiter();
    let running = 0;
    const few = Array.from({ length: 16 }, () =>
      limited('registry.example', async ({ onResult }) => {
        running += 1;
        await settle();
        onResult(quick);
      }),
    );
    const { running: others } = createRegistry(limited, 'registry.example');
    assert.equal(running, 16);
    assert.equal(others(), 0);
    await Promise.all(few);
  });

  it('stay as they are while responses take twice the time, and a connection is opened', async () => {
    const { end } = createRegistry();
    await end(quick);
    assert.deepEqual([await end(manifest(120)), await end(manifest(250))], [32, 32]);
  });

  it('become fewer with each slow response, and never fewer than sixteen', async () => {
    const { end } = createRegistry();
    await end(quick);
    assert.equal(await end(manifest(1_000), 10), 22);
    assert.equal(await end(manifest(1_000), 22), 16);
    // Then one more with every round trip.
    assert.deepEqual([await end(quick), await end(quick)], [16, 17]);
  });

  it('fall to sixteen for good with the first request that fails, which may be tried again', async () => {
    for (const status of [429, 500, 503, null]) {
      const { end, respond } = createRegistry();
      await end(quick);
      await end(quick);
      respond(status);
      assert.equal(await end(quick, 10), 54, 'no other one begins');
      assert.equal(await end(quick), 16);
      assert.equal(await end(quick), 16, String(status));
    }
  });

  it('fall to sixteen for good if a registry limits requests with another status', async () => {
    const { end } = createRegistry();
    await end(quick);
    await end({ ...manifest(50), reason: 'rate-limited' }, 1);
    assert.deepEqual([await end(quick), await end(quick)], [16, 16]);
  });

  it('are not fewer after what a registry responds to anyone: 200, 401, 404', async () => {
    const { end, respond } = createRegistry();
    for (const status of [200, 401, 404]) respond(status);
    assert.equal(await end(quick), 32);
  });

  it('are never more than half of what a quota leaves, or sixteen', async () => {
    const { end } = createRegistry();
    assert.equal(await end(withRemaining(100)), 32);
    assert.equal(await end(withRemaining(80)), 40);
    assert.equal(await end(withRemaining(50)), 25);
    assert.equal(await end(withRemaining(3)), 16);
  });

  it('do not depend on those of another registry', async () => {
    const limited = createRegistryLimiter();
    const slow = createRegistry(limited, 'slow.example');
    const fast = createRegistry(limited, 'fast.example');
    slow.respond(429);
    assert.deepEqual([await fast.end(quick), await fast.end(quick), slow.running()], [32, 64, 16]);
  });
});
