// Send over undici: one pool of connections, limits on every phase and every body, failures as values.

import { rootCertificates } from 'node:tls';
import { Agent, type Dispatcher } from 'undici';
import { failure, success } from '../core/outcome.ts';
import { addressKind, isLoopbackHost, mayReach } from './address.ts';
import { abandon, readBody } from './body.ts';
import { createConnector, type TlsSettings } from './connect.ts';
import { ConnectError, classify, type Phase } from './failure.ts';
import { HttpHeaders } from './headers.ts';
import { selectProxy } from './proxy.ts';
import type { HttpRequest, HttpResponse, NamedBy, Send } from './send.ts';
import { proxyAuthorization } from './tunnel.ts';

export interface TransportSettings {
  /** PEM texts. */
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  readonly insecure?: boolean | undefined;
  /** Opening one connection. */
  readonly connectTimeoutMs?: number;
  /** From the request to the head of its answer, for one attempt. */
  readonly headersTimeoutMs?: number;
  /** Between two pieces of a body. */
  readonly bodyTimeoutMs?: number;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface Transport {
  readonly send: Send;
  /** Ends every connection at once. */
  close(): Promise<void>;
}

// Errors are read only to be quoted.
const MAX_ERROR_BYTES = 16 * 1024;

export function createTransport(settings: TransportSettings): Transport {
  const closing = new AbortController();
  const phases = new Map<string, Phase>();
  const ownAddresses = new Map<string, Set<string>>();
  const agents = new Map<string, Agent>();
  const ca = settings.ca === undefined ? undefined : [...rootCertificates, settings.ca];

  const tlsFor = (trusted: boolean): TlsSettings => ({
    ca,
    insecure: settings.insecure,
    // A client certificate says who we are: it goes where the person sent us and nowhere else.
    ...(trusted ? { cert: settings.cert, key: settings.key } : {}),
  });

  const allows = (namedBy: NamedBy | undefined, host: string, address: string): boolean => {
    if (namedBy === undefined) {
      const addresses = ownAddresses.get(host) ?? new Set();
      ownAddresses.set(host, addresses.add(address));
      return true;
    }
    const own = ownAddresses.get(namedBy.registry);
    // Behind a proxy the registry's addresses are not ours to know; then only the plainly local ones are refused.
    return own === undefined ? addressKind(address) === 'public' : mayReach(address, own, namedBy.as);
  };

  // Connections opened under one rule are never lent to a request under another.
  const agentFor = (namedBy: NamedBy | undefined, viaProxy: boolean): Agent => {
    const name = `${viaProxy ? 'proxy ' : ''}${namedBy === undefined ? '' : `${namedBy.as} of ${namedBy.registry}`}`;
    let agent = agents.get(name);
    if (agent === undefined) {
      agent = new Agent({
        connect: createConnector(
          {
            timeoutFor: ({ hostname }) => settings.connectTimeoutMs ?? (isLoopbackHost(hostname) ? 2_000 : 10_000),
            tlsFor: () => tlsFor(namedBy === undefined && !viaProxy),
            proxyFor: (origin) => (viaProxy ? undefined : selectProxy(origin, settings.env)),
            allows: (host, address) => viaProxy || allows(namedBy, host, address),
            onPhase: (host, phase) => {
              if (phase === undefined) phases.delete(host);
              else phases.set(host, phase);
            },
          },
          closing.signal,
        ),
        headersTimeout: settings.headersTimeoutMs ?? 15_000,
        bodyTimeout: settings.bodyTimeoutMs ?? 15_000,
      });
      agents.set(name, agent);
    }
    return agent;
  };

  const send: Send = async (request) => {
    const { url, signal } = request;
    let proxied: URL | undefined;
    let phase: Phase = 'headers';
    try {
      signal.throwIfAborted();
      // RFC 9112 section 3.2.2: a proxy is asked for an http URL in absolute form; for https it opens a tunnel.
      proxied = url.protocol === 'http:' ? selectProxy(url, settings.env) : undefined;
      const agent = agentFor(request.namedBy, proxied !== undefined);
      const response = await agent.request(dispatchOptions(request, proxied));
      phase = 'body';
      if (proxied !== undefined && response.statusCode === 407) {
        abandon(response.body);
        throw new ConnectError('proxy', 'the proxy asks for a login (407)', { code: 'HTTP_407' });
      }
      return success(await readResponse(request, response));
    } catch (error) {
      if (signal.aborted && !isTimeout(signal.reason)) throw signal.reason;
      const reason = signal.aborted ? signal.reason : error;
      const host = proxied !== undefined ? proxied.host : url.host;
      return failure(asProxyFailure(classify(reason, url.host, phases.get(host) ?? phase), proxied));
    }
  };

  return {
    send,
    close: async () => {
      closing.abort();
      await Promise.all([...agents.values()].map((agent) => agent.destroy()));
    },
  };
}

const isTimeout = (reason: unknown): boolean => reason instanceof Error && reason.name === 'TimeoutError';

/** What goes wrong between us and the proxy of an http URL is the proxy's failure. */
function asProxyFailure(classified: ReturnType<typeof classify>, proxy: URL | undefined): ReturnType<typeof classify> {
  const connecting = classified.kind === 'dns' || classified.kind === 'tcp' || classified.kind === 'tls';
  return proxy !== undefined && connecting && classified.phase !== 'body'
    ? { ...classified, kind: 'proxy', phase: 'proxy', passing: false }
    : classified;
}

function dispatchOptions(request: HttpRequest, proxy: URL | undefined): Dispatcher.RequestOptions {
  const { url, method, headers, body, signal } = request;
  const path = `${url.pathname}${url.search}`;
  return {
    origin: proxy?.origin ?? url.origin,
    path: proxy === undefined ? path : `${url.origin}${path}`,
    method,
    headers: { ...headers, ...(proxy === undefined ? {} : { host: url.host, ...proxyAuthorization(proxy) }) },
    ...(body === undefined ? {} : { body }),
    signal,
    // undici would close the connection after every HEAD.
    reset: false,
  };
}

async function readResponse(request: HttpRequest, response: Dispatcher.ResponseData): Promise<HttpResponse> {
  const { statusCode: status, body } = response;
  const headers = new HttpHeaders(response.headers);
  const isWanted = status >= 200 && status < 300;
  const answer = { status, headers, url: request.url, crossedOrigin: false };
  if (isWanted && request.maxBytes === 0 && request.method !== 'HEAD') {
    abandon(body);
    return { ...answer, body: new Uint8Array(), truncated: true };
  }
  const cap = isWanted && request.maxBytes > 0 ? request.maxBytes : MAX_ERROR_BYTES;
  const { bytes, truncated } = await readBody(body, headers.get('content-encoding'), cap);
  return { ...answer, body: bytes, truncated };
}
