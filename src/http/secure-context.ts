// Whom we trust in a TLS handshake, and who we say we are: contexts are made once, each costs tens of milliseconds.

import * as tls from 'node:tls';

export interface TlsSettings {
  /** PEM texts. */
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

/** `own`: with the client certificate, for where the person sent us. `stranger`: without, for everybody else. */
export interface SecureContexts {
  own(): tls.SecureContext;
  stranger(): tls.SecureContext;
}

/** `ca` is trusted in addition to the public authorities. The contexts throw when a PEM text cannot be read. */
export function createSecureContexts({ ca, cert, key }: TlsSettings, roots = publicAuthorities): SecureContexts {
  const trust = ca === undefined ? {} : { ca: [...roots(), ca] };
  const identity = cert === undefined && key === undefined ? undefined : { cert, key };
  const stranger = once(() => tls.createSecureContext(trust));
  const own = identity === undefined ? stranger : once(() => tls.createSecureContext({ ...trust, ...identity }));
  return { own, stranger };
}

/** PEM texts of what Node trusts by itself; where it can tell (22.15 and later), with NODE_EXTRA_CA_CERTS. */
export function publicAuthorities(): readonly string[] {
  const { getCACertificates } = tls as { getCACertificates?: (type: 'default') => string[] };
  return getCACertificates?.('default') ?? tls.rootCertificates;
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
