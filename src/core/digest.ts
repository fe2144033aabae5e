// Content digests: `algorithm ":" encoded`, OCI image-spec descriptor.md "Digests".

import { createHash } from 'node:crypto';
import { sha256 } from './sha256.ts';

/** `sha256:<64 hex>`, `sha384:<96 hex>` or `sha512:<128 hex>`, lower case. */
export type Digest = `${DigestAlgorithm}:${string}`;
export type DigestAlgorithm = 'sha256' | 'sha384' | 'sha512';

const HEX_LENGTHS: Record<DigestAlgorithm, number> = { sha256: 64, sha384: 96, sha512: 128 };

/** Completes "the digest …"; undefined if the text is a digest. */
export function digestProblem(text: string): string | undefined {
  const colon = text.indexOf(':');
  if (colon < 1) return 'has no algorithm prefix ("sha256:")';
  const algorithm = text.slice(0, colon);
  const hex = text.slice(colon + 1);
  const length = Object.hasOwn(HEX_LENGTHS, algorithm) ? HEX_LENGTHS[algorithm as DigestAlgorithm] : undefined;
  if (length === undefined) return 'must use sha256, sha384 or sha512';
  if (hex.length !== length) return `must have ${length} hexadecimal digits after ${algorithm}:, not ${hex.length}`;
  if (!/^[0-9a-f]+$/.test(hex)) return 'must contain only lowercase hexadecimal digits (0-9, a-f)';
  return undefined;
}

/** Registries are not trusted: every digest they send is validated before it becomes part of a URL (CVE-2024-3727). */
export function isDigest(text: unknown): text is Digest {
  return typeof text === 'string' && digestProblem(text) === undefined;
}

export const algorithmOf = (digest: Digest): DigestAlgorithm => digest.slice(0, digest.indexOf(':')) as DigestAlgorithm;

/** What every client can pull by; most of them know no other algorithm. */
export const isSha256 = (digest: Digest): boolean => algorithmOf(digest) === 'sha256';

/** Most manifests are smaller. */
const SMALL_BYTES = 4096;

/** The digest of bytes, with the algorithm of `like`, by default sha256. */
export function digestOf(bytes: Uint8Array, like: Digest | undefined = undefined): Digest {
  const algorithm = like === undefined ? 'sha256' : algorithmOf(like);
  if (algorithm === 'sha256' && bytes.length <= SMALL_BYTES) return `sha256:${sha256(bytes)}`;
  return `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}`;
}

/** `sha256:` and the first twelve digits: enough to recognize it. */
export function shortDigest(digest: string): string {
  const colon = digest.indexOf(':');
  return digest.slice(0, colon + 13);
}
