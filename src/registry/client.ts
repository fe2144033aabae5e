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
  /** Whether the blob would be served: no more than its beginning is read. */
  blob(extent: Extent, digest: Digest, purpose: Purpose & ('config' | 'blob')): Promise<Answer>;
  /** A layer kept elsewhere (`urls` of its descriptor): asked without any credential. */
  foreign(extent: Extent, url: URL): Promise<Answer>;
  /** `GET /v2/` without a login: is there a registry at all? */
  ping(): ReturnType<Send>;
}

/** How much of a blob is asked for: `head` and `first-byte` read no body, `beginning` asks for it whole, as a pull does. */
export type Extent = 'head' | 'first-byte' | 'beginning';

export interface ClientOptions {
  readonly ask: Ask;
  readonly send: Send;
  readonly base: URL;
  readonly repository: string;
  readonly signal: AbortSignal;
}

const MAX_PING_BYTES = 16 * 1024;
/** Small layers are read whole, and proven by their digest. */
const MAX_BEGINNING_BYTES = 64 * 1024;

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
    blob: (extent, digest, purpose) => ask({ ...blobRequest(extent), url: at(`blobs/${digest}`), purpose, signal }),
    foreign: async (extent, url) => {
      const registry = bareHost(base);
      const namedBy = { registry, as: 'redirect' } as const;
      const outcome = await send({ ...blobRequest(extent), url, purpose: 'blob', signal, namedBy });
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

/** A server that ignores the range is left after its headers. */
const blobRequest = (extent: Extent): Pick<HttpRequest, 'method' | 'headers' | 'maxBytes'> => ({
  method: extent === 'head' ? 'HEAD' : 'GET',
  headers: extent === 'first-byte' ? { range: 'bytes=0-0' } : {},
  maxBytes: extent === 'beginning' ? MAX_BEGINNING_BYTES : 0,
});
