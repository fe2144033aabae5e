// Content is bytes that know their digest and media type: manifests, configs and layers alike.

import { type Digest, digestOf } from '../core/digest.ts';

/** An OCI descriptor, image-spec descriptor.md. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
}

export interface Content extends Descriptor {
  readonly bytes: Uint8Array;
}

/** A manifest with everything it names, ready to be put into a repository. */
export interface Bundle {
  readonly manifest: Content;
  readonly blobs: readonly Content[];
  /** The manifests an index names. */
  readonly children?: readonly Bundle[];
}

/** Any other object than bytes becomes JSON; its fields that are undefined are left out. */
export function createContent(mediaType: string, body: Uint8Array | string | object): Content {
  const bytes = body instanceof Uint8Array ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  return { mediaType, digest: digestOf(bytes), size: bytes.length, bytes };
}

export function describeContent({ mediaType, digest, size }: Content): Descriptor {
  return { mediaType, digest, size };
}
