// Reuses connections: one for all concurrent requests where the server speaks HTTP/2, otherwise one per request.
// The only user of undici and of HTTP/2. Loaded while a connection is being opened: undici is the largest part of all.

import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { Agent, type Dispatcher } from 'undici';
import { type ConnectError, Http2Error } from './failure.ts';
import { createHttp2Session, type Http2Session, StreamRefused } from './http2-session.ts';
import { requestLeniently, requireKnownCoding } from './lenient-response.ts';
import { discard } from './response.ts';
import { createSentWatch } from './sent-watch.ts';
import { MAX_HEADER_BYTES, type WireRequest, type WireResponse } from './wire.ts';

export interface PoolSettings {
  /**
   * Whether HTTP/2 is preferred; if so, requests wait until the first connection to their origin has negotiated it.
   * Otherwise it is offered only to a server that refuses HTTP/1.1.
   */
  readonly prefersHttp2: boolean;
  readonly connect: (origin: URL, offersHttp2: boolean) => Promise<Socket>;
  /** A server refused HTTP/1.1. */
  readonly onHttp2Only: (origin: string) => void;
}

export interface Pool {
  request(request: WireRequest): Promise<WireResponse>;
  /** Where many requests are expected: learns whether the server has HTTP/2; if not, opens the other connections. */
  prepare(origin: string): Promise<void>;
  /** Sends it again, over a new connection: see lenient-response.ts. */
  requestLeniently(request: WireRequest): Promise<WireResponse>;
  /** Closes every connection immediately. */
  destroy(): Promise<void>;
}

/**
 * Where many requests are expected and the server has no HTTP/2: so many connections are open when they come, because the
 * others are opened while the first request travels. To open one takes as long as three requests over one.
 */
const READY_CONNECTIONS = 6;
/** Running or waiting over those. More requests get a connection each, as everywhere else. */
const MAX_OVER_READY = 2 * READY_CONNECTIONS;

export function createPool({ connect, prefersHttp2, onHttp2Only }: PoolSettings): Pool {
  /** By origin; undefined where the server speaks HTTP/1.1. */
  const sessions = new Map<string, Promise<Http2Session | undefined>>();
  /** Origins that refused HTTP/1.1. */
  const http2Only = new Set<string>();
  /** Connections that negotiated HTTP/1.1, for the agent. */
  const spare = new Map<string, Promise<Socket>[]>();

  const sentWatch = createSentWatch();

  const takeOrOpen = async (origin: URL): Promise<Socket> => {
    const opened = await spare
      .get(origin.origin)
      ?.shift()
      ?.catch(() => undefined);
    return opened === undefined || opened.destroyed ? connect(origin, false) : opened;
  };

  const settings: Agent.Options = {
    maxHeaderSize: MAX_HEADER_BYTES,
    connect: ({ protocol, host, hostname }, callback) => {
      const origin = new URL(`${protocol}//${host ?? hostname}`);
      takeOrOpen(origin).then(
        (open) => callback(null, open),
        (error: Error) => callback(error, null),
      );
    },
  };
  const agent = new Agent(settings);
  const readyAgent = prefersHttp2 ? new Agent({ ...settings, connections: READY_CONNECTIONS }) : undefined;
  /** Requests that are running or waiting there, by origin; of origins without HTTP/2 only. */
  const overReady = new Map<string, number>();

  const negotiate = async (origin: string): Promise<Http2Session | undefined> => {
    const socket = await connect(new URL(origin), true);
    if ((socket as TLSSocket).alpnProtocol === 'h2') return createHttp2Session(origin, socket);
    const ready = [Promise.resolve(socket)];
    while (prefersHttp2 && ready.length < READY_CONNECTIONS) ready.push(connect(new URL(origin), false));
    // Instead of one that failed, another is opened when it is needed.
    for (const one of ready) one.catch(() => undefined);
    spare.set(origin, ready);
    if (readyAgent !== undefined) overReady.set(origin, overReady.get(origin) ?? 0);
    return undefined;
  };

  /** Requests wait while the first connection is being opened: it may carry them all. */
  const sessionFor = async (origin: string): Promise<Http2Session | undefined> => {
    const known = sessions.get(origin);
    const session = await known;
    if (known !== undefined && (session === undefined || session.isOpen())) return session;
    // Several requests may have found it closed: the first opens the next.
    if (sessions.get(origin) === known) {
      const next = negotiate(origin);
      sessions.set(origin, next);
      next.catch(() => sessions.delete(origin));
    }
    return sessions.get(origin);
  };

  /** Forgets that the server speaks HTTP/1.1, unless another request has done so meanwhile. */
  const renegotiate = async (origin: string): Promise<void> => {
    http2Only.add(origin);
    onHttp2Only(origin);
    const known = sessions.get(origin);
    const session = await known?.catch(() => undefined);
    if (session === undefined && sessions.get(origin) === known) sessions.delete(origin);
  };

  const sendWith = async (
    options: Dispatcher.RequestOptions & { origin: string },
  ): Promise<Dispatcher.ResponseData> => {
    const { origin } = options;
    const count = overReady.get(origin) ?? MAX_OVER_READY;
    if (readyAgent === undefined || count >= MAX_OVER_READY) return agent.request(options);
    overReady.set(origin, count + 1);
    return readyAgent.request(options).finally(() => overReady.set(origin, (overReady.get(origin) ?? 1) - 1));
  };

  const sendOverHttp1 = async (request: WireRequest): Promise<WireResponse> => {
    // 0: no limit.
    const { patienceMs = 0, onSent: _, ...options } = request;
    const forget = sentWatch.expect(request);
    // Without `reset`, undici would close the connection after every HEAD.
    const limits = { headersTimeout: patienceMs, bodyTimeout: patienceMs };
    const response = await sendWith({ ...options, ...limits, reset: false }).finally(forget);
    try {
      requireKnownCoding(response.headers);
    } catch (error) {
      discard(response.body);
      throw error;
    }
    return response;
  };

  /** `failed`: the server refused the request without processing it; neither way is tried twice for that. */
  const send = async (request: WireRequest, failed: ReadonlySet<Refusal> = new Set()): Promise<WireResponse> => {
    const { origin } = request;
    const isTls = origin.startsWith('https:');
    const session = isTls && (prefersHttp2 || http2Only.has(origin)) ? await sessionFor(origin) : undefined;
    try {
      return await (session?.request(request) ?? sendOverHttp1(request));
    } catch (error) {
      const refusal = refusalOf(error, isTls && session === undefined);
      if (refusal === undefined || failed.has(refusal)) throw error;
      const known = new Set([...failed, refusal]);
      if (known.has('requires HTTP/1.1') && known.has('requires HTTP/2')) {
        session?.retire();
        sessions.delete(origin);
        throw new Http2Error('the server requires HTTP/1.1, and does not offer it');
      }
      if (refusal === 'requires HTTP/2') await renegotiate(origin);
      if (refusal === 'requires HTTP/1.1') {
        session?.retire();
        http2Only.delete(origin);
        sessions.set(origin, Promise.resolve(undefined));
      }
      return send(request, known);
    }
  };

  return {
    request: (request) => {
      const response = send(request);
      // The caller may have stopped waiting: then nothing else handles a failure.
      response.catch(() => undefined);
      return response;
    },
    async prepare(origin) {
      if (prefersHttp2 && origin.startsWith('https:')) await sessionFor(origin);
    },
    requestLeniently: async (request) => requestLeniently(await connect(new URL(request.origin), false), request),
    async destroy() {
      for (const socket of [...spare.values()].flat()) socket.then((open) => open.destroy()).catch(() => undefined);
      for (const session of sessions.values()) session.then((open) => open?.destroy()).catch(() => undefined);
      sentWatch.close();
      await Promise.all([agent.destroy(), readyAgent?.destroy()]);
    },
  };
}

type Refusal = 'requires HTTP/1.1' | 'requires HTTP/2' | 'not processed';

function refusalOf(error: unknown, isHttp1OverTls: boolean): Refusal | undefined {
  if (error instanceof StreamRefused) return error.needsHttp1 ? 'requires HTTP/1.1' : 'not processed';
  return isHttp1OverTls && requiresHttp2(error) ? 'requires HTTP/2' : undefined;
}

/** The header of a SETTINGS frame, the first of a server (RFC 9113 sections 3.4 and 4.1). */
const SETTINGS_FRAME = /^\0..\x04\0\0{4}/s;

/** The server found no protocol it speaks in the offer (RFC 7301 section 3.2), or speaks HTTP/2 without one. */
function requiresHttp2(error: unknown): boolean {
  // By name: the pool is a bundle of its own.
  const { name, facts, data } = error as Partial<ConnectError> & { readonly data?: unknown };
  if (name === 'ConnectError') return facts?.tls?.problem === 'no-application-protocol';
  return name === 'HTTPParserError' && SETTINGS_FRAME.test(String(data));
}
