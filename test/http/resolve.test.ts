import assert from 'node:assert/strict';
import type { LookupAddress } from 'node:dns';
import { describe, it } from 'node:test';
import { createResolver, type ResolverSettings } from '../../src/http/resolve.ts';

const HERE: LookupAddress[] = [{ address: '127.0.0.1', family: 4 }];
const THERE: LookupAddress[] = [{ address: '192.0.2.1', family: 4 }];
const never = new AbortController().signal;
/** What is held back until it is opened. */
function createGate() {
  let open = (): void => {};
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { passed, open };
}
const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

/** What getaddrinfo answers for want of an answer, `afterMs` milliseconds later by the clock. */
function createSilentServer(afterMs = 1000) {
  let nowMs = 0;
  const asked: string[] = [];
  const settings: ResolverSettings = {
    now: () => nowMs,
    lookUp: async (host) => {
      asked.push(host);
      nowMs += afterMs;
      throw Object.assign(new Error(`getaddrinfo EAI_AGAIN ${host}`), { code: 'EAI_AGAIN' });
    },
  };
  return { asked, settings };
}

describe('a name', () => {
  it('is looked up once for concurrent callers, and again afterwards', async () => {
    const asked: string[] = [];
    const resolve = createResolver({
      lookUp: async (host) => {
        asked.push(host);
        return HERE;
      },
    });
    assert.deepEqual(await Promise.all(['a', 'a', 'b'].map((host) => resolve(host, never))), [HERE, HERE, HERE]);
    assert.deepEqual(asked, ['a', 'b']);
    await resolve('a', never);
    assert.deepEqual(asked, ['a', 'b', 'a']);
  });

  it('that fails, fails for concurrent callers, and is looked up again afterwards', async () => {
    const answers = [Promise.reject(new Error('busy')), Promise.resolve(HERE)];
    const resolve = createResolver({ lookUp: () => answers.shift() as Promise<LookupAddress[]> });
    const both = await Promise.allSettled([resolve('a', never), resolve('a', never)]);
    assert.deepEqual(
      both.map(({ status }) => status),
      ['rejected', 'rejected'],
    );
    assert.deepEqual(await resolve('a', never), HERE);
  });

  it('of this machine is known', async () => {
    const addresses = (await createResolver()('localhost', never)).map(({ address }) => address);
    assert.ok(addresses.includes('127.0.0.1') || addresses.includes('::1'));
  });
});

describe('more names than threads', () => {
  it('are looked up one after the other, without those that were given up; this machine waits for none', async () => {
    const asked: string[] = [];
    const gate = createGate();
    const resolve = createResolver({
      maxConcurrent: 2,
      lookUp: async (host) => {
        asked.push(host);
        if (host !== 'localhost') await gate.passed;
        return HERE;
      },
    });
    const leaving = new AbortController();
    const first = Promise.all(['a', 'b', 'c'].map((host) => resolve(host, never)));
    const left = resolve('d', leaving.signal);
    const last = resolve('e', never);
    await nextTurn();
    assert.deepEqual(asked, ['a', 'b']);
    assert.deepEqual(await resolve('localhost', never), HERE);
    leaving.abort(new Error('enough'));
    await assert.rejects(left, /^Error: enough$/);
    gate.open();
    assert.deepEqual(await first, [HERE, HERE, HERE]);
    assert.deepEqual(await last, HERE);
    assert.deepEqual(asked, ['a', 'b', 'localhost', 'c', 'e']);
  });

  it('leave the wait to the remaining callers', async () => {
    const gate = createGate();
    const resolve = createResolver({ lookUp: () => gate.passed.then(() => HERE) });
    const leaving = new AbortController();
    const [left, kept] = [resolve('a', leaving.signal), resolve('a', never)];
    leaving.abort(new Error('enough'));
    await assert.rejects(left, /^Error: enough$/);
    gate.open();
    assert.deepEqual(await kept, HERE);
  });
});

describe('a silent name server', () => {
  it('is listened to without a thread, and believed', async () => {
    const { asked, settings } = createSilentServer();
    const resolve = createResolver({ ...settings, listen: async () => THERE });
    assert.deepEqual(await resolve('registry.example', never), THERE);
    assert.deepEqual(asked, ['registry.example']);
  });

  it('that has spoken, but of no address, is asked again as the system does', async () => {
    const { asked, settings } = createSilentServer();
    const heard = [[], [], THERE];
    const resolve = createResolver({ ...settings, listen: async () => heard.shift() ?? [] });
    assert.deepEqual(await resolve('registry', never), THERE);
    assert.equal(asked.length, 3);
  });

  it('is no longer waited for when nothing needs it', async () => {
    const { settings } = createSilentServer();
    let heardUntil: AbortSignal | undefined;
    const listen: ResolverSettings['listen'] = (_, signal) => {
      heardUntil = signal;
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    };
    const leaving = new AbortController();
    const left = createResolver({ ...settings, listen })('registry.example', leaving.signal);
    await nextTurn();
    assert.equal(heardUntil?.aborted, false);
    leaving.abort(new Error('enough'));
    await assert.rejects(left, /^Error: enough$/);
    assert.equal(heardUntil?.aborted, true);
  });

  it('is not taken for one that refuses', async () => {
    const { settings } = createSilentServer(10);
    const resolve = createResolver({ ...settings, listen: () => assert.fail('it was listened to') });
    await assert.rejects(resolve('registry.example', never), { code: 'EAI_AGAIN' });
  });
});
