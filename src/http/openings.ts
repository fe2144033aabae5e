// Connections that are being opened: for a request that waits, or ahead of one that is sure to come.

import type { Socket } from 'node:net';
import type { Phase } from './failure.ts';

export interface Openings {
  /** Opens a connection to the origin ahead of the first request there; only the first call does something. */
  begin(origin: URL): void;
  /**
   * Resolves once nothing is to be done but to wait for the network: then the processor is free for other things.
   * undefined where no connection was opened ahead, or somebody has it already.
   */
  underWay(origin: URL): Promise<void> | undefined;
  /** The connection that was begun, where it is still to be had, else a new one. */
  take(origin: URL, canMultiplex: boolean): Promise<Socket>;
  /** How far a connection to that origin is that is being opened now. */
  phaseOf(origin: URL): Phase | undefined;
  /** Closes what nobody took. */
  close(): void;
}

interface Opening {
  readonly socket: Promise<Socket>;
  readonly underWay: Promise<void>;
}

export type Connect = (origin: URL, onPhase: (phase: Phase) => void, canMultiplex: boolean) => Promise<Socket>;

export function createOpenings(connect: Connect): Openings {
  const phases = new Set<{ readonly origin: string; phase: Phase }>();
  const met = new Set<string>();
  const ahead = new Map<string, Opening>();

  const start = (url: URL, canMultiplex: boolean): Opening => {
    const now: { readonly origin: string; phase: Phase } = { origin: url.origin, phase: 'dns' };
    phases.add(now);
    met.add(now.origin);
    let isUnderWay = (): void => {};
    const underWay = new Promise<void>((resolve) => {
      isUnderWay = resolve;
    });
    const onPhase = (phase: Phase): void => {
      now.phase = phase;
      // While TCP connects there is a TLS context to be made.
      if (phase === (url.protocol === 'https:' ? 'tls' : 'tcp')) setImmediate(isUnderWay);
    };
    const socket = connect(url, onPhase, canMultiplex).finally(() => {
      isUnderWay();
      phases.delete(now);
    });
    return { socket, underWay };
  };

  return {
    begin(url) {
      if (met.has(url.origin)) return;
      const opening = start(url, true);
      ahead.set(url.origin, opening);
      // Whoever takes it hears of the failure.
      opening.socket.catch(() => undefined);
    },
    underWay: ({ origin }) => ahead.get(origin)?.underWay,
    async take(url, canMultiplex) {
      const begun = ahead.get(url.origin);
      ahead.delete(url.origin);
      const socket = await (begun ?? start(url, canMultiplex)).socket;
      // The other end may have grown tired of it.
      return begun !== undefined && socket.destroyed ? start(url, canMultiplex).socket : socket;
    },
    phaseOf({ origin }) {
      return [...phases].find((one) => one.origin === origin)?.phase;
    },
    close() {
      for (const { socket } of ahead.values()) socket.then((one) => one.destroy()).catch(() => undefined);
    },
  };
}
