// The questions of the distribution-spec's pull side that a check asks: manifests and blobs, HEAD or GET.

import type { Answer, Ask } from '../auth/authenticate.ts';
import type { Digest } from '../core/digest.ts';
import type { Purpose } from '../core/result.ts';
import { bareHost } from '../http/address.ts';
import type { HttpRequest, Send } from '../http/send.ts';
import { MAX_CONFIG_BYTES } from './image-config.ts';
import { MAX_MANIFEST_BYTES } from './manifest.ts';
import { ACCEPT } from './media-type.ts';

export interface RegistryClient {
  /** `name` is a tag or a digest. */
  manifest(method: 'HEAD' | 'GET', name: string, purpose?: Purpose & ('manifest' | 'child-manifest')): Promise<Answer>;
  /** The whole config, up to a cap. */
  config(digest: Digest): Promise<Answer>;
  /** Whether the blob would be served: none of it is read. */
  blob(method: 'HEAD' | 'GET', digest: Digest, purpose: Purpose & ('config' | 'blob')): Promise<Answer>;
  /** A layer kept elsewhere (`urls` of its descriptor): asked without any credential. */
  foreign(method: 'HEAD' | 'GET', url: URL): Promise<Answer>;
  /** `GET /v2/` without a login: is there a registry at all? */
  ping(): ReturnType<Send>;
}

export interface ClientOptions {
  readonly ask: Ask;
  readonly send: Send;
  readonly base: URL;
  readonly repository: string;
  readonly signal: AbortSignal;
}

const MAX_PING_BYTES = 16 * 1024;

export function createRegistryClient({ ask, send, base, repository, signal }: ClientOptions): RegistryClient {
  const at = (path: string): URL => new URL(`/v2/${repository}/${path}`, base);
  return {
    manifest: (method, name, purpose = 'manifest') =>
      ask({
        method,
        url: at(`manifests/${name}`),
        headers: { accept: ACCEPT },
        purpose,
        maxBytes: MAX_MANIFEST_BYTES,
        signal,
      }),
    config: (digest) =>
      ask({
        method: 'GET',
        url: at(`blobs/${digest}`),
        headers: {},
        purpose: 'config',
        maxBytes: MAX_CONFIG_BYTES,
        signal,
      }),
    blob: (method, digest, purpose) => ask({ ...headersOnly(method), url: at(`blobs/${digest}`), purpose, signal }),
    foreign: async (method, url) => {
      const registry = bareHost(base);
      const namedBy = { registry, as: 'redirect' } as const;
      const outcome = await send({ ...headersOnly(method), url, purpose: 'blob', signal, namedBy });
      const login = { used: undefined, refused: [], withToken: false };
      return outcome.ok
        ? { kind: 'response', response: { ...outcome.value, crossedOrigin: true }, login }
        : { kind: 'failure', failure: outcome.error, from: 'registry', login };
    },
    ping: () =>
      send({
        method: 'GET',
        url: new URL('/v2/', base),
        headers: {},
        purpose: 'ping',
        maxBytes: MAX_PING_BYTES,
        signal,
      }),
  };
}

/** A GET asks for one byte; a server that ignores the range is left after its headers. */
const headersOnly = (method: 'HEAD' | 'GET'): Pick<HttpRequest, 'method' | 'headers' | 'maxBytes'> => ({
  method,
  headers: method === 'GET' ? { range: 'bytes=0-0' } : {},
  maxBytes: 0,
});
