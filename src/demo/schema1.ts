// Builds Docker schema 1 manifests: the signed kind, whose digest covers the document without its signatures.
// distribution docs/spec/manifest-v2-1.md "Signed Manifests".

import { type Digest, digestOf } from '../core/digest.ts';
import { type Bundle, MEDIA_TYPE } from './content.ts';

export interface Schema1Options {
  readonly repository: string;
  readonly tag: string;
  readonly architecture?: string;
  /** Base layer first; schema 1 lists them in reverse. */
  readonly layers: readonly Digest[];
}

const TAIL = '\n}';

export function createSchema1({ repository, tag, architecture = 'amd64', layers }: Schema1Options): Bundle {
  const topFirst = layers.toReversed();
  const ids = topFirst.map((digest) => digest.slice('sha256:'.length));
  const document = {
    schemaVersion: 1,
    name: repository,
    tag,
    architecture,
    fsLayers: topFirst.map((blobSum) => ({ blobSum })),
    history: ids.map((id, index) => ({
      v1Compatibility: JSON.stringify({ id, parent: ids[index + 1], os: 'linux', architecture }),
    })),
  };
  const payload = JSON.stringify(document, null, 3);
  const head = payload.slice(0, -TAIL.length);
  const bytes = Buffer.from(`${head},\n   "signatures": ${JSON.stringify([signatureOf(head)])}${TAIL}`);
  const digest = digestOf(Buffer.from(payload));
  return { manifest: { mediaType: MEDIA_TYPE.schema1Signed, digest, size: bytes.length, bytes }, blobs: [] };
}

/** No client verifies it any more; the protected part is correct, so that a client can remove the signatures. */
function signatureOf(head: string): object {
  const encode = (text: string) => Buffer.from(text).toString('base64url');
  return {
    header: { jwk: { crv: 'P-256', kid: 'DEMO', kty: 'EC', x: encode('x'), y: encode('y') }, alg: 'ES256' },
    signature: encode('not a signature'),
    protected: encode(JSON.stringify({ formatLength: Buffer.byteLength(head), formatTail: encode(TAIL) })),
  };
}
