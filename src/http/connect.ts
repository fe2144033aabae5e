// Opens the sockets undici speaks over, so that every phase has a name, a limit and a check of the address reached.

import { lookup as systemLookup } from 'node:dns';
import { isIP, type LookupFunction, connect as netConnect, type Socket } from 'node:net';
import { connect as tlsConnect } from 'node:tls';
import type { buildConnector } from 'undici';
import { ConnectError, type Phase, timeoutWords } from './failure.ts';
import { openTunnel } from './tunnel.ts';

export interface TlsSettings {
  /** PEM texts; replaces Node's own roots when set. */
  readonly ca?: readonly string[] | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  readonly insecure?: boolean | undefined;
}

export interface ConnectSettings {
  /** Milliseconds for DNS, TCP, proxy and TLS together. */
  timeoutFor(origin: URL): number;
  tlsFor(host: string): TlsSettings;
  proxyFor(origin: URL): URL | undefined;
  /** Whether a direct connection to this address may be opened; every address met on the way is asked. */
  allows(host: string, address: string): boolean;
  /** Which phase the connection to that host (`host:port`) is in; undefined when it is open or gone. */
  onPhase(host: string, phase: Phase | undefined): void;
}

/** A connect function for undici's `Agent`; `signal` ends every connection still being opened. */
export function createConnector(settings: ConnectSettings, signal: AbortSignal): buildConnector.connector {
  return (options, callback) => {
    const origin = new URL(`${options.protocol}//${options.host ?? options.hostname}`);
    open(origin, settings, signal).then(
      (socket) => callback(null, socket),
      (error: Error) => callback(error, null),
    );
  };
}

async function open(origin: URL, settings: ConnectSettings, signal: AbortSignal): Promise<Socket> {
  let phase: Phase = 'dns';
  let current: Socket | undefined;
  const enter = (next: Phase): void => {
    phase = next;
    settings.onPhase(origin.host, next);
  };
  const work = async (): Promise<Socket> => {
    const use = <T extends Socket>(socket: T): T => {
      current = socket;
      return socket;
    };
    const proxy = settings.proxyFor(origin);
    enter('dns');
    const direct = await dial(proxy ?? origin, settings, proxy === undefined, enter, use);
    if (proxy === undefined) return isTls(origin) ? secure(direct, origin, settings, enter, use) : direct;
    const toProxy = isTls(proxy) ? await secure(direct, proxy, settings, enter, use) : direct;
    enter('proxy');
    await openTunnel(toProxy, origin, proxy);
    return isTls(origin) ? secure(toProxy, origin, settings, enter, use) : toProxy;
  };
  let stop: (() => void) | undefined;
  const limit = new Promise<never>((_, reject) => {
    const timer = setTimeout(
      () => reject(new ConnectError(phase, timeoutWords(phase), { code: 'ETIMEDOUT', kind: 'timeout' })),
      settings.timeoutFor(origin),
    );
    const onAbort = (): void => reject(new ConnectError(phase, 'the connection was given up'));
    signal.addEventListener('abort', onAbort, { once: true });
    stop = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    };
  });
  try {
    return await Promise.race([work(), limit]);
  } catch (error) {
    current?.destroy();
    throw error instanceof ConnectError ? error : new ConnectError(phase, String(error), { cause: error });
  } finally {
    stop?.();
    settings.onPhase(origin.host, undefined);
  }
}

const isTls = (url: URL): boolean => url.protocol === 'https:';

const bareHost = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '');

function dial(
  to: URL,
  settings: ConnectSettings,
  checked: boolean,
  enter: (phase: Phase) => void,
  use: (socket: Socket) => Socket,
): Promise<Socket> {
  const host = bareHost(to);
  const refuse = (address: string): ConnectError =>
    new ConnectError('tcp', `${host} is ${address}, an address in a network the registry is not part of`, {
      kind: 'blocked-address',
    });
  return new Promise((resolve, reject) => {
    if (isIP(host) !== 0 && checked && !settings.allows(host, host)) return reject(refuse(host));
    // Checked where the name is resolved, not before: a second look-up could answer differently.
    const lookup: LookupFunction = (name, options, callback) => {
      systemLookup(name, options, (error, found, family) => {
        const addresses = error ? [] : Array.isArray(found) ? found.map(({ address }) => address) : [found];
        const bad = checked ? addresses.find((address) => !settings.allows(host, address)) : undefined;
        if (bad !== undefined) return callback(refuse(bad) as NodeJS.ErrnoException, '', 0);
        if (!error) enter('tcp');
        callback(error, found, family);
      });
    };
    if (isIP(host) !== 0) enter('tcp');
    const socket = use(
      netConnect({
        host,
        port: Number(to.port) || (isTls(to) ? 443 : 80),
        lookup,
        autoSelectFamily: true,
        noDelay: true,
        keepAlive: true,
      }),
    );
    socket.once('connect', () => {
      socket.off('error', onError);
      resolve(socket);
    });
    const onError = (error: NodeJS.ErrnoException): void => {
      if (error instanceof ConnectError) return reject(error);
      // A proxy that cannot be reached is the proxy's fault, whatever the phase.
      const phase = !checked ? 'proxy' : error.syscall === 'getaddrinfo' ? 'dns' : 'tcp';
      reject(new ConnectError(phase, messageOf(error), { cause: error }));
    };
    socket.on('error', onError);
  });
}

// RFC 6066 section 3: an address is not a server name.
const serverName = (host: string): { servername?: string } => (isIP(host) === 0 ? { servername: host } : {});

function secure(
  socket: Socket,
  to: URL,
  settings: ConnectSettings,
  enter: (phase: Phase) => void,
  use: (socket: Socket) => Socket,
): Promise<Socket> {
  enter('tls');
  const host = bareHost(to);
  const { ca, cert, key, insecure } = settings.tlsFor(to.host);
  return new Promise((resolve, reject) => {
    const secured = tlsConnect({
      socket,
      host,
      ...serverName(host),
      ALPNProtocols: ['http/1.1'],
      rejectUnauthorized: insecure !== true,
      ...(ca === undefined ? {} : { ca: [...ca] }),
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
    });
    use(secured);
    const fail = (error: Error): void => reject(new ConnectError('tls', messageOf(error), { cause: error }));
    const onClose = (): void =>
      fail(Object.assign(new Error('the connection was closed during the TLS handshake'), { code: 'ECONNRESET' }));
    secured.once('secureConnect', () => {
      secured.off('error', fail);
      secured.off('close', onClose);
      resolve(secured);
    });
    secured.on('error', fail);
    secured.on('close', onClose);
  });
}

/** Happy Eyeballs fails with one error an address; the first says enough. */
function messageOf(error: Error): string {
  return error instanceof AggregateError && error.errors[0] instanceof Error ? error.errors[0].message : error.message;
}
