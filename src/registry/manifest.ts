// Reads a manifest or an index: OCI image-spec manifest.md and image-index.md. Registries are not trusted.

import * as z from 'zod';
import { type Digest, digestOf, isDigest } from '../core/digest.ts';
import { failure, type Outcome, success } from '../core/outcome.ts';
import { cleanText } from '../core/text.ts';
import {
  artifactName,
  isImageConfig,
  isSchema1MediaType,
  kindOfMediaType,
  OCI_INDEX,
  OCI_MANIFEST,
} from './media-type.ts';

/** containerd refuses larger ones; the distribution-spec asks registries to take at least this much. */
export const MAX_MANIFEST_BYTES = 4 * 1024 * 1024;
const MAX_ENTRIES = 10_000;

const descriptorSchema = z.object({
  mediaType: z.string(),
  digest: z.custom<Digest>(isDigest, 'is not a digest'),
  size: z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER),
  urls: z.array(z.string()).nullish(),
  platform: z.unknown().optional(),
  annotations: z.unknown().optional(),
  artifactType: z.string().nullish(),
});

export type Descriptor = z.infer<typeof descriptorSchema>;

const manifestSchema = z.object({
  config: descriptorSchema,
  layers: z.array(descriptorSchema).max(MAX_ENTRIES),
  artifactType: z.string().nullish(),
});

const indexSchema = z.object({
  manifests: z.array(descriptorSchema).max(MAX_ENTRIES).nullish(),
  artifactType: z.string().nullish(),
});

export interface ImageManifest {
  readonly kind: 'manifest';
  readonly mediaType: string;
  readonly digest: Digest;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
}

export interface ImageIndex {
  readonly kind: 'index';
  readonly mediaType: string;
  readonly digest: Digest;
  readonly manifests: readonly Descriptor[];
}

export type Manifest = ImageManifest | ImageIndex;

export type ManifestProblem =
  /** Meant as a manifest, but not a valid one. `problem` completes "the manifest …". */
  | { readonly kind: 'corrupt'; readonly problem: string }
  /** `what` completes "it is …". */
  | { readonly kind: 'not-an-image'; readonly what: string }
  | { readonly kind: 'schema1' }
  /** A 200, but nothing of a manifest in it; `html` when it is a page. */
  | { readonly kind: 'no-manifest'; readonly what: string; readonly html: boolean };

export interface ManifestBytes {
  readonly bytes: Uint8Array;
  readonly truncated: boolean;
  /** Content-Type without parameters. */
  readonly contentType: string | undefined;
}

export type ManifestOutcome = Outcome<Manifest, ManifestProblem & { readonly digest: Digest | null }>;

/** `like`: the digest that was asked for; the manifest's is computed by the same algorithm. */
export function readManifest({ bytes, truncated, contentType }: ManifestBytes, like?: Digest): ManifestOutcome {
  const digest = truncated ? null : digestOf(bytes, like);
  const fail = (problem: ManifestProblem): ManifestOutcome => failure({ ...problem, digest });
  const corrupt = (problem: string): ManifestOutcome => fail({ kind: 'corrupt', problem });
  const claimed = kindOfMediaType(contentType);

  if (digest === null)
    return corrupt(`is larger than ${MAX_MANIFEST_BYTES / 1024 / 1024} MiB; runtimes refuse to read it`);
  const head = Buffer.from(bytes.subarray(0, 1024)).toString().trimStart();
  if (claimed === undefined && /^<(?:!doctype|html|head|body|\?xml|!--)/i.test(head)) {
    const title = /<title[^>]*>([^<]{1,200})/i.exec(Buffer.from(bytes.subarray(0, 16384)).toString())?.[1];
    return fail({
      kind: 'no-manifest',
      what: title ? `a web page: “${cleanText(title, 80)}”` : 'a web page',
      html: true,
    });
  }
  const document = parseDocument(bytes);
  if (document === undefined) {
    const isManifestType = claimed !== undefined || isSchema1MediaType(contentType);
    return isManifestType || head.startsWith('{')
      ? corrupt(bytes.length === 0 ? 'is empty' : 'is not valid JSON')
      : fail({
          kind: 'no-manifest',
          what: bytes.length === 0 ? 'an empty answer' : 'something that is not JSON',
          html: false,
        });
  }
  if (document.schemaVersion === 1 || isSchema1MediaType(contentType)) return fail({ kind: 'schema1' });
  const mediaType = typeof document.mediaType === 'string' ? document.mediaType : undefined;
  const hasEntries = Array.isArray(document.manifests);
  const hasLayers = Array.isArray(document.layers) || isObject(document.config);
  if (claimed === undefined && !hasEntries && !hasLayers && kindOfMediaType(mediaType) === undefined) {
    return fail({
      kind: 'no-manifest',
      what: 'errors' in document ? 'an error message' : 'JSON that is no manifest',
      html: false,
    });
  }
  if (document.schemaVersion !== 2) return corrupt('has no schemaVersion 2');
  // CVE-2021-41190: such a document means one thing or the other by its Content-Type.
  if (hasEntries && hasLayers)
    return corrupt('is an index and an image at once, so clients would disagree on what it is');
  if (mediaType !== undefined && claimed !== undefined && mediaType !== contentType) {
    return corrupt(`says it is ${cleanText(mediaType, 100)}, the registry says ${contentType}`);
  }
  const kind = kindOfMediaType(mediaType) ?? claimed ?? (hasEntries ? 'index' : 'manifest');
  const type =
    mediaType ?? (claimed === undefined ? (kind === 'index' ? OCI_INDEX : OCI_MANIFEST) : (contentType as string));
  return kind === 'index' ? readIndex(document, type, digest, fail) : readImage(document, type, digest, fail);
}

type Fail = (problem: ManifestProblem) => ManifestOutcome;

function readIndex(document: object, mediaType: string, digest: Digest, fail: Fail): ManifestOutcome {
  const parsed = indexSchema.safeParse(document);
  if (!parsed.success) return fail({ kind: 'corrupt', problem: describeIssue(parsed.error) });
  const manifests = parsed.data.manifests ?? [];
  if (manifests.length === 0) {
    const what = artifactName(parsed.data.artifactType ?? '') ?? 'an index without any entry';
    return fail({ kind: 'not-an-image', what });
  }
  return success({ kind: 'index', mediaType, digest, manifests });
}

function readImage(document: object, mediaType: string, digest: Digest, fail: Fail): ManifestOutcome {
  const parsed = manifestSchema.safeParse(document);
  if (!parsed.success) return fail({ kind: 'corrupt', problem: describeIssue(parsed.error) });
  const { config, layers, artifactType } = parsed.data;
  if (!isImageConfig(config.mediaType)) {
    const type = artifactType || config.mediaType;
    const what =
      artifactName(type) ??
      artifactName(config.mediaType) ??
      layers.map((layer) => artifactName(layer.mediaType)).find(Boolean);
    return fail({ kind: 'not-an-image', what: what ?? `an artifact of type ${cleanText(type, 100)}` });
  }
  // cosign's older signatures borrow the image config; their layers tell.
  const artifacts = layers.map((layer) => artifactName(layer.mediaType));
  if (artifacts.length > 0 && artifacts.every((name) => name !== undefined)) {
    return fail({ kind: 'not-an-image', what: artifacts[0] as string });
  }
  return success({ kind: 'manifest', mediaType, digest, config, layers });
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** undefined when the bytes are not one JSON object. */
function parseDocument(bytes: Uint8Array): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The first thing wrong, with its place: `has no valid layers[3].digest (is not a digest)`. */
function describeIssue(error: z.ZodError): string {
  const issue = error.issues[0];
  const place = (issue?.path ?? [])
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`))
    .join('');
  return `has no valid ${cleanText(place.replace(/^\./, ''), 80) || 'content'} (${cleanText(issue?.message ?? '', 120)})`;
}
