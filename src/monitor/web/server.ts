// The web server of the monitor: pages, API, stream, badges, health and metrics on one port.

import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { type Clock, systemClock } from '../../core/clock.ts';
import { failure, type Outcome, success } from '../../core/outcome.ts';
import type { MonitorView } from '../view/monitor-view.ts';
import { apiRoutes } from './api-routes.ts';
import { createApp, malformedRequest } from './app.ts';
import { createAuthenticator } from './authenticate.ts';
import { createEventStream } from './event-stream.ts';
import { type BackUp, exportRoute } from './export-route.ts';
import { formatAddress, type ListenFailure, listenFailure, resolveListenAddress } from './listen-address.ts';
import { type FormatMetrics, healthRoutes, metricsRoute, pageRoutes } from './other-routes.ts';
import type { Pages } from './pages.ts';
import { type ProbeTarget, probeRoute } from './probe-route.ts';
import type { HttpProblem } from './problem.ts';
import { basePathOf, createOriginPolicy } from './request-origin.ts';
import { problemResponse, rawProblem } from './response.ts';
import type { AuthOptions, ListenAddress } from './web-options.ts';

export interface WebServerOptions {
  readonly listen: ListenAddress;
  readonly auth: AuthOptions | null;
  /** Where users reach it, as configured: an http or https URL. */
  readonly url: string | null;
  /** It has health and metrics only: another process shows what is found. */
  readonly isWorker?: boolean;
  readonly pages?: Pages;
  readonly metrics?: FormatMetrics;
  /** Unset: there is no /probe. */
  readonly probe?: ProbeTarget;
  /** Unset: there is no export. */
  readonly backUp?: BackUp;
  readonly clock?: Clock;
  readonly timeouts?: ConnectionTimeouts;
  /** Errors and files that cannot be used; requests are not logged. */
  readonly log: (message: string) => void;
}

export interface WebServer {
  /** `http://127.0.0.1:8790`, with the port in use. */
  readonly origin: string;
  readonly port: number;
  /** How many clients read the stream. */
  readonly streams: number;
  /** Ends streams and idle connections immediately, the others when they are done or after that time. */
  close(graceMs?: number): Promise<void>;
}

export interface ConnectionTimeouts {
  /** For the header section of a request. */
  readonly headersMs: number;
  /** For a whole request. */
  readonly requestMs: number;
  readonly keepAliveMs: number;
  /** Without a byte in either direction: a client that does not read a response. Streams have their heartbeat. */
  readonly silenceMs: number;
  /** How often the first two are looked at. */
  readonly intervalMs: number;
}

const TIMEOUTS: ConnectionTimeouts = {
  ...{ headersMs: 10_000, requestMs: 20_000, keepAliveMs: 65_000, silenceMs: 120_000, intervalMs: 2_000 },
};
const MAX_HEADER_BYTES = 16 * 1024;
const MAX_CONNECTIONS = 4_096;
const CLOSE_GRACE_MS = 2_000;

export async function createWebServer(
  view: MonitorView,
  options: WebServerOptions,
): Promise<Outcome<WebServer, ListenFailure>> {
  const {
    listen,
    auth,
    url,
    isWorker = false,
    pages,
    metrics,
    probe,
    backUp,
    clock = systemClock,
    timeouts = TIMEOUTS,
    log,
  } = options;
  const onError = (error: unknown): void => log(`internal error: ${error instanceof Error ? error.stack : error}`);
  const resolved = await resolveListenAddress(listen, auth);
  if (!resolved.ok) return resolved;
  const { address, isLoopback } = resolved.value;
  const server = createServer({
    ...{ headersTimeout: timeouts.headersMs, requestTimeout: timeouts.requestMs },
    ...{ keepAliveTimeout: timeouts.keepAliveMs, connectionsCheckingInterval: timeouts.intervalMs },
    maxHeaderSize: MAX_HEADER_BYTES,
  });
  server.maxConnections = MAX_CONNECTIONS;
  server.setTimeout(timeouts.silenceMs);
  server.on('clientError', respondToMalformed);
  try {
    await startListening(server, listen.port, address);
  } catch (error) {
    return failure(listenFailure(listen, error));
  }
  const { port } = server.address() as AddressInfo;
  const stream = createEventStream(view, { clock, onError });
  const authenticator = auth === null ? null : createAuthenticator(auth, log);
  const app = createApp({
    routes: [
      ...(isWorker ? [] : apiRoutes(view)),
      ...healthRoutes(view),
      ...(pages === undefined ? [] : pageRoutes(pages)),
      ...(metrics === undefined ? [] : [metricsRoute(metrics)]),
      ...(probe === undefined ? [] : [probeRoute(probe)]),
      ...(backUp === undefined || isWorker ? [] : [exportRoute(backUp)]),
    ],
    origins: createOriginPolicy({ listen, port, isLoopback, url }),
    ...{ stream, authenticator, publicRead: auth?.publicRead === true, base: basePathOf(url), onError },
    pageOfError: pages?.error?.bind(pages),
  });
  server.on(
    'request',
    getRequestListener(app.fetch, {
      overrideGlobalObjects: false,
      errorHandler: () => problemResponse(malformedRequest),
    }),
  );
  await authenticator?.prepare();
  return success({
    ...{ origin: `http://${formatAddress({ host: listen.host, port })}`, port },
    get streams() {
      return stream.clients;
    },
    close: async (graceMs = CLOSE_GRACE_MS) => {
      stream.close();
      await stopServer(server, clock, graceMs);
      await authenticator?.close();
    },
  });
}

function startListening(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function stopServer(server: Server, clock: Clock, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const stopTimer = clock.startTimer(graceMs, () => server.closeAllConnections());
    server.close(() => {
      stopTimer();
      resolve();
    });
    server.closeIdleConnections();
  });
}

const MALFORMED: Readonly<Record<string, HttpProblem>> = {
  HPE_HEADER_OVERFLOW: {
    ...{ status: 431, title: 'Request Header Fields Too Large' },
    detail: `The request line and the header fields have more than ${MAX_HEADER_BYTES / 1024} KiB.`,
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    ...{ status: 408, title: 'Request Timeout' },
    detail: 'The request was not complete in time.',
  },
};

/** What Node does not read as a request, and what arrives too slowly. */
function respondToMalformed(error: Error & { readonly code?: string }, socket: Socket): void {
  const isOver = error.code === 'ECONNRESET' || !socket.writable;
  // A response that has begun, or a stream, cannot be followed by another one.
  const hasResponse = socket.bytesWritten > 0;
  if (!isOver && !hasResponse) socket.write(rawProblem(MALFORMED[error.code ?? ''] ?? malformedRequest));
  socket.destroySoon();
}
