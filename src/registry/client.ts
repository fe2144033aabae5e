// The requests of the distribution-spec's pull API that a check needs: manifests and blobs, by HEAD or GET.

import type { AuthenticatedSend, AuthOutcome } from '../auth/authenticate.ts';
import type { Digest } from '../core/digest.ts';
import type { Purpose } from '../core/result.ts';
import { bareHost } from '../http/address.ts';
import type { HttpRequest, Send } from '../http/send.ts';
import { type Endpoint, urlOf } from './endpoint.ts';
import { type BlobExtent, type FoundBlob, findBlob, type SendForBlob } from './find-blob.ts';
import { MAX_CONFIG_BYTES } from './image-config.ts';
import { MAX_MANIFEST_BYTES } from './manifest.ts';
import type { Descriptor } from './manifest-schema.ts';
import { ACCEPT } from './media-type.ts';

export interface RegistryClient {
  /** `name` is a tag or a digest. */
  manifest(
    method: 'HEAD' | 'GET',
    name: string,
    purpose?: Purpose & ('manifest' | 'child-manifest'),
    options?: ManifestOptions,
  ): Promise<AuthOutcome>;
  /** The whole config, up to a cap. */
  config(digest: Digest): Promise<AuthOutcome>;
  /** Whether the registry, or the store of a foreign layer, would serve the blob. */
  blob(descriptor: Descriptor, purpose: Purpose & ('config' | 'blob')): Promise<FoundBlob>;
  /** `GET /v2/` without credentials, sent once in a run: is there a registry at all? */
  ping(): ReturnType<Send>;
}

/** As in HttpRequest. */
export type ManifestOptions = Pick<HttpRequest, 'hasAlternative'>;

export interface ClientOptions {
  /** With credentials, where the registry requires them. */
  readonly ask: AuthenticatedSend;
  readonly send: Send;
  readonly ping: (signal: AbortSignal) => ReturnType<Send>;
  readonly endpoint: Endpoint;
  readonly repository: string;
  /** `host[:port]` of the registries that serve blobs only by GET, in this run. */
  readonly hostsWithoutHead: Set<string>;
  readonly signal: AbortSignal;
}

const MAX_PING_BYTES = 16 * 1024;
/** Small layers are read in full, and proven by their digest. */
const MAX_BEGINNING_BYTES = 64 * 1024;

export function createRegistryClient(options: ClientOptions): RegistryClient {
  const { ask, send, ping, endpoint, repository, hostsWithoutHead, signal } = options;
  const { base } = endpoint;
  const at = (path: string): URL => urlOf(endpoint, `${repository}/${path}`);

  /** `urls` in a descriptor lead to any server: they are requested without credentials. */
  const sendForeign = async (extent: BlobExtent, url: URL): Promise<AuthOutcome> => {
    const namedBy = { registry: bareHost(base), as: 'redirect' } as const;
    const outcome = await send({ ...blobRequest(extent), url, purpose: 'blob', signal, namedBy });
    const credentials = { used: undefined, refused: [], withToken: false };
    return outcome.ok
      ? { kind: 'response', response: { ...outcome.value, crossedOrigin: true }, credentials }
      : { kind: 'failure', failure: outcome.error, from: 'registry', credentials };
  };

  return {
    manifest: (method, name, purpose = 'manifest', options = {}) =>
      ask({
        ...options,
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
    blob: (descriptor, purpose) => {
      const sendForBlob: SendForBlob = (extent, url) =>
        url === undefined
          ? ask({ ...blobRequest(extent), url: at(`blobs/${descriptor.digest}`), purpose, signal })
          : sendForeign(extent, url);
      return findBlob(sendForBlob, descriptor, base.host, hostsWithoutHead);
    },
    ping: () => ping(signal),
  };
}

/** `GET /v2/` */
export const pingRequest = (endpoint: Endpoint, signal: AbortSignal): HttpRequest => ({
  method: 'GET',
  url: urlOf(endpoint, ''),
  headers: {},
  purpose: 'ping',
  maxBytes: MAX_PING_BYTES,
  signal,
});

const blobRequest = (extent: BlobExtent): Pick<HttpRequest, 'method' | 'headers' | 'maxBytes' | 'hasAlternative'> => ({
  method: extent === 'head' ? 'HEAD' : 'GET',
  headers: extent === 'first-byte' ? { range: 'bytes=0-0' } : {},
  // A server that ignores the range is left after its headers.
  maxBytes: extent === 'beginning' ? MAX_BEGINNING_BYTES : 0,
  ...(extent === 'beginning' ? {} : { hasAlternative: true }),
});
