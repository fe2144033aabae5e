// The TLS handshake of one connection, and whether the server's certificate is accepted.

import type { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type PeerCertificate, TLSSocket, connect as tlsConnect } from 'node:tls';
import { bareHost, ipVersion } from './address.ts';
import { verifyPurpose } from './certificate-purpose.ts';
import { ConnectError, messageOf, type Phase } from './failure.ts';
import { matchesHost, namesOf } from './server-identity.ts';
import { alertOf, factsOf, type TlsFailure, type TlsProblem, tlsProblemOf } from './tls-failure.ts';
import type { TlsSettings } from './tls-store.ts';

export interface SocketOwner {
  /** Registers a socket that is destroyed if a later step fails. */
  own<T extends Socket>(socket: T): T;
}

interface HandshakeOptions {
  readonly steps: SocketOwner;
  readonly phase: Phase & ('tls' | 'proxy');
  /** ALPN, RFC 7301. */
  readonly protocols: string[];
  readonly onLateTlsError?: ((error: ConnectError) => void) | undefined;
}

/** Rejects with a ConnectError, before a byte of the application is sent, if the server's certificate is not accepted. */
export async function secure(
  socket: Socket,
  to: URL,
  { secureContext, insecure, serverName: expected, hasIdentity, namedAuthorities, use }: TlsSettings,
  { steps, phase, protocols, onLateTlsError }: HandshakeOptions,
): Promise<Socket> {
  const host = expected ?? bareHost(to);
  // RFC 6066 section 3: an address is not a server name, and a name has no dot at its end.
  const serverName = ipVersion(host) === 0 ? host.replace(/\.$/, '') : undefined;
  let hasKeys = false;
  const failed = (cause: unknown): ConnectError => {
    const facts = { tls: { problem: tlsProblemOf(cause, { hasKeys, hasIdentity }) } };
    return new ConnectError(phase, messageOf(cause), { cause, facts });
  };
  // It may have been closed while the settings were read: a TLS socket would wait for it.
  if (socket.destroyed) throw failed(closed());
  use();
  const secured = steps.own(
    tlsConnect({
      socket,
      host,
      ...(serverName === undefined ? {} : { servername: serverName }),
      ALPNProtocols: protocols,
      checkServerIdentity: (_, certificate) => identityError(host, certificate),
      // Verified below, where the certificate can still be read.
      rejectUnauthorized: false,
      secureContext: secureContext(),
    }),
  );
  secured.once('keylog', () => {
    hasKeys = true;
  });
  try {
    await until(secured, 'secureConnect');
  } catch (error) {
    throw failed(error);
  }
  secured.on('error', (error) => {
    if (alertOf(error) !== undefined) onLateTlsError?.(failed(error));
  });
  if (insecure || secured.authorized) return secured;
  // Node returns nothing more once the same certificate was read as an X509Certificate.
  const certificate = secured.getPeerCertificate();
  const refusal = await refusalOf(secured, namedAuthorities, () => identityError(host, certificate));
  if (refusal === undefined) return secured;
  const session = { version: secured.getProtocol() ?? '', protocol: secured.alpnProtocol || '' };
  const refused = certificateError({ certificate: factsOf(certificate), session }, phase, refusal);
  // Node may still be inside OpenSSL's handshake, and the caller destroys the socket.
  await nextTurn();
  throw refused;
}

/** The end of the validity of the server's certificate, milliseconds since 1970; null without TLS. */
export function certificateExpiry(socket: Socket): number | null {
  if (!(socket instanceof TLSSocket)) return null;
  const expiresAtMs = Date.parse(socket.getPeerCertificate().valid_to);
  return Number.isNaN(expiresAtMs) ? null : expiresAtMs;
}

const OTHER_NAME = 'ERR_TLS_CERT_ALTNAME_INVALID';

function identityError(host: string, certificate: PeerCertificate): Error | undefined {
  if (matchesHost(host, namesOf(certificate))) return undefined;
  return Object.assign(new Error('the certificate is for a different host name'), { code: OTHER_NAME });
}

interface Refusal {
  readonly code: string;
  readonly problem: TlsProblem;
}

/** `authorizationError` is the code of the reason. undefined: OpenSSL is stricter than Go here. */
async function refusalOf(
  socket: TLSSocket,
  namedAuthorities: TlsSettings['namedAuthorities'],
  checkName: () => Error | undefined,
): Promise<Refusal | undefined> {
  const code = String(socket.authorizationError);
  const peer = code === 'INVALID_PURPOSE' ? socket.getPeerX509Certificate() : undefined;
  if (peer === undefined) return { code, problem: tlsProblemOf({ code }, { hasKeys: true, hasIdentity: false }) };
  const verdict = verifyPurpose(peer, await namedAuthorities());
  if (verdict === 'unverified') return { code, problem: 'unverified-purpose' };
  if (verdict !== 'accepted') return { code, problem: verdict };
  // Node skips it for a certificate that OpenSSL refuses.
  return checkName() === undefined ? undefined : { code: OTHER_NAME, problem: 'other-name' };
}

function certificateError(
  seen: Pick<TlsFailure, 'certificate' | 'session'>,
  phase: Phase,
  { code, problem }: Refusal,
): ConnectError {
  const tls = { problem, ...seen };
  return new ConnectError(phase, `the certificate was not accepted (${code})`, { code, facts: { tls } });
}

/** The listeners stay: an error between two steps must be handled. */
export function until(socket: Socket, event: 'connect' | 'secureConnect'): Promise<void> {
  return new Promise((resolve, reject) => {
    socket
      .once(event, resolve)
      .on('error', reject)
      .once('close', () => reject(closed()));
  });
}

const closed = (): Error => Object.assign(new Error('the connection was closed'), { code: 'ECONNRESET' });
