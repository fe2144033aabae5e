// Connections that were opened under one rule, kept and used again: a request under another rule never borrows them.

import type { Socket } from 'node:net';
import { Agent, type Dispatcher } from 'undici';
import type { Phase } from './failure.ts';

export interface PoolSettings {
  readonly connect: (origin: URL, onPhase: (phase: Phase) => void) => Promise<Socket>;
  /** From the request to the head of its answer. */
  readonly headersTimeoutMs: number;
  /** Between two pieces of a body. */
  readonly bodyTimeoutMs: number;
}

export interface Pool {
  request(options: Dispatcher.RequestOptions): Promise<Dispatcher.ResponseData>;
  /** How far a connection to that origin is that is being opened now. */
  openingPhase(origin: string): Phase | undefined;
  /** Ends every connection at once. */
  destroy(): Promise<void>;
}

export function createPool({ connect, headersTimeoutMs, bodyTimeoutMs }: PoolSettings): Pool {
  const openings = new Set<{ readonly origin: string; phase: Phase }>();
  const agent = new Agent({
    connect: ({ protocol, host, hostname }, callback) => {
      const origin = new URL(`${protocol}//${host ?? hostname}`);
      const opening: { readonly origin: string; phase: Phase } = { origin: origin.origin, phase: 'dns' };
      openings.add(opening);
      connect(origin, (phase) => {
        opening.phase = phase;
      })
        .finally(() => openings.delete(opening))
        .then(
          (socket) => callback(null, socket),
          (error: Error) => callback(error, null),
        );
    },
    headersTimeout: headersTimeoutMs,
    bodyTimeout: bodyTimeoutMs,
  });
  return {
    request: (options) => agent.request(options),
    openingPhase: (origin) => [...openings].find((opening) => opening.origin === origin)?.phase,
    destroy: () => agent.destroy(),
  };
}
