// Reuses connections: one for all concurrent requests where the server speaks HTTP/2, otherwise one per request.
// The only user of undici and of HTTP/2. Loaded while a connection is being opened: undici is the largest part of all.

import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { Agent } from 'undici';
import { createHttp2Session, type Http2Session, StreamRefused } from './http2-session.ts';
import { requestLeniently, requireKnownCoding } from './lenient-response.ts';
import { discard } from './response.ts';
import { MAX_HEADER_BYTES, type WireRequest, type WireResponse } from './wire.ts';

export interface PoolSettings {
  /** Whether HTTP/2 is offered; if so, requests wait until the first connection to their origin has negotiated it. */
  readonly canMultiplex: boolean;
  readonly connect: (origin: URL, canMultiplex: boolean) => Promise<Socket>;
}

export interface Pool {
  request(request: WireRequest): Promise<WireResponse>;
  /** Sends it again, over a new connection: see lenient-response.ts. */
  requestLeniently(request: WireRequest): Promise<WireResponse>;
  /** Closes every connection immediately. */
  destroy(): Promise<void>;
}

export function createPool({ connect, canMultiplex }: PoolSettings): Pool {
  /** By origin; undefined where the server speaks HTTP/1.1. */
  const sessions = new Map<string, Promise<Http2Session | undefined>>();
  /** Connections that negotiated HTTP/1.1, for the agent. */
  const spare = new Map<string, Socket>();

  const agent = new Agent({
    maxHeaderSize: MAX_HEADER_BYTES,
    connect: ({ protocol, host, hostname }, callback) => {
      const origin = new URL(`${protocol}//${host ?? hostname}`);
      const opened = spare.get(origin.origin);
      spare.delete(origin.origin);
      const socket = opened === undefined || opened.destroyed ? connect(origin, false) : Promise.resolve(opened);
      socket.then(
        (open) => callback(null, open),
        (error: Error) => callback(error, null),
      );
    },
  });

  const negotiate = async (origin: string): Promise<Http2Session | undefined> => {
    const socket = await connect(new URL(origin), true);
    if ((socket as TLSSocket).alpnProtocol === 'h2') return createHttp2Session(origin, socket);
    spare.set(origin, socket);
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

  const send = async (request: WireRequest, isRetry: boolean): Promise<WireResponse> => {
    const { origin } = request;
    const session = canMultiplex && origin.startsWith('https:') ? await sessionFor(origin) : undefined;
    if (session === undefined) {
      // 0: no limit.
      const { patienceMs = 0, ...options } = request;
      // Without `reset`, undici would close the connection after every HEAD.
      const limits = { headersTimeout: patienceMs, bodyTimeout: patienceMs };
      const response = await agent.request({ ...options, ...limits, reset: false });
      try {
        requireKnownCoding(response.headers);
      } catch (error) {
        discard(response.body);
        throw error;
      }
      return response;
    }
    try {
      return await session.request(request);
    } catch (error) {
      if (!(error instanceof StreamRefused)) throw error;
      if (error.needsHttp1) {
        session.retire();
        sessions.set(origin, Promise.resolve(undefined));
      } else if (isRetry) {
        throw error;
      }
      return send(request, true);
    }
  };

  return {
    request: (request) => {
      const response = send(request, false);
      // The caller may have stopped waiting: then nothing else handles a failure.
      response.catch(() => undefined);
      return response;
    },
    requestLeniently: async (request) => requestLeniently(await connect(new URL(request.origin), false), request),
    async destroy() {
      for (const socket of spare.values()) socket.destroy();
      for (const session of sessions.values()) session.then((open) => open?.destroy()).catch(() => undefined);
      await agent.destroy();
    },
  };
}
