// The questions of the distribution-spec's pull side that a check asks: manifests and blobs, HEAD or GET.

import type { Answer, Ask } from '../auth/authenticate.ts';
import type { Digest } from '../core/digest.ts';
import type { Purpose } from '../core/result.ts';
import type { Send } from '../http/send.ts';
import { MAX_MANIFEST_BYTES } from './manifest.ts';
import { ACCEPT } from './media-type.ts';

const ONE_BYTE = { range: 'bytes=0-0' };

/** Configs are read whole to check their digest; real ones stay below a few hundred KiB. */
const MAX_CONFIG_BYTES = 4 * 1024 * 1024;

export interface RegistryClient {
  /** `reference` is a tag or a digest. */
  manifest(
    method: 'HEAD' | 'GET',
    reference: string,
    purpose?: Purpose & ('manifest' | 'child-manifest'),
  ): Promise<Answer>;
  /** The whole config, up to a cap. */
  config(digest: Digest): Promise<Answer>;
  /** Whether the blob would be served: no byte of it is read. */
  blob(method: 'HEAD' | 'GET', digest: Digest, purpose?: Purpose & ('config' | 'blob')): Promise<Answer>;
  /** A layer kept elsewhere (`urls` of its descriptor): asked without any credential. */
  foreign(method: 'HEAD' | 'GET', url: URL): Promise<Answer>;
  /** `GET /v2/`: is there a registry at all? */
  ping(): Promise<Answer>;
}

export interface ClientOptions {
  readonly ask: Ask;
  readonly send: Send;
  readonly base: URL;
  readonly repository: string;
  readonly signal: AbortSignal;
}

export function createRegistryClient({ ask, send, base, repository, signal }: ClientOptions): RegistryClient {
  const url = (path: string): URL => new URL(`/v2/${repository}/${path}`, base);
  return {
    manifest: (method, reference, purpose = 'manifest') =>
      ask({
        method,
        url: url(`manifests/${reference}`),
        headers: { accept: ACCEPT },
        purpose,
        maxBytes: MAX_MANIFEST_BYTES,
        signal,
      }),
    config: (digest) =>
      ask({
        method: 'GET',
        url: url(`blobs/${digest}`),
        headers: {},
        purpose: 'config',
        maxBytes: MAX_CONFIG_BYTES,
        signal,
      }),
    blob: (method, digest, purpose = 'blob') =>
      // One byte is asked for; a server that ignores the range is left after its headers.
      ask({
        method,
        url: url(`blobs/${digest}`),
        headers: method === 'GET' ? ONE_BYTE : {},
        purpose,
        maxBytes: 0,
        signal,
      }),
    foreign: async (method, foreignUrl) => {
      const registry = base.hostname.replace(/^\[|\]$/g, '');
      const headers = method === 'GET' ? ONE_BYTE : {};
      const outcome = await send({
        method,
        url: foreignUrl,
        headers,
        purpose: 'blob',
        maxBytes: 0,
        signal,
        namedBy: { registry, as: 'redirect' },
      });
      const login = { used: undefined, refused: [], withToken: false };
      return outcome.ok
        ? { kind: 'response', response: { ...outcome.value, crossedOrigin: true }, login }
        : { kind: 'failure', failure: outcome.error, from: 'registry', login };
    },
    ping: () =>
      ask({ method: 'GET', url: new URL('/v2/', base), headers: {}, purpose: 'ping', maxBytes: 16 * 1024, signal }),
  };
}
