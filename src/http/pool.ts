// Connections kept and used again: one for all requests where the server speaks HTTP/2, one for each at a time where not.
// Loaded when a connection is on its way: undici is the largest part of all.

import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { Agent } from 'undici';
import type { Answer, Limits, Question } from './exchange.ts';
import { createHttp2Session, type Http2Session, StreamRefused } from './http2-session.ts';

export interface PoolSettings extends Limits {
  /** Whether HTTP/2 is offered; if so, requests wait for what the first connection to their origin turns out to be. */
  readonly canMultiplex: boolean;
  readonly connect: (origin: URL, canMultiplex: boolean) => Promise<Socket>;
}

export interface Pool {
  request(question: Question): Promise<Answer>;
  /** Ends every connection at once. */
  destroy(): Promise<void>;
}

export function createPool({ connect, canMultiplex, ...limits }: PoolSettings): Pool {
  /** By origin; undefined where it speaks HTTP/1.1. */
  const sessions = new Map<string, Promise<Http2Session | undefined>>();
  /** Connections that turned out to be HTTP/1.1, for the agent. */
  const spare = new Map<string, Socket>();

  const agent = new Agent({
    connect: ({ protocol, host, hostname }, callback) => {
      const origin = new URL(`${protocol}//${host ?? hostname}`);
      const kept = spare.get(origin.origin);
      spare.delete(origin.origin);
      const opened = kept === undefined || kept.destroyed ? connect(origin, false) : Promise.resolve(kept);
      opened.then(
        (socket) => callback(null, socket),
        (error: Error) => callback(error, null),
      );
    },
    headersTimeout: limits.headersTimeoutMs,
    bodyTimeout: limits.bodyTimeoutMs,
  });

  const meet = async (origin: string): Promise<Http2Session | undefined> => {
    const socket = await connect(new URL(origin), true);
    if ((socket as TLSSocket).alpnProtocol === 'h2') return createHttp2Session(origin, socket, limits);
    spare.set(origin, socket);
    return undefined;
  };

  /** All who come while the first connection is being opened wait for it: it may carry them all. */
  const sessionFor = async (origin: string): Promise<Http2Session | undefined> => {
    const known = sessions.get(origin);
    const session = await known;
    if (known !== undefined && (session === undefined || session.isOpen())) return session;
    // Several may have found it closed: the first opens the next.
    if (sessions.get(origin) === known) {
      const next = meet(origin);
      sessions.set(origin, next);
      next.catch(() => sessions.delete(origin));
    }
    return sessions.get(origin);
  };

  const request = async (question: Question, isRepeated: boolean): Promise<Answer> => {
    const { origin } = question;
    const session = canMultiplex && origin.startsWith('https:') ? await sessionFor(origin) : undefined;
    // undici would close the connection after every HEAD.
    if (session === undefined) return agent.request({ ...question, reset: false });
    try {
      return await session.request(question);
    } catch (error) {
      if (!(error instanceof StreamRefused)) throw error;
      if (error.needsHttp1) {
        session.retire();
        sessions.set(origin, Promise.resolve(undefined));
      } else if (isRepeated) {
        throw error;
      }
      return request(question, true);
    }
  };

  return {
    request: (question) => {
      const answer = request(question, false);
      // Whoever asked may have left: then nobody else hears of a failure.
      answer.catch(() => undefined);
      return answer;
    },
    async destroy() {
      for (const socket of spare.values()) socket.destroy();
      for (const session of sessions.values()) session.then((one) => one?.destroy()).catch(() => undefined);
      await agent.destroy();
    },
  };
}
