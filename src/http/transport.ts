// Send over pooled connections: time limits for every phase, a size limit for every body, failures as values.

import { setMaxListeners } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { OnEvent } from '../core/check-event.ts';
import { elapsedMs } from '../core/clock.ts';
import type { Env } from '../core/env.ts';
import { failure, success } from '../core/outcome.ts';
import { cleanText } from '../core/text.ts';
import { untilAborted } from '../core/until-aborted.ts';
import { findOpenFileLimit } from '../file/open-file-limit.ts';
import { bareHost } from './address.ts';
import { createAddressPolicy } from './address-policy.ts';
import { type ConnectOptions, lateFile, openConnection } from './connect.ts';
import { watchConnection } from './connection-event.ts';
import { authoritiesLate, ConnectError, classify, isTimeout, type Phase } from './failure.ts';
import { HttpHeaders } from './headers.ts';
import { createKnownSecrets, type KnownSecrets } from './known-secrets.ts';
import { mayBeReadByGo } from './lenient-response.ts';
import type { Pool } from './pool.ts';
import { createPoolModule } from './pool-module.ts';
import { createPreconnect, type Preconnect } from './preconnect.ts';
import { isProgramError } from './program-error.ts';
import { proxyFacts, selectProxy } from './proxy.ts';
import { quoteFor } from './quote.ts';
import { createResolver, type Resolve } from './resolve.ts';
import { discard, readResponse } from './response.ts';
import type { HttpResponse, NamedByRegistry, Send } from './send.ts';
import { shownFailure } from './shown-failure.ts';
import { certificateExpiry } from './tls-handshake.ts';
import { createTlsStore, type TlsStoreSettings } from './tls-store.ts';
import { proxyRefusal } from './tunnel.ts';
import { USER_AGENT, wireRequest } from './wire-request.ts';

export interface TransportSettings extends TlsStoreSettings {
  /** For opening a connection that requests of several images may wait for: as long as one image has; default 30 s. */
  readonly connectTimeoutMs?: number | undefined;
  /** Milliseconds; measures how long a request waited. */
  readonly now?: () => number;
  /** Value of User-Agent; some registries refuse a request without one. */
  readonly userAgent?: string;
  /** Masked in everything that is quoted from a response; default none. */
  readonly secrets?: KnownSecrets;
  /** HTTP_PROXY, HTTPS_PROXY and NO_PROXY are read from it. */
  readonly env: Env;
  /** Expects many concurrent requests per host: offers HTTP/2, which carries them over one connection. */
  readonly multiplex?: boolean;
  /** Whether a registry, by its host name, may name private addresses from a public one; default none. */
  readonly allowsPrivate?: (registry: string) => boolean;
  /** Called for every connection that was opened. */
  readonly onConnection?: ((connection: OpenedConnection) => void) | undefined;
  /** Called for every name that is resolved and every connection that is opened or fails. */
  readonly onEvent?: OnEvent | undefined;
  /** Replaces the system's DNS lookup. */
  readonly resolve?: Resolve;
}

export interface OpenedConnection {
  /** `https://registry.example` */
  readonly origin: string;
  /** DNS, TCP and TLS together. */
  readonly durationMs: number;
  /** The end of the validity of the server's certificate, milliseconds since 1970; null without TLS. */
  readonly expiresAtMs: number | null;
}

export interface Transport {
  /** Rejects after `close`, and with the signal's reason if the request is aborted other than by a timeout. */
  readonly send: Send;
  /** Starts to open the connection that a request to this URL will use. `patienceMs`: how long that may take. */
  preconnect(url: URL, namedBy?: NamedByRegistry, patienceMs?: number): void;
  /** Problems with the certificate files for a host (`host[:port]`) connected to so far: sentences without a full stop. */
  tlsProblems(host: string): readonly string[];
  /** Whether a server refused HTTP/1.1. Not known of one that accepted HTTP/2 first. */
  isHttp2Only(host: string): boolean;
  /** Gives up connections that are being opened, and files that are being read. */
  stop(): void;
  /** The same, and closes every connection immediately. */
  close(): Promise<void>;
}

/** By origin. */
interface OriginNotes {
  /** Why TLS failed after the handshake, which the failure of the request itself does not say. */
  readonly lateTlsErrors: Map<string, ConnectError>;
  /** How long the next connection may take. */
  readonly connectPatience: Map<string, number>;
}

/** The connections for addresses of one level of trust: a request of another level never reuses them. */
interface TrustZone extends OriginNotes {
  readonly preconnect: Preconnect;
  readonly pool: () => Promise<Pool>;
  /** Unset until the pool is needed. */
  loaded?: Promise<Pool>;
}

export function createTransport(settings: TransportSettings): Transport {
  const { env, userAgent = USER_AGENT, secrets = createKnownSecrets() } = settings;
  const { connectTimeoutMs = 30_000, now = elapsedMs, onEvent } = settings;
  const closing = new AbortController();
  const tls = createTlsStore({ ...settings, signal: closing.signal });
  const resolve = settings.resolve ?? createResolver();
  const zones = new Map<string, TrustZone>();
  const userOrigins = new Set<string>();
  const http2OnlyHosts = new Set<string>();
  const onHttp2Only = (origin: string): void => void http2OnlyHosts.add(new URL(origin).host);
  const addressPolicy = createAddressPolicy(settings.allowsPrivate);
  setMaxListeners(0, closing.signal);

  /**
   * Only for a registry. A token service gets one request for an image. A storage host receives those for all blobs
   * concurrently, and many speak only HTTP/1.1: waiting for the first connection to negotiate would cost two round trips
   * there, and save none over HTTP/2.
   */
  const prefersHttp2For = (namedBy: NamedByRegistry | undefined): boolean =>
    settings.multiplex === true && namedBy === undefined;

  /** undefined: the user named it. A token service at the registry's own origin is the registry: same connections. */
  const trustOf = (url: URL, namedBy: NamedByRegistry | undefined): NamedByRegistry | undefined => {
    if (namedBy === undefined) userOrigins.add(url.origin);
    const isOwn = namedBy?.as === 'realm' && namedBy.registry === bareHost(url) && userOrigins.has(url.origin);
    return isOwn ? undefined : namedBy;
  };
  const poolModule = createPoolModule();

  const connectFor =
    (namedBy: NamedByRegistry | undefined, { lateTlsErrors, connectPatience }: OriginNotes) =>
    async (origin: URL, onPhase: ConnectOptions['onPhase'], offersHttp2: boolean) => {
      await poolModule.beforeConnection();
      const proxy = selectProxy(origin, env);
      const onReached = namedBy === undefined ? addressPolicy.onConnecting(bareHost(origin)) : () => {};
      const quote = (text: string, maxLength?: number): string => cleanText(secrets.hide(text), maxLength);
      const via = proxy.ok ? proxy.value : undefined;
      const watch = onEvent && watchConnection({ origin, proxy: via, now, quote, onEvent });
      const startedMs = now();
      const socket = await openConnection(origin, {
        proxy: via?.url,
        resolve,
        // A client certificate identifies the user: it is sent only to hosts that the user named.
        waitsFor: tls.waitsFor,
        tlsFor: (host, end) => tls.settingsFor(host, namedBy === undefined && end === 'origin'),
        allows: async (address) => namedBy === undefined || addressPolicy.allows(address, namedBy),
        onReached,
        onPhase: (phase, addresses) => {
          watch?.onPhase(phase);
          onPhase(phase, addresses);
        },
        ...(watch && { onResolved: watch.onResolved }),
        onLateTlsError: (error) => lateTlsErrors.set(origin.origin, error),
        quote,
        timeoutMs: connectPatience.get(origin.origin) ?? connectTimeoutMs,
        offersHttp2,
        signal: closing.signal,
      })
        .catch((error: unknown) => {
          watch?.failed(error);
          throw error;
        })
        .finally(() => onReached());
      watch?.opened(socket);
      settings.onConnection?.({
        origin: origin.origin,
        durationMs: now() - startedMs,
        expiresAtMs: certificateExpiry(socket),
      });
      return socket;
    };

  const zoneFor = (namedBy: NamedByRegistry | undefined): TrustZone => {
    const name = namedBy === undefined ? '' : `${namedBy.as} of ${namedBy.registry}`;
    const known = zones.get(name);
    if (known !== undefined) return known;
    const notes: OriginNotes = { lateTlsErrors: new Map(), connectPatience: new Map() };
    const prefersHttp2 = prefersHttp2For(namedBy);
    const preconnect = createPreconnect(connectFor(namedBy, notes), prefersHttp2);
    const load = async (): Promise<Pool> => {
      const { createPool } = await poolModule.load();
      return createPool({ connect: preconnect.take, prefersHttp2, onHttp2Only });
    };
    const zone: TrustZone = {
      ...notes,
      preconnect,
      pool: () => {
        zone.loaded ??= load();
        return zone.loaded;
      },
    };
    zones.set(name, zone);
    return zone;
  };

  const send: Send = async (request) => {
    const { url, signal } = request;
    const proxy = selectProxy(url, env);
    const startedMs = now();
    const fail = (error: unknown, phase: Phase, addresses: readonly string[] = []) => {
      const classified = classify(error, url.host, phase, now() - startedMs);
      const located = addresses.length > 0 ? { ...classified, addresses } : classified;
      const failed = shownFailure(request, located, secrets);
      const via = proxy.ok ? proxy.value : undefined;
      return failure(via && failed.phase === 'proxy' ? { ...failed, proxy: proxyFacts(via, error) } : failed);
    };
    if (!proxy.ok) return fail(new ConnectError('proxy', proxy.error), 'proxy');
    // RFC 9112 section 3.2.2: an http URL is requested from the proxy in absolute form; https goes through a tunnel.
    const forwarder = url.protocol === 'http:' ? proxy.value?.url : undefined;
    const { preconnect, pool, lateTlsErrors, connectPatience } = zoneFor(trustOf(url, request.namedBy));
    // Many requests of one image listen to one signal; that is not a leak.
    setMaxListeners(0, signal);
    let isSent = false;
    let hasHeaders = false;
    try {
      signal.throwIfAborted();
      if (request.connectPatienceMs === undefined) connectPatience.delete(url.origin);
      else connectPatience.set(url.origin, request.connectPatienceMs);
      // The packets travel while undici is loaded.
      preconnect.start(url);
      const pending = preconnect.pending(url);
      if (pending !== undefined) await untilAborted(pending, signal);
      const { request: sendOverWire, requestLeniently } = await pool();
      signal.throwIfAborted();
      isSent = true;
      const exchange = async (overWire: Pool['request']): Promise<HttpResponse> => {
        const wired = wireRequest(request, forwarder, userAgent);
        let sentMs: number | undefined;
        const onSent = (): void => {
          sentMs = now();
        };
        // undici observes a signal only when the request is on a connection.
        const response = await untilAborted(overWire(onEvent ? { ...wired, onSent } : wired), signal);
        hasHeaders = true;
        const timing = sentMs === undefined ? {} : { firstByteMs: now() - sentMs };
        if (forwarder === undefined || response.statusCode !== 407) {
          return { ...(await readResponse(request, response, secrets)), ...timing };
        }
        discard(response.body);
        const challenges = new HttpHeaders(response.headers).all('proxy-authenticate');
        const refusal = { status: '407', reason: response.statusText, challenges };
        throw proxyRefusal(refusal, quoteFor(request, secrets));
      };
      const read = await exchange(sendOverWire).catch((error) => {
        if (request.method === 'POST' || signal.aborted || !mayBeReadByGo(error)) throw error;
        hasHeaders = false;
        return exchange(requestLeniently);
      });
      // undici returns a connection to its pool one turn later; the next request must not open another one meanwhile.
      await nextTurn();
      return success(read);
    } catch (error) {
      closing.signal.throwIfAborted();
      if (signal.aborted && !isTimeout(signal.reason)) throw signal.reason;
      const lack = signal.aborted && !isSent ? findOpenFileLimit() : undefined;
      if (lack !== undefined) return fail(new ConnectError('tcp', 'too many open files', { code: lack }), 'tcp');
      const late = lateTlsErrors.get(url.origin);
      lateTlsErrors.delete(url.origin);
      if (late !== undefined && !hasHeaders && !signal.aborted) return fail(late, 'tls');
      const file = signal.aborted && !hasHeaders ? lateFile(url, proxy.value?.url, tls.waitsFor) : undefined;
      if (file !== undefined) return fail(authoritiesLate(file), 'tcp');
      if (!signal.aborted && isProgramError(error)) throw error;
      if (!signal.aborted) return fail(error, hasHeaders ? 'body' : 'headers');
      const { phase, addresses } = (!hasHeaders && preconnect.progressOf(url)) || { phase: 'headers', addresses: [] };
      return fail(signal.reason, hasHeaders ? 'body' : phase, addresses);
    }
  };

  const stop = (): void => closing.abort(new Error('the connections were closed'));

  return {
    send,
    preconnect: (url, namedBy, patienceMs) => {
      const { preconnect, connectPatience, pool } = zoneFor(trustOf(url, namedBy));
      if (patienceMs !== undefined) connectPatience.set(url.origin, patienceMs);
      const opened = preconnect.start(url);
      if (!prefersHttp2For(namedBy)) return;
      // The request that takes a connection sees its failure, or that of the pool.
      opened
        ?.then(pool)
        .then(({ prepare }) => prepare(url.origin))
        .catch(() => undefined);
    },
    tlsProblems: tls.problemsOf,
    isHttp2Only: (host) => http2OnlyHosts.has(host),
    stop,
    close: async () => {
      stop();
      const ends = [...zones.values()].map(async ({ preconnect, loaded }) => {
        preconnect.close();
        const pool = await loaded?.catch(() => undefined);
        await pool?.destroy();
      });
      await Promise.all(ends);
    },
  };
}
