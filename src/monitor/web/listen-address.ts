// Where the server may listen, and under which names it is reached.

import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { failure, type Outcome, success } from '../../core/outcome.ts';
import { addressKind } from '../../http/address.ts';
import type { AuthOptions, ListenAddress } from './web-options.ts';

/** Each message is one sentence that names the address and the cure. */
export interface ListenFailure {
  readonly kind: 'no-auth' | 'in-use' | 'not-permitted' | 'unknown-host' | 'failed';
  readonly message: string;
}

export const formatAddress = ({ host, port }: ListenAddress): string =>
  `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;

/** The IP address to listen on: without a credential only one of the loopback interface. */
export async function resolveListenAddress(
  listen: ListenAddress,
  auth: AuthOptions | null,
): Promise<Outcome<{ readonly address: string; readonly isLoopback: boolean }, ListenFailure>> {
  const address = await addressOfHost(listen.host.replace(/^\[|\]$/g, ''));
  if (address === undefined) {
    const message = `cannot listen on ${formatAddress(listen)}: the host is unknown; use an address of this machine`;
    return failure({ kind: 'unknown-host', message });
  }
  const isLoopback = addressKind(address) === 'loopback';
  if (isLoopback || hasCredentials(auth)) return success({ address, isLoopback });
  return failure({
    kind: 'no-auth',
    message: `cannot listen on ${formatAddress(listen)}: others could read names of images and registries; set bearerTokenFile or basicFile under monitor.auth, or listen on 127.0.0.1`,
  });
}

const hasCredentials = (auth: AuthOptions | null): boolean =>
  auth !== null && (auth.bearerTokenFile !== null || auth.basicFile !== null);

async function addressOfHost(host: string): Promise<string | undefined> {
  if (isIP(host) !== 0) return host;
  if (host === '' || host === '*') return '::';
  try {
    return (await lookup(host)).address;
  } catch {
    return undefined;
  }
}

const PROBLEMS: Readonly<Record<string, readonly [kind: ListenFailure['kind'], problem: string]>> = {
  EADDRINUSE: ['in-use', 'another program, perhaps a second monitor, listens there; stop it or choose another port'],
  EACCES: ['not-permitted', 'permission denied; use a port above 1023'],
  EPERM: ['not-permitted', 'permission denied; use a port above 1023'],
  EADDRNOTAVAIL: ['unknown-host', 'this machine has no such address'],
};

export function listenFailure(listen: ListenAddress, error: unknown): ListenFailure {
  const { code, message } = error as NodeJS.ErrnoException;
  const [kind, problem] = PROBLEMS[code ?? ''] ?? ['failed', code ?? message];
  return { kind, message: `cannot listen on ${formatAddress(listen)}: ${problem}` };
}
