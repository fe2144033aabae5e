// Reads a manifest or an index: OCI image-spec manifest.md and image-index.md. Registries are not trusted.

import type * as z from 'zod/mini';
import { type Digest, digestOf } from '../core/digest.ts';
import { failure, type Outcome, success } from '../core/outcome.ts';
import { cleanText } from '../core/text.ts';
import { type Descriptor, indexSchema, manifestSchema } from './manifest-schema.ts';
import {
  artifactName,
  isImageConfig,
  isManifestMediaType,
  isSchema1MediaType,
  kindOfMediaType,
  type ManifestMediaType,
  OCI_INDEX,
  OCI_MANIFEST,
} from './media-type.ts';
import { describePage } from './page.ts';

/** containerd and podman refuse larger ones; the distribution-spec asks registries to take at least this much. */
export const MAX_MANIFEST_BYTES = 4 * 1024 * 1024;

interface ImageContent {
  readonly kind: 'manifest';
  readonly mediaType: ManifestMediaType;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
}

interface IndexContent {
  readonly kind: 'index';
  readonly mediaType: ManifestMediaType;
  readonly manifests: readonly Descriptor[];
}

export type ImageManifest = ImageContent & { readonly digest: Digest };
export type ImageIndex = IndexContent & { readonly digest: Digest };
export type Manifest = ImageManifest | ImageIndex;

export type ManifestProblem =
  /** Meant as a manifest, but not a valid one. `problem` completes "the manifest …". */
  | { readonly kind: 'corrupt'; readonly problem: string }
  /** `what` completes "it is …". */
  | { readonly kind: 'not-an-image'; readonly what: string }
  | { readonly kind: 'schema1' }
  /** A 200, but nothing of a manifest in it. `what` completes "it answers with …". */
  | { readonly kind: 'no-manifest'; readonly what: string; readonly isPage: boolean };

export interface ManifestBytes {
  readonly bytes: Uint8Array;
  readonly truncated: boolean;
  /** Content-Type without parameters. */
  readonly contentType: string | undefined;
}

/** `digest` is that of the bytes; null when not all of them were read. */
export type ManifestOutcome = Outcome<Manifest, ManifestProblem & { readonly digest: Digest | null }>;

/** `like`: the digest that was asked for; the manifest's is computed by the same algorithm. */
export function readManifest({ bytes, truncated, contentType }: ManifestBytes, like?: Digest): ManifestOutcome {
  if (truncated) {
    const problem = `is larger than ${MAX_MANIFEST_BYTES / 1024 / 1024} MiB, which runtimes refuse to read`;
    return failure({ kind: 'corrupt', problem, digest: null });
  }
  const digest = digestOf(bytes, like);
  const read = readContent(bytes, contentType);
  return read.ok ? success({ ...read.value, digest }) : failure({ ...read.error, digest });
}

type Content = Outcome<ImageContent | IndexContent, ManifestProblem>;

function readContent(bytes: Uint8Array, contentType: string | undefined): Content {
  if (isSchema1MediaType(contentType)) return failure({ kind: 'schema1' });
  const claimed = isManifestMediaType(contentType) ? contentType : undefined;
  const document = parseDocument(bytes);
  if (document === undefined) return claimed === undefined ? noManifest(bytes, contentType) : invalidJson(bytes);
  if (document.schemaVersion === 1) return failure({ kind: 'schema1' });

  const { mediaType } = document;
  const stated = typeof mediaType === 'string' && mediaType !== '' ? mediaType : undefined;
  const artifact = artifactName(stated ?? contentType ?? '');
  if (artifact !== undefined) return failure({ kind: 'not-an-image', what: artifact });
  const isIndex = Object.hasOwn(document, 'manifests');
  const isImage = Object.hasOwn(document, 'layers') || Object.hasOwn(document, 'config');
  if (Array.isArray(document.errors) && !isIndex && !isImage) return strange('an error message');
  const isMeant = claimed !== undefined || isManifestMediaType(stated) || Object.hasOwn(document, 'schemaVersion');
  if (!isMeant && !Array.isArray(document.manifests) && !Array.isArray(document.layers)) {
    return strange('JSON that is no manifest');
  }

  if (document.schemaVersion !== 2) return corrupt('has no schemaVersion 2');
  if (mediaType !== undefined && mediaType !== null && typeof mediaType !== 'string')
    return corrupt('has no valid mediaType');
  if (stated !== undefined && claimed !== undefined && stated !== claimed) {
    return corrupt(`says it is ${cleanText(stated, 100)}, but the registry calls it ${claimed}`);
  }
  const type = stated ?? claimed ?? (isIndex ? OCI_INDEX : OCI_MANIFEST);
  if (!isManifestMediaType(type)) {
    return failure({ kind: 'not-an-image', what: `a document of type ${cleanText(type, 100)}` });
  }
  const kind = kindOfMediaType(type);
  // CVE-2021-41190: such a document means one thing or the other by its Content-Type; containerd refuses it.
  if ((kind === 'index' ? isImage : isIndex) || (isIndex && isImage) || Object.hasOwn(document, 'fsLayers')) {
    return corrupt('mixes an index and an image, so that clients would disagree on what it is');
  }
  return kind === 'index' ? readIndex(document, type) : readImage(document, type);
}

function readIndex(document: object, mediaType: ManifestMediaType): Content {
  const parsed = indexSchema.safeParse(document);
  if (!parsed.success) return corrupt(describeIssue(parsed.error));
  const { manifests, artifactType } = parsed.data;
  if (manifests.length > 0) return success({ kind: 'index', mediaType, manifests });
  return failure({ kind: 'not-an-image', what: artifactName(artifactType ?? '') ?? 'an empty index' });
}

function readImage(document: object, mediaType: ManifestMediaType): Content {
  const parsed = manifestSchema.safeParse(document);
  if (!parsed.success) return corrupt(describeIssue(parsed.error));
  const { config, layers, artifactType } = parsed.data;
  const layerNames = layers.map((layer) => artifactName(layer.mediaType));
  if (!isImageConfig(config.mediaType, mediaType)) {
    const type = artifactType || config.mediaType;
    const names = [artifactName(type), artifactName(config.mediaType), ...layerNames];
    const what = names.find((name) => name !== undefined) ?? `an artifact of type ${cleanText(type, 100) || 'unknown'}`;
    return failure({ kind: 'not-an-image', what });
  }
  // Older signatures and attestations borrow the config of an image; their layers tell.
  const [first] = layerNames;
  if (first !== undefined && layerNames.every((name) => name !== undefined)) {
    return failure({ kind: 'not-an-image', what: first });
  }
  return success({ kind: 'manifest', mediaType, config, layers });
}

const corrupt = (problem: string): Content => failure({ kind: 'corrupt', problem });

const strange = (what: string): Content => failure({ kind: 'no-manifest', what, isPage: false });

function noManifest(bytes: Uint8Array, contentType: string | undefined): Content {
  const page = describePage(bytes, contentType);
  if (page !== undefined) return failure({ kind: 'no-manifest', what: page, isPage: true });
  if (/^\s*\{/.test(Buffer.from(bytes.subarray(0, 1024)).toString())) return invalidJson(bytes);
  return strange(bytes.length === 0 ? 'nothing' : 'something that is not JSON');
}

const invalidJson = (bytes: Uint8Array): Content => corrupt(bytes.length === 0 ? 'is empty' : 'is not valid JSON');

/** undefined when the bytes are not one JSON object. Read as Go reads it: bad UTF-8 is replaced, a BOM is an error. */
function parseDocument(bytes: Uint8Array): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** The first thing wrong, by its place: `has no valid layers[3].digest`. */
function describeIssue(error: z.core.$ZodError): string {
  const path = error.issues[0]?.path ?? [];
  const place = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`)).join('');
  return `has no valid ${place.replace(/^\./, '')}`;
}
