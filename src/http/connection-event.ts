// The opening of one connection as events: names resolved, phases and their time, TLS, certificate, proxy.

import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { ConnectionEvent, ConnectPhase, OnEvent } from '../core/check-event.ts';
import { certificateSeen } from './exchange-event.ts';
import { ConnectError, messageOf, type Phase } from './failure.ts';
import type { ProxyChoice } from './proxy.ts';
import { factsOf } from './tls-failure.ts';

export interface ConnectionWatch {
  readonly onPhase: (phase: Phase) => void;
  readonly onResolved: (host: string, addresses: readonly string[]) => void;
  readonly opened: (socket: Socket) => void;
  readonly failed: (error: unknown) => void;
}

interface Watched {
  readonly origin: URL;
  readonly proxy: ProxyChoice | undefined;
  readonly now: () => number;
  /** For text that a server wrote. */
  readonly quote: (text: string, maxLength?: number) => string;
  readonly onEvent: OnEvent;
}

export function watchConnection({ origin, proxy, now, quote, onEvent }: Watched): ConnectionWatch {
  const phases: Partial<Record<ConnectPhase, number>> = {};
  let phase: ConnectPhase | undefined;
  let sinceMs = now();
  let resolved: string | undefined;
  /** A phase may be entered twice: its times add up. */
  const leave = (): void => {
    const nowMs = now();
    if (phase !== undefined) phases[phase] = (phases[phase] ?? 0) + (nowMs - sinceMs);
    sinceMs = nowMs;
  };
  const report = (address: string | null, more: Partial<ConnectionEvent>): void => {
    leave();
    const via = proxy && { proxy: { host: proxy.url.host, variable: proxy.variable } };
    onEvent({ type: 'connection', origin: quote(origin.origin), address, phases, ...via, ...more });
  };
  return {
    onPhase(next) {
      leave();
      phase = isConnectPhase(next) ? next : undefined;
    },
    onResolved(host, addresses) {
      const [first] = addresses;
      if (addresses.length === 1) resolved = first;
      onEvent({ type: 'dns', host: quote(host), addresses, durationMs: now() - sinceMs });
    },
    opened(socket) {
      const { remoteAddress, remotePort } = socket;
      const address = remoteAddress === undefined ? null : hostAndPort(remoteAddress, remotePort);
      report(address, tlsOf(socket, quote));
    },
    failed(error) {
      const { certificate: facts, session } = (error instanceof ConnectError ? error.facts.tls : undefined) ?? {};
      const text = quote(messageOf(error)) || 'failed';
      const code = error instanceof ConnectError && error.code !== null && !text.includes(error.code);
      // The only address that there is; of several, the message names one.
      const end = proxy?.url ?? origin;
      const address = resolved === undefined ? null : hostAndPort(resolved, Number(end.port) || defaultPort(end));
      report(address, {
        error: code ? `${text} (${(error as ConnectError).code})` : text,
        ...(session && { tls: { ...session, isVerified: false } }),
        ...(facts && { certificate: certificateSeen(facts, quote) }),
      });
    },
  };
}

function tlsOf(socket: Socket, quote: Watched['quote']): Partial<ConnectionEvent> {
  if (!(socket instanceof TLSSocket)) return {};
  const certificate = socket.getPeerCertificate();
  return {
    tls: {
      version: socket.getProtocol() ?? '',
      protocol: socket.alpnProtocol || '',
      isVerified: socket.authorized,
    },
    // Node gives an empty object for a server without a certificate.
    ...('valid_to' in certificate && { certificate: certificateSeen(factsOf(certificate), quote) }),
  };
}

const hostAndPort = (address: string, port: number | undefined): string =>
  address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;

const defaultPort = ({ protocol }: URL): number => (protocol === 'https:' ? 443 : 80);

const isConnectPhase = (phase: Phase): phase is ConnectPhase => phase !== 'headers' && phase !== 'body';
