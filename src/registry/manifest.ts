// Reads a manifest or an index that a registry, which is not trusted, served: OCI image-spec manifest.md, image-index.md.

import { algorithmOf, type Digest, digestOf, isSha256 } from '../core/digest.ts';
import { JsonNumber, JsonObject, type JsonValue, parseJson } from '../core/json.ts';
import { ambiguityOf, decodeJson } from '../core/json-shape.ts';
import { failure, type Outcome, success } from '../core/outcome.ts';
import { shownPlatform } from '../core/platform.ts';
import type { Quote } from '../http/send.ts';
import { isUnopened, layerDoubt } from './layer-type.ts';
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
  DOCKER_MANIFEST,
  isImageConfig,
  isManifestMediaType,
  isSchema1MediaType,
  kindOfMediaType,
  type ManifestMediaType,
  OCI_INDEX,
  OCI_MANIFEST,
} from './media-type.ts';
import { readServedType, type ServedType } from './served-type.ts';
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
  /** Entries that no runtime can use; it ignores them unless they are for its platform. */
  readonly broken: readonly BrokenEntry[];
}

export interface BrokenEntry {
  /** Completes "the manifest …". */
  readonly problem: string;
  readonly platform: unknown;
  /** How many of `manifests` precede it in the index. */
  readonly before: number;
}

interface Verified {
  readonly digest: Digest;
  /** Why some runtimes may refuse it; completes "the manifest …". */
  readonly doubt?: string;
}

export type ImageManifest = ImageContent & Verified;
export type ImageIndex = IndexContent & Verified;
export type Manifest = ImageManifest | ImageIndex;

export type ManifestProblem =
  /** An invalid manifest. `problem` completes "the manifest …". */
  | { readonly kind: 'corrupt'; readonly problem: string }
  /** Valid, but the media type that it is served as makes runtimes refuse it. `type`: what to serve it as. */
  | { readonly kind: 'media-type'; readonly problem: string; readonly type: ManifestMediaType }
  /** `what` completes "it is …". `hasImageLayers`: containerd, which ignores the type of the config, can unpack it. */
  | { readonly kind: 'not-an-image'; readonly what: string; readonly hasImageLayers?: boolean }
  | { readonly kind: 'schema1' }
  /** Not a manifest at all. `what` completes "it returned …". */
  | { readonly kind: 'no-manifest'; readonly what: string; readonly isPage: boolean };

export interface ManifestBytes {
  readonly bytes: Uint8Array;
  readonly truncated: boolean;
  /** As sent. */
  readonly contentType: string | undefined;
  /** The media type in the index that lists it. */
  readonly listedAs?: string | undefined;
  /** Makes its words safe to display. */
  readonly quote: Quote;
}

/** `digest`: of the bytes; null if they were not read in full. */
export type ManifestOutcome = Outcome<Manifest, ManifestProblem & { readonly digest: Digest | null }>;

/** `expected`: the requested digest; the manifest's own is computed with the same algorithm. */
export function readManifest(given: ManifestBytes, expected?: Digest): ManifestOutcome {
  const { bytes, truncated } = given;
  if (truncated) {
    const problem = `is larger than ${MAX_MANIFEST_BYTES / 1024 / 1024} MiB, which runtimes reject`;
    return failure({ kind: 'corrupt', problem, digest: null });
  }
  const digest = digestOf(bytes, expected);
  const read = readContent(given);
  return read.ok ? success({ ...read.value, digest }) : failure({ ...read.error, digest });
}

type Content = Outcome<(ImageContent | IndexContent) & Omit<Verified, 'digest'>, ManifestProblem>;

function readContent({ bytes, contentType, listedAs, quote }: ManifestBytes): Content {
  const served = readServedType(contentType ?? '');
  const listed = isManifestMediaType(listedAs) ? listedAs : undefined;
  if (listed === undefined && isSchema1MediaType(served.text)) return failure({ kind: 'schema1' });
  const document = parseJson(bytes);
  if (!(document instanceof JsonObject)) {
    if (served.type === undefined) return noManifest(bytes, served.text, quote);
    return document === undefined ? invalidJson(bytes) : corrupt(`is ${nameJson(document)}, not a JSON object`);
  }
  // containerd goes by the index, and so does every runtime that verified the index.
  const claimed = listed ?? served.type;
  const mediaType = document.get('mediaType');
  const stated = typeof mediaType === 'string' && mediaType !== '' ? mediaType : undefined;
  const isIndex = isFilled(document.get('manifests'));
  const isImage = isFilled(document.get('layers')) || isFilled(document.get('config'));
  const isMeant = claimed !== undefined || isManifestMediaType(stated) || document.has('schemaVersion');
  const ambiguity = isMeant ? findAmbiguity(document, quote) : undefined;
  if (ambiguity !== undefined) return corrupt(ambiguity);

  if (!isIndex && !isImage && (document.has('fsLayers') || isVersion1(document))) return failure({ kind: 'schema1' });
  const artifact = artifactName(stated ?? served.text ?? '');
  if (artifact !== undefined) return failure({ kind: 'not-an-image', what: artifact });
  if (Array.isArray(document.get('errors')) && !isIndex && !isImage) return notAManifest('an error message');
  if (!isMeant && !Array.isArray(document.get('manifests')) && !Array.isArray(document.get('layers'))) {
    return notAManifest('other JSON');
  }

  const isForeign = stated !== undefined && !isManifestMediaType(stated) && !isIndex && !isImage;
  const type = (isForeign ? stated : claimed) ?? stated ?? (document.has('manifests') ? OCI_INDEX : OCI_MANIFEST);
  if (!isManifestMediaType(type)) {
    return failure({ kind: 'not-an-image', what: `a document of type ${quote(type, 100) || 'unknown'}` });
  }
  // CVE-2021-41190: the Content-Type would decide what such a document is; containerd rejects it.
  if ((isIndex && isImage) || document.has('fsLayers')) return corrupt(MIXED);
  const kind = kindOfMediaType(type);
  if (isManifestMediaType(stated) && kindOfMediaType(stated) !== kind) {
    const problem = `says it is ${stated}, but the ${listed === undefined ? 'registry serves it as' : 'index lists it as'} ${type}`;
    return failure({ kind: 'media-type', problem, type: stated });
  }
  if (kind === 'index' ? isImage : isIndex) return corrupt(MIXED);
  const read = kind === 'index' ? readIndex(document, type, quote) : readImage(document, type, quote);
  if (!read.ok) return read;
  const show = (text: string): string => (isManifestMediaType(text) ? text : quote(text, 100) || 'something else');
  const servedAs = contentType ? show(contentType) : undefined;
  if (claimed === undefined) {
    const problem = `is served ${servedAs ? `as ${servedAs}` : 'without a Content-Type'}; docker, podman, skopeo and containerd reject it, although the content is a valid ${kind === 'index' ? 'image index' : 'image manifest'}`;
    return failure({ kind: 'media-type', problem, type });
  }
  const statedAs = stated === undefined || stated === type ? undefined : show(stated);
  const doubt = doubtOf({ type, statedAs, served, servedAs });
  return doubt === undefined ? read : success({ ...read.value, doubt });
}

const findAmbiguity = ambiguityOf(FIELDS);

const MIXED = 'mixes an index and an image, so clients would disagree about what it is';

function nameJson(value: JsonValue): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a JSON array';
  if (typeof value === 'string') return 'a JSON string';
  return typeof value === 'boolean' ? 'a JSON boolean' : 'a JSON number';
}

/** Go takes null for an absent field. */
const isFilled = (value: JsonValue | undefined): boolean => value !== undefined && value !== null;

/** Every other number is accepted: no runtime reads it in a manifest with layers. */
function isVersion1(document: JsonObject): boolean {
  const version = document.get('schemaVersion');
  return version instanceof JsonNumber && version.text === '1';
}

/** `statedAs`, `servedAs`: safe to display. */
function doubtOf({
  type,
  statedAs,
  served,
  servedAs,
}: {
  readonly type: ManifestMediaType;
  /** Unset: `type`. */
  readonly statedAs: string | undefined;
  readonly served: ServedType;
  readonly servedAs: string | undefined;
}): string | undefined {
  const how = servedAs ? `is served as ${servedAs}` : 'is served without a Content-Type';
  if (served.type !== type) return `${how}, and the index lists it as ${type}: docker and podman may refuse it`;
  if (served.isOdd) return `${how}, which not every runtime accepts`;
  if (statedAs !== undefined) return `says it is ${statedAs}, but ${how}: not every runtime accepts that`;
  return undefined;
}

function readIndex(document: JsonObject, mediaType: ManifestMediaType, quote: Quote): Content {
  const read = decodeJson(indexShapeOf(mediaType), document, quote);
  if (!read.ok) return corrupt(read.error);
  const manifests: Descriptor[] = [];
  const broken: BrokenEntry[] = [];
  for (const [at, entry] of (read.value.manifests ?? []).entries()) {
    const platform = shownPlatform(entry.platform, quote);
    const required = requireDescriptor(entry, `manifests[${at}]`);
    const problem = required.ok ? partDoubt(required.value, `manifests[${at}]`) : required.error;
    if (problem !== undefined) broken.push({ problem, platform, before: manifests.length });
    else if (required.ok) manifests.push({ ...required.value, platform });
  }
  if (manifests.length > 0) return success({ kind: 'index', mediaType, manifests, broken });
  if (broken[0] !== undefined) return corrupt(broken[0].problem);
  const what = artifactName(read.value.artifactType ?? '') ?? 'an empty index';
  return failure({ kind: 'not-an-image', what });
}

function readImage(document: JsonObject, mediaType: ManifestMediaType, quote: Quote): Content {
  const read = decodeJson(manifestShape, document, quote);
  if (!read.ok) return corrupt(read.error);
  const required = requireDescriptor(read.value.config, 'config', false);
  if (!required.ok) return corrupt(required.error);
  const listed = requireDescriptors(read.value.layers, 'layers');
  if (!listed.ok) return corrupt(listed.error);
  const { value: config } = required;
  const { value: layers } = listed;
  const doubt = partDoubt(config, 'config') ?? sizeDoubt([config, ...layers]);
  if (doubt !== undefined) return corrupt(doubt);
  const layerNames = layers.map((layer) => artifactName(layer.mediaType));
  if (!isImageConfig(config.mediaType, mediaType)) {
    const type = read.value.artifactType || config.mediaType;
    const names = [artifactName(type), artifactName(config.mediaType), ...layerNames];
    const name = names.find((known) => known !== undefined);
    const hasImageLayers =
      layers.length > 0 && layers.every((layer) => !isUnopened(layerDoubt(layer.mediaType, mediaType)));
    // Apart from docker, the runtimes ignore the type of a config in a Docker manifest.
    if (name === undefined && hasImageLayers && mediaType === DOCKER_MANIFEST) {
      return success({ kind: 'manifest', mediaType, config, layers });
    }
    const shown = quote(config.mediaType, 100);
    const evidence = artifactName(config.mediaType) === name && shown !== '' ? ` (config type ${shown})` : '';
    const what = name === undefined ? `an artifact of type ${quote(type, 100) || 'unknown'}` : `${name}${evidence}`;
    return failure({ kind: 'not-an-image', what, hasImageLayers });
  }
  // Older signatures and attestations have the config of an image; their layers reveal them.
  const [first] = layerNames;
  if (first !== undefined && layerNames.every((name) => name !== undefined)) {
    return failure({ kind: 'not-an-image', what: first });
  }
  return success({ kind: 'manifest', mediaType, config, layers });
}

/** Why no runtime can fetch a manifest or a config, unlike a layer; completes "the manifest …". */
function partDoubt({ digest, size }: Descriptor, place: string): string | undefined {
  if (size === 0) return `has no valid ${place}.size: 0`;
  if (isSha256(digest)) return undefined;
  return `has a ${algorithmOf(digest)} digest for ${place}, and runtimes can pull it only by sha256`;
}

/** containerd and oras compare the length of every blob with its size. Completes "the manifest …". */
function sizeDoubt(descriptors: readonly Descriptor[]): string | undefined {
  const sizes = new Map<string, number>();
  for (const { digest, size } of descriptors) {
    const other = sizes.get(digest) ?? size;
    if (other !== size) return `gives two sizes for the same blob (${digest}): ${other} and ${size}`;
    sizes.set(digest, size);
  }
  return undefined;
}

const corrupt = (problem: string): Content => failure({ kind: 'corrupt', problem });

const notAManifest = (what: string): Content => failure({ kind: 'no-manifest', what, isPage: false });

function noManifest(bytes: Uint8Array, contentType: string | undefined, quote: Quote): Content {
  const page = describePage(bytes, contentType, quote);
  if (page !== undefined) return failure({ kind: 'no-manifest', what: page, isPage: true });
  if (/^\s*\{/.test(Buffer.from(bytes.subarray(0, 1024)).toString())) return invalidJson(bytes);
  return notAManifest(bytes.length === 0 ? 'an empty body' : 'content that is not JSON');
}

const invalidJson = (bytes: Uint8Array): Content =>
  bytes.length === 0 ? notAManifest('an empty body') : corrupt('is not valid JSON');
