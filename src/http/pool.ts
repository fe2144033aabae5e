// Connections kept and used again, by undici. Loaded when a connection is on its way: undici is the largest part of all.

import type { Socket } from 'node:net';
import { Agent, type Dispatcher } from 'undici';

export interface PoolSettings {
  readonly connect: (origin: URL) => Promise<Socket>;
  /** From the request to the head of its answer. */
  readonly headersTimeoutMs: number;
  /** Between two pieces of a body. */
  readonly bodyTimeoutMs: number;
}

export interface Pool {
  request(options: Dispatcher.RequestOptions): Promise<Dispatcher.ResponseData>;
  /** Ends every connection at once. */
  destroy(): Promise<void>;
}

export function createPool({ connect, headersTimeoutMs, bodyTimeoutMs }: PoolSettings): Pool {
  const agent = new Agent({
    connect: ({ protocol, host, hostname }, callback) => {
      connect(new URL(`${protocol}//${host ?? hostname}`)).then(
        (socket) => callback(null, socket),
        (error: Error) => callback(error, null),
      );
    },
    headersTimeout: headersTimeoutMs,
    bodyTimeout: bodyTimeoutMs,
  });
  return {
    request: (options) => agent.request(options),
    destroy: () => agent.destroy(),
  };
}
