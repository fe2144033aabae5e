// Content negotiation as CNCF distribution 2.8 does it: exact types, q= ignored, `*/*` accepts nothing.

import { type Answer, errorAnswer } from './answer.ts';
import { MEDIA_TYPE } from './media-type.ts';

export type Negotiated =
  | { readonly kind: 'as-stored' }
  /** Only by tag: an old client gets the list's linux/amd64 image. */
  | { readonly kind: 'default-platform' }
  /** Only by tag: an old client gets a schema 1 manifest made from the image. */
  | { readonly kind: 'schema1' }
  | { readonly kind: 'refused'; readonly answer: Answer };

export function negotiate(mediaType: string, accepted: ReadonlySet<string>, byTag: boolean): Negotiated {
  if (accepted.has(mediaType)) return { kind: 'as-stored' };
  if (mediaType === MEDIA_TYPE.ociManifest) return refusal('OCI manifest', 'OCI manifests');
  if (mediaType === MEDIA_TYPE.ociIndex) return refusal('OCI index', 'OCI indexes');
  if (byTag && mediaType === MEDIA_TYPE.dockerList) return { kind: 'default-platform' };
  if (byTag && mediaType === MEDIA_TYPE.dockerManifest) return { kind: 'schema1' };
  return { kind: 'as-stored' };
}

/** RFC 9110 12.5.1, without weights. */
export function acceptedTypes(accept: string | undefined): ReadonlySet<string> {
  return new Set(accept?.split(',').map((range) => range.replace(/;.*/s, '').trim().toLowerCase()));
}

function refusal(found: string, unsupported: string): Negotiated {
  const message = `${found} found, but accept header does not support ${unsupported}`;
  return { kind: 'refused', answer: errorAnswer(404, 'MANIFEST_UNKNOWN', message) };
}
