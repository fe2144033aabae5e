// Reads a manifest or an index that a registry, which is not trusted, served: OCI image-spec manifest.md, image-index.md.

import { type Digest, digestOf } from '../core/digest.ts';
import { JsonNumber, JsonObject, parseJson } from '../core/json.ts';
import { decodeJson, findAmbiguity } from '../core/json-shape.ts';
import { failure, type Outcome, success } from '../core/outcome.ts';
import { shownPlatform } from '../core/platform.ts';
import type { Quote } from '../http/send.ts';
import {
  type Descriptor,
  FIELDS,
  indexShapeOf,
  manifestShape,
  requireDescriptor,
  requireDescriptors,
} from './manifest-schema.ts';
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
import { describePage } from './web-page.ts';

/** containerd and podman reject larger ones; the distribution-spec requires registries to accept at least this much. */
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
  /** An invalid manifest. `problem` completes "the manifest …". */
  | { readonly kind: 'corrupt'; readonly problem: string }
  /** `what` completes "it is …". */
  | { readonly kind: 'not-an-image'; readonly what: string }
  | { readonly kind: 'schema1' }
  /** Not a manifest at all. `what` completes "it returned …". */
  | { readonly kind: 'no-manifest'; readonly what: string; readonly isPage: boolean };

export interface ManifestBytes {
  readonly bytes: Uint8Array;
  readonly truncated: boolean;
  /** Content-Type without parameters. */
  readonly contentType: string | undefined;
  /** Makes its words fit to be shown. */
  readonly quote: Quote;
}

/** `digest`: of the bytes; null if they were not read in full. */
export type ManifestOutcome = Outcome<Manifest, ManifestProblem & { readonly digest: Digest | null }>;

/** `expected`: the requested digest; the manifest's own is computed with the same algorithm. */
export function readManifest(
  { bytes, truncated, contentType, quote }: ManifestBytes,
  expected?: Digest,
): ManifestOutcome {
  if (truncated) {
    const problem = `is larger than ${MAX_MANIFEST_BYTES / 1024 / 1024} MiB, which runtimes reject`;
    return failure({ kind: 'corrupt', problem, digest: null });
  }
  const digest = digestOf(bytes, expected);
  const read = readContent(bytes, contentType, quote);
  return read.ok ? success({ ...read.value, digest }) : failure({ ...read.error, digest });
}

type Content = Outcome<ImageContent | IndexContent, ManifestProblem>;

function readContent(bytes: Uint8Array, contentType: string | undefined, quote: Quote): Content {
  if (isSchema1MediaType(contentType)) return failure({ kind: 'schema1' });
  const claimed = isManifestMediaType(contentType) ? contentType : undefined;
  const document = parseJson(bytes);
  if (!(document instanceof JsonObject)) {
    if (claimed === undefined) return noManifest(bytes, contentType, quote);
    return document === undefined ? invalidJson(bytes) : corrupt('is not a JSON object');
  }
  const mediaType = document.get('mediaType');
  const stated = typeof mediaType === 'string' && mediaType !== '' ? mediaType : undefined;
  const isIndex = document.has('manifests');
  const isImage = document.has('layers') || document.has('config');
  const isMeant = claimed !== undefined || isManifestMediaType(stated) || document.has('schemaVersion');
  const ambiguity = isMeant ? findAmbiguity(document, FIELDS, quote) : undefined;
  if (ambiguity !== undefined) return corrupt(ambiguity);

  const version = versionOf(document);
  if (version === '1') return failure({ kind: 'schema1' });
  const artifact = artifactName(stated ?? contentType ?? '');
  if (artifact !== undefined) return failure({ kind: 'not-an-image', what: artifact });
  if (Array.isArray(document.get('errors')) && !isIndex && !isImage) return notAManifest('an error message');
  if (!isMeant && !Array.isArray(document.get('manifests')) && !Array.isArray(document.get('layers'))) {
    return notAManifest('JSON that is not a manifest');
  }

  if (version !== '2') {
    return corrupt(version === undefined ? 'has no schemaVersion 2' : `has schemaVersion ${quote(version, 30)}, not 2`);
  }
  if (stated !== undefined && claimed !== undefined && stated !== claimed) {
    return corrupt(`says it is ${quote(stated, 100) || 'something else'}, but the registry serves it as ${claimed}`);
  }
  const type = stated ?? claimed ?? (isIndex ? OCI_INDEX : OCI_MANIFEST);
  if (!isManifestMediaType(type)) {
    return failure({ kind: 'not-an-image', what: `a document of type ${quote(type, 100) || 'unknown'}` });
  }
  const kind = kindOfMediaType(type);
  // CVE-2021-41190: the Content-Type would decide what such a document is; containerd rejects it.
  if ((kind === 'index' ? isImage : isIndex) || (isIndex && isImage) || document.has('fsLayers')) {
    return corrupt('mixes an index and an image, so clients would disagree about what it is');
  }
  return kind === 'index' ? readIndex(document, type, quote) : readImage(document, type, quote);
}

/** The text of the number: 2.0 is not 2. */
function versionOf(document: JsonObject): string | undefined {
  const version = document.get('schemaVersion');
  return version instanceof JsonNumber ? version.text : undefined;
}

function readIndex(document: JsonObject, mediaType: ManifestMediaType, quote: Quote): Content {
  const read = decodeJson(indexShapeOf(mediaType), document, quote);
  if (!read.ok) return corrupt(read.error);
  const manifests = requireDescriptors(read.value.manifests, 'manifests');
  if (!manifests.ok) return corrupt(manifests.error);
  const entries = manifests.value.map((entry) => ({ ...entry, platform: shownPlatform(entry.platform, quote) }));
  if (entries.length > 0) return success({ kind: 'index', mediaType, manifests: entries });
  const what = artifactName(read.value.artifactType ?? '') ?? 'an empty index';
  return failure({ kind: 'not-an-image', what });
}

function readImage(document: JsonObject, mediaType: ManifestMediaType, quote: Quote): Content {
  const read = decodeJson(manifestShape, document, quote);
  if (!read.ok) return corrupt(read.error);
  const required = requireDescriptor(read.value.config, 'config');
  if (!required.ok) return corrupt(required.error);
  const listed = requireDescriptors(read.value.layers, 'layers');
  if (!listed.ok) return corrupt(listed.error);
  const { value: config } = required;
  const { value: layers } = listed;
  const layerNames = layers.map((layer) => artifactName(layer.mediaType));
  if (!isImageConfig(config.mediaType, mediaType)) {
    const type = read.value.artifactType || config.mediaType;
    const names = [artifactName(type), artifactName(config.mediaType), ...layerNames];
    const what = names.find((name) => name !== undefined) ?? `an artifact of type ${quote(type, 100) || 'unknown'}`;
    return failure({ kind: 'not-an-image', what });
  }
  // Older signatures and attestations have the config of an image; their layers reveal them.
  const [first] = layerNames;
  if (first !== undefined && layerNames.every((name) => name !== undefined)) {
    return failure({ kind: 'not-an-image', what: first });
  }
  return success({ kind: 'manifest', mediaType, config, layers });
}

const corrupt = (problem: string): Content => failure({ kind: 'corrupt', problem });

const notAManifest = (what: string): Content => failure({ kind: 'no-manifest', what, isPage: false });

function noManifest(bytes: Uint8Array, contentType: string | undefined, quote: Quote): Content {
  const page = describePage(bytes, contentType, quote);
  if (page !== undefined) return failure({ kind: 'no-manifest', what: page, isPage: true });
  if (/^\s*\{/.test(Buffer.from(bytes.subarray(0, 1024)).toString())) return invalidJson(bytes);
  return notAManifest(bytes.length === 0 ? 'nothing' : 'something that is not JSON');
}

const invalidJson = (bytes: Uint8Array): Content => corrupt(bytes.length === 0 ? 'is empty' : 'is not valid JSON');
