// Opens one connection: name look-up, TCP, the way through a proxy, TLS. Every address is vetted before it is reached.

import { isIP, connect as netConnect, type Socket } from 'node:net';
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import { connect as tlsConnect } from 'node:tls';
import { addressOf, bareHost } from './address.ts';
import { ConnectError, messageOf, type Phase, timeoutWords } from './failure.ts';
import type { Resolve } from './resolve.ts';
import type { Quote } from './send.ts';
import type { TlsSettings } from './tls-store.ts';
import { openTunnel } from './tunnel.ts';

export interface ConnectOptions {
  /** `http:` through a proxy ends at the proxy, which is then asked in absolute form; `https:` goes through it. */
  readonly proxy: URL | undefined;
  readonly resolve: Resolve;
  /** How TLS is spoken with one end of the way: the origin itself, or a proxy that is spoken to over TLS. */
  readonly tlsFor: (host: string, end: 'origin' | 'proxy') => Promise<TlsSettings>;
  /** Whether the origin may be reached at that address; the others are left out. */
  readonly allows: (address: string) => Promise<boolean>;
  /** The address the origin was reached at, where it can be known. */
  readonly onReached: (address: string) => void;
  readonly onPhase: (phase: Phase) => void;
  /** Makes words of a proxy or of a TLS peer fit to be shown. */
  readonly quote: Quote;
  /** Over TLS the origin may choose HTTP/2: it carries many requests at once (RFC 7301, `alpnProtocol`). */
  readonly canMultiplex: boolean;
  /** For everything together. */
  readonly timeoutMs: number;
  /** Gives up and leaves nothing behind. */
  readonly signal: AbortSignal;
}

/** The token service is dialled a moment after the registry: its packets are to travel too before work is done. */
const OTHERS_FIRST_MS = 3;

/** Node gives up on an address after this time while others are left; its 250 ms are short for a slow link. */
const NEXT_ADDRESS_AFTER_MS = 500;

/** Rejects with a ConnectError only. */
export async function openConnection(origin: URL, options: ConnectOptions): Promise<Socket> {
  const { timeoutMs, signal } = options;
  const sockets: Socket[] = [];
  let phase: Phase = 'dns';
  const over = new AbortController();
  const steps: Steps = {
    enter: (next) => {
      phase = next;
      options.onPhase(next);
    },
    own: (socket) => {
      sockets.push(socket);
      return over.signal.aborted ? socket.destroy() : socket;
    },
    over: over.signal,
  };
  let stop = (): void => {};
  const limit = new Promise<never>((_, reject) => {
    const onTime = (): void => reject(new ConnectError(phase, timeoutWords(phase), { kind: 'timeout' }));
    const onAbort = (): void => reject(new ConnectError(phase, 'the connection was given up'));
    const timer = setTimeout(onTime, timeoutMs);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort);
    stop = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    };
  });
  try {
    return await Promise.race([connect(origin, options, steps), limit]);
  } catch (error) {
    over.abort();
    for (const socket of sockets) socket.destroy();
    if (error instanceof ConnectError) throw error;
    const words = messageOf(error);
    throw new ConnectError(phase, namesOthers(error) ? options.quote(words) : words, { cause: error });
  } finally {
    stop();
  }
}

/** Of a certificate that is made for other names, the message lists them; no other message holds words of a server. */
const namesOthers = (error: unknown): boolean => (error as { code?: unknown }).code === 'ERR_TLS_CERT_ALTNAME_INVALID';

interface Steps {
  enter(phase: Phase): void;
  /** A socket that is destroyed when a later step fails. */
  own<T extends Socket>(socket: T): T;
  /** Aborts when one fails. */
  readonly over: AbortSignal;
}

const isTls = ({ protocol }: URL): boolean => protocol === 'https:';

async function connect(origin: URL, options: ConnectOptions, steps: Steps): Promise<Socket> {
  const { proxy, allows, onReached, tlsFor } = options;
  const protocols = options.canMultiplex ? ['h2', 'http/1.1'] : ['http/1.1'];
  // Files are read before a socket is open: nobody listens to its errors meanwhile.
  const tls = isTls(origin) ? await tlsFor(origin.host, 'origin') : undefined;
  const tlsToProxy = proxy !== undefined && isTls(proxy) ? await tlsFor(proxy.host, 'proxy') : undefined;
  if (proxy === undefined) {
    steps.enter('dns');
    const meanwhile = (): unknown => tls?.secureContext();
    const socket = await dial(origin, options, { allows, steps, phase: 'tcp', meanwhile, onReached });
    return tls ? secure(socket, origin, tls, { steps, phase: 'tls', protocols }) : socket;
  }
  // Names are looked up by the proxy; an address can be vetted before it is told.
  const address = addressOf(bareHost(origin));
  if (address !== undefined) {
    if (!(await allows(address))) throw blocked(origin, address);
    onReached(address);
  }
  steps.enter('proxy');
  let socket = await dial(proxy, options, { allows: async () => true, steps, phase: 'proxy' });
  if (tlsToProxy) socket = await secure(socket, proxy, tlsToProxy, { steps, phase: 'proxy', protocols: ['http/1.1'] });
  if (!tls) return socket;
  await openTunnel(socket, origin, proxy, options.quote);
  return secure(socket, origin, tls, { steps, phase: 'tls', protocols });
}

const blocked = (origin: URL, address: string): ConnectError =>
  new ConnectError('tcp', `${bareHost(origin)} is ${address}, an address in a network the registry is not part of`, {
    kind: 'blocked-address',
  });

interface Dialing extends Pick<ConnectOptions, 'allows'>, Partial<Pick<ConnectOptions, 'onReached'>> {
  readonly steps: Steps;
  readonly phase: Phase;
  /** Work that is to be done anyway, for the time the packets travel. */
  readonly meanwhile?: () => unknown;
}

async function dial(
  to: URL,
  { resolve }: ConnectOptions,
  { allows, onReached, steps, phase, meanwhile }: Dialing,
): Promise<Socket> {
  const host = bareHost(to);
  const found = isIP(host) === 0 ? await resolve(host, steps.over) : [{ address: host, family: isIP(host) }];
  const verdicts = await Promise.all(found.map(({ address }) => allows(address)));
  const allowed = found.filter((_, index) => verdicts[index]);
  if (allowed.length === 0) throw blocked(to, found[0]?.address ?? 'nowhere');
  steps.enter(phase);
  const socket = steps.own(
    netConnect({
      host,
      port: Number(to.port) || (isTls(to) ? 443 : 80),
      // Not looked up once more: a second answer could differ from the one that was vetted.
      lookup: (_host, _options, callback) => process.nextTick(callback, null, allowed),
      autoSelectFamily: true,
      autoSelectFamilyAttemptTimeout: NEXT_ADDRESS_AFTER_MS,
      noDelay: true,
      keepAlive: true,
    }),
  );
  const connected = until(socket, 'connect');
  if (meanwhile !== undefined && !(await Promise.race([connected.then(() => true), pause(OTHERS_FIRST_MS)]))) {
    try {
      meanwhile();
    } catch {
      // Whoever needs it meets the same error.
    }
  }
  await connected;
  onReached?.(socket.remoteAddress ?? '');
  // Whoever waited to know where this host is sends its packets before TLS takes the processor.
  await nextTurn();
  return socket;
}

interface Securing {
  readonly steps: Steps;
  readonly phase: Phase & ('tls' | 'proxy');
  readonly protocols: string[];
}

async function secure(
  socket: Socket,
  to: URL,
  { secureContext, insecure }: TlsSettings,
  { steps, phase, protocols }: Securing,
): Promise<Socket> {
  steps.enter(phase);
  const host = bareHost(to);
  const secured = steps.own(
    tlsConnect({
      socket,
      host,
      // RFC 6066 section 3: an address is not a server name.
      ...(isIP(host) === 0 ? { servername: host } : {}),
      ALPNProtocols: protocols,
      rejectUnauthorized: !insecure,
      secureContext: secureContext(),
    }),
  );
  await until(secured, 'secureConnect');
  return secured;
}

/** The listeners stay: an error between two steps must find somebody. */
function until(socket: Socket, event: 'connect' | 'secureConnect'): Promise<void> {
  return new Promise((resolve, reject) => {
    const onClose = (): void => reject(Object.assign(new Error('the connection was closed'), { code: 'ECONNRESET' }));
    socket.once(event, resolve).on('error', reject).once('close', onClose);
  });
}
