// Send over pooled connections: limits on every phase and every body, failures as values.

import { setMaxListeners } from 'node:events';
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import { failure, success } from '../core/outcome.ts';
import { cleanText } from '../core/text.ts';
import { untilAborted } from '../core/until-aborted.ts';
import { findDescriptorLack, withDescriptor } from '../file/descriptor.ts';
import { bareHost, isLoopbackHost } from './address.ts';
import { abandon } from './body.ts';
import { openConnection } from './connect.ts';
import type { Question } from './exchange.ts';
import { ConnectError, classify, type HttpFailure, isTimeout, type Phase } from './failure.ts';
import { createOpenings, type Openings } from './openings.ts';
import { createOwnHosts } from './own-hosts.ts';
import type { Pool } from './pool.ts';
import { type Env, selectProxy } from './proxy.ts';
import { isServersAddress, quoteFor, shownHost } from './quote.ts';
import { createResolver, type Resolve } from './resolve.ts';
import { readResponse } from './response.ts';
import { createSecrets, type Secrets } from './secrets.ts';
import type { HttpRequest, NamedBy, Send } from './send.ts';
import { createTlsStore, type TlsStoreSettings } from './tls-store.ts';
import { proxyAuthorization, proxyRefusal } from './tunnel.ts';

export interface TransportSettings extends TlsStoreSettings {
  /** Opening one connection; unset: 10 s, and 2 s where the host is this machine. */
  readonly connectTimeoutMs?: number;
  /** From the request to the head of its answer, for one attempt. */
  readonly headersTimeoutMs?: number;
  /** Between two pieces of a body. */
  readonly bodyTimeoutMs?: number;
  /** Field value of User-Agent; some registries refuse a request without one. */
  readonly userAgent?: string;
  /** What no answer may be quoted with; unset: nothing. */
  readonly secrets?: Secrets;
  /** HTTP_PROXY, HTTPS_PROXY and NO_PROXY are read from it. */
  readonly env: Env;
  /** Many requests for one host are to come at once: HTTP/2 is offered, which carries them over one connection. */
  readonly multiplex?: boolean;
  /** Stands in for the system's name look-up. */
  readonly resolve?: Resolve;
}

export interface Transport {
  /** Rejects when the request's signal aborts for another reason than a time-out (with that reason), or after `close`. */
  readonly send: Send;
  /** Begins to open the connection that such a request will go over. */
  open(url: URL, namedBy?: NamedBy): void;
  /** What was wrong with the certificate files for a host (`host[:port]`) asked so far: sentences without a full stop. */
  tlsProblems(host: string): readonly string[];
  /** Ends every connection at once. */
  close(): Promise<void>;
}

/** Their packets travel while undici is loaded; a usual check has no more. */
const CONNECTIONS_BEFORE_POOL = 4;
/** The first of them may wait long for a name server. */
const POOL_WANTED_MS = 50;

/** What is opened under one rule: a request under another never borrows it. */
interface Rule {
  readonly openings: Openings;
  readonly pool: () => Promise<Pool>;
  /** Unset until the pool is wanted. */
  loaded?: Promise<Pool>;
}

export function createTransport(settings: TransportSettings): Transport {
  const { env, userAgent = 'kairos-pull', secrets = createSecrets() } = settings;
  const { headersTimeoutMs = 15_000, bodyTimeoutMs = 15_000 } = settings;
  const closing = new AbortController();
  const tls = createTlsStore({ ...settings, signal: closing.signal });
  const resolve = settings.resolve ?? createResolver();
  const rules = new Map<string, Rule>();
  const ownOrigins = new Set<string>();
  const ownHosts = createOwnHosts();
  setMaxListeners(0, closing.signal);

  /**
   * A storage host meets the requests for all blobs of an image at once, and many speak HTTP/1.1 only: to wait there for
   * what the first connection turns out to be would cost two round trips, and gain none where it is HTTP/2.
   */
  const mayMultiplex = (namedBy: NamedBy | undefined): boolean =>
    settings.multiplex === true && namedBy?.as !== 'redirect';

  /** A token service at the registry's own origin is the registry: it is asked over the same connections. */
  const strangerOf = (url: URL, namedBy: NamedBy | undefined): NamedBy | undefined => {
    if (namedBy === undefined) ownOrigins.add(url.origin);
    const isOwn = namedBy?.as === 'realm' && namedBy.registry === bareHost(url) && ownOrigins.has(url.origin);
    return isOwn ? undefined : namedBy;
  };

  let connections = 0;
  let onPoolWanted = (): void => {};
  const poolWanted = new Promise<void>((resolve) => {
    onPoolWanted = resolve;
  });
  /** Connections by the hundred leave no descriptor for the file of the pool: all but the first wait until it is loaded. */
  const beforeConnection = async (): Promise<void> => {
    connections += 1;
    if (connections <= CONNECTIONS_BEFORE_POOL) return;
    await Promise.race([poolWanted, pause(POOL_WANTED_MS)]);
    await import('./pool.ts');
  };

  const connectFor =
    (namedBy: NamedBy | undefined) => async (origin: URL, onPhase: (phase: Phase) => void, canMultiplex: boolean) => {
      await beforeConnection();
      const proxy = selectProxy(origin, env);
      const onReached = namedBy === undefined ? ownHosts.reaching(bareHost(origin)) : () => {};
      return openConnection(origin, {
        proxy: proxy.ok ? proxy.value : undefined,
        resolve,
        // A client certificate says who we are: it goes where the person sent us and nowhere else.
        tlsFor: (host, end) => tls.settingsFor(host, namedBy === undefined && end === 'origin'),
        allows: async (address) => namedBy === undefined || ownHosts.allows(address, namedBy),
        onReached,
        onPhase,
        quote: (text, maxLength) => cleanText(secrets.hide(text), maxLength),
        timeoutMs: settings.connectTimeoutMs ?? (isLoopbackHost(origin.hostname) ? 2_000 : 10_000),
        canMultiplex: canMultiplex && mayMultiplex(namedBy),
        signal: closing.signal,
      }).finally(() => onReached());
    };

  const ruleFor = (namedBy: NamedBy | undefined): Rule => {
    const name = namedBy === undefined ? '' : `${namedBy.as} of ${namedBy.registry}`;
    const kept = rules.get(name);
    if (kept !== undefined) return kept;
    const openings = createOpenings(connectFor(namedBy));
    const load = async (): Promise<Pool> => {
      onPoolWanted();
      const { createPool } = await withDescriptor(() => import('./pool.ts'));
      const limits = { headersTimeoutMs, bodyTimeoutMs };
      return createPool({ connect: openings.take, canMultiplex: mayMultiplex(namedBy), ...limits });
    };
    const rule: Rule = {
      openings,
      pool: () => {
        rule.loaded ??= load();
        return rule.loaded;
      },
    };
    rules.set(name, rule);
    return rule;
  };

  const send: Send = async (request) => {
    const { url, signal } = request;
    const proxy = selectProxy(url, env);
    const fail = (error: unknown, phase: Phase) =>
      failure(shownFailure(request, classify(error, url.host, phase), secrets));
    if (!proxy.ok) return fail(new ConnectError('proxy', proxy.error), 'proxy');
    // RFC 9112 section 3.2.2: a proxy is asked for an http URL in absolute form; for https it opens a tunnel.
    const asked = url.protocol === 'http:' ? proxy.value : undefined;
    const { openings, pool } = ruleFor(strangerOf(url, request.namedBy));
    // Many requests of one image wait for one signal; that is no leak.
    setMaxListeners(0, signal);
    let isAsked = false;
    let hasHead = false;
    try {
      signal.throwIfAborted();
      // The packets travel while undici is loaded.
      openings.begin(url);
      const underWay = openings.underWay(url);
      if (underWay !== undefined) await untilAborted(underWay, signal);
      const { request: ask } = await pool();
      signal.throwIfAborted();
      isAsked = true;
      // undici heeds a signal only once the request is on a connection.
      const response = await untilAborted(ask(questionOf(request, asked, userAgent)), signal);
      hasHead = true;
      if (asked !== undefined && response.statusCode === 407) {
        abandon(response.body);
        throw proxyRefusal(asked, '407', quoteFor(request, secrets)(response.statusText, 80));
      }
      const answer = await readResponse(request, response, secrets);
      // undici gives a connection back one turn later; the next request must not open another one meanwhile.
      await nextTurn();
      return success(answer);
    } catch (error) {
      closing.signal.throwIfAborted();
      if (signal.aborted && !isTimeout(signal.reason)) throw signal.reason;
      const lack = signal.aborted && !isAsked ? findDescriptorLack() : undefined;
      if (lack !== undefined) return fail(new ConnectError('tcp', 'too many open files', { code: lack }), 'tcp');
      const phase = hasHead ? 'body' : signal.aborted ? (openings.phaseOf(url) ?? 'headers') : 'headers';
      return fail(signal.aborted ? signal.reason : error, phase);
    }
  };

  return {
    send,
    open: (url, namedBy) => ruleFor(strangerOf(url, namedBy)).openings.begin(url),
    tlsProblems: tls.problemsOf,
    close: async () => {
      closing.abort(new Error('the connections were closed'));
      const ends = [...rules.values()].map(async ({ openings, loaded }) => {
        openings.close();
        const pool = await loaded?.catch(() => undefined);
        await pool?.destroy();
      });
      await Promise.all(ends);
    },
  };
}

/** A server that chose the address may have put anything into its host name. */
function shownFailure(request: HttpRequest, error: HttpFailure, secrets: Secrets): HttpFailure {
  if (!isServersAddress(request)) return error;
  const quote = quoteFor(request, secrets);
  return { ...error, host: shownHost(request, quote), detail: quote(error.detail) };
}

function questionOf(request: HttpRequest, proxy: URL | undefined, userAgent: string): Question {
  const { url, method, headers, body, signal } = request;
  const path = `${url.pathname}${url.search}`;
  return {
    origin: url.origin,
    path: proxy === undefined ? path : `${url.origin}${path}`,
    method,
    headers: { 'user-agent': userAgent, ...headers, ...(proxy === undefined ? {} : proxyAuthorization(proxy)) },
    ...(body === undefined ? {} : { body }),
    signal,
  };
}
