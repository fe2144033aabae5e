// Connections that are being opened: for a request that is waiting, or ahead of one that is sure to come.

import type { Socket } from 'node:net';
import type { ConnectOptions } from './connect.ts';
import type { Phase } from './failure.ts';

export interface Preconnect {
  /**
   * Opens a connection to the origin ahead of the first request; later calls do nothing. Resolves when it is open.
   */
  start(origin: URL): Promise<unknown> | undefined;
  /**
   * Resolves when there is nothing left to do but wait for the network, so that the processor is free for other work.
   * undefined where no connection was opened ahead, or it is already taken.
   */
  pending(origin: URL): Promise<void> | undefined;
  /** The connection that was opened ahead, if it is still available, otherwise a new one. */
  take(origin: URL, offersHttp2: boolean): Promise<Socket>;
  /** A connection to that origin that is being opened now: its phase, and the addresses that are tried. */
  progressOf(origin: URL): Progress | undefined;
  /** Closes the connections that were not taken. */
  close(): void;
}

interface Progress {
  readonly phase: Phase;
  readonly addresses: readonly string[];
}

interface Opening {
  readonly socket: Promise<Socket>;
  readonly pending: Promise<void>;
}

interface OpeningNow extends Progress {
  readonly origin: string;
}

export type Connect = (origin: URL, onPhase: ConnectOptions['onPhase'], offersHttp2: boolean) => Promise<Socket>;

export function createPreconnect(connect: Connect, prefersHttp2: boolean): Preconnect {
  const phases = new Set<OpeningNow>();
  const seen = new Set<string>();
  const ahead = new Map<string, Opening>();

  const open = (url: URL, offersHttp2: boolean): Opening => {
    const now: OpeningNow = { origin: url.origin, phase: 'dns', addresses: [] };
    phases.add(now);
    seen.add(now.origin);
    let onPending = (): void => {};
    const pending = new Promise<void>((resolve) => {
      onPending = resolve;
    });
    const onPhase: ConnectOptions['onPhase'] = (phase, addresses = []) => {
      Object.assign(now, { phase, addresses });
      // While TCP connects there is still a TLS context to create.
      if (phase === (url.protocol === 'https:' ? 'tls' : 'tcp')) setImmediate(onPending);
    };
    const socket = connect(url, onPhase, offersHttp2).finally(() => {
      onPending();
      phases.delete(now);
    });
    return { socket, pending };
  };

  return {
    start(url) {
      if (seen.has(url.origin)) return undefined;
      const opening = open(url, prefersHttp2);
      ahead.set(url.origin, opening);
      // The request that takes the connection sees the failure.
      opening.socket.catch(() => undefined);
      return opening.socket;
    },
    pending: ({ origin }) => ahead.get(origin)?.pending,
    async take(url, offersHttp2) {
      const opening = ahead.get(url.origin);
      ahead.delete(url.origin);
      const socket = await (opening ?? open(url, offersHttp2)).socket;
      // The server may have closed an idle connection.
      return opening !== undefined && socket.destroyed ? open(url, offersHttp2).socket : socket;
    },
    progressOf({ origin }) {
      return [...phases].find((opening) => opening.origin === origin);
    },
    close() {
      for (const { socket } of ahead.values()) socket.then((open) => open.destroy()).catch(() => undefined);
    },
  };
}
