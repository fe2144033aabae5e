// Looks up host names as every program on the machine does, with getaddrinfo: /etc/hosts, name servers, search domains.
//
// It blocks a thread that cannot be interrupted, and there are few. So a name is looked up once at a time, no more names
// concurrently than there are threads, and none that is no longer needed. While a name server is silent, the rest of the
// wait takes no thread.

import { type LookupAddress, lookup } from 'node:dns';
import { Resolver } from 'node:dns/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { elapsedMs } from '../core/clock.ts';
import { createLimiter } from '../core/limiter.ts';
import { untilAborted } from '../core/until-aborted.ts';
import { findOpenFileLimit } from '../file/open-file-limit.ts';
import { isLoopbackHost } from './address.ts';

/** All addresses of a name, in order of preference; rejects with the system's error, or the signal's reason. */
export type Resolve = (host: string, signal: AbortSignal) => Promise<readonly LookupAddress[]>;

export interface ResolverSettings {
  readonly lookUp?: (host: string) => Promise<readonly LookupAddress[]>;
  /** Waits for the name server without a thread. No addresses: it has responded, with none. */
  readonly listen?: Resolve;
  readonly maxConcurrent?: number;
  /** Milliseconds. */
  readonly now?: () => number;
}

/** A name server that refuses does so sooner. */
const SILENCE_MS = 900;
const QUERY_AGAIN_MS = 2000;
/** Node 20 waits at most 5 s, but accepts a late response while it tries again; later versions need `maxTimeout`. */
const PATIENT = { timeout: 10_000, maxTimeout: 10_000, tries: 4 };
/** RFC 8305 section 3, "Resolution Delay". */
const OTHER_FAMILY_MS = 50;

/** libuv leaves the other threads to files: threadpool.c, slow_work_thread_threshold. */
const threadsForNames = (): number => Math.ceil((Number(process.env.UV_THREADPOOL_SIZE) || 4) / 2);

const systemLookUp = (host: string): Promise<readonly LookupAddress[]> =>
  new Promise((resolve, reject) => {
    lookup(host, { all: true }, (error, addresses) => (error ? reject(error) : resolve(addresses)));
  });

interface PendingLookUp {
  readonly addresses: Promise<readonly LookupAddress[]>;
  readonly end: AbortController;
  callers: number;
}

export function createResolver({
  lookUp = systemLookUp,
  listen = listenToNameServers,
  maxConcurrent = threadsForNames(),
  now = elapsedMs,
}: ResolverSettings = {}): Resolve {
  const pending = new Map<string, PendingLookUp>();
  const limited = createLimiter(maxConcurrent);

  const find = async (host: string, signal: AbortSignal): Promise<readonly LookupAddress[]> => {
    for (;;) {
      let startedMs = 0;
      const query = (): ReturnType<typeof lookUp> => {
        startedMs = now();
        return lookUp(host);
      };
      try {
        // Loopback names need no name server.
        return await untilAborted(isLoopbackHost(host) ? query() : limited(query, signal), signal);
      } catch (error) {
        signal.throwIfAborted();
        const lack = findOpenFileLimit();
        if (lack !== undefined) throw Object.assign(new Error('too many open files'), { code: lack });
        const isSilence = (error as { code?: unknown }).code === 'EAI_AGAIN' && now() - startedMs >= SILENCE_MS;
        if (!isSilence) throw error;
      }
      const heard = await listen(host, signal);
      if (heard.length > 0) return heard;
    }
  };

  const start = (host: string): PendingLookUp => {
    const end = new AbortController();
    const started = { addresses: find(host, end.signal), end, callers: 0 };
    pending.set(host, started);
    const forget = (): void => {
      if (pending.get(host) === started) pending.delete(host);
    };
    started.addresses.then(forget, forget);
    end.signal.addEventListener('abort', forget, { once: true });
    return started;
  };

  return async (host, signal) => {
    const shared = pending.get(host) ?? start(host);
    shared.callers += 1;
    try {
      return await untilAborted(shared.addresses, signal);
    } finally {
      shared.callers -= 1;
      if (shared.callers === 0) shared.end.abort();
    }
  };
}

/** Queries repeatedly, because a packet may be lost, and uses the first response to any query, because it may be slow. */
function listenToNameServers(host: string, signal: AbortSignal): Promise<readonly LookupAddress[]> {
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
    const query = (): void => {
      const resolver = new Resolver(PATIENT);
      resolvers.push(resolver);
      const add = (at: 0 | 1, family: 4 | 6, addresses: readonly string[]): void => {
        found[at] = addresses.map((address) => ({ address, family }));
      };
      const both = [
        resolver.resolve6(host).then((addresses) => add(0, 6, addresses)),
        resolver.resolve4(host).then((addresses) => add(1, 4, addresses)),
      ];
      const all = Promise.allSettled(both);
      Promise.any(both)
        .then(() => Promise.race([all, pause(OTHER_FAMILY_MS)]))
        .then(finish, finish);
    };
    const timer = setInterval(query, QUERY_AGAIN_MS);
    signal.addEventListener('abort', onAbort, { once: true });
    query();
  });
}
