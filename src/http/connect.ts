// Opens one connection: DNS lookup, TCP, proxy, TLS. Every address is checked before it is connected to.

import { connect as netConnect, type Socket } from 'node:net';
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import { createSecureContext } from 'node:tls';
import { addressKind, addressOf, bareHost, ipVersion, isLoopbackHost } from './address.ts';
import { authoritiesLate, ConnectError, messageOf, type Phase, timeoutDetail } from './failure.ts';
import { repliesInHttp } from './plain-reply.ts';
import type { Resolve } from './resolve.ts';
import type { Quote } from './send.ts';
import { type SocketOwner, secure, until } from './tls-handshake.ts';
import { goTlsOffer } from './tls-offer.ts';
import type { TlsSettings, TlsStore } from './tls-store.ts';
import { openTunnel } from './tunnel.ts';

export interface ConnectOptions {
  /** For an `http:` origin the connection ends at the proxy; for `https:` it is a tunnel through it. */
  readonly proxy: URL | undefined;
  readonly resolve: Resolve;
  /** TLS settings for either end: the origin, or a proxy that is reached over TLS. */
  readonly tlsFor: (host: string, end: 'origin' | 'proxy') => Promise<TlsSettings>;
  /** See TlsStore. */
  readonly waitsFor?: TlsStore['waitsFor'];
  /** Whether the origin may be reached at that address; other addresses are skipped. */
  readonly allows: (address: string) => Promise<boolean>;
  /** The address the origin was reached at, where it can be known; over TLS once its certificate was accepted. */
  readonly onReached: (address: string) => void;
  /** `addresses`: those that are tried; of the origin. */
  readonly onPhase: (phase: Phase, addresses?: readonly string[]) => void;
  /** A host name was resolved to these addresses. */
  readonly onResolved?: (host: string, addresses: readonly string[]) => void;
  /** TLS failed after the handshake: in TLS 1.3 a server refuses a client, or a missing certificate, only then. */
  readonly onLateTlsError?: (error: ConnectError) => void;
  /** For text that a proxy or a TLS peer sent. */
  readonly quote: Quote;
  /** Offers HTTP/2 to a TLS origin, which carries many concurrent requests (RFC 7301, `alpnProtocol`). */
  readonly offersHttp2: boolean;
  /** For all phases together. */
  readonly timeoutMs: number;
  /** Cancels the attempt and leaves nothing open. */
  readonly signal: AbortSignal;
}

/** The token service is dialed a moment after the registry: let its packets leave before work occupies the processor. */
const OTHERS_FIRST_MS = 3;

/** Node tries the next address after this time; its default of 250 ms is short for a slow link. */
const NEXT_ADDRESS_AFTER_MS = 500;

/** Rejects with a ConnectError only. */
export async function openConnection(origin: URL, options: ConnectOptions): Promise<Socket> {
  const { timeoutMs, signal } = options;
  const sockets: Socket[] = [];
  let phase: Phase = 'dns';
  let tried: readonly string[] = [];
  const over = new AbortController();
  const steps: Steps = {
    enter: (next, addresses = tried) => {
      phase = next;
      tried = addresses;
      options.onPhase(next, addresses);
    },
    own: (socket) => {
      sockets.push(socket);
      return over.signal.aborted ? socket.destroy() : socket;
    },
    over: over.signal,
  };
  let stop = (): void => {};
  const limit = new Promise<never>((_, reject) => {
    const onTimeout = (): void => {
      const file = lateFile(origin, options.proxy, options.waitsFor);
      const facts = { waitedMs: timeoutMs };
      reject(file ? authoritiesLate(file) : new ConnectError(phase, timeoutDetail(phase), { kind: 'timeout', facts }));
    };
    const onAbort = (): void => reject(new ConnectError(phase, 'the connection attempt was cancelled'));
    const timer = setTimeout(onTimeout, timeoutMs);
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
    const failed = error instanceof ConnectError ? error : new ConnectError(phase, messageOf(error), { cause: error });
    failed.addresses = tried;
    throw failed;
  } finally {
    stop();
  }
}

interface Steps extends SocketOwner {
  enter(phase: Phase, addresses?: readonly string[]): void;
  /** Aborts when a step fails. */
  readonly over: AbortSignal;
}

const isTls = ({ protocol }: URL): boolean => protocol === 'https:';

/** The file whose authorities a connection waits for. */
export const lateFile = (
  origin: URL,
  proxy: URL | undefined,
  waitsFor: ConnectOptions['waitsFor'],
): string | undefined =>
  [origin, proxy].flatMap((end) => (end !== undefined && isTls(end) ? (waitsFor?.(end.host) ?? []) : []))[0];

/** How long a file may take until it is found out whether its authorities are needed. */
const LATE_MS = 50;

/** A loopback server often does not use TLS: then a handshake fails, and no authority is needed. */
async function mayBePlain(origin: URL, settings: Promise<TlsSettings>, waitsFor: ConnectOptions['waitsFor']) {
  if (!isLoopbackHost(origin.hostname)) return false;
  const isRead = await Promise.race([settings.then(() => true), pause(LATE_MS, false, { ref: false })]);
  return !isRead && waitsFor?.(origin.host) !== undefined;
}

/** Nothing is sent to it, and no authority is needed. */
const ANY_SERVER: TlsSettings = {
  secureContext: () => createSecureContext({ ...goTlsOffer(), ca: [] }),
  insecure: true,
  hasIdentity: false,
  namedAuthorities: async () => [],
  use: () => undefined,
};

async function connect(origin: URL, options: ConnectOptions, steps: Steps): Promise<Socket> {
  const { proxy, allows, onReached, onLateTlsError, tlsFor } = options;
  const protocols = options.offersHttp2 ? ['h2', 'http/1.1'] : ['http/1.1'];
  const settings = isTls(origin) ? tlsFor(origin.host, 'origin') : undefined;
  // It is awaited below, unless a step before that fails.
  settings?.catch(() => undefined);
  if (proxy === undefined) {
    steps.enter('dns');
    // Files are read, and a context is created, while packets travel.
    const meanwhile = () => settings?.then(({ secureContext }) => secureContext());
    let socket = await dial(origin, options, { allows, steps, phase: 'tcp', meanwhile });
    if (settings !== undefined && (await mayBePlain(origin, settings, options.waitsFor))) {
      steps.enter('tls');
      (await secure(socket, origin, ANY_SERVER, { steps, phase: 'tls', protocols })).destroy();
      await settings;
      steps.enter('dns');
      socket = await dial(origin, options, { allows, steps, phase: 'tcp' });
    }
    const { remoteAddress } = socket;
    const reached = (): void => (remoteAddress === undefined ? undefined : onReached(remoteAddress));
    // Such a name is that of this machine in any case: a token service here does not wait for the handshake.
    if (settings === undefined || isLoopbackHost(origin.hostname)) reached();
    if (settings === undefined) return socket;
    const tls = await settings;
    // Its packets leave before a context is created, which takes long.
    await nextTurn();
    steps.enter('tls');
    const handshake = secure(socket, origin, tls, { steps, phase: 'tls', protocols, onLateTlsError });
    const secured = await handshake.catch(async (error: unknown) => {
      throw await withReply(error, origin, socket, steps);
    });
    // A name may resolve to the address of any server: the certificate shows that it is the origin's.
    reached();
    return secured;
  }
  // The proxy looks names up; an address can be checked here.
  const address = addressOf(bareHost(origin));
  if (address !== undefined) {
    if (!(await allows(address))) throw blocked(origin, [address]);
    onReached(address);
  }
  // Read files before a socket is open: nothing handles its errors meanwhile.
  const tls = await settings;
  const tlsToProxy = isTls(proxy) ? await tlsFor(proxy.host, 'proxy') : undefined;
  steps.enter('proxy');
  let socket = await dial(proxy, options, { allows: async () => true, steps, phase: 'proxy' });
  if (tlsToProxy) {
    socket = await secure(socket, proxy, tlsToProxy, { steps, phase: 'proxy', protocols: ['http/1.1'] });
  }
  if (!tls) return socket;
  await openTunnel(socket, origin, proxy, options.quote);
  steps.enter('tls');
  return secure(socket, origin, tls, { steps, phase: 'tls', protocols, onLateTlsError });
}

/** A server on this machine that does not use TLS gets the request over HTTP anyway. */
async function withReply(error: unknown, origin: URL, failed: Socket, steps: Steps): Promise<unknown> {
  const isPlain = error instanceof ConnectError && error.facts.tls?.problem === 'not-tls';
  const { remoteAddress: host, remotePort: port } = failed;
  if (!isPlain || isLoopbackHost(origin.hostname) || host === undefined || port === undefined) return error;
  const socket = steps.own(netConnect({ host, port }));
  try {
    await until(socket, 'connect');
  } catch {
    return error;
  }
  if (!(await repliesInHttp(socket))) return error;
  const tls = { problem: 'not-tls', repliesInHttp: true } as const;
  return new ConnectError('tls', error.message, { cause: error, facts: { tls } });
}

/** `addresses`: of the origin; none of them is allowed. */
function blocked(origin: URL, addresses: readonly string[]): ConnectError {
  const within = addresses.find((address) => addressKind(address) !== 'local');
  if (within !== undefined) {
    return new ConnectError('tcp', `the ${addressKind(within)} address ${within}`, { kind: 'private-address' });
  }
  const host = bareHost(origin);
  const [address = host] = addresses;
  const what = host === address ? address : `${host} resolves to ${address}, which`;
  return new ConnectError('tcp', `${what} is link-local or reserved`, { kind: 'blocked-address' });
}

interface Dialing extends Pick<ConnectOptions, 'allows'> {
  readonly steps: Steps;
  readonly phase: Phase;
  /** Work that must be done anyway, for the time the packets travel. */
  readonly meanwhile?: () => Promise<unknown> | undefined;
}

async function dial(
  to: URL,
  { resolve, onResolved }: ConnectOptions,
  { allows, steps, phase, meanwhile }: Dialing,
): Promise<Socket> {
  const host = bareHost(to);
  const found = ipVersion(host) === 0 ? await resolve(host, steps.over) : [{ address: host, family: ipVersion(host) }];
  if (ipVersion(host) === 0) {
    onResolved?.(
      host,
      found.map(({ address }) => address),
    );
  }
  const verdicts = await Promise.all(found.map(({ address }) => allows(address)));
  const allowed = found.filter((_, index) => verdicts[index]);
  if (allowed.length === 0)
    throw blocked(
      to,
      found.map(({ address }) => address),
    );
  // Those of a proxy are not the origin's.
  steps.enter(phase, phase === 'proxy' ? [] : allowed.map(({ address }) => address));
  const socket = steps.own(
    netConnect({
      // With an address, Node does not ask first whether it is one.
      host: allowed.length === 1 && allowed[0] !== undefined ? allowed[0].address : host,
      port: Number(to.port) || (isTls(to) ? 443 : 80),
      // No second lookup: its result could differ from the addresses that were checked.
      lookup: (_host, _options, callback) => process.nextTick(callback, null, allowed),
      autoSelectFamily: true,
      autoSelectFamilyAttemptTimeout: NEXT_ADDRESS_AFTER_MS,
      noDelay: true,
      keepAlive: true,
    }),
  );
  const connected = until(socket, 'connect');
  const othersFirst = pause(OTHERS_FIRST_MS, false, { ref: false });
  if (meanwhile !== undefined && !(await Promise.race([connected.then(() => true), othersFirst]))) {
    // The step that needs the result fails with the same error.
    meanwhile()?.catch(() => undefined);
  }
  await connected;
  return socket;
}
