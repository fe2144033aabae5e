// Looks host names up as every program of the machine does, with getaddrinfo: /etc/hosts, name servers, search domains.
//
// It waits in a thread that cannot be stopped, and there are few. So a name is looked up once at a time, no more names at
// once than there are threads, and none that nothing waits for any more. Where the name server is silent, the rest of the
// wait takes no thread.

import type { LookupAddress } from 'node:dns';
import { lookup, Resolver } from 'node:dns/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { untilAborted } from '../core/until-aborted.ts';
import { findDescriptorLack } from '../file/descriptor.ts';
import { isLoopbackHost } from './address.ts';

/** All addresses of a name, the preferred first; rejects with the system's error, or the signal's reason. */
export type Resolve = (host: string, signal: AbortSignal) => Promise<readonly LookupAddress[]>;

export interface ResolverSettings {
  readonly lookUp?: (host: string) => Promise<readonly LookupAddress[]>;
  /** Waits for the name server without a thread. No address: it has answered, and knows none. */
  readonly hear?: Resolve;
  readonly maxAtOnce?: number;
  /** Milliseconds. */
  readonly now?: () => number;
}

/** A name server that refuses does so sooner. */
const SILENCE_MS = 900;
const ASK_AGAIN_MS = 2000;
/** Node 20 waits 5 s at most, but takes a late answer while it tries again; later versions need `maxTimeout`. */
const PATIENT = { timeout: 10_000, maxTimeout: 10_000, tries: 4 };
/** RFC 8305 section 3, "Resolution Delay". */
const OTHER_FAMILY_MS = 50;

/** libuv leaves the other threads to files: threadpool.c, slow_work_thread_threshold. */
const threadsForNames = (): number => Math.ceil((Number(process.env.UV_THREADPOOL_SIZE) || 4) / 2);

const systemLookUp = (host: string): Promise<readonly LookupAddress[]> => lookup(host, { all: true });

interface LookUpUnderWay {
  readonly addresses: Promise<readonly LookupAddress[]>;
  readonly end: AbortController;
  waiting: number;
}

export function createResolver({
  lookUp = systemLookUp,
  hear = hearNameServers,
  maxAtOnce = threadsForNames(),
  now = () => performance.now(),
}: ResolverSettings = {}): Resolve {
  const underWay = new Map<string, LookUpUnderWay>();
  const inTurn = createTurns(maxAtOnce);

  const find = async (host: string, signal: AbortSignal): Promise<readonly LookupAddress[]> => {
    for (;;) {
      let startedMs = 0;
      const ask = (): ReturnType<typeof lookUp> => {
        startedMs = now();
        return lookUp(host);
      };
      try {
        // No name server is asked for these.
        return await untilAborted(isLoopbackHost(host) ? ask() : inTurn(ask, signal), signal);
      } catch (error) {
        signal.throwIfAborted();
        const lack = findDescriptorLack();
        if (lack !== undefined) throw Object.assign(new Error('too many open files'), { code: lack });
        const isSilence = (error as { code?: unknown }).code === 'EAI_AGAIN' && now() - startedMs >= SILENCE_MS;
        if (!isSilence) throw error;
      }
      const heard = await hear(host, signal);
      if (heard.length > 0) return heard;
    }
  };

  const begin = (host: string): LookUpUnderWay => {
    const end = new AbortController();
    const begun = { addresses: find(host, end.signal), end, waiting: 0 };
    underWay.set(host, begun);
    const forget = (): void => {
      if (underWay.get(host) === begun) underWay.delete(host);
    };
    begun.addresses.then(forget, forget);
    end.signal.addEventListener('abort', forget, { once: true });
    return begun;
  };

  return async (host, signal) => {
    const one = underWay.get(host) ?? begin(host);
    one.waiting += 1;
    try {
      return await untilAborted(one.addresses, signal);
    } finally {
      one.waiting -= 1;
      if (one.waiting === 0) one.end.abort();
    }
  };
}

/** So many at once; the others in the order they came, and without those that were given up. */
function createTurns(max: number): <T>(work: () => Promise<T>, signal: AbortSignal) => Promise<T> {
  const waiting = new Set<() => void>();
  let busy = 0;
  return async (work, signal) => {
    if (busy >= max) {
      let leave = (): void => {};
      await new Promise<void>((resolve, reject) => {
        waiting.add(resolve);
        leave = () => {
          if (waiting.delete(resolve)) reject(signal.reason);
        };
        signal.addEventListener('abort', leave, { once: true });
      }).finally(() => signal.removeEventListener('abort', leave));
    } else {
      busy += 1;
    }
    try {
      return await work();
    } finally {
      const [next] = waiting;
      if (next === undefined) {
        busy -= 1;
      } else {
        waiting.delete(next);
        next();
      }
    }
  };
}

/** Asks again and again, for a packet may be lost, and takes the first answer to any of the questions, for it may be slow. */
function hearNameServers(host: string, signal: AbortSignal): Promise<readonly LookupAddress[]> {
  return new Promise((resolve, reject) => {
    const resolvers: Resolver[] = [];
    const found: [LookupAddress[], LookupAddress[]] = [[], []];
    const stop = (): void => {
      clearInterval(timer);
      signal.removeEventListener('abort', onAbort);
      for (const resolver of resolvers) resolver.cancel();
    };
    const onAbort = (): void => {
      stop();
      reject(signal.reason);
    };
    const finish = (): void => {
      stop();
      resolve(found.flat());
    };
    const ask = (): void => {
      const resolver = new Resolver(PATIENT);
      resolvers.push(resolver);
      const note = (at: 0 | 1, family: 4 | 6, addresses: readonly string[]): void => {
        found[at] = addresses.map((address) => ({ address, family }));
      };
      const both = [
        resolver.resolve6(host).then((addresses) => note(0, 6, addresses)),
        resolver.resolve4(host).then((addresses) => note(1, 4, addresses)),
      ];
      const all = Promise.allSettled(both);
      Promise.any(both)
        .then(() => Promise.race([all, pause(OTHER_FAMILY_MS)]))
        .then(finish, finish);
    };
    const timer = setInterval(ask, ASK_AGAIN_MS);
    signal.addEventListener('abort', onAbort, { once: true });
    ask();
  });
}
